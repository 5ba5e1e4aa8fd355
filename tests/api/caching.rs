//! What is asked of providers, and what is not.

use futures_util::future::join_all;
use reqwest::Method;

use crate::site::{Answer, Site, upstream};

const ID: &str = "/contacts/periskope:919537851844";

#[tokio::test]
async fn a_fresh_contact_is_answered_without_asking() {
    let site = Site::start().await;
    let first = site.get(ID).await;
    assert_eq!(first.header("cache-status"), "contact-gateway; fwd=uri-miss; stored");
    let second = site.get(ID).await;
    assert!(second.header("cache-status").starts_with("contact-gateway; hit; ttl="), "{second:?}");
    assert!(second.header("cache-control").starts_with("private, max-age="), "{second:?}");
    assert_eq!(second.header("age"), "0");
    assert_eq!((second.text, site.calls("periskope")), (first.text, 1));
}

#[tokio::test]
async fn two_hundred_who_ask_at_once_cost_one_call() {
    let site = Site::start().await;
    site.upstream("periskope").hold();
    let asking = join_all((0..200).map(|_| site.get(ID)));
    let letting_go = async {
        site.upstream("periskope").wait_for_calls(1).await;
        site.upstream("periskope").release();
    };
    let (answers, ()) = tokio::join!(asking, letting_go);
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.text == answers[0].text));
    assert_eq!(site.calls("periskope"), 1);
    let asked = answers.iter().filter(|a| a.header("cache-status") == "contact-gateway; fwd=uri-miss; stored").count();
    assert_eq!(asked, 1, "one has asked, the others shared its question or came later");
}

#[tokio::test]
async fn an_absent_contact_is_not_asked_for_again() {
    let site = Site::start().await;
    for _ in 0..3 {
        assert_eq!(site.get("/contacts/periskope:10000000001").await.problem(), "contact-not-found");
    }
    assert_eq!(site.calls("periskope"), 1);
    let answer = site.get("/contacts/periskope:10000000001").await;
    assert!(answer.header("cache-status").starts_with("contact-gateway; hit"), "{answer:?}");
}

#[tokio::test]
async fn each_instance_has_its_own_times_and_nothing_is_kept_for_no_time() {
    let fleeting = upstream("fleeting", "periskope")
        .with("cache = { fresh = \"0s\", stale = \"0s\", stale_if_error = \"0s\", absent = \"0s\" }");
    let site = Site::over([fleeting, upstream("lasting", "periskope")], "").await;
    for name in ["fleeting", "lasting"] {
        for id in ["919537851844", "10000000001"] {
            for _ in 0..3 {
                site.get(&format!("/contacts/{name}:{id}")).await;
            }
        }
    }
    assert_eq!((site.calls("fleeting"), site.calls("lasting")), (6, 2));
    let answer = site.get("/contacts/fleeting:919537851844").await;
    assert_eq!(answer.header("cache-status"), "contact-gateway; fwd=uri-miss");
}

#[tokio::test]
async fn a_failure_is_not_remembered() {
    let site = Site::start().await;
    site.upstream("periskope").set_fault(Some("garbage".parse().unwrap()));
    assert_eq!(site.get(ID).await.problem(), "provider-answer-invalid");
    site.upstream("periskope").set_fault(None);
    assert_eq!(site.get(ID).await.status, 200);
}

#[tokio::test]
async fn whoever_has_the_bytes_gets_no_second_copy() {
    let site = Site::start().await;
    let etag = site.get(ID).await.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 10, "{etag}");
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let answer = site.get_with(ID, "if-none-match", &known).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str(), answer.header("etag")), (304, "", &*etag), "{known}");
        assert!(!answer.header("cache-control").is_empty());
    }
    assert_eq!(site.get_with(ID, "if-none-match", "\"other\"").await.status, 200);
}

#[tokio::test]
async fn a_head_request_is_answered_like_a_get_without_its_body() {
    let site = Site::start().await;
    let whole = site.get(ID).await;
    let head = Answer::of(site.request(Method::HEAD, ID).send().await.unwrap()).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), whole.text.len().to_string());
    assert_eq!(head.header("etag"), whole.header("etag"));
}
