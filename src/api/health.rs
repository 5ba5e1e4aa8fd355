//! `GET /health/live` and `/health/ready`: for whoever starts, watches and replaces processes.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, RETRY_AFTER},
    web,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::identity::RequestId;

/// Whether requests should be sent here: not until the providers have been looked at once, and no more once it stops.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicU8>);

/// How the process is.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    status: Status,
}

/// `live`: it runs. `ready`: requests are welcome. `starting`, `stopping`: not yet, and no more.
#[derive(PartialEq, Serialize, ToSchema)]
#[schema(as = HealthStatus)]
#[serde(rename_all = "lowercase")]
enum Status {
    Live,
    Starting,
    Ready,
    Stopping,
}

const STARTING: u8 = 0;
const READY: u8 = 1;
const STOPPING: u8 = 2;

impl Readiness {
    /// Requests are welcome, unless it stops already.
    pub fn start(&self) {
        let _ = self.0.compare_exchange(STARTING, READY, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Requests should go elsewhere from now on.
    pub fn stop(&self) {
        self.0.store(STOPPING, Ordering::Release);
    }

    /// Whether they are.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status() == Status::Ready
    }

    fn status(&self) -> Status {
        match self.0.load(Ordering::Acquire) {
            STARTING => Status::Starting,
            READY => Status::Ready,
            _ => Status::Stopping,
        }
    }
}

/// The process runs.
pub(super) async fn live(request: HttpRequest) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(RequestId::of(request.head()).header())
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Health { status: Status::Live })
}

/// The process wants requests.
pub(super) async fn ready(request: HttpRequest, readiness: web::Data<Readiness>) -> HttpResponse {
    let status = readiness.status();
    let is_ready = status == Status::Ready;
    let mut response = if is_ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.insert_header(RequestId::of(request.head()).header()).insert_header((CACHE_CONTROL, "no-store"));
    if !is_ready {
        response.insert_header((RETRY_AFTER, 1));
    }
    response.json(Health { status })
}
