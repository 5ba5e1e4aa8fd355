//! Where requests come in that the server reads: they find their way by the routes, and what comes of them is recorded.

use std::sync::Arc;

use actix_http::Request;
use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    dev::{Service, ServiceResponse},
    web,
};
use tracing::Instrument as _;

use super::{
    admission::Admitted,
    metrics::Metrics,
    record::Record,
    state::Current,
    tally::{InFlight, Tally},
};

/// An answer, and what is in flight until it has been sent.
pub(crate) type Answered = Result<(HttpResponse, Option<InFlight>), Error>;

/// Where one thread's requests come in.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    pub(super) current: web::Data<Current>,
    pub(super) tally: Arc<Tally>,
}

impl Entrance {
    /// One for one more thread.
    pub(crate) fn new(current: web::Data<Current>, metrics: &Metrics) -> Self {
        Self { current, tally: metrics.traffic.tally() }
    }

    /// Answers a request, and records that.
    pub(crate) fn answer<R>(&self, request: Request, routes: &R) -> impl Future<Output = Answered> + use<R>
    where
        R: Service<Request, Response = ServiceResponse, Error = Error>,
    {
        let record = Record::begin(request.head(), &self.tally);
        let (current, answering) = (self.current.clone(), routes.call(request).instrument(record.span().clone()));
        async move {
            let (request, answer) = answering.await?.into_parts();
            let extensions = request.extensions();
            let caller = extensions.get::<Admitted>().map(|admitted| &*admitted.caller);
            let in_flight = record.end(request.head(), caller, &current.load(), &answer);
            Ok((answer, in_flight))
        }
    }
}
