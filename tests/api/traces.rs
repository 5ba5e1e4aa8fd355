//! Traces: what a collector gets, and what of its caller's trace the provider is told.

use std::fmt::Write as _;

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use providers::emulator::{Emulation, Emulator, Setup};
use reqwest::{Client, Response};
use serde_json::json;

use crate::{
    collector::{Collector, Span, tree},
    program::Program,
    reload::{over, upstream},
    site::Site,
};

const DESCRIPTION: &str = include_str!("../../docs/traces.md");
const ID: &str = "/contacts/whatsapp:919537851844";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";
/// What a miss leaves below the request's span.
const ASKED: [&str; 4] = ["  ask whatsapp", "    wait for the budget", "    GET contacts/{}", "    mapping"];

/// A traced gateway over one upstream.
struct Scene {
    program: Program,
    upstream: Emulator,
    collector: Collector,
}

impl Scene {
    async fn start(lines: &str) -> Self {
        let (collector, upstream) = (Collector::start().await, upstream().await);
        let top = format!("server.deadline = \"1s\"\n{}\n{lines}", collector.line());
        let program = Program::start_with(&over(&upstream, &top, "rate = \"unlimited\""), &[]).await;
        Self { program, upstream, collector }
    }

    async fn get(&self, path: &str, flags: &str) -> Response {
        let request = Client::new().get(self.program.url(path)).header("tracestate", "vendor=of-no-interest");
        request.header("traceparent", format!("00-{TRACE}-{PARENT}-{flags}")).send().await.unwrap()
    }

    /// Ends the gateway, which sends what it has: the spans of the caller's trace.
    async fn end(self) -> Vec<Span> {
        self.program.end().await;
        let mut spans = self.collector.spans();
        for attribute in spans.iter().flat_map(|span| span.attributes.keys()) {
            assert!(DESCRIPTION.contains(&format!("`{attribute}`")), "{attribute} has no explanation");
        }
        spans.retain(|span| span.trace == TRACE);
        spans
    }
}

fn rocketchat() -> &'static Emulation {
    &providers::KINDS.iter().find(|kind| kind.name == "rocketchat").unwrap().emulations[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_span_with_the_wait_the_attempt_and_the_mapping_below() {
    let scene = Scene::start("traces.service_name = \"the-gateway\"").await;
    let id = scene.get(ID, "01").await.headers()["x-request-id"].to_str().unwrap().to_owned();
    scene.get(ID, "01").await;
    let seen = scene.upstream.seen();
    let port = scene.upstream.base_url().port().unwrap().to_string();
    scene.program.end().await;
    let spans: Vec<_> = scene.collector.spans().into_iter().filter(|span| span.trace == TRACE).collect();
    assert_eq!(tree(&spans, PARENT), [&["GET /contacts/{id}"], &ASKED[..], &["GET /contacts/{id}"]].concat());

    let [request, ask, wait, attempt, mapping, hit] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!([request.kind, attempt.kind, hit.kind], [SpanKind::Server, SpanKind::Client, SpanKind::Server]);
    assert!([ask, wait, mapping].iter().all(|span| span.kind == SpanKind::Internal));
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/contacts/{id}"),
        ("http.response.status_code", "200"),
        ("url.scheme", "http"),
        ("request_id", &id),
        ("cache", "fwd=uri-miss; stored"),
        ("error.type", ""),
    ] {
        assert_eq!(request.says(name), value, "{name}");
    }
    assert!(hit.says("cache").starts_with("hit; ttl="), "{hit:?}");
    for (name, value) in [
        ("provider", "whatsapp"),
        ("http.request.method", "GET"),
        ("url.template", "contacts/{}"),
        ("server.address", "127.0.0.1"),
        ("server.port", &port),
        ("http.response.status_code", "200"),
        ("http.request.resend_count", ""),
    ] {
        assert_eq!(attempt.says(name), value, "{name}");
    }
    let resource = scene.collector.resource();
    assert_eq!((&*resource["service.name"], &*resource["service.version"]), ("the-gateway", env!("CARGO_PKG_VERSION")));
    // The attempt's own span is what the provider's would be below of.
    let told = &seen.iter().find(|seen| seen.target.contains("919537851844")).unwrap().headers;
    assert_eq!(told["traceparent"], format!("00-{TRACE}-{}-01", attempt.id));
    assert_eq!(told["tracestate"], "vendor=of-no-interest");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_gateway_asks_at_its_start_is_a_trace_of_its_own() {
    let (collector, emulation) = (Collector::start().await, rocketchat());
    let upstream = Emulator::start((emulation.build)(Setup::default())).await.unwrap();
    let mut text = format!("server.listen = \"127.0.0.1:0\"\n{}\n[providers.chat]\n", collector.line());
    let _ = writeln!(text, "kind = \"rocketchat\"\nbase_url = \"{}\"\n[providers.chat.settings]", upstream.base_url());
    for (name, value) in emulation.settings {
        let _ = writeln!(text, "{name} = \"{value}\"");
    }
    Program::start_with(&text, &[]).await.end().await;
    assert_eq!(tree(&collector.spans(), ""), ["prepare chat", "  wait for the budget", "  GET api/info"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_is_a_span_with_its_number_and_why_it_failed() {
    let scene = Scene::start("").await;
    assert_eq!(scene.get("/contacts/whatsapp:fault-status-503", "01").await.status(), 502);
    let told: Vec<_> = scene.upstream.seen().into_iter().filter(|seen| seen.target.contains("fault")).collect();
    let spans = scene.end().await;
    let attempts: Vec<_> = spans.iter().filter(|span| span.kind == SpanKind::Client).collect();
    assert_eq!(attempts.len(), 3, "{spans:?}");
    for (number, (attempt, told)) in attempts.iter().zip(&told).enumerate() {
        let before = if number == 0 { String::new() } else { number.to_string() };
        assert_eq!(attempt.says("http.request.resend_count"), before);
        let said = (attempt.says("http.response.status_code"), attempt.says("error.type"), attempt.failed);
        assert_eq!(said, ("503", "unavailable", true));
        assert_eq!(told.headers["traceparent"], format!("00-{TRACE}-{}-01", attempt.id));
    }
    let request = spans.iter().find(|span| span.kind == SpanKind::Server).unwrap();
    let said = (request.says("http.response.status_code"), request.says("error.type"), request.failed);
    assert_eq!(said, ("502", "provider-unavailable", true));
    assert!(spans.iter().all(|span| span.name != "mapping"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shares_a_flight_is_linked_to_it() {
    let scene = Scene::start("").await;
    scene.upstream.hold();
    let second = async {
        // One for the start, and the first request's.
        scene.upstream.wait_for_calls(1).await;
        scene.get(ID, "01").await
    };
    // Nobody is answered: both have waited for it until their deadlines, so the second one has surely shared the first one's.
    let (first, second) = tokio::join!(scene.get(ID, "01"), second);
    assert_eq!((first.status(), second.status()), (504.try_into().unwrap(), 504.try_into().unwrap()));
    scene.upstream.release();
    let spans = scene.end().await;
    let requests: Vec<_> = spans.iter().filter(|span| span.kind == SpanKind::Server).collect();
    let flight = spans.iter().find(|span| span.name == "ask whatsapp").unwrap();
    assert_eq!(flight.parent, requests[0].id);
    assert!(requests[0].links.is_empty() && requests[1].links.contains(&flight.id), "{spans:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_a_list_and_a_stream_have_what_they_ask_below_them() {
    let scene = Scene::start("").await;
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let ids = json!({ "ids": ["whatsapp:919537851844", "whatsapp:919289665999"] }).to_string();
    let batch =
        Client::new().post(scene.program.url("/contacts/batch/read")).header("content-type", "application/json");
    assert_eq!(batch.header("traceparent", &parent).body(ids).send().await.unwrap().status(), 200);
    assert_eq!(scene.get("/contacts?limit=5", "01").await.status(), 200);
    let stream = Client::new().get(scene.program.url("/contacts")).header("accept", "application/x-ndjson");
    let stream = stream.header("traceparent", &parent).send().await.unwrap();
    assert!(stream.text().await.unwrap().lines().count() > 1000);
    let spans = scene.end().await;
    let below = |name: &str, nth: usize| {
        let id = &spans.iter().filter(|span| span.name == name).nth(nth).unwrap().id;
        spans.iter().filter(|span| span.parent == *id).count()
    };
    assert_eq!(below("POST /contacts/batch/read", 0), 2);
    assert_eq!(below("GET /contacts", 0), 1);
    assert!(below("GET /contacts", 1) >= 1, "a stream's questions are asked after its head was sent: {spans:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_does_not_record_is_not_recorded_here() {
    let scene = Scene::start("").await;
    assert_eq!(scene.get(ID, "00").await.status(), 200);
    let told = scene.upstream.seen().pop().unwrap().headers["traceparent"].to_str().unwrap().to_owned();
    assert!(told.starts_with(&format!("00-{TRACE}-")) && told.ends_with("-00"), "{told}");
    assert!(scene.end().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_traces_that_begin_here_can_be_none() {
    let scene = Scene::start("traces.sample = 0").await;
    assert_eq!(Client::new().get(scene.program.url(ID)).send().await.unwrap().status(), 200);
    let told = scene.upstream.seen().pop().unwrap().headers["traceparent"].to_str().unwrap().to_owned();
    assert!(told.ends_with("-00"), "{told}");
    assert_eq!(scene.get("/contacts/whatsapp:919289665999", "01").await.status(), 200);
    assert_eq!(tree(&scene.end().await, PARENT).len(), 5, "what callers record is recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_collector_is_configured_nothing_is_traced_whatever_variables_say() {
    let (collector, upstream) = (Collector::start().await, upstream().await);
    let address = collector.emulator().base_url().to_string();
    let variables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].map(|name| (name, &*address));
    let program = Program::start_with(&over(&upstream, "", ""), &variables).await;
    assert_eq!(program.get("", ID).await.status, 200);
    let asked = upstream.seen().into_iter().find(|seen| seen.target.contains("919537851844")).unwrap();
    assert!(!asked.headers.contains_key("traceparent"), "{asked:?}");
    program.end().await;
    assert!(collector.emulator().seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_wants_to_know_who_sends_is_told() {
    let scene = Scene::start("traces.headers.authorization = \"Bearer s3cret\"").await;
    scene.get(ID, "01").await;
    let log = scene.program.end().await;
    let seen = scene.collector.emulator().seen();
    assert!(!seen.is_empty() && seen.iter().all(|seen| seen.headers["authorization"] == "Bearer s3cret"), "{seen:?}");
    assert!(!log.contains("s3cret"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_slow_holds_nobody_up_and_costs_the_spans_for_which_there_is_no_room() {
    let mut scene = Scene::start("").await;
    scene.collector.emulator().hold();
    assert_eq!(scene.get(ID, "01").await.status(), 200);
    scene.collector.emulator().wait_for_calls(1).await;
    let batch = |from: u32| {
        let ids: Vec<_> =
            (from..from + 1000).map(|number| format!("whatsapp:{}", 10_000_000_000_u64 + u64::from(number))).collect();
        let request = Client::new().post(scene.program.url("/contacts/batch/read"));
        request.header("content-type", "application/json").body(json!({ "ids": ids }).to_string()).send()
    };
    for from in [0, 1000, 2000, 3000] {
        assert_eq!(batch(from).await.unwrap().status(), 200, "nobody waits for the collector");
    }
    scene.collector.emulator().release();
    let said = scene.program.says("the collector does not take every span").await;
    assert!(said.contains("more slowly than they come"), "{said}");
    assert!(scene.end().await.len() >= 5, "those that had a place have arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_end_waits_for_a_collector_only_a_little() {
    let scene = Scene::start("").await;
    scene.collector.emulator().hold();
    assert_eq!(scene.get(ID, "01").await.status(), 200);
    let log = scene.program.end().await;
    assert!(log.contains("the collector was too slow: the last spans are lost"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_collector_does_not_take_is_told_with_its_reason() {
    let mut scene = Scene::start("").await;
    scene.collector.emulator().set_fault("status-503".parse().ok());
    scene.get(ID, "01").await;
    let said = scene.program.says("the collector does not take every span").await;
    assert!(said.contains("it answers 503"), "{said}");
    scene.collector.emulator().set_fault(None);
    scene.get(ID, "01").await;
    scene.program.says("the collector takes every span again").await;
    scene.collector.reject(1);
    scene.get(ID, "01").await;
    let said = scene.program.says("the collector does not take every span").await;
    assert!(said.contains("it rejects spans"), "{said}");
    let log = scene.program.end().await;
    assert!(log.contains("the collector has not taken every span") && log.contains("lost=1"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_fails_costs_spans_and_one_line_and_no_request() {
    let mut scene = Scene::start("").await;
    scene.collector.emulator().stop().await;
    assert_eq!(scene.get(ID, "01").await.status(), 200);
    let said = scene.program.says("the collector does not take every span").await;
    assert!(said.contains("Connection refused"), "{said}");
    scene.collector.emulator().restart().await.unwrap();
    assert_eq!(scene.get(ID, "01").await.status(), 200);
    assert!(scene.program.says("the collector takes every span again").await.contains("lost="));
    let log = scene.program.end().await;
    assert_eq!(log.matches("the collector").count(), 2, "{log}");
}

#[tokio::test]
async fn without_a_collector_the_callers_trace_goes_on_to_the_provider_as_it_came() {
    let site = Site::start().await;
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let get = |id: &str| site.request(reqwest::Method::GET, &format!("/contacts/periskope:{id}"));
    get("919537851844").header("traceparent", &parent).header("tracestate", "a=1").send().await.unwrap();
    get("919289665999").header("traceparent", "00-of-no-use-01").send().await.unwrap();
    let told = |id: &str| {
        let seen = site.upstream("periskope").seen().into_iter().find(|seen| seen.target.contains(id)).unwrap();
        ["traceparent", "tracestate"].map(|name| seen.headers.get(name).map(|value| value.to_str().unwrap().to_owned()))
    };
    assert_eq!(told("919537851844"), [Some(parent), Some("a=1".to_owned())]);
    assert_eq!(told("919289665999"), [None, None]);
}
