//! What is counted, as Prometheus reads it.

use std::time::Duration;

use providers::emulator::{Emulated, Request, Response};

use crate::{
    program::Program,
    scrape::Scrape,
    site::{Site, key, upstream},
};

const ID: &str = "/contacts/periskope:919537851844";
const READ: [(&str, &str); 2] = [("provider", "periskope"), ("route", "GET /contacts/{}")];
/// Whatever is waited for has happened by then.
const LONGEST: Duration = Duration::from_secs(30);
const BUDGET: (&str, &str) = ("provider", "periskope");

/// A contact with a field that nobody has documented, and without one that is always there.
#[derive(Debug)]
struct Drifting;

impl Emulated for Drifting {
    fn answer(&self, _: &Request) -> Response {
        let body = r#"{"contact_id":"919537851844@c.us","contact_name":"Jane","shoe_size":41}"#;
        let mut response = Response::new(body.into());
        response.headers_mut().insert("content-type", "application/json".parse().unwrap());
        response
    }
}

/// A site on which everything has happened that can be counted.
pub(crate) async fn lively() -> Site {
    // Nobody is there.
    let redis = "redis.url = \"redis+unix:///nowhere/redis.socket\"";
    let site = Site::over([upstream("periskope", "periskope").rate(10, 60_000).server(Drifting)], redis).await;
    for path in [ID, ID, "/contacts/nobody:1", "/nowhere"] {
        site.get(path).await;
    }
    site
}

#[tokio::test]
async fn requests_are_counted_by_what_they_want_and_never_by_whom_they_are_about() {
    let site = Site::start().await;
    for _ in 0..3 {
        assert_eq!(site.get(ID).await.status, 200);
    }
    let tag = site.get(ID).await.header("etag").to_owned();
    assert_eq!(site.get_with(ID, "if-none-match", &tag).await.status, 304);
    assert_eq!(site.get("/contacts/periskope:10000000001").await.status, 404);
    assert_eq!(site.get("/contacts/periskope:10000000001/more").await.status, 404);
    assert_eq!(site.get("/919537851844").await.status, 404);
    assert_eq!(site.delete("/cache/periskope:919537851844").await.status, 204);
    assert_eq!(site.get("/health/live").await.status, 200);

    let scrape = Scrape::of(&site).await;
    let count = |route, method, status| {
        scrape.find("requests_total", &[("route", route), ("method", method), ("status", status)])
    };
    assert_eq!(count("/contacts/{id}", "GET", "200"), Some(4.0));
    assert_eq!(count("/contacts/{id}", "GET", "304"), Some(1.0));
    assert_eq!(count("/contacts/{id}", "GET", "404"), Some(2.0));
    assert_eq!(count("_OTHER", "GET", "404"), Some(1.0));
    assert_eq!(count("/cache/{id}", "DELETE", "204"), Some(1.0));
    assert_eq!(scrape.value("requests_total", &[]), 9.0, "neither health nor this");
    let took = |class| scrape.find("request_duration_seconds_count", &[("route", "/contacts/{id}"), ("class", class)]);
    assert_eq!((took("2xx"), took("3xx"), took("4xx"), took("5xx")), (Some(4.0), Some(1.0), Some(2.0), None));
    assert_eq!(scrape.value("problems_total", &[("code", "contact-not-found")]), 2.0);
    assert_eq!(scrape.value("problems_total", &[("code", "not-found")]), 1.0);
    for private in ["919537851844", "10000000001", "Bharat"] {
        assert!(!scrape.text.contains(private), "{private}");
    }
}

#[tokio::test]
async fn a_path_without_parameters_says_that_it_has_none() {
    let site = Site::start().await;
    for path in ["/metrics?x=1", "/providers?x=1"] {
        let answer = site.get(path).await;
        assert_eq!(answer.problem(), "invalid-request");
        assert!(answer.text.contains("This path has no query parameters"), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_is_under_way_is_seen_while_it_is() {
    let site = Site::start().await;
    let (upstream, labels) = (site.upstream("periskope"), [("provider", "periskope"), ("place", "waiting")]);
    upstream.hold();
    let asking = async {
        let (one, other) = tokio::join!(site.get(ID), site.get(ID));
        (one.status, other.status)
    };
    let looking = async {
        upstream.wait_for_calls(1).await;
        // The second request may come a little after the first one's call.
        while Scrape::of(&site).await.value("places_used", &labels) < 2.0 {}
        let scrape = Scrape::of(&site).await;
        upstream.release();
        scrape
    };
    let both = tokio::time::timeout(LONGEST, async { tokio::join!(asking, looking) });
    let ((one, other), scrape) = both.await.expect("both wait");
    assert_eq!((one.as_u16(), other.as_u16()), (200, 200));
    assert_eq!(scrape.value("requests_in_flight", &[]), 2.0);
    assert_eq!(scrape.value("upstream_calls_in_flight", &READ), 1.0);
    assert_eq!(scrape.value("places_used", &[("provider", "periskope"), ("place", "loading")]), 1.0);
    assert!(scrape.value("places_limit", &labels) > 1000.0);

    let scrape = Scrape::of(&site).await;
    assert_eq!(scrape.value("requests_in_flight", &[]), 0.0);
    assert_eq!(scrape.value("upstream_calls_in_flight", &READ), 0.0);
    assert_eq!(scrape.value("places_used", &[]), 0.0);
    assert_eq!(scrape.value("cache_lookups_total", &[BUDGET, ("result", "collapsed")]), 1.0);
    assert_eq!(scrape.value("cache_lookups_total", &[BUDGET, ("result", "miss")]), 1.0);
}

#[tokio::test]
async fn the_gateways_own_time_is_what_is_left_of_a_requests() {
    let site = Site::start().await;
    site.upstream("periskope").set_fault(Some("delay-200ms".parse().unwrap()));
    for _ in 0..3 {
        assert_eq!(site.get(ID).await.status, 200);
    }
    let scrape = Scrape::of(&site).await;
    let own = |source, what: &str| scrape.value(&format!("overhead_seconds_{what}"), &[("source", source)]);
    assert_eq!((own("memory", "count"), own("provider", "count")), (2.0, 1.0));
    let all = scrape.value("request_duration_seconds_sum", &[]);
    let upstream = scrape.value("upstream_call_duration_seconds_sum", &READ);
    assert!(upstream >= 0.2, "{upstream}");
    assert!(own("memory", "sum") + own("provider", "sum") + upstream <= all + 0.001, "{}", scrape.text);
    assert_eq!(scrape.value("request_budget_wait_seconds_count", &[]), 1.0);
}

#[tokio::test]
async fn whoever_shared_anothers_question_says_nothing_of_the_gateways_own_time() {
    let twins = ["first", "second"].map(|name| upstream(name, "periskope"));
    let site = Site::over(twins, "").await;
    assert_eq!(site.get("/contacts/919537851844").await.problem(), "ambiguous-contact-id");
    assert_eq!(site.get("/contacts/tel:+919537851844").await.status, 200);
    let scrape = Scrape::of(&site).await;
    assert_eq!(scrape.value("overhead_seconds_count", &[]), 0.0);
    assert_eq!(scrape.value("requests_total", &[]), 2.0);
}

#[tokio::test]
async fn an_ailing_provider_shows_in_its_calls_and_its_breaker() {
    let site = Site::start().await;
    site.upstream("periskope").set_fault(Some("status-500".parse().unwrap()));
    for number in 0..10 {
        site.get(&format!("/contacts/periskope:1000000{number:04}")).await;
    }
    let scrape = Scrape::of(&site).await;
    let calls = |outcome| scrape.value("upstream_calls_total", &[READ[0], READ[1], ("outcome", outcome)]);
    assert!(calls("unavailable") >= 2.0 && calls("ok") == 0.0, "{}", scrape.text);
    assert_eq!(scrape.value("upstream_call_duration_seconds_count", &READ), calls("unavailable"));
    let state = |state| scrape.value("breaker_state", &[READ[0], READ[1], ("state", state)]);
    assert_eq!((state("closed"), state("half_open") + state("open")), (0.0, 1.0));
    assert!(scrape.value("breaker_openings_total", &READ) >= 1.0);
    assert!(scrape.value("breaker_spared_calls_total", &READ) >= 1.0);
    assert!(scrape.value("upstream_retries_total", &READ) >= 1.0);
    assert_eq!(scrape.value("problems_total", &[("code", "provider-unavailable")]), 10.0);
    let others = scrape.value("breaker_state", &[("provider", "rocketchat"), ("state", "closed")]);
    assert_eq!(scrape.value("breaker_state", &[("provider", "rocketchat")]), others);
}

#[tokio::test]
async fn a_budget_tells_what_is_left_who_waits_and_who_could_not() {
    let small = upstream("periskope", "periskope").rate(1, 3_600_000);
    let site = Site::over([small, upstream("other", "periskope")], "server.deadline = \"1s\"").await;
    let budget = |scrape: &Scrape, what| scrape.value(what, &[BUDGET]);
    let before = Scrape::of(&site).await;
    assert_eq!((budget(&before, "budget_limit"), budget(&before, "budget_left")), (1.0, 1.0), "before any call");
    assert_eq!(budget(&before, "budget_window_seconds"), 3600.0);
    assert_eq!(site.get(ID).await.status, 200);
    assert_eq!(site.get("/contacts/periskope:10000000001").await.problem(), "provider-rate-limited");
    let after = Scrape::of(&site).await;
    assert_eq!((budget(&after, "budget_left"), budget(&after, "budget_refusals_total")), (0.0, 1.0));
    assert_eq!((budget(&after, "budget_waiting_calls"), budget(&after, "budget_wait_seconds_count")), (0.0, 1.0));
    assert_eq!(after.value("budget_refusals_total", &[("provider", "other")]), 0.0);
}

#[tokio::test]
async fn who_is_not_limited_has_no_limit() {
    let site = Site::over([upstream("periskope", "periskope").unlimited()], "").await;
    assert_eq!(site.get(ID).await.status, 200);
    let scrape = Scrape::of(&site).await;
    assert_eq!((scrape.find("budget_limit", &[]), scrape.find("budget_left", &[])), (None, None));
    assert_eq!(scrape.value("budget_waiting_calls", &[]), 0.0);
}

#[tokio::test]
async fn memory_tells_what_came_of_each_look_and_why_answers_left() {
    let site = Site::start().await;
    for _ in 0..3 {
        site.get(ID).await;
    }
    let before = Scrape::of(&site).await;
    let looked = |result| before.value("cache_lookups_total", &[BUDGET, ("result", result)]);
    assert_eq!((looked("hit"), looked("miss"), looked("stale"), looked("fallback")), (2.0, 1.0, 0.0, 0.0));
    assert_eq!(before.value("cache_entries", &[BUDGET]), 1.0);
    assert!(before.value("cache_bytes", &[BUDGET]) < before.value("cache_capacity_bytes", &[]));
    site.delete("/cache/periskope:919537851844").await;
    let after = Scrape::of(&site).await;
    assert_eq!((after.value("cache_entries", &[BUDGET]), after.value("cache_bytes", &[BUDGET])), (0.0, 0.0));
    assert_eq!(after.value("cache_evictions_total", &[BUDGET, ("cause", "forgotten")]), 1.0);
    assert_eq!(after.value("cache_evictions_total", &[BUDGET]), 1.0);
}

#[tokio::test]
async fn fields_that_a_provider_does_not_document_are_counted_by_name() {
    let site = lively().await;
    let scrape = Scrape::of(&site).await;
    let drift = |field, deviation| scrape.find("schema_drift_total", &[("field", field), ("deviation", deviation)]);
    assert_eq!(drift("shoe_size", "unknown"), Some(1.0), "{}", scrape.text);
    assert_eq!(scrape.find("schema_drift_total", &[("provider", "periskope"), ("deviation", "type")]), None);
}

#[tokio::test]
async fn the_program_tells_what_it_is_and_what_it_takes() {
    let site = Site::start().await;
    let scrape = Scrape::of(&site).await;
    assert_eq!(scrape.value("build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1.0);
    assert_eq!(scrape.value("provider_info", &[("provider", "rocketchat_legacy"), ("kind", "rocketchat")]), 1.0);
    for name in ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_threads"] {
        assert!(scrape.families[name].samples[0].value > 0.0, "{name}");
    }
    let begun = Duration::from_secs_f64(scrape.families["process_start_time_seconds"].samples[0].value);
    assert!(std::time::SystemTime::UNIX_EPOCH + begun <= std::time::SystemTime::now());
}

#[tokio::test]
async fn every_histogram_is_one() {
    let site = lively().await;
    let scrape = Scrape::of(&site).await;
    let histograms = scrape.families.iter().filter(|(_, family)| family.kind == "histogram");
    let mut seen = 0;
    for (name, family) in histograms {
        for count in family.samples.iter().filter(|sample| sample.name == format!("{name}_count")) {
            let is_same = |labels: &std::collections::BTreeMap<String, String>| {
                labels.iter().filter(|(name, _)| *name != "le").eq(&count.labels)
            };
            let buckets =
                family.samples.iter().filter(|sample| sample.labels.contains_key("le") && is_same(&sample.labels));
            let (bounds, counts): (Vec<f64>, Vec<f64>) =
                buckets.map(|sample| (sample.labels["le"].parse::<f64>().unwrap(), sample.value)).unzip();
            assert!(bounds.is_sorted_by(|one, next| one < next) && counts.is_sorted(), "{name}");
            assert_eq!((bounds.last(), counts.last()), (Some(&f64::INFINITY), Some(&count.value)), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}

#[tokio::test]
async fn a_key_for_some_instances_reads_of_these_only_and_nobody_reads_without_one() {
    let upstreams = ["first", "second"].map(|name| upstream(name, "periskope"));
    let keys = [key("some", "providers = [\"first\"]"), key("all", "")].concat();
    let site = Site::over(upstreams, &keys).await;
    assert_eq!(site.get("/metrics").await.problem(), "unauthorized");
    assert_eq!(site.get_as("key-of-all", "/metrics?verbose=true").await.problem(), "invalid-request");
    let some = Scrape::read(site.get_as("key-of-some", "/metrics").await);
    let all = Scrape::read(site.get_as("key-of-all", "/metrics").await);
    assert!(some.text.contains("\"first\"") && !some.text.contains("\"second\""));
    assert!(all.text.contains("\"first\"") && all.text.contains("\"second\""));
    assert!(!all.text.contains("key-of"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_keeps_what_was_counted_and_forgets_instances_that_are_gone() {
    let emulation = &providers::KINDS.iter().find(|kind| kind.name == "periskope").unwrap().emulations[0];
    let setup = providers::emulator::Setup::limited(crate::site::PLENTY);
    let server = providers::emulator::Emulator::start((emulation.build)(setup)).await.unwrap();
    let instance = |name| {
        let settings = format!("[providers.{name}.settings]\napi_key = \"emulated-key-of-no-use-elsewhere\"\n");
        format!("[providers.{name}]\nkind = \"periskope\"\nbase_url = \"{}\"\n{settings}", server.base_url())
    };
    let top = "server.listen = \"127.0.0.1:0\"\nserver.workers = 2\n";
    let mut program = Program::start(&[top, &instance("gone"), &instance("whatsapp")].concat()).await;
    for id in ["whatsapp:919537851844", "whatsapp:919537851844", "gone:919537851844"] {
        assert_eq!(program.get("", &format!("/contacts/{id}")).await.status, 200);
    }
    let before = Scrape::read(program.get("", "/metrics").await);
    program.reload(&[top, "server.deadline = \"9s\"\n", &instance("whatsapp")].concat());
    program.says("the new configuration is in force").await;
    let after = Scrape::read(program.get("", "/metrics").await);
    assert!(before.text.contains("\"gone\"") && !after.text.contains("\"gone\""));
    for (name, family) in after.families.iter().filter(|(_, family)| family.kind != "gauge") {
        for sample in &family.samples {
            let earlier =
                before.families[name].samples.iter().find(|one| one.name == sample.name && one.labels == sample.labels);
            assert!(earlier.is_none_or(|earlier| earlier.value <= sample.value), "{sample:?} was {earlier:?}");
        }
    }
    assert_eq!(after.value("cache_lookups_total", &[("provider", "whatsapp"), ("result", "hit")]), 1.0);
    assert_eq!(after.value("requests_total", &[("status", "200")]), 3.0);
    assert_eq!(after.value("config_reloads_total", &[("result", "adopted")]), 1.0);
    assert_eq!(after.value("config_last_reload_successful", &[]), 1.0);
    program.reload("[providers");
    program.says("the new configuration is refused").await;
    let refused = Scrape::read(program.get("", "/metrics").await);
    assert_eq!(refused.value("config_reloads_total", &[("result", "refused")]), 1.0);
    assert_eq!(refused.value("config_last_reload_successful", &[]), 0.0);
}
