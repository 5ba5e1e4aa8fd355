//! Who is admitted, and to what.

use futures_util::future::join_all;
use reqwest::Method;

use crate::site::{Answer, Site, key, upstream};

const ID: &str = "/contacts/periskope:919537851844";

async fn site(keys: &[String]) -> Site {
    let upstreams = ["rocketchat", "rocketchat_legacy", "periskope"].map(|name| upstream(name, name));
    Site::over(upstreams, &keys.concat()).await
}

#[tokio::test]
async fn whoever_has_a_key_is_admitted_and_nobody_else() {
    let site = site(&[key("crm", ""), key("pipeline", "")]).await;
    for name in ["crm", "pipeline"] {
        assert_eq!(site.get_as(&format!("key-of-{name}"), ID).await.status, 200, "{name}");
    }
    let hash = contact_gateway::auth::Digest::of(b"key-of-crm").to_string();
    let wrong = ["key-of-nobody", "key-of-cr", "key-of-crm1", "KEY-OF-CRM", "", "crm", &hash];
    for answer in join_all(wrong.map(|wrong| site.get_as(wrong, ID))).await.into_iter().chain([site.get(ID).await]) {
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (401, "unauthorized"));
        assert_eq!((answer.header("www-authenticate"), answer.header("cache-control")), ("Bearer", "no-store"));
        assert_eq!(answer.json()["retryable"], false);
    }
    assert_eq!(site.calls("periskope"), 1, "strangers cost nothing");
}

#[tokio::test]
async fn a_key_is_read_as_http_wants_it_and_in_no_other_way() {
    let site = site(&[key("crm", "")]).await;
    for good in ["Bearer key-of-crm", "bearer key-of-crm", "BEARER   key-of-crm"] {
        assert_eq!(site.get_with(ID, "authorization", good).await.status, 200, "{good}");
    }
    for bad in ["key-of-crm", "Basic key-of-crm", "Bearer", "Bearerkey-of-crm", "Bearer key-of-crm, Bearer x"] {
        assert_eq!(site.get_with(ID, "authorization", bad).await.status, 401, "{bad}");
    }
    let twice = site.request(Method::GET, ID).bearer_auth("key-of-crm").bearer_auth("key-of-crm").send().await.unwrap();
    assert_eq!(twice.status(), 401, "who stands in front may have looked at the other one");
    assert_eq!(site.get(&format!("{ID}?key=key-of-crm")).await.status, 401, "addresses end up in logs");
}

#[tokio::test]
async fn health_pages_and_explanations_are_for_everybody_and_all_else_is_not() {
    let site = site(&[key("crm", "")]).await;
    while site.get("/health/ready").await.status != 200 {}
    for path in ["/", "/docs", "/openapi.json", "/health/live", "/problems/unauthorized"] {
        assert_eq!(site.get(path).await.status, 200, "{path}");
    }
    let others = [
        "/providers",
        "/nothing",
        "/contacts/",
        "/contacts/../nothing",
        "//contacts/a",
        "/health/live/../../contacts/a",
        "/HEALTH/LIVE",
    ];
    for path in others {
        assert_eq!(site.get(path).await.problem(), "unauthorized", "{path}");
    }
    for method in [Method::HEAD, Method::POST, Method::DELETE, Method::OPTIONS] {
        assert_eq!(site.request(method.clone(), ID).send().await.unwrap().status(), 401, "{method}");
    }
    assert_eq!(site.get_as("key-of-crm", "/nothing").await.problem(), "not-found");
    let posted = site.request(Method::POST, ID).bearer_auth("key-of-crm").send().await.unwrap();
    assert_eq!(Answer::of(posted).await.problem(), "method-not-allowed");
}

#[tokio::test]
async fn without_any_key_in_the_configuration_a_key_does_no_harm() {
    let site = site(&[]).await;
    assert_eq!(site.get_as("whatever", ID).await.status, 200);
}

#[tokio::test]
async fn a_key_for_some_instances_is_for_no_others() {
    let site = site(&[key("crm", "providers = [\"rocketchat\", \"rocketchat_legacy\"]"), key("all", "")]).await;
    assert_eq!(site.get_as("key-of-all", ID).await.status, 200);
    for path in [ID, "/contacts/919537851844?provider=periskope", &format!("{ID}?provider=periskope")] {
        let refused = site.get_as("key-of-crm", path).await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "forbidden"), "{path}");
        assert_eq!(refused.json()["provider"], "periskope");
    }
    assert_eq!(site.get_as("key-of-crm", "/contacts/rocketchat:673c76df47a6c9b89dd263d8").await.status, 200);
    let unknown = site.get_as("key-of-crm", "/contacts/a?provider=nowhere").await;
    assert_eq!(unknown.problem(), "unknown-provider");
    assert!(!unknown.text.contains("periskope"), "{unknown:?}");
}

#[tokio::test]
async fn who_can_wait_lets_others_go_first() {
    let upstreams = [upstream("periskope", "periskope").rate(1, 400)];
    let site = Site::over(upstreams, &[key("crm", ""), key("pipeline", "priority = \"batch\"")].concat()).await;
    assert_eq!(site.get_as("key-of-crm", ID).await.status, 200);
    let waiting = ["1", "2", "3", "4", "5", "6"].map(|digit| format!("/contacts/periskope:1000000000{digit}"));
    let pipeline = join_all(waiting.iter().map(|path| site.get_as("key-of-pipeline", path)));
    let crm = async {
        // Answered from memory, one after the other: enough of a while for the others to be waiting.
        for _ in 0..20 {
            assert_eq!(site.get_as("key-of-crm", ID).await.status, 200);
        }
        site.get_as("key-of-crm", "/contacts/periskope:10000000009").await
    };
    let (pipeline, crm) = tokio::join!(pipeline, crm);
    assert!(pipeline.iter().chain([&crm]).all(|answer| answer.status == 404), "{pipeline:?} {crm:?}");
    let seen = site.upstream("periskope").seen();
    let place = seen.iter().position(|seen| seen.target.ends_with("10000000009"));
    assert!(place < Some(6), "before the last of those who can wait: {place:?}");
}

#[tokio::test]
async fn a_bare_id_goes_to_the_instances_that_the_key_is_for() {
    let upstreams = ["one", "two"].map(|name| upstream(name, "periskope"));
    let keys = [key("all", ""), key("some", "providers = [\"two\"]")].concat();
    let site = Site::over(upstreams, &keys).await;
    let ambiguous = site.get_as("key-of-all", "/contacts/919537851844").await;
    assert_eq!(ambiguous.problem(), "ambiguous-contact-id");
    let candidates = ["one:919537851844", "two:919537851844"];
    assert_eq!(ambiguous.json()["candidates"], serde_json::json!(candidates));
    let one = site.get_as("key-of-some", "/contacts/919537851844").await;
    assert_eq!((one.status.as_u16(), one.json()["provider"].as_str()), (200, Some("two")));
    // No instance of this key's recognises it: goes to all that are its own.
    assert_eq!(site.get_as("key-of-some", "/contacts/673c76df47a6c9b89dd263d8").await.status, 404);
    assert_eq!(site.calls("one"), 1);
}
