//! How callers fare: traffic, errors, latency, and what of it is the gateway's own doing.

use super::{
    super::{code::Code, operation::Operation, tally::Source, traffic::Traffic},
    Family,
};

pub(super) fn families(traffic: &Traffic) -> Vec<Family> {
    let mut requests = Family::counter("requests_total", "Callers' requests that were answered, by status.");
    let mut took = Family::histogram(
        "request_duration_seconds",
        "From a request's head to the beginning of its answer, by the class of the status.",
    );
    for operation in Operation::all() {
        let (route, method) = (operation.route(), operation.method());
        for (status, count) in traffic.statuses(operation).filter(|(_, count)| *count > 0) {
            requests.count(&[("route", route), ("method", method), ("status", &status)], count);
        }
        for (class, took_so_long) in traffic.took(operation).filter(|(_, took)| took.count() > 0) {
            took.observe(&[("route", route), ("method", method), ("class", class)], &took_so_long);
        }
    }
    let mut in_flight = Family::gauge("requests_in_flight", "Callers' requests whose answers have not been sent yet.");
    in_flight.count(&[], traffic.in_flight());
    let mut problems =
        Family::counter("problems_total", "Callers' requests that were answered with a problem, by its code.");
    for code in Code::ALL {
        problems.count(&[("code", code.name())], traffic.problems(code));
    }
    let mut overhead = Family::histogram(
        "overhead_seconds",
        "What requests for one contact took beside the provider and the wait for its rate limit.",
    );
    for source in Source::ALL {
        overhead.observe(&[("source", source.name())], &traffic.overhead(source));
    }
    let mut waited = Family::histogram(
        "request_budget_wait_seconds",
        "How long requests for one contact waited for the provider's rate limit, of those that asked it.",
    );
    waited.observe(&[], &traffic.waited());
    vec![requests, took, in_flight, problems, overhead, waited]
}
