//! What makes cached contacts outdated: a caller's word, and a provider's.

use providers::emulator::Message;
use reqwest::Method;

use crate::site::{Answer, Site, message, upstream};

const ID: &str = "/contacts/periskope:919537851844";

async fn site() -> Site {
    Site::over([upstream("periskope", "periskope"), upstream("other", "periskope")], "").await
}

async fn send(site: &Site, instance: &str, message: &Message) -> Answer {
    let request = site.request(Method::POST, &format!("/webhooks/{instance}"));
    let request = request.headers(message.headers.clone()).body(message.body.clone());
    Answer::of(request.send().await.unwrap()).await
}

async fn is_asked_anew(site: &Site) -> bool {
    let answer = site.get(ID).await;
    assert_eq!(answer.status, 200);
    answer.header("cache-status") == "contact-gateway; fwd=uri-miss; stored"
}

#[tokio::test]
async fn a_forgotten_contact_is_asked_for_again_and_the_others_are_not() {
    let site = site().await;
    for path in [
        "/cache/periskope:919537851844",
        "/cache/+919537851844",
        "/cache?provider=periskope",
        "/cache/tel:+919537851844",
    ] {
        assert!(is_asked_anew(&site).await, "{path}");
        site.get("/contacts/tel:+919537851844").await;
        site.get("/contacts/other:919289665999").await;
        assert_eq!(site.delete(path).await.status, 204, "{path}");
        let other = site.get("/contacts/other:919289665999").await;
        assert!(other.header("cache-status").starts_with("contact-gateway; hit"), "{path}");
    }
    assert_eq!(site.delete("/cache").await.problem(), "invalid-request");
    assert_eq!(site.delete("/cache?provider=nobody").await.problem(), "unknown-provider");
    assert_eq!(site.delete("/cache/../nothing").await.problem(), "not-found");
}

#[tokio::test]
async fn a_message_that_is_signed_makes_its_contacts_outdated_however_often_it_comes() {
    let site = site().await;
    let message = message("periskope", "919537851844@c.us");
    for _ in 0..3 {
        assert!(is_asked_anew(&site).await);
        assert_eq!(send(&site, "periskope", &message).await.status, 204);
    }
}

#[tokio::test]
async fn a_message_that_is_not_signed_rightly_changes_nothing() {
    let site = site().await;
    assert!(is_asked_anew(&site).await);
    let right = message("periskope", "919537851844@c.us");
    let other_body = Message { body: [&right.body[..], b" "].concat().into(), ..right.clone() };
    let unsigned = Message { headers: Default::default(), ..right.clone() };
    for wrong in [&other_body, &unsigned] {
        let answer = send(&site, "periskope", wrong).await;
        assert_eq!((answer.problem().as_str(), answer.status.as_u16()), ("unauthorized", 401));
    }
    assert_eq!(send(&site, "nobody", &right).await.problem(), "unknown-provider");
    assert!(!is_asked_anew(&site).await);
}

#[tokio::test]
async fn an_answer_that_was_under_way_is_not_kept() {
    let site = site().await;
    site.upstream("periskope").hold();
    let early = site.get(ID);
    let change = async {
        site.upstream("periskope").wait_for_calls(1).await;
        assert_eq!(send(&site, "periskope", &message("periskope", "919537851844@c.us")).await.status, 204);
        site.upstream("periskope").release();
    };
    let (early, ()) = tokio::join!(early, change);
    assert_eq!(early.status, 200);
    assert!(is_asked_anew(&site).await, "what was read before the change must not be taken for news");
}
