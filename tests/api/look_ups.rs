//! People by phone number, and in several instances.

use serde_json::{Value, json};

use crate::site::{Site, upstream};

async fn two() -> Site {
    Site::over([upstream("one", "periskope"), upstream("two", "periskope")], "").await
}

fn sources(contact: &Value) -> Vec<&str> {
    contact["sources"].as_array().unwrap().iter().map(|source| source.as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_phone_number_in_any_spelling_finds_the_person_everywhere() {
    let site = two().await;
    let answer = site.get("/contacts/tel:+919537851844").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let person = answer.json();
    assert_eq!(
        (&person["id"], &person["provider"], &person["native_id"]),
        (&json!("tel:+919537851844"), &Value::Null, &Value::Null)
    );
    assert_eq!(sources(&person), ["one:919537851844@c.us", "two:919537851844@c.us"]);
    assert_eq!(person["phones"][0]["source"], "one:919537851844@c.us");
    assert_eq!(person["unreachable"], json!([]));
    let spelled = site.get("/contacts/tel:%2B91-95378-51844").await;
    assert_eq!(spelled.text, answer.text);
    assert!(spelled.header("cache-status").starts_with("contact-gateway; hit; ttl="), "{spelled:?}");
    assert_eq!(spelled.header("etag"), answer.header("etag"));
}

#[tokio::test]
async fn whom_a_look_up_has_found_is_known_by_the_own_id() {
    let site = two().await;
    site.get("/contacts/tel:+919537851844").await;
    let calls = site.calls("one");
    let contact = site.get("/contacts/one:919537851844").await;
    assert!(contact.header("cache-status").starts_with("contact-gateway; hit; ttl="), "{contact:?}");
    assert_eq!(site.calls("one"), calls);
}

#[tokio::test]
async fn an_instance_that_cannot_be_asked_is_named_and_fails_nobody() {
    let site = two().await;
    site.upstream("two").set_fault("status-503".parse().ok());
    let person = site.get("/contacts/tel:+919537851844").await.json();
    assert_eq!(sources(&person), ["one:919537851844@c.us"]);
    assert_eq!(person["unreachable"], json!([{ "provider": "two", "code": "provider-unavailable" }]));
}

#[tokio::test]
async fn nobody_is_there_only_if_everybody_says_so() {
    let site = two().await;
    assert_eq!(site.get("/contacts/tel:+15550001111").await.problem(), "contact-not-found");
    site.upstream("two").set_fault("status-503".parse().ok());
    assert_eq!(site.get("/contacts/tel:+15550002222").await.problem(), "provider-unavailable");
}

#[tokio::test]
async fn linked_contacts_are_those_with_the_same_number() {
    let site = two().await;
    let alone = site.get("/contacts/one:919537851844").await.json();
    let linked = site.get("/contacts/one:919537851844?linked=true").await.json();
    assert_eq!(linked["id"], alone["id"]);
    assert_eq!(sources(&linked), ["one:919537851844@c.us", "two:919537851844@c.us"]);
    let group = site.get("/contacts/one:120363231636311517@g.us?linked=true").await.json();
    assert_eq!(sources(&group), ["one:120363231636311517@g.us"]);
}

#[tokio::test]
async fn what_is_no_number_or_address_is_refused() {
    let site = two().await;
    for id in ["tel:919537851844", "tel:", "tel:hello", "mailto:", "mailto:a", "mailto:a@b?subject=x"] {
        let answer = site.get(&format!("/contacts/{}", id.replace('?', "%3F"))).await;
        assert_eq!(answer.problem(), "invalid-contact-id", "{id}");
    }
    assert_eq!(site.get("/contacts/mailto:a@example.com").await.problem(), "unsupported-by-provider");
    assert_eq!(site.get("/contacts/tel:+919537851844?provider=three").await.problem(), "unknown-provider");
    assert_eq!(site.get("/contacts/tel:+919537851844?include=raw").await.problem(), "invalid-request");
}

#[tokio::test]
async fn one_instance_alone_can_be_asked() {
    let site = two().await;
    let person = site.get("/contacts/tel:+919537851844?provider=two").await.json();
    assert_eq!(sources(&person), ["two:919537851844@c.us"]);
    assert_eq!(site.calls("one"), 0);
}
