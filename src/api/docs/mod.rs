//! `GET /docs`: the API's description as a page to read and to try.
//!
//! A page of our own rather than one of the known viewers: it can be read whole in review, is a hundredth of their size, asks
//! nobody but the gateway for anything, and gets by with a policy that allows its own script and style and nothing else.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::{caching, identity::RequestId};
use crate::gateway;

const HTML: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

struct Page {
    text: String,
    etag: Box<str>,
    policy: String,
}

static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let text = HTML.replace("{STYLE}", STYLE).replace("{SCRIPT}", SCRIPT);
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE)
    );
    Page { etag: gateway::etag(text.as_bytes()), text, policy }
});

/// Answers with the page.
pub(super) async fn read(request: HttpRequest) -> HttpResponse {
    let Page { text, etag, policy } = &*PAGE;
    let seen = caching::has_already(&request, etag);
    let mut response = if seen { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    // It is another one as soon as the gateway is.
    response
        .insert_header(RequestId::of(&request).header())
        .insert_header((ETAG, &**etag))
        .insert_header((CACHE_CONTROL, "no-cache"));
    if seen {
        return response.finish();
    }
    response.insert_header((CONTENT_SECURITY_POLICY, policy.as_str()));
    response.content_type("text/html; charset=utf-8").body(text.as_str())
}
