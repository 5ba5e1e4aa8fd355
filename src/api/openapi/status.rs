//! `GET /providers` and `/metrics`.

use super::{
    super::code::Code,
    Path,
    answer::{answer, named, with},
    operation::{Operation, reading},
    schemas,
};

pub(super) fn paths() -> Vec<Path> {
    let all = with(
        answer("How each of them is.", &["Cache-Control"]),
        "application/json",
        named("Providers"),
        &["providers"],
    );
    let read = Operation::new(
        "Providers",
        "readProviders",
        "Ask how the providers are",
        "Each instance that the caller may ask: whether it answers, how much of its rate limit is left, how memory helps, and the \
         last quarter of an hour in steps. Asks no provider anything.",
    )
    .answer(200, all)
    .problems([Code::InvalidRequest]);
    let text = with(
        answer("Every metric.", &["Cache-Control"]),
        "text/plain",
        schemas::text("Prometheus's text format, version 0.0.4."),
        &[],
    );
    let metrics = Operation::new(
        "Providers",
        "readMetrics",
        "Read what is counted",
        "For Prometheus, whatever `Accept` says: callers' requests, and of each instance that the caller may ask its calls, \
         rate limits, breakers and memory. `docs/metrics.md` explains each metric. Asks no provider anything.",
    )
    .answer(200, text)
    .problems([Code::InvalidRequest]);
    vec![("/providers", reading(read)), ("/metrics", reading(metrics))]
}
