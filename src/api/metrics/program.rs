//! What there is of the program as a whole.

use super::{Family, Reloads};
use crate::telemetry;

pub(super) fn families(reloads: &Reloads, is_ready: bool) -> Vec<Family> {
    let mut build = Family::gauge("build_info", "1, with the program's version.");
    build.count(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    let mut ready = Family::gauge("ready", "1 while requests are welcome, as at /health/ready.");
    ready.count(&[], is_ready.into());
    let mut read =
        Family::counter("config_reloads_total", "How often the configuration was read again, by what came of it.");
    read.count(&[("result", "adopted")], reloads.adopted());
    read.count(&[("result", "refused")], reloads.refused());
    let mut last =
        Family::gauge("config_last_reload_successful", "0 if the configuration that was read last is not in force.");
    last.count(&[], reloads.is_in_force().into());
    let mut spans = Family::counter("trace_spans_total", "Spans for the collector of traces, by what became of them.");
    let (sent, lost) = telemetry::spans();
    spans.count(&[("result", "sent")], sent);
    spans.count(&[("result", "lost")], lost);
    vec![build, ready, read, last, spans]
}
