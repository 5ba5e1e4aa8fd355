//! `GET /docs`: the API's description as a page to read and to try.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};

use super::page::{self, Content, Page};

const SCRIPTS: [&str; 3] = [include_str!("schema.js"), include_str!("trial.js"), include_str!("page.js")];

static PAGE: LazyLock<Page> = LazyLock::new(|| {
    Page::new(&Content {
        title: "The API – contact-gateway",
        root: "./",
        body: include_str!("view.html"),
        styles: &[include_str!("style.css")],
        scripts: &[&page::SCRIPTS[..], &SCRIPTS].concat(),
    })
});

/// Answers with the page.
pub(super) async fn read(request: HttpRequest) -> HttpResponse {
    PAGE.respond(&request)
}
