//! Registering contacts.

use reqwest::Method;
use serde_json::{Value, json};

use crate::site::{Answer, Site, upstream};

async fn site() -> Site {
    Site::over([upstream("periskope", "periskope")], "server.deadline = \"2s\"").await
}

fn draft() -> Value {
    json!({ "provider": "periskope", "name": "Nova Pessoa", "phones": ["+55 11 91234-0000"] })
}

async fn register(site: &Site, document: &Value, key: &str) -> Answer {
    let request = site.request(Method::POST, "/contacts").header("content-type", "application/json");
    Answer::of(request.header("idempotency-key", key).body(document.to_string()).send().await.unwrap()).await
}

fn created(site: &Site) -> usize {
    site.upstream("periskope").calls("contacts/create")
}

#[tokio::test]
async fn a_registered_contact_is_answered_and_found_where_it_says() {
    let site = site().await;
    assert_eq!(site.get("/contacts/tel:+5511912340000").await.problem(), "contact-not-found");
    let answer = site.post("/contacts", &draft()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let contact = answer.json();
    assert_eq!(
        (contact["name"].as_str(), contact["phones"][0]["e164"].as_str()),
        (Some("Nova Pessoa"), Some("+5511912340000"))
    );
    let found = site.get(answer.header("location")).await;
    assert_eq!((found.status.as_u16(), found.json()["id"].as_str()), (200, contact["id"].as_str()));
    assert!(found.header("cache-status").starts_with("contact-gateway; hit"), "the cache was told: {found:?}");
    assert_eq!(
        site.get("/contacts/tel:+5511912340000").await.status,
        200,
        "nobody is told any more that there is none"
    );
}

#[tokio::test]
async fn the_same_key_registers_once() {
    let site = site().await;
    let draft = draft();
    let (first, second) = tokio::join!(register(&site, &draft, "k1"), register(&site, &draft, "k1"));
    let third = register(&site, &draft, "k1").await;
    assert_eq!((first.status.as_u16(), &first.text), (201, &second.text));
    assert_eq!((third.status.as_u16(), &third.text), (201, &first.text));
    assert_eq!(created(&site), 1);
    let other = json!({ "provider": "periskope", "name": "Outra Pessoa", "phones": ["+55 11 91234-0001"] });
    assert_eq!(register(&site, &other, "k1").await.problem(), "invalid-request");
}

#[tokio::test]
async fn an_unknown_outcome_is_looked_up_before_it_is_tried_again() {
    let site = site().await;
    // The contact is registered, but the answer is lost.
    site.upstream("periskope").set_fault_on(&Method::POST, "truncate".parse().ok());
    let lost = register(&site, &draft(), "k2").await;
    assert_eq!(lost.problem(), "provider-unavailable");
    site.upstream("periskope").set_fault(None);
    let again = register(&site, &draft(), "k2").await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert_eq!(created(&site), 1, "it was there already");
}

#[tokio::test]
async fn what_is_wrong_is_named_before_anybody_is_asked() {
    let site = site().await;
    let wrong = [
        (json!({ "provider": "periskope", "name": " ", "phones": ["+5511912340000"] }), "`name`"),
        (json!({ "provider": "periskope", "name": "A" }), "`phones`"),
        (json!({ "provider": "periskope", "name": "A", "phones": ["hello"] }), "`phones"),
        (
            json!({ "provider": "periskope", "name": "A", "phones": ["+5511912340000"], "emails": ["a@example.com"] }),
            "`emails",
        ),
        (json!({ "provider": "periskope", "phones": [] }), "name"),
        (json!({ "provider": "periskope", "name": "A", "phone": "1" }), "phone"),
    ];
    for (document, word) in wrong {
        let answer = site.post("/contacts", &document).await;
        assert_eq!(answer.problem(), "invalid-request", "{document}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(word), "{word} in {}", answer.text);
    }
    let unknown = json!({ "provider": "nobody", "name": "A", "phones": ["+5511912340000"] });
    assert_eq!(site.post("/contacts", &unknown).await.problem(), "unknown-provider");
    assert_eq!(register(&site, &draft(), &"k".repeat(256)).await.problem(), "invalid-request");
    assert_eq!(site.upstream("periskope").seen().len(), 0);
}
