//! `GET /problems/{code}`: what a problem's `type` leads to, for programs and for people.

mod leaf;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue, VARY},
    web,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    code::{Code, Entry},
    identity::RequestId,
    negotiation::{Offer, negotiate},
    problem::Problem,
};

/// What a problem's code means.
#[derive(Serialize, ToSchema)]
#[schema(as = ProblemExplanation)]
pub(super) struct Explained {
    /// As in the problems.
    r#type: String,
    #[schema(value_type = Code)]
    code: &'static str,
    /// What it means, in few words.
    title: &'static str,
    /// The status of the answers that have it.
    status: u16,
    /// Whether the same request may be answered later.
    retryable: bool,
    /// What it means, and what can be done.
    explanation: &'static str,
}

/// For whom it is explained.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    Program,
    Person,
}

/// Explains one code. Whoever does not prefer a page gets JSON.
pub(super) async fn explain(request: HttpRequest, code: web::Path<String>) -> HttpResponse {
    let id = RequestId::of(&request);
    let Some(code) = Code::named(&code) else {
        return Problem::new(Code::NotFound, "No problem has this code.").respond(&id);
    };
    if negotiate(&request, &[Reader::Program, Reader::Person]) == Some(Reader::Person) {
        let mut response = leaf::of(code).respond(&request);
        response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
        return response;
    }
    HttpResponse::Ok()
        .insert_header(id.header())
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .insert_header((VARY, "Accept"))
        .json(Explained::of(code))
}

impl Explained {
    pub(super) fn of(code: Code) -> Self {
        let Entry { name, status, title, retryable, explanation } = code.entry();
        let (r#type, status) = (format!("/problems/{name}"), status.as_u16());
        Self { r#type, code: name, title, status, retryable, explanation }
    }
}

impl Offer for Reader {
    fn content_type(self) -> &'static str {
        match self {
            Self::Program => "application/json",
            Self::Person => "text/html",
        }
    }
}
