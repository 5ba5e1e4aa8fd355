//! `GET /openapi.json`, `/docs` and `/problems/{code}`.

use super::{
    super::code::Code,
    Path,
    answer::{answer, named, with},
    operation::{Operation, reading},
    parameters, schemas,
};

pub(super) fn paths() -> Vec<Path> {
    let seen = || answer("The caller has these bytes already.", &["ETag", "Cache-Control"]);
    let description = answer("The description.", &["ETag", "Cache-Control"]);
    let description = with(description, "application/json", schemas::object(), &[]);
    let openapi = Operation::new("About", "describe", "Read this description", "OpenAPI 3.1, as JSON.")
        .open()
        .asking([parameters::if_none_match()])
        .answer(200, description)
        .answer(304, seen());
    let page = answer("The page.", &["ETag", "Cache-Control", "Content-Security-Policy"]);
    let page = with(page, "text/html", schemas::text("HTML."), &[]);
    let docs = Operation::new(
        "About",
        "readDocs",
        "Read this description as a page",
        "For people: every operation, and a form to try it. The page loads nothing but `/openapi.json`.",
    )
    .open()
    .asking([parameters::if_none_match()])
    .answer(200, page)
    .answer(304, seen());
    let explained = answer("The explanation.", &["Cache-Control"]);
    let explained = with(explained, "application/json", named("ProblemExplanation"), &["explanation"]);
    let problem = Operation::new(
        "About",
        "explainProblem",
        "Explain a problem's code",
        "What the `type` of every problem leads to.",
    )
    .open()
    .asking([parameters::code()])
    .answer(200, explained)
    .problems([Code::NotFound]);
    vec![("/openapi.json", reading(openapi)), ("/docs", reading(docs)), ("/problems/{code}", reading(problem))]
}
