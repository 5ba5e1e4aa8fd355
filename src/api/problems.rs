//! `GET /problems/{code}`: what a problem's `type` leads to.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    code::{Code, Entry},
    identity::RequestId,
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

/// Explains one code.
pub(super) async fn explain(request: HttpRequest, code: web::Path<String>) -> HttpResponse {
    let id = RequestId::of(&request);
    let Some(code) = Code::named(&code) else {
        return Problem::new(Code::NotFound, "No problem has this code.").respond(&id);
    };
    HttpResponse::Ok()
        .insert_header(id.header())
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .json(Explained::of(code))
}

impl Explained {
    pub(super) fn of(code: Code) -> Self {
        let Entry { name, status, title, retryable, explanation } = code.entry();
        let (r#type, status) = (format!("/problems/{name}"), status.as_u16());
        Self { r#type, code: name, title, status, retryable, explanation }
    }
}
