//! What a key does not admit, it admits nowhere.

use reqwest::Method;
use serde_json::json;

use crate::site::{Answer, Site, key, upstream};

const KEY: &str = "key-of-crm";

async fn site(restriction: &str) -> Site {
    let upstreams = ["first", "second"].map(|name| upstream(name, "periskope").people(3));
    Site::over(upstreams, &[key("crm", restriction), key("all", "")].concat()).await
}

async fn post(site: &Site, path: &str, document: serde_json::Value) -> Answer {
    let request = site.request(Method::POST, path).bearer_auth(KEY).header("content-type", "application/json");
    Answer::of(request.body(document.to_string()).send().await.unwrap()).await
}

async fn as_form(site: &Site, path: &str, form: &str) -> Answer {
    Answer::of_part(site.request(Method::GET, path).bearer_auth(KEY).header("accept", form).send().await.unwrap()).await
}

#[tokio::test]
async fn another_instance_is_forbidden_on_every_way_to_it() {
    let site = site("providers = [\"first\"]").await;
    for path in
        ["/contacts/second:919537851844", "/contacts?provider=second", "/contacts/tel:+919537851844?provider=second"]
    {
        assert_eq!(site.get_as(KEY, path).await.problem(), "forbidden", "{path}");
    }
    let results =
        post(&site, "/contacts/batch/read", json!({ "ids": ["second:919537851844", "919537851844"] })).await.json();
    assert_eq!(results["results"][0]["problem"]["code"], "forbidden");
    assert_eq!(results["results"][1]["contact"]["provider"], "first", "a bare id is one of those that it may ask");
    let draft = json!({ "provider": "second", "name": "A", "phones": ["+5511912340000"] });
    assert_eq!(post(&site, "/contacts", draft).await.problem(), "forbidden");
    for path in ["/cache/second:919537851844", "/cache?provider=second"] {
        let request = site.request(Method::DELETE, path).bearer_auth(KEY);
        assert_eq!(Answer::of(request.send().await.unwrap()).await.problem(), "forbidden", "{path}");
    }
    assert_eq!(site.upstream("second").seen().len(), 0);
}

#[tokio::test]
async fn people_and_lists_are_made_of_what_the_key_may_ask() {
    let site = site("providers = [\"first\"]").await;
    for path in ["/contacts/tel:+919537851844", "/contacts/first:919537851844?linked=true"] {
        assert_eq!(site.get_as(KEY, path).await.json()["sources"], json!(["first:919537851844@c.us"]), "{path}");
    }
    let list = as_form(&site, "/contacts", "application/x-ndjson").await;
    assert!(list.text.lines().count() > 3 && !list.text.contains("second:"), "{}", list.text);
    // Another caller's cursor opens nothing that this one may not see.
    let others = site.get_as("key-of-all", "/contacts?provider=second&limit=1").await.json();
    let path = format!("/contacts?cursor={}", others["next_cursor"].as_str().unwrap());
    assert_eq!(site.get_as(KEY, &path).await.problem(), "forbidden");
}

#[tokio::test]
async fn who_may_not_see_phones_gets_none_in_any_form() {
    let site =
        site("fields = [\"name\", \"channels\", \"provider_data\", \"sources\", \"native_id\", \"conflicts\"]").await;
    let id = "/contacts/first:919537851844";
    let shown = |text: &str| {
        text.replace("first:919537851844@c.us", "").replace("second:919537851844@c.us", "").contains("919537851844")
    };
    for form in ["application/json", "application/jscontact+json", "text/vcard"] {
        let answer = as_form(&site, id, form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.text.contains("BK Local1") && !shown(&answer.text), "{form}: {}", answer.text);
    }
    for path in [format!("{id}?fields=name,phones"), format!("{id}?explain=true"), format!("{id}?linked=true")] {
        let answer = as_form(&site, &path, "application/json").await;
        assert!(
            answer.status == 200 && !shown(&answer.text) && !answer.text.contains("\"phones\":["),
            "{path}: {}",
            answer.text
        );
    }
    assert_eq!(site.get_as(KEY, &format!("{id}?include=raw")).await.problem(), "forbidden");
    let batch = post(&site, "/contacts/batch/read", json!({ "ids": ["first:919537851844"] })).await;
    assert!(!batch.text.contains("\"phones\":["), "{}", batch.text);
    for form in ["application/json", "application/x-ndjson"] {
        let list = as_form(&site, "/contacts?provider=first", form).await;
        assert!(list.status == 200 && !list.text.contains("\"phones\":["), "{}", list.text);
    }
    let registered =
        post(&site, "/contacts", json!({ "provider": "first", "name": "A", "phones": ["+5511912340000"] })).await;
    assert!(registered.status == 201 && !registered.text.contains("\"phones\":["), "{}", registered.text);
}
