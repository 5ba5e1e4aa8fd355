//! The API's description (OpenAPI 3.1), made from the code.
//!
//! Schemas come from the types that are written and read, problems from the table in `code.rs`, limits from the handlers' own
//! constants. What can't be had from the code is said here, and `tests/api/described.rs` holds every answer that any test gets
//! against it.

mod about;
mod answer;
mod batch;
mod cache;
mod contact;
mod examples;
mod headers;
mod health;
mod list;
mod operation;
mod parameters;
mod presence;
mod problems;
mod registration;
mod schemas;
mod status;
mod webhooks;

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG},
};
use serde_json::Value;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, License, OpenApiBuilder, PathItem, PathsBuilder, Server,
    info::ContactBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};

use super::{caching, identity::RequestId};
use crate::gateway::EntityTag;

/// The name of the security scheme.
const KEY: &str = "key";

const TAGS: [(&str, &str); 6] = [
    ("Contacts", "Reading contacts, one, several or all of them, and registering new ones."),
    ("Cache", "What the gateway remembers."),
    ("Webhooks", "What providers tell of their own accord."),
    ("Providers", "How the providers are, and how the gateway fares with them."),
    ("Health", "For whoever starts, watches and replaces processes."),
    ("About", "The API's own description."),
];

/// The description as it is served, and its entity tag. The same for the life of the process.
static SERVED: LazyLock<(String, EntityTag)> = LazyLock::new(|| {
    let text = document().to_string();
    let etag = EntityTag::of(text.as_bytes());
    (text, etag)
});

/// The description.
#[must_use]
pub fn document() -> Value {
    let all = [
        list::paths(),
        batch::paths(),
        contact::paths(),
        cache::paths(),
        webhooks::paths(),
        status::paths(),
        health::paths(),
        about::paths(),
    ];
    let paths = all.into_iter().flatten().fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item));
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
        "The caller's key, where the gateway's configuration wants one. A gateway without keys lets everybody ask.",
    ));
    let components = ComponentsBuilder::new().security_scheme(KEY, SecurityScheme::Http(key.build()));
    let info = InfoBuilder::new()
        .title("contact-gateway")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("introduction.md")))
        .contact(Some(ContactBuilder::new().name(Some("Whoever runs this gateway")).build()))
        .license(Some(License::builder().name("Apache-2.0").identifier(Some("Apache-2.0")).build()));
    let tags = TAGS.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    let document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .paths(paths)
        .components(Some(examples::add(headers::add(schemas::add(components))).build()))
        .security(Some([SecurityRequirement::default(), SecurityRequirement::new(KEY, [""; 0])]))
        .tags(Some(tags));
    // Made of texts and numbers: it can be written.
    let mut document = serde_json::to_value(document.build()).unwrap_or_default();
    presence::settle(&mut document);
    headers::settle(&mut document);
    document
}

/// `GET /openapi.json`.
pub(super) async fn read(request: HttpRequest) -> HttpResponse {
    let (text, etag) = &*SERVED;
    let seen = caching::has_already(request.head(), *etag);
    let mut response = if seen { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    // It is another one as soon as the gateway is.
    response
        .insert_header(RequestId::of(request.head()).header())
        .insert_header((ETAG, etag.to_string()))
        .insert_header((CACHE_CONTROL, "no-cache"));
    if seen { response.finish() } else { response.content_type("application/json").body(text.as_str()) }
}

/// A path and what can be done with it.
type Path = (&'static str, PathItem);
