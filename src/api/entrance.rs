//! Where requests come in: who reads one contact is answered here, and all others find their way by the routes.

use std::{
    future::{Ready, ready},
    ops::ControlFlow,
    sync::Arc,
};

use actix_http::Request;
use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    dev::{Service, ServiceResponse},
    web,
};
use futures_util::{
    FutureExt as _,
    future::{Either, LocalBoxFuture},
};
use tracing::Instrument as _;

use super::{
    admission::{Admitted, Guest},
    contacts,
    metrics::Metrics,
    record::Record,
    state::Current,
    tally::{InFlight, Tally},
};

/// An answer, and what is in flight until it has been sent.
pub(crate) type Answered = Result<(HttpResponse, Option<InFlight>), Error>;
/// Who can be answered at once is.
pub(crate) type Answering = Either<Ready<Answered>, LocalBoxFuture<'static, Answered>>;

/// Where one thread's requests come in.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    current: web::Data<Current>,
    tally: Arc<Tally>,
}

impl Entrance {
    /// One for one more thread.
    pub(crate) fn new(current: web::Data<Current>, metrics: &Metrics) -> Self {
        Self { current, tally: metrics.traffic.tally() }
    }

    /// Answers a request, and records that.
    ///
    /// Reading one contact needs no route: finding the way through them, and making what handlers get, would take as long as
    /// the answer from memory.
    pub(crate) fn answer<R>(&self, request: Request, routes: &R) -> Answering
    where
        R: Service<Request, Response = ServiceResponse, Error = Error>,
        R::Future: 'static,
    {
        let record = Record::begin(request.head(), &self.tally);
        if record.is_of_reading_a_contact() {
            return self.read_contact(request, record);
        }
        let (current, answering) = (self.current.clone(), routes.call(request).instrument(record.span().clone()));
        let answering = async move {
            let (request, answer) = answering.await?.into_parts();
            let extensions = request.extensions();
            let caller = extensions.get::<Admitted>().map(|admitted| &*admitted.caller);
            let in_flight = record.end(request.head(), caller, &current.load(), &answer);
            Ok((answer, in_flight))
        };
        Either::Right(answering.boxed_local())
    }

    /// What memory answers is answered without a future, and without a hold on anything that threads share.
    fn read_contact(&self, request: Request, record: Record) -> Answering {
        let state = self.current.load();
        let span = record.span().clone();
        let entered = span.enter();
        let guest = match Guest::of(request.head(), &state) {
            Ok(guest) => guest,
            Err(refusal) => {
                let answer = refusal.respond(request.head());
                let in_flight = record.end(request.head(), None, &state, &answer);
                return Either::Left(ready(Ok((answer, in_flight))));
            }
        };
        match contacts::at_once(request.head(), &guest) {
            ControlFlow::Break(mut answer) => {
                guest.tell(answer.headers_mut());
                let in_flight = record.end(request.head(), Some(guest.caller), &state, &answer);
                Either::Left(ready(Ok((answer, in_flight))))
            }
            ControlFlow::Continue(id) => {
                drop(entered);
                let admitted = guest.stay();
                let answering = async move {
                    let mut answer = contacts::ask(request.head(), id, &admitted).instrument(span).await;
                    admitted.guest().tell(answer.headers_mut());
                    let in_flight = record.end(request.head(), Some(&admitted.caller), &admitted.state, &answer);
                    Ok((answer, in_flight))
                };
                Either::Right(answering.boxed_local())
            }
        }
    }
}
