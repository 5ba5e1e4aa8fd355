//! `GET /metrics`: what is counted, as Prometheus reads it.
//!
//! Nothing is kept for it that is not kept anyway: what each part of the gateway has counted is read when somebody asks.

mod budget;
mod cache;
mod callers;
mod family;
mod instances;
mod process;
mod program;
mod redis;
mod reloads;
mod upstream;

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, web};
use prometheus::TextEncoder;

use self::family::Family;
pub(crate) use self::reloads::Reloads;
use super::{admission::Admitted, health::Readiness, identity::RequestId, query::Query, traffic::Traffic};
use crate::gateway::Instance;

/// The text format's version is part of its name.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is counted of the program as a whole. What concerns one provider lies with it, and goes with it.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) traffic: Traffic,
    pub(crate) reloads: Reloads,
}

/// Tells everything that is counted of the program, and of those instances that the caller may ask.
pub(super) async fn read(
    request: HttpRequest,
    Admitted { state, caller, .. }: Admitted,
    metrics: web::Data<Metrics>,
    readiness: web::Data<Readiness>,
) -> HttpResponse {
    let id = RequestId::of(request.head());
    if let Err(problem) = Query::of(request.head(), &[]) {
        return problem.respond(&id);
    }
    let instances: Vec<&Instance> = state.gateway.open_to(&caller).map(AsRef::as_ref).collect();
    let routes: Vec<_> = instances.iter().map(|instance| (&*instance.name, instance.routes())).collect();
    let all = [
        callers::families(&metrics.traffic),
        upstream::families(&routes),
        budget::families(&routes),
        instances::families(&instances),
        cache::families(&instances, state.gateway.capacity()),
        redis::families(state.gateway.shared().map(|shared| shared.report())),
        program::families(&metrics.reloads, readiness.is_ready()),
        process::families(),
    ];
    let all: Vec<_> = all.into_iter().flatten().filter_map(Family::done).collect();
    // It fails for metrics without a name or a series only.
    let text = TextEncoder::new().encode_to_string(&all).unwrap_or_default();
    HttpResponse::Ok()
        .insert_header(id.header())
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(CONTENT_TYPE)
        .body(text)
}
