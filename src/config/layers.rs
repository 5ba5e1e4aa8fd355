//! Lays the file over the defaults, and the environment over both.

use std::{cell::RefCell, collections::HashMap, ffi::OsString, fs, path::Path};

use config::{ConfigError, Environment, File, FileFormat, Value};

use super::Mistake;

/// The text that is the default. Nothing else says what applies where a configuration is silent, except what belongs to
/// each provider.
const DEFAULTS: &str = include_str!("../../config/default.toml");

const PREFIX: &str = "GATEWAY";
const SEPARATOR: &str = "__";

/// What config-rs calls the origin of a value that a variable gave.
const ENVIRONMENT: &str = "the environment";

/// The values of all layers, or none where the file can't be understood at all.
pub(super) fn read(
    file: Option<&Path>,
    environment: impl Iterator<Item = (OsString, OsString)>,
    mistakes: &RefCell<Vec<Mistake>>,
) -> Option<HashMap<String, Value>> {
    let note = |mistake| mistakes.borrow_mut().push(mistake);
    let environment = variables(environment, note);
    let name = file.map_or_else(|| "the embedded defaults".to_owned(), |file| file.display().to_string());
    let text = match file.map(fs::read_to_string).transpose() {
        Ok(text) => text.unwrap_or_default(),
        Err(error) => {
            let remedy = "name a file of UTF-8 text that this user may read".to_owned();
            note(Mistake { key: name, problem: format!("can't be read ({error})"), remedy });
            return None;
        }
    };
    let values = config::Config::builder()
        .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
        .add_source(File::from_str(&text, FileFormat::Toml))
        .add_source(
            Environment::with_prefix(PREFIX)
                .prefix_separator(SEPARATOR)
                .separator(SEPARATOR)
                // Off: it would make a number of a token that consists of digits.
                .try_parsing(false)
                .source(Some(environment)),
        )
        .build()
        .and_then(|layers| layers.cache.into_table());
    values.map_err(|error| note(not_toml(name, &error))).ok()
}

/// Whether a variable gave this value.
pub(super) fn is_from_environment(value: &Value) -> bool {
    value.origin() == Some(ENVIRONMENT)
}

/// The variable that sets a key.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{SEPARATOR}{}", key.replace('.', SEPARATOR).to_ascii_uppercase())
}

/// The gateway's own variables. What can't be one of its keys is a mistake; other programs' variables are no concern.
fn variables(all: impl Iterator<Item = (OsString, OsString)>, note: impl Fn(Mistake)) -> HashMap<String, String> {
    let mut ours = HashMap::new();
    for (name, value) in all {
        let Ok(name) = name.into_string() else { continue };
        let upper = name.to_ascii_uppercase();
        let Some(key) = upper.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix(SEPARATOR)) else { continue };
        let wrong = |problem: &str, remedy: &str| {
            note(Mistake { key: name.escape_debug().to_string(), problem: problem.into(), remedy: remedy.into() });
        };
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !key.split(SEPARATOR).all(is_word) {
            wrong("names no key", "write the key's words with two underscores between them: GATEWAY__SERVER__LISTEN");
            continue;
        }
        match value.into_string() {
            Ok(value) => {
                if ours.insert(upper, value).is_some() {
                    wrong("is set twice, in capitals and in small letters", "keep the one in capitals");
                }
            }
            Err(_) => wrong("is not UTF-8 text", "set it to UTF-8 text, or unset it"),
        }
    }
    // Which one would win is an accident of their order.
    let tables: Vec<_> = ours.keys().filter(|name| is_table(name, &ours)).cloned().collect();
    for name in tables {
        let problem = format!("is a table for other variables ({name}{SEPARATOR}…), and can't have a value of its own");
        ours.remove(&name);
        note(Mistake { key: name, problem, remedy: "unset it".to_owned() });
    }
    ours
}

fn is_table(name: &str, all: &HashMap<String, String>) -> bool {
    let inner = format!("{name}{SEPARATOR}");
    all.keys().any(|other| other.starts_with(&inner))
}

fn not_toml(file: String, error: &ConfigError) -> Mistake {
    let text = match error {
        ConfigError::FileParse { cause, .. } => cause.to_string(),
        other => other.to_string(),
    };
    let lines: Vec<_> = text.lines().collect();
    let problem = match lines.as_slice() {
        // Place, frame, the faulty line itself, a pointer to it, the reason. The faulty line may hold a secret.
        [place, _, _, _, reason @ ..] => {
            format!("{}: {}", place.trim_start_matches("TOML parse error at "), reason.join(", "))
        }
        whole => whole.join(", "),
    };
    Mistake { key: file, problem, remedy: "correct the TOML there; the keys are checked after that".to_owned() }
}
