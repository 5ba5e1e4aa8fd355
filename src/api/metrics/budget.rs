//! How the providers' rate limits are used.

use std::collections::BTreeSet;

use providers::upstream::RouteReport;

use super::Family;

/// Of each instance, its name and its routes. Routes that the provider counts together have one budget.
pub(super) fn families(all: &[(&str, Vec<RouteReport>)]) -> Vec<Family> {
    let mut limit =
        Family::gauge("budget_limit", "Calls that the provider allows in a window, as far as is known by now.");
    let mut left = Family::gauge("budget_left", "Calls that could be made now.");
    let mut window = Family::gauge("budget_window_seconds", "How long the window is.");
    let mut waiting = Family::gauge("budget_waiting_calls", "Calls that wait for their turn.");
    let mut waited = Family::histogram("budget_wait_seconds", "How long calls waited that had their turn.");
    let mut refusals = Family::counter(
        "budget_refusals_total",
        "Calls that were not made because their turn would have come too late.",
    );
    for (provider, routes) in all {
        let mut seen = BTreeSet::new();
        for budget in routes.iter().map(|report| &report.budget).filter(|budget| seen.insert(budget.name)) {
            let labels = [("provider", *provider), ("budget", budget.name)];
            if let Some((calls, spare)) = budget.limit {
                limit.count(&labels, calls.into());
                left.count(&labels, spare.into());
                window.add(&labels, budget.window.as_secs_f64());
            }
            let (live, batch) = budget.waiting;
            for (priority, count) in [("live", live), ("batch", batch)] {
                waiting.count(&[labels[0], labels[1], ("priority", priority)], count as u64);
            }
            waited.observe(&labels, &budget.waited);
            refusals.count(&labels, budget.refused);
        }
    }
    vec![limit, left, window, waiting, waited, refusals]
}
