//! The gateway over HTTP: who asks for what, in which form, and how failures look.

mod admission;
mod at_hand;
mod batch;
mod body;
mod cache;
pub mod cache_control;
mod caching;
mod code;
mod contacts;
mod cursor;
mod dashboard;
mod docs;
mod entrance;
mod explain;
mod head;
mod header;
mod health;
mod identity;
mod lines;
mod list;
mod log;
mod metrics;
mod negotiation;
mod note;
pub mod openapi;
mod operation;
mod page;
mod plain;
mod problem;
mod problems;
mod query;
mod question;
mod quota;
mod record;
mod refusal;
mod register;
mod state;
mod status;
mod tally;
mod traffic;
mod wanted;
mod webhooks;
mod written;

use std::future::ready;

use actix_web::{
    HttpRequest, HttpResponse, Resource, Route, Scope,
    dev::RequestHead,
    guard,
    http::header::{ALLOW, HeaderValue},
    middleware::from_fn,
    web::{self, ServiceConfig},
};

pub use self::{
    code::Code,
    cursor::Seal,
    health::Readiness,
    state::{Current, State},
};
pub(crate) use self::{entrance::Entrance, metrics::Metrics, plain::Plain, tally::InFlight};
use self::{identity::RequestId, problem::Problem};
use crate::gateway::Failure;

/// The whole HTTP surface.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(path("/", "GET, HEAD").route(reading().to(dashboard::read)))
        .service(path("/health/live", "GET, HEAD").route(reading().to(health::live)))
        .service(path("/health/ready", "GET, HEAD").route(reading().to(health::ready)))
        .service(web::scope("/problems").service(path("/{code}", "GET, HEAD").route(reading().to(problems::explain))))
        .service(path("/openapi.json", "GET, HEAD").route(reading().to(openapi::read)))
        .service(path("/docs", "GET, HEAD").route(reading().to(docs::read)))
        // Who sends these is known by their signature.
        .service(web::scope("/webhooks").service(path("/{instance}", "POST").route(web::post().to(webhooks::hear))))
        // What stands above is for everybody. All else is for those who have been admitted, even if there is nothing.
        .service(
            web::scope("")
                .wrap(from_fn(admission::admit))
                .service(contacts())
                .service(cached())
                .service(path("/providers", "GET, HEAD").route(reading().to(status::read)))
                .service(path("/metrics", "GET, HEAD").route(reading().to(metrics::read)))
                .default_service(web::to(nothing_here)),
        )
        .default_service(web::to(nothing_here));
}

/// Everything behind `/contacts/` is an id, slashes included: an id is any text.
///
/// Known by its beginning, and not by a pattern: matching one would be nearly half of the work that a cached contact makes. So
/// its handler looks at the method itself.
fn contacts() -> Scope {
    let all = path("", "GET, HEAD, POST").route(reading().to(list::read)).route(web::post().to(register::register));
    let batch = path("/batch/read", "POST").route(web::post().to(batch::read));
    web::scope("/contacts").service(all).service(batch).default_service(web::to(contacts::read))
}

fn cached() -> Scope {
    let all = path("", "DELETE").route(web::delete().to(cache::forget_all));
    web::scope("/cache").service(all).default_service(web::to(cache::forget))
}

/// The code under which callers see a failure.
#[must_use]
pub fn code_of(failure: &Failure) -> Code {
    Problem::of(failure).code()
}

/// The text of that code.
#[must_use]
pub fn told(failure: &Failure) -> &'static str {
    code_of(failure).name()
}

/// A path that can be used with these methods and no others.
fn path(path: &str, methods: &'static str) -> Resource {
    web::resource(path).default_service(otherwise(methods))
}

fn otherwise(methods: &'static str) -> Route {
    web::to(move |request: HttpRequest| ready(not_allowed(request.head(), methods)))
}

fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    Problem::new(Code::NotFound, "There is nothing at this path.").respond(&RequestId::of(request.head()))
}

fn not_allowed(request: &RequestHead, methods: &'static str) -> HttpResponse {
    let detail = format!("This path can't be used with this method, but with: {methods}.");
    Problem::new(Code::MethodNotAllowed, detail).respond_with(&RequestId::of(request), |headers| {
        headers.insert(ALLOW, HeaderValue::from_static(methods));
    })
}
