//! Forms and parameters.

use crate::site::Site;

const ID: &str = "/contacts/periskope:919537851844";

#[tokio::test]
async fn contacts_come_in_the_form_that_is_asked_for() {
    let site = Site::start().await;
    let mut tags = std::collections::BTreeSet::new();
    for (accepted, form, begins) in [
        ("application/json", "application/json", "{\"id\":"),
        ("*/*", "application/json", "{\"id\":"),
        ("text/vcard;q=0.5, application/json;q=0.4", "text/vcard; charset=utf-8", "BEGIN:VCARD\r\nVERSION:4.0\r\n"),
        ("application/jscontact+json", "application/jscontact+json", "{\"@type\":\"Card\""),
    ] {
        let answer = site.get_with(ID, "accept", accepted).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, form), "{accepted}");
        assert!(answer.text.starts_with(begins), "{}", answer.text);
        assert_eq!(answer.header("vary"), "Accept");
        tags.insert(answer.header("etag").to_owned());
    }
    assert_eq!(tags.len(), 3, "each form has its own tag");
    for refused in ["text/html", "text/csv", "application/json;q=0"] {
        let answer = site.get_with(ID, "accept", refused).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (406, "not-acceptable"), "{refused}");
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_known_or_given_twice_is_refused() {
    let site = Site::start().await;
    for query in ["provder=periskope", "provider=periskope&provider=rocketchat", "x"] {
        let answer = site.get(&format!("{ID}?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (400, "invalid-request"), "{query}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("`provider`"));
    }
    assert_eq!(site.get(&format!("{ID}?")).await.status, 200);
}

#[tokio::test]
async fn only_the_keys_that_are_asked_for_come_and_the_id() {
    let site = Site::start().await;
    let answer = site.get(&format!("{ID}?fields=name,phones")).await;
    let contact = answer.json();
    assert!(contact.as_object().unwrap().keys().eq(["id", "name", "phones"]), "{contact}");
    let again = site.get_with(&format!("{ID}?fields=name,phones"), "if-none-match", answer.header("etag")).await;
    assert_eq!(again.status, 304);
    let unknown = site.get(&format!("{ID}?fields=name,fone")).await;
    assert_eq!(unknown.problem(), "invalid-request");
    assert!(unknown.json()["detail"].as_str().unwrap().contains("`fone`"));
}

#[tokio::test]
async fn the_providers_own_document_comes_without_its_credentials() {
    let site = Site::start().await;
    let raw = site.get(&format!("{ID}?include=raw")).await.json();
    assert_eq!(raw["raw"]["contact_id"], "919537851844@c.us");
    assert_eq!(site.get(&format!("{ID}?include=raw&fields=name")).await.json()["raw"], raw["raw"]);
    let legacy = site.get("/contacts/rocketchat_legacy:653f9ce1a2f73c7460e18e82?include=raw").await;
    assert_eq!(legacy.json()["raw"]["_id"], "653f9ce1a2f73c7460e18e82");
    assert!(!legacy.text.contains("434lxd7iss8yh8c4m80wh") && !legacy.text.contains("\"token\""), "{}", legacy.text);
    assert_eq!(site.get_with(&format!("{ID}?include=raw"), "accept", "text/vcard").await.problem(), "invalid-request");
    assert_eq!(site.get(&format!("{ID}?include=everything")).await.problem(), "invalid-request");
}

#[tokio::test]
async fn an_explanation_says_where_values_come_from_and_what_it_took() {
    let site = Site::start().await;
    site.get(ID).await;
    let answer = site.get(&format!("{ID}?explain=true")).await;
    let explain = &answer.json()["explain"];
    assert!(explain["cache"].as_str().unwrap().starts_with("contact-gateway; hit; ttl="), "{explain}");
    assert!(explain["upstream_ms"].as_f64().unwrap() > 0.0 && explain["waited_for_rate_limit_ms"].is_number());
    let origins = explain["sources"]["periskope:919537851844@c.us"].as_array().unwrap();
    let phones = origins.iter().find(|origin| origin["key"] == "phones").unwrap();
    assert_eq!(phones["field"], "contact_id");
    assert_eq!(answer.header("cache-control"), "no-store");
}
