//! `[providers.X]`

use std::time::Duration;

use providers::{Instance, Kind, Rate, Settings};
use url::{Host, Url};

use super::{Mistakes, table::Table};
use crate::gateway::Ages;

const LONGEST_WINDOW: Duration = Duration::from_secs(24 * 3600);

/// One configured provider.
#[derive(Debug)]
pub struct Provider {
    /// What kind it is.
    pub kind: &'static Kind,
    /// What all kinds have: name, base URL, rate, time limit, region.
    pub instance: Instance,
    /// How long its answers hold.
    pub cache: Ages,
    /// What only this kind has.
    pub settings: Settings,
}

impl Provider {
    /// The longest that one attempt may take, where the configuration does not say.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
    /// How long answers hold, where the configuration does not say.
    pub const DEFAULT_AGES: Ages = Ages {
        fresh: Duration::from_secs(60),
        stale: Duration::from_secs(600),
        stale_if_error: Duration::from_secs(24 * 3600),
        absent: Duration::from_secs(30),
    };
}

/// Reads `[providers]`: every instance without a mistake, sorted by name.
pub(super) fn read(mut providers: Table, kinds: &'static [Kind], mistakes: &mut Mistakes) -> Vec<Provider> {
    let names = providers.names();
    if names.is_empty() {
        mistakes.add("providers", "there is none: add a table such as [providers.rocketchat]");
    }
    names.iter().filter_map(|name| one(&mut providers, name, kinds, mistakes)).collect()
}

fn one(providers: &mut Table, name: &str, kinds: &'static [Kind], mistakes: &mut Mistakes) -> Option<Provider> {
    check_name(&providers.key(name), name, mistakes);
    let mut table = providers.table_named(name, mistakes);
    let kind = kind(&mut table, kinds, mistakes);
    let allow_http = table.flag("allow_http", mistakes).unwrap_or(false);
    let base_url = base_url(&mut table, allow_http, mistakes);
    let rate = rate(&mut table, mistakes);
    let timeout = table.duration("timeout", mistakes).unwrap_or(Provider::DEFAULT_TIMEOUT);
    if timeout.is_zero() {
        mistakes.add(table.key("timeout"), "must be longer than nothing");
    }
    let cache = ages(&mut table, mistakes);
    let default_region = region(&mut table, mistakes);
    let settings = table.table("settings", mistakes);
    table.finish(mistakes);

    // Which settings there are, only the kind knows.
    let kind = kind?;
    let settings = read_settings(settings, kind, mistakes);
    let instance = Instance {
        name: name.into(),
        base_url: base_url?,
        rate: rate.unwrap_or(kind.default_rate),
        timeout,
        default_region,
    };
    Some(Provider { kind, instance, cache, settings })
}

fn check_name(key: &str, name: &str, mistakes: &mut Mistakes) {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(legal) {
        mistakes.add(key, "an instance's name starts with a letter a-z and goes on with a-z, 0-9 and _");
    }
    if name == "tel" || name == "mailto" {
        mistakes.add(key, "this name is taken: ids that start with it are look-ups. Choose another one");
    }
}

fn kind(table: &mut Table, kinds: &'static [Kind], mistakes: &mut Mistakes) -> Option<&'static Kind> {
    let names: Vec<_> = kinds.iter().map(|kind| format!("\"{}\"", kind.name)).collect();
    let names = names.join(" or ");
    let key = table.key("kind");
    let before = mistakes.0.len();
    let Some(wanted) = table.text("kind", mistakes) else {
        if mistakes.0.len() == before {
            mistakes.add(key, format!("is missing; set it to {names}"));
        }
        return None;
    };
    let found = kinds.iter().find(|kind| kind.name == wanted);
    if found.is_none() {
        mistakes.add(key, format!("must be {names}, not {wanted:?}"));
    }
    found
}

fn base_url(table: &mut Table, allow_http: bool, mistakes: &mut Mistakes) -> Option<Url> {
    let key = table.key("base_url");
    let before = mistakes.0.len();
    let Some(text) = table.text("base_url", mistakes) else {
        if mistakes.0.len() == before {
            mistakes.add(key, "is missing; set it to the server's address, such as \"https://chat.example.com\"");
        }
        return None;
    };
    // The text is never quoted: it may hold a password.
    let Ok(url) = Url::parse(&text) else {
        mistakes.add(key, "must be a URL, such as \"https://chat.example.com\"");
        return None;
    };
    let wrong = if !url.username().is_empty() || url.password().is_some() {
        "must hold no user and password: credentials belong into settings"
    } else if url.query().is_some() || url.fragment().is_some() {
        "must hold no `?` and no `#`"
    } else if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        "must start with https://"
    } else if url.scheme() == "http" && !is_loopback(&url) && !allow_http {
        "must be https, because credentials are sent to it; set allow_http = true to send them unprotected"
    } else {
        return Some(url);
    };
    mistakes.add(key, wrong);
    None
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn rate(table: &mut Table, mistakes: &mut Mistakes) -> Option<Rate> {
    let mut rate = table.table("rate", mistakes);
    let calls = rate.whole::<u32>("calls", mistakes);
    let per = rate.duration("per", mistakes);
    let key = rate.key("calls");
    if calls == Some(0) {
        mistakes.add(&key, "must be at least 1");
    }
    if per.is_some_and(|per| per < Duration::from_millis(1) || per > LONGEST_WINDOW) {
        mistakes.add(rate.key("per"), "must be between \"1ms\" and \"24h\"");
    }
    if calls.is_some() != per.is_some() {
        mistakes.add(table.key("rate"), "needs both `calls` and `per`, such as { calls = 10, per = \"60s\" }");
    }
    rate.finish(mistakes);
    Some(Rate { calls: calls?, per: per? })
}

fn ages(table: &mut Table, mistakes: &mut Mistakes) -> Ages {
    let mut cache = table.table("cache", mistakes);
    let default = Provider::DEFAULT_AGES;
    let ages = Ages {
        fresh: cache.duration("fresh", mistakes).unwrap_or(default.fresh),
        stale: cache.duration("stale", mistakes).unwrap_or(default.stale),
        stale_if_error: cache.duration("stale_if_error", mistakes).unwrap_or(default.stale_if_error),
        absent: cache.duration("absent", mistakes).unwrap_or(default.absent),
    };
    cache.finish(mistakes);
    ages
}

fn region(table: &mut Table, mistakes: &mut Mistakes) -> Option<String> {
    let region = table.text("default_region", mistakes)?;
    if providers::phone::is_region(&region) {
        return Some(region);
    }
    mistakes.add(
        table.key("default_region"),
        format!("must be a country's two letters (ISO 3166-1), such as \"BR\", not {region:?}"),
    );
    None
}

fn read_settings(mut table: Table, kind: &'static Kind, mistakes: &mut Mistakes) -> Settings {
    let mut settings = Settings::default();
    for setting in kind.settings {
        let before = mistakes.0.len();
        let key = table.key(setting.name);
        let value = match setting.file {
            Some(file) => table.secret(setting.name, file, mistakes),
            None => table.text(setting.name, mistakes),
        };
        match value {
            Some(value) => match (setting.check)(&value) {
                Ok(()) => settings.set(setting.name, value),
                Err(wrong) => mistakes.add(key, wrong),
            },
            None if setting.required && mistakes.0.len() == before => {
                let or_file = setting.file.map_or_else(String::new, |file| format!(" (or `{file}`)"));
                mistakes.add(key, format!("is missing; set it{or_file}: {}", setting.about));
            }
            None => {}
        }
    }
    table.finish(mistakes);
    settings
}
