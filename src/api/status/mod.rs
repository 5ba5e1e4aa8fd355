//! `GET /providers`: how each of them is.

mod document;
mod history;
mod upstream;

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL};
use tokio::time::Instant;

pub(super) use self::{
    document::{Cache, Document, LastError, Provider},
    history::{History, Step},
    upstream::{Breaker, Budget, Latency, Route, Waiting},
};
use super::{admission::Admitted, identity::RequestId, query::Query};

/// Tells of each instance that the caller may ask.
pub(super) async fn read(request: HttpRequest, Admitted { state, caller, .. }: Admitted) -> HttpResponse {
    let id = RequestId::of(request.head());
    if let Err(problem) = Query::of(request.head(), &[]) {
        return problem.respond(&id);
    }
    let now = Instant::now();
    let providers = state.gateway.open_to(&caller).map(|instance| Provider::of(instance, now)).collect();
    let mut response = HttpResponse::Ok();
    response.insert_header(id.header()).insert_header((CACHE_CONTROL, "no-store"));
    response.json(Document { providers })
}
