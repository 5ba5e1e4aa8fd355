//! `GET /health/live` and `/health/ready`.

use super::{
    Path,
    answer::{answer, named, with},
    operation::{Operation, reading},
};

pub(super) fn paths() -> Vec<Path> {
    let state =
        |said, headers: &[&str], example| with(answer(said, headers), "application/json", named("Health"), &[example]);
    let live = Operation::new("Health", "live", "Ask whether the process runs", "Asks no provider anything.")
        .open()
        .answer(200, state("The process runs.", &["Cache-Control"], "live"));
    let ready = Operation::new(
        "Health",
        "ready",
        "Ask whether requests are welcome",
        "They are once every provider has been looked at, and until the process is told to stop.",
    )
    .open()
    .answer(200, state("Requests are welcome.", &["Cache-Control"], "ready"))
    .answer(503, state("Requests should go elsewhere.", &["Cache-Control", "Retry-After"], "starting"));
    vec![("/health/live", reading(live)), ("/health/ready", reading(ready))]
}
