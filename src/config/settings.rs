//! `[providers.*.settings]`: what a kind wants to know, by that kind's own table.

use providers::{Kind, Setting, Settings};

use super::{reader::Table, secret};

/// The settings of one instance. What is mistaken is missing.
pub(super) fn read(mut table: Table<'_>, kind: &Kind) -> Settings {
    let mut settings = Settings::default();
    for setting in kind.settings {
        if let Some(value) = one(&mut table, setting) {
            settings.set(setting.name, value);
        }
    }
    table.finish();
    settings
}

fn one(table: &mut Table<'_>, setting: &Setting) -> Option<String> {
    if !is_given(table, setting) {
        if setting.required {
            table.mistake(setting.name, "is missing", remedy("set it", setting));
        }
        return None;
    }
    let (key, value) = if setting.secret {
        secret::read(table, setting.name)?
    } else {
        (setting.name.to_owned(), table.text(setting.name)?)
    };
    // Not repeated even where it is no secret: a token that landed in the neighbouring key is one.
    (setting.check)(&value).map_err(|problem| table.mistake(&key, problem, remedy("correct it", setting))).ok()?;
    Some(value)
}

fn is_given(table: &mut Table<'_>, setting: &Setting) -> bool {
    let here = table.has(setting.name);
    let in_a_file = setting.secret && table.has(&secret::file_key(setting.name));
    here || in_a_file
}

fn remedy(what: &str, setting: &Setting) -> String {
    let or_file = if setting.secret { format!(" or `{}`", secret::file_key(setting.name)) } else { String::new() };
    format!("{what}{or_file}: {}", setting.about)
}
