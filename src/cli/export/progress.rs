//! How far an export is, for whoever watches it at a terminal.

use std::{
    io::{IsTerminal as _, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error, where that is a terminal; else nothing but the last word.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Whether anybody sees it.
    pub(super) fn is_watched() -> bool {
        stderr().is_terminal()
    }

    /// `before`: how many contacts were written earlier; `total`: how many there will be, where that is known.
    pub(super) fn start(before: u64, total: Option<u64>) -> Self {
        let target = if Self::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target).with_position(before);
        bar.set_style(style(match total {
            Some(_) => "{wide_bar} {human_pos} of {human_len} contacts, {per_sec}, {eta} left",
            None => "{spinner} {human_pos} contacts, {per_sec}, {elapsed}",
        }));
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// So many contacts more.
    pub(super) fn add(&self, contacts: u64) {
        let position = self.0.position() + contacts;
        // Lists grow while they are read.
        if self.0.length().is_some_and(|total| total < position) {
            self.0.set_length(position);
        }
        self.0.inc(contacts);
    }

    /// A line beside the bar.
    pub(super) fn say(&self, line: &str) {
        self.0.suspend(|| eprintln!("contact-gateway: {line}"));
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
        eprintln!("{} contacts", self.0.position());
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
