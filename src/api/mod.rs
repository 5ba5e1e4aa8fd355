//! The gateway over HTTP: who asks for what, in which form, and how failures look.

mod batch;
mod body;
mod cache;
pub mod cache_control;
mod caching;
mod code;
mod contacts;
mod cursor;
mod explain;
mod health;
mod identity;
mod lines;
mod list;
mod negotiation;
mod problem;
mod problems;
mod query;
mod question;
mod register;
mod webhooks;

use std::future::ready;

use actix_web::{
    HttpRequest, HttpResponse, Resource, Route, guard,
    http::header::ALLOW,
    web::{self, ServiceConfig},
};

pub use self::{code::Code, cursor::Seal, health::Readiness};
use self::{identity::RequestId, problem::Problem};
use crate::gateway::Failure;

/// The whole HTTP surface.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            path("/contacts", "GET, HEAD, POST")
                .route(reading().to(list::read))
                .route(web::post().to(register::register)),
        )
        .service(path("/contacts/batch/read", "POST").route(web::post().to(batch::read)))
        // Everything behind `/contacts/` is an id, slashes included: an id is any text.
        .service(path("/contacts/{id:.*}", "GET, HEAD").route(reading().to(contacts::read)))
        .service(path("/cache", "DELETE").route(web::delete().to(cache::forget_all)))
        .service(path("/cache/{id:.*}", "DELETE").route(web::delete().to(cache::forget)))
        .service(path("/webhooks/{instance}", "POST").route(web::post().to(webhooks::hear)))
        .service(path("/health/live", "GET, HEAD").route(reading().to(health::live)))
        .service(path("/health/ready", "GET, HEAD").route(reading().to(health::ready)))
        .service(path("/problems/{code}", "GET, HEAD").route(reading().to(problems::explain)))
        .default_service(web::to(nothing_here));
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
    web::resource(path).default_service(web::to(move |request: HttpRequest| ready(not_allowed(&request, methods))))
}

fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    Problem::new(Code::NotFound, "There is nothing at this path.").respond(&RequestId::of(&request))
}

fn not_allowed(request: &HttpRequest, methods: &'static str) -> HttpResponse {
    let detail = format!("This path can't be used with this method, but with: {methods}.");
    Problem::new(Code::MethodNotAllowed, detail).respond_with(&RequestId::of(request), |response| {
        response.insert_header((ALLOW, methods));
    })
}
