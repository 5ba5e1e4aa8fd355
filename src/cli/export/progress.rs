//! How far an export is, for whoever watches it at a terminal.

use std::{
    io::{IsTerminal as _, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error, where that is a terminal; else nothing but the last word.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// `before`: how many contacts were written earlier.
    pub(super) fn start(before: u64) -> Self {
        let shown = stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target).with_position(before);
        bar.set_style(style("{spinner} {human_pos} contacts, {per_sec}, {elapsed}"));
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// So many contacts more, of so many in all, where that is known.
    pub(super) fn add(&self, contacts: u64, total: Option<u64>) {
        if let Some(total) = total {
            // Lists grow while they are read.
            let total = total.max(self.0.position() + contacts);
            if self.0.length() != Some(total) {
                self.0.set_length(total);
                self.0.set_style(style("{wide_bar} {human_pos} of {human_len} contacts, {per_sec}, {eta} left"));
            }
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
