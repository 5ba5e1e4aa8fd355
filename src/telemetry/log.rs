//! The log: which lines there are, and in which format.

use std::{
    io::{self, IsTerminal as _},
    sync::OnceLock,
    time::Duration,
};

use providers::TRACE;
use tracing_subscriber::{
    Layer, Registry,
    filter::{LevelFilter, Targets},
    fmt::format::JsonFields,
    reload,
};

use super::{Ids, json::Json};

/// The crates whose every log line is known to hold no secret and no contact.
const OURS: [&str; 2] = ["contact_gateway", "providers"];
/// It calls it an error when somebody sends what is no HTTP, as anybody can: they are answered, and that is all.
const STRANGERS: &str = "actix_http";

/// `[log]`: what stands in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    /// How lines look.
    pub format: Format,
    /// The least important lines that there are.
    pub level: LevelFilter,
    /// How contacts' ids look.
    pub ids: Ids,
    /// Which requests have a line of their own.
    pub lines: Lines,
}

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// Which requests have a line of their own, beside those that fail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    /// Those that take so long.
    pub slow: Duration,
    /// And this part of the others, from 0 to 1.
    pub sample: f64,
}

static LEVEL: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

impl Log {
    pub(super) fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        let (filter, handle) = reload::Layer::new(filter(&wanted(), self.level));
        // The first log is the process's.
        let _ = LEVEL.set(handle);
        let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
        match self.format {
            Format::Text => lines.with_ansi(io::stderr().is_terminal()).with_filter(filter).boxed(),
            Format::Json => lines.fmt_fields(JsonFields::new()).event_format(Json).with_filter(filter).boxed(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        let lines = Lines { slow: Duration::from_secs(2), sample: 0.0 };
        Self { format: Format::Text, level: LevelFilter::INFO, ids: Ids::default(), lines }
    }
}

/// Shows lines from this level on, unless `RUST_LOG` has the say.
pub fn change_level(level: LevelFilter) {
    if let Some(handle) = LEVEL.get() {
        // It fails only where there is no log any more.
        let _ = handle.reload(filter(&wanted(), level));
    }
}

fn wanted() -> String {
    std::env::var("RUST_LOG").unwrap_or_default()
}

/// A level alone is one for the gateway's own lines; `RUST_LOG=hyper=trace` and the like reach the libraries, which may log
/// addresses with ids in them.
fn filter(wanted: &str, default: LevelFilter) -> Targets {
    let targets = match wanted.parse::<Targets>() {
        Ok(targets) if wanted.contains('=') => targets,
        _ => {
            // For tracing, no word at all is a level, too: the highest.
            let level = if wanted.is_empty() { default } else { wanted.parse().unwrap_or(default) };
            let libraries =
                Targets::new().with_default(level.min(LevelFilter::WARN)).with_target(STRANGERS, LevelFilter::OFF);
            libraries.with_targets(OURS.map(|name| (name, level)))
        }
    };
    targets.with_target(TRACE, LevelFilter::OFF)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_level_alone_is_for_the_gateways_own_lines() {
        let filter = filter("debug", LevelFilter::INFO);
        assert!(filter.would_enable("contact_gateway::api", &Level::DEBUG));
        assert!(!filter.would_enable("hyper_util::client", &Level::DEBUG));
        assert!(filter.would_enable("hyper_util::client", &Level::WARN));
        assert!(!filter.would_enable("actix_http::h1::dispatcher", &Level::ERROR));
    }

    #[test]
    fn nothing_or_nonsense_is_the_default() {
        for wanted in ["", "loud"] {
            let filter = filter(wanted, LevelFilter::INFO);
            assert!(filter.would_enable("providers", &Level::INFO) && !filter.would_enable("providers", &Level::DEBUG));
        }
    }

    #[test]
    fn what_is_for_traces_only_is_in_no_log() {
        for wanted in ["", "trace", "contact_gateway=trace,info"] {
            assert!(!filter(wanted, LevelFilter::TRACE).would_enable(TRACE, &Level::ERROR), "{wanted}");
        }
    }
}
