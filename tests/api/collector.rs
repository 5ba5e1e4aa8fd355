//! A collector of traces, as OTLP has it: takes spans over HTTP, and tells what they are.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use bytes::Bytes;
use opentelemetry_proto::tonic::{
    collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse},
    common::v1::{KeyValue, any_value::Value},
    trace::v1,
};
use parking_lot::Mutex;
use prost::Message as _;
use providers::emulator::{Emulated, Emulator, Request, Response};

/// A collector on loopback, for as long as it lives.
pub(crate) struct Collector {
    emulator: Emulator,
    taken: Taken,
}

#[derive(Debug, Clone, Default)]
struct Taken {
    requests: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    rejected: Arc<AtomicI64>,
}

/// A span, by what tests want to know of it.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) kind: v1::span::SpanKind,
    pub(crate) failed: bool,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The ids of spans that it is linked to.
    pub(crate) links: Vec<String>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let taken = Taken::default();
        Self { emulator: Emulator::start(Box::new(taken.clone())).await.unwrap(), taken }
    }

    /// The line of a configuration that sends traces here.
    pub(crate) fn line(&self) -> String {
        format!("traces.endpoint = \"{}\"", self.emulator.base_url())
    }

    /// The server.
    pub(crate) fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Says from now on of so many spans of each request that it does not take them.
    pub(crate) fn reject(&self, spans: i64) {
        self.taken.rejected.store(spans, Ordering::Relaxed);
    }

    /// Every span that has come, in the order in which they began.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let taken = self.taken.requests.lock();
        let scopes = taken.iter().flat_map(|request| &request.resource_spans).flat_map(|spans| &spans.scope_spans);
        let mut spans: Vec<_> = scopes.flat_map(|scope| &scope.spans).collect();
        spans.sort_by_key(|span| span.start_time_unix_nano);
        spans.into_iter().map(Span::of).collect()
    }

    /// All that has come, in words.
    pub(crate) fn everything(&self) -> String {
        format!("{:?}", self.taken.requests.lock())
    }

    /// What the sender says of itself.
    pub(crate) fn resource(&self) -> BTreeMap<String, String> {
        let taken = self.taken.requests.lock();
        let resource = taken[0].resource_spans[0].resource.as_ref().unwrap();
        attributes(&resource.attributes)
    }
}

impl Emulated for Taken {
    fn answer(&self, request: &Request) -> Response {
        let is_right = request.method() == http::Method::POST
            && request.uri().path() == "/v1/traces"
            && request.headers()["content-type"] == "application/x-protobuf";
        let decoded = ExportTraceServiceRequest::decode(request.body().clone());
        match decoded {
            Ok(decoded) if is_right => self.requests.lock().push(decoded),
            _ => return http::Response::builder().status(400).body(Bytes::new()).unwrap(),
        }
        let rejected_spans = self.rejected.load(Ordering::Relaxed);
        let said = ExportTracePartialSuccess { rejected_spans, error_message: "too many".to_owned() };
        let partial_success = (rejected_spans > 0).then_some(said);
        let answer = http::Response::builder().header("content-type", "application/x-protobuf");
        answer.body(ExportTraceServiceResponse { partial_success }.encode_to_vec().into()).unwrap()
    }
}

impl Span {
    fn of(span: &v1::Span) -> Self {
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano && span.trace_id.len() == 16);
        Self {
            name: span.name.clone(),
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            kind: span.kind(),
            failed: span.status.as_ref().is_some_and(|status| status.code() == v1::status::StatusCode::Error),
            attributes: attributes(&span.attributes),
            links: span.links.iter().map(|link| hex(&link.span_id)).collect(),
        }
    }

    /// An attribute; nothing where it has none of this name.
    pub(crate) fn says(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// The names of these spans and of what is below them, each as deep as it is.
pub(crate) fn tree(spans: &[Span], parent: &str) -> Vec<String> {
    let children = spans.iter().filter(|span| span.parent == parent);
    let below = |span: &Span| tree(spans, &span.id).into_iter().map(|name| format!("  {name}")).collect::<Vec<_>>();
    children.flat_map(|span| std::iter::once(span.name.clone()).chain(below(span))).collect()
}

fn attributes(all: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |attribute: &KeyValue| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    all.iter().map(|attribute| (attribute.key.clone(), text(attribute))).collect()
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
