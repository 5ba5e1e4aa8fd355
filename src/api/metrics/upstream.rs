//! How each provider fares: the calls to each route of its API, and what spares it.

use providers::upstream::{BreakerState, RouteReport};

use super::Family;

const STATES: [(BreakerState, &str); 3] =
    [(BreakerState::Closed, "closed"), (BreakerState::HalfOpen, "half_open"), (BreakerState::Open, "open")];

/// Of each instance, its name and its routes.
pub(super) fn families(all: &[(&str, Vec<RouteReport>)]) -> Vec<Family> {
    let mut calls = Family::counter("upstream_calls_total", "Calls to a provider that have ended, repeats included.");
    let mut took = Family::histogram(
        "upstream_call_duration_seconds",
        "From the sending of a call to the last byte of its answer.",
    );
    let mut in_flight = Family::gauge("upstream_calls_in_flight", "Calls to a provider that have not ended yet.");
    let mut retries =
        Family::counter("upstream_retries_total", "Calls to a provider that repeated one that had failed.");
    let mut state = Family::gauge("breaker_state", "1 for the state in which the breaker is, 0 for the others.");
    let mut openings = Family::counter("breaker_openings_total", "How often the breaker has opened.");
    let mut spared =
        Family::counter("breaker_spared_calls_total", "Calls that were not made because the breaker was open.");
    for (provider, routes) in all {
        for report in routes {
            let labels = [("provider", *provider), ("route", &*report.route)];
            for (outcome, count) in report.calls.by_outcome() {
                calls.count(&[labels[0], labels[1], ("outcome", outcome.name())], count);
            }
            took.observe(&labels, &report.calls.took);
            in_flight.count(&labels, report.under_way);
            retries.count(&labels, report.repeats);
            for (one, name) in STATES {
                state.count(&[labels[0], labels[1], ("state", name)], (report.breaker.state == one).into());
            }
            openings.count(&labels, report.breaker.openings);
            spared.count(&labels, report.spared);
        }
    }
    vec![calls, took, in_flight, retries, state, openings, spared]
}
