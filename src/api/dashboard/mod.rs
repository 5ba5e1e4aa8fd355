//! `GET /`: the dashboard, where people look contacts up and see how every provider is.
//!
//! The page is for everybody, and says nothing of anybody: what it shows, it asks the gateway for with the key of whoever looks.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};

use super::page::{self, Content, Page};

const STYLES: [&str; 2] = [include_str!("contact.css"), include_str!("provider.css")];

const SCRIPTS: [&str; 15] = [
    include_str!("time.js"),
    include_str!("subject.js"),
    include_str!("problem.js"),
    include_str!("origin.js"),
    include_str!("freshness.js"),
    include_str!("list.js"),
    include_str!("reach.js"),
    include_str!("download.js"),
    include_str!("contact.js"),
    include_str!("health.js"),
    include_str!("chart.js"),
    include_str!("budget.js"),
    include_str!("provider.js"),
    include_str!("overview.js"),
    include_str!("page.js"),
];

static PAGE: LazyLock<Page> = LazyLock::new(|| {
    Page::new(&Content {
        title: "contact-gateway",
        root: "./",
        body: include_str!("view.html"),
        styles: &STYLES,
        scripts: &[&page::SCRIPTS[..], &SCRIPTS].concat(),
    })
});

/// Answers with the page.
pub(super) async fn read(request: HttpRequest) -> HttpResponse {
    PAGE.respond(&request)
}
