//! `GET /health/live` and `/health/ready`: for whoever starts, watches and replaces processes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, RETRY_AFTER},
    web,
};
use serde_json::json;

use super::identity::RequestId;

/// Whether requests should be sent here. False until the providers have been looked at once.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Says whether requests should be sent here.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Whether requests should be sent here.
    #[must_use]
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The process runs.
pub(super) async fn live(request: HttpRequest) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(RequestId::of(&request).header())
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({ "status": "live" }))
}

/// The process wants requests.
pub(super) async fn ready(request: HttpRequest, readiness: web::Data<Readiness>) -> HttpResponse {
    let mut response = if readiness.get() { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.insert_header(RequestId::of(&request).header()).insert_header((CACHE_CONTROL, "no-store"));
    if readiness.get() {
        response.json(json!({ "status": "ready" }))
    } else {
        response.insert_header((RETRY_AFTER, 1)).json(json!({ "status": "starting" }))
    }
}
