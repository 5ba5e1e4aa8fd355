//! The gateway over HTTP: who asks for what, in which form, and how failures look.

pub mod cache_control;
mod caching;
mod code;
mod contacts;
mod health;
mod identity;
mod negotiation;
mod problem;
mod problems;

use actix_web::{
    HttpRequest, HttpResponse, guard,
    http::header::ALLOW,
    web::{self, ServiceConfig},
};

pub use self::{code::Code, health::Readiness};
use self::{identity::RequestId, problem::Problem};
use crate::gateway::Failure;

/// The whole HTTP surface.
pub fn routes(config: &mut ServiceConfig) {
    config
        // Everything behind `/contacts/` is an id, slashes included: an id is any text.
        .service(resource("/contacts/{id:.*}", contacts::read))
        .service(resource("/health/live", health::live))
        .service(resource("/health/ready", health::ready))
        .service(resource("/problems/{code}", problems::explain))
        .default_service(web::to(nothing_here));
}

/// The code under which callers see a failure.
#[must_use]
pub fn code_of(failure: &Failure) -> Code {
    Problem::of(failure).code()
}

/// A path that can be read, with GET or HEAD, and in no other way.
fn resource<F, Args>(path: &str, handler: F) -> actix_web::Resource
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::resource(path)
        .route(web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler))
        .default_service(web::to(not_allowed))
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    Problem::new(Code::NotFound, "There is nothing at this path.").respond(&RequestId::of(&request))
}

async fn not_allowed(request: HttpRequest) -> HttpResponse {
    Problem::new(Code::MethodNotAllowed, "This path can only be read, with GET or HEAD.").respond_with(
        &RequestId::of(&request),
        |response| {
            response.insert_header((ALLOW, "GET, HEAD"));
        },
    )
}
