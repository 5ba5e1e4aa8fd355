//! Traces (OpenTelemetry): where they go, and how one goes on that a caller has begun.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    KeyValue,
    propagation::TextMapPropagator as _,
    trace::{TraceContextExt as _, TracerProvider as _},
};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use providers::TRACE;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, Registry, filter::filter_fn};
use url::Url;

use super::export::{Export, Queue};

/// `[traces]`: where they go. `Debug` shows no header's value.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// The collector, without `/v1/traces`.
    pub endpoint: Url,
    /// What is sent along, with which the collector may know us.
    pub headers: HeaderMap,
    /// Which part of the traces that begin here are sent, from 0 to 1. Whoever has begun elsewhere, has decided there.
    pub sample: f64,
    /// The name under which the collector knows this program.
    pub service: String,
}

impl Traces {
    /// A layer that makes OpenTelemetry's spans of ours, and what sends them.
    pub(super) fn layer(&self) -> (Box<dyn Layer<Registry> + Send + Sync>, Export) {
        let resource = Resource::builder_empty()
            .with_service_name(self.service.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .with_attribute(KeyValue::new("service.instance.id", uuid::Uuid::new_v4().to_string()))
            .with_attribute(KeyValue::new("telemetry.sdk.name", "opentelemetry"))
            .with_attribute(KeyValue::new("telemetry.sdk.language", "rust"))
            .build();
        let (queue, export): (Queue, Export) = Export::start(self, &resource);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(self.sample))))
            .with_span_processor(queue)
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("contact-gateway"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_level(false)
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == TRACE));
        (layer.boxed(), export)
    }
}

/// Makes a span that has just begun go on in the trace that these headers tell of. `header` has the value of one of them.
pub fn join<'a>(span: &Span, header: impl Fn(&str) -> Option<&'a str>) {
    if span.is_disabled() {
        return;
    }
    let given: HashMap<_, _> = ["traceparent", "tracestate"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), header(name)?.to_owned())))
        .collect();
    if !given.is_empty() {
        // It fails only for a span that has begun long ago.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&given));
    }
}

/// The headers by which another program goes on in this span's trace; `None` where the span is in none.
#[must_use]
pub fn continued(span: &Span) -> Option<HeaderMap> {
    let context = in_trace(span)?;
    let mut given = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut given);
    let header = |(name, value): (String, String)| Some((name.parse::<HeaderName>().ok()?, value.parse().ok()?));
    Some(
        given.into_iter().filter(|(_, value)| !value.is_empty()).filter_map(header).collect::<HeaderMap<HeaderValue>>(),
    )
}

/// The id of the span's trace.
#[must_use]
pub fn trace_id(span: &Span) -> Option<String> {
    in_trace(span).map(|context| context.span().span_context().trace_id().to_string())
}

fn in_trace(span: &Span) -> Option<opentelemetry::Context> {
    if span.is_disabled() {
        return None;
    }
    Some(span.context()).filter(|context| context.span().span_context().is_valid())
}
