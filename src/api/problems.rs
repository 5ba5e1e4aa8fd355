//! `GET /problems/{code}`: what a problem's `type` leads to.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, web};
use serde_json::json;

use super::{code::Code, identity::RequestId, problem::Problem};

/// Explains one code.
pub(super) async fn explain(request: HttpRequest, code: web::Path<String>) -> HttpResponse {
    let id = RequestId::of(&request);
    let Some(code) = Code::named(&code) else {
        return Problem::new(Code::NotFound, "No problem has this code.").respond(&id);
    };
    let entry = code.entry();
    HttpResponse::Ok().insert_header(id.header()).insert_header((CACHE_CONTROL, "public, max-age=86400")).json(json!({
        "type": format!("/problems/{}", entry.name),
        "code": entry.name,
        "title": entry.title,
        "status": entry.status.as_u16(),
        "retryable": entry.retryable,
        "explanation": entry.explanation,
    }))
}
