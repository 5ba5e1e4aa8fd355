//! What is told of a request to those who run the gateway: its span in a trace, its line in the log, and what is counted.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    dev::RequestHead,
    http::{
        StatusCode,
        header::{HeaderMap, HeaderName},
    },
};
use providers::TRACE;
use tracing::{Level, Span, field::Empty, info_span, span_enabled};

use super::{
    caching::CACHE_STATUS,
    identity,
    log::Line,
    note::Note,
    operation::Operation,
    state::State,
    tally::{InFlight, Tally},
};
use crate::{gateway::Caller, telemetry};

/// A request that is being answered.
pub(super) struct Record {
    begun: Instant,
    span: Span,
    /// What is wanted, where that is worth telling.
    wanted: Option<(Operation, InFlight)>,
}

impl Record {
    /// A request has come.
    pub(super) fn begin(request: &RequestHead, tally: &Arc<Tally>) -> Self {
        let begun = Instant::now();
        let operation = Operation::of(&request.method, request.uri.path());
        let traced = operation.filter(|_| is_traced());
        let span = traced.map_or_else(Span::none, |operation| {
            let (method, route) = (operation.method(), operation.route());
            let span = info_span!(
                target: TRACE,
                "request",
                otel.name = format!("{method} {route}"),
                otel.kind = "server",
                otel.status_code = Empty,
                http.request.method = method,
                http.route = route,
                http.response.status_code = Empty,
                url.scheme = "http",
                error.type = Empty,
                request_id = Empty,
                cache = Empty,
            );
            telemetry::join(&span, |name| request.headers.get(name)?.to_str().ok());
            span
        });
        Self { begun, span, wanted: operation.map(|operation| (operation, tally.begin())) }
    }

    /// The span of all that is done for it.
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// The answer to it begins. It is in flight until its end.
    pub(super) fn end(
        self,
        request: &RequestHead,
        caller: Option<&Caller>,
        state: &State,
        answer: &HttpResponse,
    ) -> Option<InFlight> {
        let (head, extensions) = (answer.head(), answer.extensions());
        let (operation, in_flight) = self.wanted.as_ref()?;
        let took = self.begun.elapsed();
        let note = extensions.get::<Note>();
        count(in_flight, *operation, head.status, note, took);
        self.close(head.status, &head.headers, note);
        let line = Line { request, caller, state, operation: *operation, head, note, span: &self.span, took };
        line.write_if_worth();
        self.wanted.map(|(_, in_flight)| in_flight)
    }

    fn close(&self, status: StatusCode, headers: &HeaderMap, note: Option<&Note>) {
        if self.span.is_disabled() {
            return;
        }
        self.span.record("http.response.status_code", status.as_u16());
        self.span.record("request_id", text(headers, &identity::HEADER));
        self.span.record("cache", cache(headers));
        if status.is_server_error() {
            self.span.record("otel.status_code", "ERROR");
            let code = note.and_then(|note| note.code);
            self.span.record("error.type", code.map_or(status.as_str(), |code| code.name()));
        }
    }
}

/// Whether requests have spans.
pub(super) fn is_traced() -> bool {
    span_enabled!(target: TRACE, Level::INFO)
}

fn count(in_flight: &InFlight, operation: Operation, status: StatusCode, note: Option<&Note>, took: Duration) {
    in_flight.answered(operation, status, took);
    // What needs no note was in memory.
    if note.is_none() && operation.is_reading_a_contact() {
        in_flight.remembered(took);
    }
    if let Some(Note { code: Some(code), instead: None, .. }) = note {
        in_flight.failed(*code);
    }
    if let Some(Note { spent: Some(spent), is_own: true, .. }) = note {
        in_flight.asked(*spent, took);
    }
}

/// What the answer says of the cache.
pub(super) fn cache(headers: &HeaderMap) -> Option<&str> {
    text(headers, &CACHE_STATUS)?.strip_prefix("contact-gateway; ")
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
