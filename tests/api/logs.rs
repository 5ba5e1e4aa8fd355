//! The log: which requests have a line, what it says, and what it shows of contacts.

use std::collections::BTreeSet;

use providers::emulator::Emulator;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::{
    collector::Collector,
    program::Program,
    reload::{over, upstream},
    site::key,
};

const DESCRIPTION: &str = include_str!("../../docs/logs.md");
const ID: &str = "/contacts/whatsapp:919537851844";
const FAILING: &str = "/contacts/whatsapp:fault-status-503";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const NEXT: &str = "the new configuration is in force";

/// A gateway over one upstream, and what it has to say.
struct Scene {
    program: Program,
    upstream: Emulator,
    client: Client,
}

impl Scene {
    /// With these lines at the top of its configuration.
    async fn start(lines: &str) -> Self {
        let upstream = upstream().await;
        let program = Program::start_with(&over(&upstream, lines, ""), &[]).await;
        Self { program, upstream, client: Client::new() }
    }

    /// Asks for a path as a request with this id.
    async fn get(&self, id: &str, path: &str) -> StatusCode {
        let request = self.client.get(self.program.url(path)).header("x-request-id", id).bearer_auth("key-of-crm");
        request.header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01")).send().await.unwrap().status()
    }

    /// Changes its configuration.
    async fn reload(&mut self, lines: &str) {
        self.program.reload(&over(&self.upstream, lines, ""));
        self.program.says(NEXT).await;
    }

    /// Ends it, and returns its lines: each is an object.
    async fn end(self) -> Vec<Value> {
        let log = self.program.end().await;
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no object: {line}"))).collect()
    }
}

/// Everything that a line says has its explanation.
fn assert_described(line: &Value) {
    for field in line.as_object().unwrap().keys() {
        assert!(DESCRIPTION.contains(&format!("`{field}`")), "{field} in {line}");
    }
}

/// The lines of one request.
fn of<'a>(lines: &'a [Value], id: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["request_id"] == id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_leaves_one_line_that_tells_all_of_it() {
    let scene = Scene::start(&("log.format = \"json\"\n".to_owned() + &key("crm", ""))).await;
    assert_eq!(scene.get("r-1", FAILING).await, 502);
    let lines = scene.end().await;
    let [line] = of(&lines, "r-1")[..] else { panic!("{lines:#?}") };
    let expected = json!({
        "level": "WARN", "message": "a provider could not answer", "request_id": "r-1", "trace_id": TRACE,
        "method": "GET", "route": "/contacts/{id}", "caller": "crm", "status": 502, "code": "provider-unavailable",
        "provider": "whatsapp", "kind": "unavailable",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(line[name], *value, "{name} in {line}");
    }
    assert_described(line);
    let hash = line["contact"].as_str().unwrap();
    assert!(hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
    assert!(line["detail"].as_str().unwrap().contains("503") && line["duration_ms"].is_u64(), "{line}");
    assert!(line["time"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_says_the_same() {
    let scene = Scene::start(&key("crm", "")).await;
    assert_eq!(scene.get("r-1", FAILING).await, 502);
    let log = scene.program.end().await;
    let lines: Vec<_> = log.lines().filter(|line| line.contains("r-1")).collect();
    let [line] = lines[..] else { panic!("{log}") };
    for part in [
        "WARN contact_gateway::api::log: a provider could not answer request_id=\"r-1\"",
        "route=\"/contacts/{id}\"",
        "caller=\"crm\" status=502 code=\"provider-unavailable\" provider=\"whatsapp\" kind=\"unavailable\"",
        "duration_ms=",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_others_those_have_a_line_that_were_slow_and_a_part_of_the_rest() {
    let (json, all) = ("log.format = \"json\"\nlog.slow = \"10m\"", "log.format = \"json\"\nlog.slow = \"0s\"");
    let mut scene = Scene::start(json).await;
    assert_eq!(scene.get("none", ID).await, 200);
    assert_eq!(scene.get("none", "/contacts/whatsapp:1555000111").await, 404, "callers' mistakes are no news");
    scene.reload(all).await;
    scene.get("slow", ID).await;
    scene.reload(&format!("{json}\nlog.sample = 0.25")).await;
    for _ in 0..100 {
        scene.get("sampled", ID).await;
        scene.get("sampled", "/health/ready").await;
    }
    scene.reload(&format!("{json}\nlog.level = \"debug\"")).await;
    scene.get("verbose", ID).await;
    scene.get("verbose", "/health/ready").await;
    scene.reload(&format!("{json}\nlog.sample = 1.0")).await;
    scene.get("every", "/contacts/whatsapp:919289665999").await;
    let lines = scene.end().await;
    assert!(of(&lines, "none").is_empty(), "{lines:#?}");
    let [slow] = of(&lines, "slow")[..] else { panic!("{lines:#?}") };
    assert_eq!((&slow["message"], &slow["level"], &slow["status"]), (&json!("slow"), &json!("INFO"), &json!(200)));
    assert!(slow["cache"].as_str().unwrap().starts_with("hit; ttl="), "{slow}");
    // Each of two threads counts for itself.
    let sampled = of(&lines, "sampled");
    assert!((24..=26).contains(&sampled.len()), "{}", sampled.len());
    assert!(sampled.iter().all(|line| line["message"] == "answered" && line["route"] == "/contacts/{id}"));
    let [verbose] = of(&lines, "verbose")[..] else { panic!("{lines:#?}") };
    assert_eq!((&verbose["message"], &verbose["level"]), (&json!("answered"), &json!("DEBUG")));
    let [every] = of(&lines, "every")[..] else { panic!("{lines:#?}") };
    assert_described(every);
    assert!(every["cache"] == "fwd=uri-miss; stored" && every["waited_ms"].is_u64() && every["upstream_ms"].is_u64());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_for_a_request_is_told_with_its_id() {
    let scene = Scene::start("log.format = \"json\"\nlog.level = \"debug\"\nserver.deadline = \"2s\"").await;
    scene.get("r-1", FAILING).await;
    let batch = Client::new().post(scene.program.url("/contacts/batch/read")).header("x-request-id", "r-2");
    let body = json!({ "ids": ["whatsapp:fault-status-500", "whatsapp:919537851844"] }).to_string();
    assert_eq!(batch.header("content-type", "application/json").body(body).send().await.unwrap().status(), 200);
    let unsigned = Client::new().post(scene.program.url("/webhooks/whatsapp")).header("x-request-id", "r-3");
    assert_eq!(unsigned.body("{}").send().await.unwrap().status(), 401);
    let lines = scene.end().await;
    let messages = |id: &str| of(&lines, id).iter().map(|line| line["message"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(messages("r-1"), ["call failed", "call failed", "call failed", "a provider could not answer"]);
    assert!(of(&lines, "r-1").iter().all(|line| line["trace_id"] == TRACE), "{lines:#?}");
    assert!(messages("r-2").contains(&"a contact of a batch could not be had"), "{lines:#?}");
    assert!(messages("r-3").contains(&"a webhook's message was not heard"), "{lines:#?}");
    let anonymous = lines.iter().filter(|line| line["request_id"].is_null()).map(|line| line["message"].as_str());
    let anonymous: BTreeSet<_> = anonymous.flatten().collect();
    assert!(anonymous.is_subset(&["listening", "ready"].into()), "{anonymous:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_a_provider_is_told_beside_what_concerns_the_request() {
    let upstream = upstream().await;
    let text = over(&upstream, "log.format = \"json\"", "").replace("emulated-key", "another-key");
    let scene = Scene { program: Program::start_with(&text, &[]).await, upstream, client: Client::new() };
    assert_eq!(scene.get("r-1", ID).await, 502);
    let lines = scene.end().await;
    let [breaker, request] = of(&lines, "r-1")[..] else { panic!("{lines:#?}") };
    assert_eq!((&breaker["message"], &breaker["level"]), (&json!("the breaker has opened"), &json!("WARN")));
    assert_eq!((&breaker["provider"], &breaker["route"]), (&json!("whatsapp"), &json!("contacts/{}")));
    assert!(breaker["pause_ms"].is_u64(), "{breaker}");
    assert_eq!([&breaker["kind"], &request["kind"]], ["rejected-credentials", "rejected-credentials"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_leads_to_its_trace() {
    let collector = Collector::start().await;
    let scene = Scene::start(&format!("{}\nlog = {{ format = \"json\", sample = 1.0 }}", collector.line())).await;
    let untraced = Client::new().get(scene.program.url(ID)).header("x-request-id", "r-1");
    assert_eq!(untraced.send().await.unwrap().status(), 200);
    scene.get("r-2", ID).await;
    let lines = scene.end().await;
    for id in ["r-1", "r-2"] {
        let span = collector.spans().into_iter().find(|span| span.says("request_id") == id).unwrap();
        assert_eq!(of(&lines, id)[0]["trace_id"], *span.trace);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_has_one_hash_in_one_process_and_no_other_has_the_same() {
    let mut seen = BTreeSet::new();
    for _ in 0..2 {
        let scene = Scene::start("log = { format = \"json\", sample = 1.0 }").await;
        let spellings = ["919537851844", "%2B919537851844", "whatsapp:919537851844@c.us", "tel:+919537851844"];
        for (number, spelling) in spellings.iter().enumerate() {
            scene.get(&format!("r-{number}"), &format!("/contacts/{spelling}")).await;
        }
        let lines = scene.end().await;
        let hash = |number| of(&lines, number)[0]["contact"].as_str().unwrap().to_owned();
        assert_eq!([hash("r-1"), hash("r-2")], [hash("r-0"), hash("r-0")], "spellings of one id");
        assert_ne!(hash("r-3"), hash("r-0"), "a look-up is another question");
        seen.extend([hash("r-0"), hash("r-3")]);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_shown_as_they_are_only_where_the_configuration_says_so_and_forge_no_line() {
    let plain = "log = { sample = 1.0, ids = \"plain\" }";
    let scene = Scene::start(plain).await;
    scene.get("r-1", ID).await;
    assert_eq!(scene.get("r-2", "/contacts/whatsapp:1%0AFORGED").await, 400);
    let log = scene.program.end().await;
    assert!(log.contains("contact=\"whatsapp:919537851844\""), "{log}");
    assert!(log.contains("FORGED") && log.lines().all(|line| !line.starts_with("FORGED")), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_configuration_changes_what_is_logged_but_not_how() {
    let mut scene = Scene::start("log = { format = \"json\", sample = 1.0 }").await;
    scene.get("before", ID).await;
    scene.program.reload(&over(
        &scene.upstream,
        "log = { format = \"text\", ids = \"plain\", level = \"warn\", slow = \"3s\", sample = 0.5 }\n\
         traces.endpoint = \"http://127.0.0.1:9\"",
        "",
    ));
    for key in ["log.format", "log.ids", "traces"] {
        let line = scene.program.says("takes effect at the next start").await;
        assert!(line.contains(&format!("\"key\":\"{key}\"")), "{line}");
    }
    for _ in 0..2 {
        scene.get("after", ID).await;
    }
    scene.get("failed", FAILING).await;
    // What this puts into force is told again.
    scene.reload("log = { format = \"json\", level = \"info\", sample = 1.0 }").await;
    scene.get("again", ID).await;
    let lines = scene.end().await;
    assert!(of(&lines, "after").is_empty(), "the level holds: {lines:#?}");
    assert_eq!(of(&lines, "failed").len(), 1);
    assert_eq!(of(&lines, "again")[0]["contact"], of(&lines, "before")[0]["contact"], "hashed as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variable_goes_before_the_configuration() {
    let upstream = upstream().await;
    let text = over(&upstream, "log.level = \"error\"", "");
    let mut program = Program::start_with(&text, &[("RUST_LOG", "debug")]).await;
    program.get("", ID).await;
    assert!(program.says("answered").await.contains("DEBUG"));
    program.reload(&over(&upstream, "log.level = \"off\"", ""));
    program.says(NEXT).await;
    program.get("", ID).await;
    program.says("answered").await;
}
