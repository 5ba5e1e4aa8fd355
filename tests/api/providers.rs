//! How the providers are, as callers are told.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::site::{Site, key, upstream};

/// Whatever is waited for has happened by then.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(30);
const ID: &str = "/contacts/periskope:919537851844";

/// What is told of one instance.
async fn told(site: &Site, name: &str) -> Value {
    let all = site.get("/providers").await.json();
    let one = all["providers"].as_array().unwrap().iter().find(|one| one["provider"] == name);
    one.unwrap_or_else(|| panic!("{name} in {all}")).clone()
}

#[tokio::test]
async fn each_instance_is_told_of_and_what_it_can_do() {
    let site = Site::start().await;
    // By then, each server has been asked what it is.
    while site.get("/health/ready").await.status != 200 {}
    let answer = site.get("/providers").await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let all = answer.json();
    let names: Vec<_> = all["providers"].as_array().unwrap().iter().map(|one| one["provider"].clone()).collect();
    assert_eq!(names, ["periskope", "rocketchat", "rocketchat_legacy"]);

    let periskope = told(&site, "periskope").await;
    assert_eq!((&periskope["kind"], &periskope["generation"]), (&json!("periskope"), &Value::Null));
    assert_eq!(periskope["capabilities"], json!(["contact", "find-by-phone", "list", "register", "webhooks"]));
    assert_eq!((&periskope["last_error"], &periskope["latency"]), (&Value::Null, &Value::Null));
    let legacy = told(&site, "rocketchat_legacy").await;
    assert_eq!((&legacy["kind"], &legacy["generation"]), (&json!("rocketchat"), &json!("legacy")));
    assert!(legacy["capabilities"].as_array().unwrap().contains(&json!("find-by-email")));
}

#[tokio::test]
async fn the_budget_tells_of_the_route_that_reads_a_contact_before_and_after_it_is_used() {
    let small = upstream("periskope", "periskope").rate(10, 60_000);
    let site = Site::over([small], "").await;
    let budget = told(&site, "periskope").await["budget"].clone();
    assert_eq!((&budget["limit"], &budget["left"]), (&json!(10), &json!(10)));
    assert_eq!((&budget["window_seconds"], &budget["reset_seconds"]), (&json!(60.0), &json!(0.0)));
    assert_eq!(site.get(ID).await.status, 200);
    let told = told(&site, "periskope").await;
    assert_eq!((&told["budget"]["left"], &told["budget"]["waiting"]), (&json!(9), &json!({ "live": 0, "batch": 0 })));
    assert!(told["budget"]["reset_seconds"].as_f64().unwrap() > 50.0, "{told}");
    assert_eq!(told["routes"][0]["route"], "GET /contacts/{}");
    assert_eq!((&told["routes"][0]["calls"], &told["routes"][0]["failures"]), (&json!(1), &json!(0)));
    assert!(told["latency"]["median_seconds"].as_f64().unwrap() > 0.0, "{told}");
}

#[tokio::test]
async fn the_cache_tells_what_came_of_each_question() {
    let site = Site::start().await;
    for _ in 0..4 {
        assert_eq!(site.get(ID).await.status, 200);
    }
    let refused = site.get_with("/contacts/periskope:10000000001", "cache-control", "only-if-cached").await;
    assert_eq!(refused.problem(), "not-cached");
    let cache = told(&site, "periskope").await["cache"].clone();
    assert_eq!((&cache["hits"], &cache["misses"], &cache["entries"]), (&json!(3), &json!(2), &json!(1)));
    assert!(cache["bytes"].as_u64().unwrap() > 500, "{cache}");

    site.upstream("periskope").set_fault(Some("status-500".parse().unwrap()));
    assert_eq!(site.get_with(ID, "cache-control", "no-cache").await.status, 200);
    assert_eq!(told(&site, "periskope").await["cache"]["fallbacks"], 1);

    site.delete("/cache/periskope:919537851844").await;
    let cache = told(&site, "periskope").await["cache"].clone();
    assert_eq!((&cache["entries"], &cache["bytes"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn whoever_shares_a_question_and_whoever_gets_a_stale_contact_is_counted_as_such() {
    let stale = upstream("periskope", "periskope").with("cache = { fresh = \"0s\", stale = \"1h\" }");
    let site = Site::over([stale], "").await;
    site.upstream("periskope").hold();
    let asking = join_all((0..5).map(|_| site.get(ID)));
    let releasing = async {
        site.upstream("periskope").wait_for_calls(1).await;
        site.upstream("periskope").release();
    };
    let (answers, ()) = tokio::join!(asking, releasing);
    assert!(answers.iter().all(|answer| answer.status == 200));
    let before = told(&site, "periskope").await["cache"].clone();
    let shared = |cache: &Value| cache["collapsed"].as_u64().unwrap() + cache["stale"].as_u64().unwrap();
    assert_eq!((&before["misses"], shared(&before)), (&json!(1), 4));
    assert_eq!(site.get(ID).await.status, 200);
    let after = told(&site, "periskope").await["cache"].clone();
    assert_eq!(after["stale"].as_u64(), before["stale"].as_u64().map(|stale| stale + 1));
}

#[tokio::test]
async fn who_waits_for_a_turn_is_seen_and_who_is_not_limited_has_no_limit() {
    let small = upstream("small", "periskope").rate(1, 100);
    let site = Site::over([small, upstream("vast", "periskope").unlimited()], "").await;
    assert_eq!(site.get("/contacts/vast:919537851844").await.status, 200);
    let vast = told(&site, "vast").await["budget"].clone();
    assert_eq!((&vast["limit"], &vast["left"], &vast["reset_seconds"]), (&Value::Null, &Value::Null, &json!(0.0)));

    // The one call that is allowed does not end.
    site.upstream("small").hold();
    let waiting = async {
        loop {
            let small = told(&site, "small").await;
            if small["budget"]["waiting"]["live"] == 1 {
                site.upstream("small").release();
                return small;
            }
        }
    };
    let both = ["/contacts/small:919537851844", "/contacts/small:10000000001"].map(|path| site.get(path));
    let all = tokio::time::timeout(LONGEST, async { tokio::join!(join_all(both), waiting) });
    let (answers, seen) = all.await.expect("the second one waits");
    assert_eq!((answers[0].status.as_u16(), answers[1].status.as_u16()), (200, 404));
    assert_eq!(seen["budget"]["left"], 0);
    assert_eq!(seen["routes"][0]["budget"]["waiting"], seen["budget"]["waiting"]);
    assert_eq!(told(&site, "small").await["budget"]["waiting"], json!({ "live": 0, "batch": 0 }));
}

#[tokio::test]
async fn the_last_quarter_of_an_hour_has_sixty_steps_and_a_time() {
    let site = Site::start().await;
    let before = jiff::Timestamp::now();
    let history = told(&site, "periskope").await["history"].clone();
    assert_eq!((&history["step_seconds"], history["steps"].as_array().unwrap().len()), (&json!(15), 60));
    let until: jiff::Timestamp = history["until"].as_str().unwrap().parse().unwrap();
    assert!((before - until).get_seconds() <= 16 && until <= jiff::Timestamp::now(), "{until}");
    let none = json!({ "requests": 0, "hits": 0, "calls": 0, "failures": 0, "latency_seconds": null });
    assert_eq!(history["steps"][0], none, "the first step is not over yet, and what was before is none");
}

#[tokio::test]
async fn an_ailing_provider_is_told_with_its_error_and_its_open_breaker() {
    let site = Site::start().await;
    site.upstream("periskope").set_fault(Some("status-500".parse().unwrap()));
    for number in 0..10 {
        site.get(&format!("/contacts/periskope:1000000{number:04}")).await;
    }
    let ailing = told(&site, "periskope").await;
    assert_eq!(ailing["last_error"]["code"], "provider-unavailable");
    assert!(ailing["last_error"]["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{ailing}");
    assert_ne!(ailing["breaker"], "closed");
    let breaker = &ailing["routes"][0]["breaker"];
    assert_eq!(
        (&breaker["state"], breaker["retry_seconds"].is_number()),
        (&ailing["breaker"], ailing["breaker"] == "open")
    );
    assert_eq!(ailing["routes"][0]["calls"], ailing["routes"][0]["failures"]);
    assert_eq!(told(&site, "rocketchat").await["breaker"], "closed");
}

#[tokio::test]
async fn a_key_for_some_instances_is_told_of_these_only() {
    let upstreams = ["first", "second"].map(|name| upstream(name, "periskope"));
    let keys = [key("some", "providers = [\"first\"]"), key("all", "")].concat();
    let site = Site::over(upstreams, &keys).await;
    assert_eq!(site.get("/providers").await.problem(), "unauthorized");
    let count = async |key| site.get_as(key, "/providers").await.json()["providers"].as_array().unwrap().len();
    assert_eq!((count("key-of-some").await, count("key-of-all").await), (1, 2));
    assert_eq!(site.get_as("key-of-all", "/providers?verbose=true").await.problem(), "invalid-request");
}
