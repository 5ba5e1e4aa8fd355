//! `GET /problems/{code}`: what a problem's `type` leads to, for programs and for people.

mod leaf;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, HeaderValue, VARY},
    },
    web,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    code::{Code, Entry},
    identity::RequestId,
    negotiation::{Offer, negotiate},
    note::Note,
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
    let id = RequestId::of(request.head());
    let reader = negotiate(request.head(), &[Reader::Program, Reader::Person]);
    let mut response = match (Code::named(&code), reader) {
        (Some(code), Some(Reader::Person)) => leaf::of(code).respond(&request),
        (Some(code), _) => HttpResponse::Ok()
            .insert_header(id.header())
            .insert_header((CACHE_CONTROL, "public, max-age=86400"))
            .json(Explained::of(code)),
        (None, Some(Reader::Person)) => {
            let mut response = leaf::UNKNOWN.respond_with(&request, StatusCode::NOT_FOUND);
            Note::of_problem(Code::NotFound, None, None).leave(&mut response);
            response
        }
        (None, _) => Problem::new(Code::NotFound, "No problem has this code.").respond(&id),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    response
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
