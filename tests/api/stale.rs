//! Contacts that are there when their provider is slow, or is not.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use providers::emulator::{Emulated, Request, Response};

use crate::site::{Answer, Site, Upstream, upstream};

const ID: &str = "/contacts/periskope:919537851844";

/// A contact whose name tells how often it was asked for, until it is gone.
#[derive(Debug, Default)]
struct Versions {
    asked: AtomicU32,
    last: u32,
}

impl Emulated for Versions {
    fn answer(&self, _: &Request) -> Response {
        let version = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let body = if version <= self.last {
            format!(r#"{{"contact_id":"919537851844@c.us","contact_type":"user","contact_name":"version {version}"}}"#)
        } else {
            "null".to_owned()
        };
        let mut response = Response::new(body.into());
        response.headers_mut().insert("content-type", "application/json".parse().unwrap());
        response
    }
}

/// Always stale, and the answer while the provider is asked.
fn stale() -> Upstream {
    upstream("periskope", "periskope").with("cache = { fresh = \"0s\", stale = \"1h\" }")
}

/// Always too old, and the answer only when the provider fails.
fn old() -> Upstream {
    upstream("periskope", "periskope").with("cache = { fresh = \"0s\", stale = \"0s\", stale_if_error = \"1h\" }")
}

async fn break_down(site: &Site, fault: &str) {
    site.upstream("periskope").set_fault(Some(fault.parse().unwrap()));
}

fn is_stale_hit(answer: &Answer) -> bool {
    answer.status == 200 && answer.header("cache-status").starts_with("contact-gateway; hit; ttl=-")
}

#[tokio::test]
async fn a_stale_contact_is_answered_at_once_while_its_provider_is_asked_once() {
    let site = Site::over([stale()], "").await;
    let first = site.get(ID).await;
    site.upstream("periskope").hold();
    let answers = join_all((0..50).map(|_| site.get(ID))).await;
    assert!(answers.iter().all(|answer| is_stale_hit(answer) && answer.text == first.text), "{answers:?}");
    assert_eq!(answers[0].header("cache-control"), "private, max-age=0");
    site.upstream("periskope").wait_for_calls(2).await;
    assert!(is_stale_hit(&site.get(ID).await));
    assert_eq!(site.calls("periskope"), 2, "one refresh for all of them");
    site.upstream("periskope").release();
}

#[tokio::test]
async fn a_refresh_brings_what_has_changed_to_those_who_come_next() {
    let site = Site::over([stale().server(Versions { last: u32::MAX, ..Versions::default() })], "").await;
    let first = site.get(ID).await.json()["name"].clone();
    assert_eq!(first, "version 1");
    while site.get(ID).await.json()["name"] == first {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn each_fault_of_a_provider_is_hidden_by_the_contact_that_was_there() {
    for (fault, code) in [
        ("status-500", "provider-unavailable"),
        ("reset", "provider-unavailable"),
        ("truncate", "provider-unavailable"),
        ("garbage", "provider-answer-invalid"),
        ("html", "provider-answer-invalid"),
        ("redirect", "provider-answer-invalid"),
        ("status-401", "provider-rejected-credentials"),
        ("delay-1h", "provider-timeout"),
    ] {
        let site = Site::over([old().with("timeout = \"1s\"")], "server.deadline = \"3s\"").await;
        let first = site.get(ID).await;
        let fault = if fault == "delay-1h" { "delay-3600s" } else { fault };
        break_down(&site, fault).await;
        let second = site.get(ID).await;
        assert_eq!((second.status.as_u16(), &second.text), (200, &first.text), "{fault}");
        let expected = format!("contact-gateway; fwd=stale; detail={code}");
        assert_eq!(second.header("cache-status"), expected, "{fault}");
    }
}

#[tokio::test]
async fn a_contact_that_could_not_be_renewed_is_not_asked_for_on_every_request() {
    let site = Site::over([old()], "").await;
    site.get(ID).await;
    break_down(&site, "garbage").await;
    site.get(ID).await;
    for _ in 0..20 {
        let answer = site.get(ID).await;
        assert!(is_stale_hit(&answer), "{answer:?}");
        assert!(answer.header("cache-status").ends_with("; detail=provider-answer-invalid"), "{answer:?}");
    }
    assert_eq!(site.calls("periskope"), 2);
}

#[tokio::test]
async fn a_caller_who_insists_asks_all_the_same() {
    let site = Site::over([old()], "").await;
    let first = site.get(ID).await;
    break_down(&site, "garbage").await;
    for asked in 2..5 {
        let answer = site.get_with(ID, "cache-control", "no-cache").await;
        assert_eq!((answer.status.as_u16(), &answer.text), (200, &first.text));
        assert_eq!(site.calls("periskope"), asked);
    }
}

#[tokio::test]
async fn those_who_wait_in_vain_together_are_answered_together() {
    let site = Site::over([old().with("timeout = \"300ms\"")], "server.deadline = \"2s\"").await;
    site.get(ID).await;
    site.upstream("periskope").hold();
    let answers = join_all((0..50).map(|_| site.get(ID))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let collapsed = "contact-gateway; fwd=stale; collapsed; detail=provider-timeout";
    assert!(answers.iter().any(|answer| answer.header("cache-status") == collapsed), "{answers:?}");
    // While the provider is silent, whoever comes next does not wait for it again.
    assert!(is_stale_hit(&site.get(ID).await));
    site.upstream("periskope").release();
}

#[tokio::test]
async fn a_contact_that_is_gone_is_not_kept_alive_by_an_error() {
    let provider = old().with("timeout = \"1s\"").server(Versions { last: 1, ..Versions::default() });
    let site = Site::over([provider], "").await;
    assert_eq!(site.get(ID).await.status, 200);
    assert_eq!(site.get(ID).await.problem(), "contact-not-found");
    break_down(&site, "status-500").await;
    let answer = site.get_with(ID, "cache-control", "no-cache").await;
    assert_eq!(answer.problem(), "provider-unavailable", "neither the old contact, nor a 404 that nobody said now");
}

#[tokio::test]
async fn nothing_is_answered_that_is_older_than_allowed() {
    let nothing_stale = "cache = { fresh = \"0s\", stale = \"0s\", stale_if_error = \"0s\" }";
    let site = Site::over([upstream("periskope", "periskope").with(nothing_stale)], "").await;
    assert_eq!(site.get(ID).await.status, 200);
    break_down(&site, "garbage").await;
    assert_eq!(site.get(ID).await.problem(), "provider-answer-invalid");
}
