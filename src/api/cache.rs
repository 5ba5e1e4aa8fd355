//! `DELETE /cache/{id}`, `DELETE /cache?provider=I`: forgetting.

use actix_web::{HttpRequest, HttpResponse, http::Method};

use super::{
    admission::Admitted, code::Code, identity::RequestId, not_allowed, problem::Problem, query::Query, question::id_of,
};

/// Forgets one contact, under whatever id.
pub(super) async fn forget(request: HttpRequest, Admitted { state, caller, .. }: Admitted) -> HttpResponse {
    if *request.method() != Method::DELETE {
        return not_allowed(request.head(), "DELETE");
    }
    respond(&request, || {
        let contact = id_of(request.head(), "/cache/")?;
        let provider = Query::of(request.head(), &["provider"])?.text("provider");
        state.gateway.forget(&contact, provider.as_deref(), &caller).map_err(|failure| Problem::of(&failure))
    })
}

/// Forgets everything of one instance.
pub(super) async fn forget_all(request: HttpRequest, Admitted { state, caller, .. }: Admitted) -> HttpResponse {
    respond(&request, || {
        let provider = Query::of(request.head(), &["provider"])?.text("provider");
        let missing =
            || Problem::new(Code::InvalidRequest, "The parameter `provider` must name the instance to forget.");
        state.gateway.forget_all(&provider.ok_or_else(missing)?, &caller).map_err(|failure| Problem::of(&failure))
    })
}

fn respond(request: &HttpRequest, forget: impl FnOnce() -> Result<(), Problem>) -> HttpResponse {
    let id = RequestId::of(request.head());
    match forget() {
        Ok(()) => HttpResponse::NoContent().insert_header(id.header()).finish(),
        Err(problem) => problem.respond(&id),
    }
}
