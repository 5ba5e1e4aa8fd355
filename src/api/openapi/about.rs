//! `GET /`, `/openapi.json`, `/docs` and `/problems/{code}`.

use super::{
    super::code::Code,
    Path,
    answer::{answer, named, with},
    headers,
    operation::{Operation, reading},
    parameters, schemas,
};

/// The headers of every page.
const PAGE: [&str; 5] =
    ["ETag", "Cache-Control", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];

pub(super) fn paths() -> Vec<Path> {
    let seen = || answer("The caller has these bytes already.", &["ETag", "Cache-Control"]);
    let description = answer("The description.", &["ETag", "Cache-Control"]);
    let description = with(description, "application/json", schemas::object(), &[]);
    let openapi = Operation::new("About", "describe", "Read this description", "OpenAPI 3.1, as JSON.")
        .open()
        .asking([parameters::if_none_match()])
        .answer(200, description)
        .answer(304, seen());
    let page = || with(answer("The page.", &PAGE), "text/html", schemas::text("HTML."), &[]);
    let dashboard = Operation::new(
        "About",
        "readDashboard",
        "The dashboard",
        "For people: look a contact up, and see every provider's health and budget. The page itself is for everybody; what it \
         shows, it asks for with the key that is entered there.",
    )
    .open()
    .asking([parameters::if_none_match()])
    .answer(200, page())
    .answer(304, seen());
    let docs = Operation::new(
        "About",
        "readDocs",
        "Read this description as a page",
        "For people: every operation, and a form to try it. The page asks nobody but the gateway.",
    )
    .open()
    .asking([parameters::if_none_match()])
    .answer(200, page())
    .answer(304, seen());
    let mut explained = answer("The explanation.", &["Vary"]);
    headers::list(&mut explained, &PAGE);
    let explained = with(explained, "application/json", named("ProblemExplanation"), &["explanation"]);
    let explained = with(explained, "text/html", schemas::text("HTML."), &[]);
    let mut unknown = answer("The page leads to every code.", &["Vary"]);
    headers::list(&mut unknown, &PAGE);
    let unknown = with(unknown, "text/html", schemas::text("HTML."), &[]);
    let mut seen_page = seen();
    headers::list(&mut seen_page, &["Vary"]);
    let problem = Operation::new(
        "About",
        "explainProblem",
        "Explain a problem's code",
        "What the `type` of every problem leads to: JSON, or a page for whoever would rather have `text/html`.",
    )
    .open()
    .asking([parameters::code(), parameters::if_none_match()])
    .answer(200, explained)
    .answer(304, seen_page)
    .answer(404, unknown)
    .problems([Code::NotFound]);
    vec![
        ("/", reading(dashboard)),
        ("/openapi.json", reading(openapi)),
        ("/docs", reading(docs)),
        ("/problems/{code}", reading(problem)),
    ]
}
