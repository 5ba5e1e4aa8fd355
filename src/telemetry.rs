//! Logs.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// The crates whose every log line is known to hold no secret and no contact.
const OURS: [&str; 2] = ["contact_gateway", "providers"];

/// Sends the log to standard error, from the level that the variable `RUST_LOG` names (else `default`).
///
/// A level alone is one for the gateway's own lines; `RUST_LOG=hyper=trace` and the like reach the libraries, which may
/// log addresses with ids in them.
pub fn start(default: LevelFilter) {
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // A second start, as in tests, changes nothing.
    let _ = tracing_subscriber::registry().with(filter(&wanted, default)).with(lines).try_init();
}

fn filter(wanted: &str, default: LevelFilter) -> Targets {
    match wanted.parse::<Targets>() {
        Ok(targets) if wanted.contains('=') => targets,
        _ => {
            // For tracing, no word at all is a level, too: the highest.
            let level = if wanted.is_empty() { default } else { wanted.parse().unwrap_or(default) };
            Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets(OURS.map(|name| (name, level)))
        }
    }
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
    }

    #[test]
    fn nothing_or_nonsense_is_the_default() {
        for wanted in ["", "loud"] {
            let filter = filter(wanted, LevelFilter::INFO);
            assert!(filter.would_enable("providers", &Level::INFO) && !filter.would_enable("providers", &Level::DEBUG));
        }
    }
}
