//! Whoever collects traces: OTLP over HTTP, as protobuf.

use std::{error::Error as _, time::Duration};

use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use opentelemetry_proto::{
    tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    transform::{common::tonic::ResourceAttributesWithSchema, trace::tonic::group_spans_by_resource_and_scope},
};
use opentelemetry_sdk::{Resource, trace::SpanData};
use prost::Message as _;
use providers::upstream::is_loopback;
use url::Url;

use super::Traces;

/// How long it may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whoever takes the spans.
pub(super) struct Collector {
    client: Option<reqwest::Client>,
    url: Url,
    headers: HeaderMap,
    resource: ResourceAttributesWithSchema,
}

/// Why spans could not be sent, and how many.
pub(super) struct Unsent {
    pub(super) spans: u64,
    pub(super) why: String,
}

impl Collector {
    pub(super) fn new(traces: &Traces, resource: &Resource) -> Self {
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("contact-gateway/", env!("CARGO_PKG_VERSION")))
            // It would carry the headers elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT);
        if is_loopback(&traces.endpoint) {
            // A proxy's loopback is another machine's.
            client = client.no_proxy();
        }
        let mut url = traces.endpoint.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["v1", "traces"]);
        }
        let mut headers = traces.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        Self { client: client.build().ok(), url, headers, resource: resource.into() }
    }

    /// Returns how many the collector has rejected.
    pub(super) async fn send(&self, spans: Vec<SpanData>) -> Result<u64, Unsent> {
        let count = spans.len() as u64;
        let unsent = |why: String| Unsent { spans: count, why };
        let client = self.client.as_ref().ok_or_else(|| unsent("no TLS can be had on this machine".to_owned()))?;
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let request = client.post(self.url.clone()).headers(self.headers.clone()).body(body);
        let answer = request.send().await.map_err(|error| unsent(cause(&error)))?;
        if !answer.status().is_success() {
            return Err(unsent(format!("it answers {}", answer.status().as_u16())));
        }
        let body = answer.bytes().await.map_err(|error| unsent(cause(&error)))?;
        // Whatever it says beside, it has taken them.
        let told = ExportTraceServiceResponse::decode(body).ok().and_then(|told| told.partial_success);
        Ok(told.and_then(|told| told.rejected_spans.try_into().ok()).unwrap_or_default())
    }
}

/// The innermost cause: the outer ones repeat the address.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it does not answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.source().is_none() { "the connection is broken".to_owned() } else { cause.to_string() }
}
