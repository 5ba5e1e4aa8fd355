//! Logs.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Sends the log to standard error, from the level that the variable `RUST_LOG` names (else `default`).
pub fn start(default: &str) {
    let wanted = std::env::var("RUST_LOG").ok();
    let filter: Targets =
        wanted.as_deref().and_then(|text| text.parse().ok()).unwrap_or_else(|| default.parse().unwrap_or_default());
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // A second start, as in tests, changes nothing.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
