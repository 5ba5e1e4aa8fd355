//! `[providers.*]`: the instances, each with a name, a kind, and what that kind wants to know.

use std::{fmt, ops::RangeInclusive, time::Duration};

use config::ValueKind;
use providers::{Instance, Kind, Ledgers, Rate, Settings, phone};

use super::{base_url, reader::Table, settings, spelling};
use crate::gateway::{self, Ages};

const TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(10 * 60);
const WINDOWS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(24 * 3600);
/// A year is for ever to a contact, and can be added to any clock without an overflow.
const AGES: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(31_557_600);

/// One configured provider. `Debug` shows its name, its kind, its ages and which settings are set.
pub struct Provider {
    /// Which kind of provider it is.
    pub kind: &'static Kind,
    /// What all kinds want to know.
    pub instance: Instance,
    /// How long its contacts are kept.
    pub cache: Ages,
    /// What only this kind wants to know.
    pub settings: Settings,
}

impl Provider {
    /// The longest that one attempt may take, where the configuration does not say.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

    /// Whether it is asked in the same way for the same account, however long its answers are kept.
    #[must_use]
    pub fn is_same_account(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name && self.instance == other.instance && self.settings == other.settings
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.instance.name)
            .field("kind", &self.kind.name)
            .field("cache", &self.cache)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// All instances without a mistake, sorted by name.
pub(super) fn all(mut table: Table<'_>, kinds: &'static [Kind]) -> Vec<Provider> {
    let names = table.keys();
    if names.is_empty() {
        table.is_wrong("there is none", "add one, such as [providers.rocketchat]");
    }
    names.iter().filter_map(|name| one(&mut table, name, kinds)).collect()
}

fn one(all: &mut Table<'_>, name: &str, kinds: &'static [Kind]) -> Option<Provider> {
    check_name(all, name);
    let mut table = all.table(name);
    let kind = kind(&mut table, kinds);
    let base_url = base_url::read(&mut table);
    let rate = rate(&mut table);
    let timeout = table.duration("timeout", TIMEOUTS).unwrap_or(Provider::DEFAULT_TIMEOUT);
    let cache = ages(table.table("cache"));
    let default_region = region(&mut table);
    let settings = table.table("settings");
    table.finish();
    // Only the kind knows which settings there are.
    let kind = kind?;
    let settings = settings::read(settings, kind);
    let rate = Rate { calls: rate.0.unwrap_or(kind.default_rate.calls), per: rate.1.unwrap_or(kind.default_rate.per) };
    let (name, ledgers) = (name.into(), Ledgers::default());
    let instance = Instance { name, base_url: base_url?, rate, timeout, default_region, ledgers };
    Some(Provider { kind, instance, cache, settings })
}

fn check_name(all: &Table<'_>, name: &str) {
    if !gateway::Instance::is_name(name) {
        all.mistake(name, "is no name for an instance", "use a-z, 0-9 and _, a letter first");
    } else if gateway::Instance::RESERVED.contains(&name) {
        all.mistake(name, "is a name that ids use for look-ups", "choose another one");
    }
}

fn kind(table: &mut Table<'_>, kinds: &'static [Kind]) -> Option<&'static Kind> {
    let names: Vec<_> = kinds.iter().map(|kind| format!("{:?}", kind.name)).collect();
    let choice = format!("write one of {}", names.join(", "));
    table.require("kind", &choice);
    let written = table.text("kind")?;
    let kind = kinds.iter().find(|kind| kind.name == written);
    if kind.is_none() {
        let remedy = match spelling::nearest(&written, kinds.iter().map(|kind| kind.name)) {
            Some(near) => format!("did you mean {near:?}? {choice}"),
            None => choice,
        };
        table.mistake("kind", format!("{written:?} is no kind of provider"), remedy);
    }
    kind
}

/// What is said of the calls and of the window: a table, or the word for no limit.
fn rate(provider: &mut Table<'_>) -> (Option<u32>, Option<Duration>) {
    if let Some(ValueKind::String(word)) = provider.peek("rate") {
        let is_unlimited = word == "unlimited";
        provider.take("rate");
        if !is_unlimited {
            provider.mistake("rate", "is neither a table nor \"unlimited\"", "write { calls = 10, per = \"60s\" }");
        }
        return (is_unlimited.then_some(Rate::UNLIMITED), None);
    }
    let mut table = provider.table("rate");
    let calls = table.integer("calls", 1..=u32::MAX.into()).and_then(|calls| u32::try_from(calls).ok());
    let per = table.duration("per", WINDOWS);
    table.finish();
    (calls, per)
}

fn ages(mut table: Table<'_>) -> Ages {
    let default = Ages::default();
    let ages = Ages {
        fresh: table.duration("fresh", AGES).unwrap_or(default.fresh),
        stale: table.duration("stale", AGES).unwrap_or(default.stale),
        stale_if_error: table.duration("stale_if_error", AGES).unwrap_or(default.stale_if_error),
        absent: table.duration("absent", AGES).unwrap_or(default.absent),
    };
    table.finish();
    ages
}

fn region(table: &mut Table<'_>) -> Option<String> {
    let remedy = "write a country's two capital letters (ISO 3166-1), such as \"BR\"";
    table.parsed("default_region", "is no country whose phone numbers are known", remedy, |text| {
        phone::is_region(text).then(|| text.to_owned())
    })
}
