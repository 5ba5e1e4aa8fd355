//! How it stands with Redis, where there is one.

use super::Family;
use crate::shared::SharedReport;

pub(super) fn families(report: Option<SharedReport>) -> Vec<Family> {
    let Some(report) = report else { return Vec::new() };
    let mut connected = Family::gauge("redis_connected", "1 while Redis can be used; else the gateway goes on alone.");
    connected.count(&[], report.is_connected.into());
    let mut gateways = Family::gauge("redis_gateways", "Gateways that share the limits, this one among them.");
    gateways.count(&[], report.gateways.into());
    let mut unanswered = Family::counter(
        "redis_unanswered_total",
        "Questions to which Redis had no answer in time, or none that is one.",
    );
    unanswered.count(&[], report.unanswered);
    vec![connected, gateways, unanswered]
}
