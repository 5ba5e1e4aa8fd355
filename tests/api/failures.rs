//! What callers are told when something is wrong, and that they are told in time.

use std::time::{Duration, Instant};

use reqwest::Method;

use crate::{
    scrape::Scrape,
    site::{Answer, Site, upstream},
};

#[tokio::test]
async fn each_fault_of_a_provider_has_its_status_and_code() {
    let site = Site::start().await;
    for (fault, status, code) in [
        ("status-500", 502, "provider-unavailable"),
        ("status-503", 502, "provider-unavailable"),
        ("reset", 502, "provider-unavailable"),
        ("truncate", 502, "provider-unavailable"),
        ("garbage", 502, "provider-answer-invalid"),
        ("content-type", 502, "provider-answer-invalid"),
        ("html", 502, "provider-answer-invalid"),
        ("redirect", 502, "provider-answer-invalid"),
        ("status-404", 502, "provider-answer-invalid"),
        ("status-405", 502, "provider-answer-invalid"),
        ("status-401", 502, "provider-rejected-credentials"),
        ("status-403", 502, "provider-rejected-credentials"),
    ] {
        for provider in ["rocketchat", "rocketchat_legacy", "periskope"] {
            let answer = site.get(&format!("/contacts/{provider}:fault-{fault}")).await;
            assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code), "{provider}: {fault}");
            let problem = answer.json();
            assert_eq!((&problem["origin"], &problem["provider"]), (&"provider".into(), &provider.into()));
        }
    }
}

#[tokio::test]
async fn a_provider_that_nobody_listens_for_is_unavailable() {
    // The listener is gone when the line ends, and its port with it.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let site = Site::over([upstream("gone", "periskope").at(format!("http://{nobody}/v1"))], "").await;
    assert_eq!(site.get("/contacts/gone:919537851844").await.problem(), "provider-unavailable");
}

#[tokio::test]
async fn a_silent_provider_costs_no_more_than_the_deadline_and_nobody_else_anything() {
    let silent = upstream("silent", "periskope").with("timeout = \"300ms\"");
    let site = Site::over([silent, upstream("well", "rocketchat")], "server.deadline = \"1s\"").await;
    site.upstream("silent").hold();
    let start = Instant::now();
    let timed = async |path| (site.get(path).await, start.elapsed());
    let (silent, well) =
        tokio::join!(timed("/contacts/silent:919537851844"), timed("/contacts/well:673c76df47a6c9b89dd263d8"));
    assert_eq!((silent.0.status.as_u16(), silent.0.problem().as_str()), (504, "provider-timeout"));
    assert!(silent.1 < Duration::from_secs(5), "bounded, with room for a slow machine: {:?}", silent.1);
    assert_eq!(well.0.status, 200);
    assert!(well.1 < silent.1, "not held up by the other one");
}

#[tokio::test]
async fn a_passing_fault_is_not_noticed() {
    let site = Site::start().await;
    let upstream = site.upstream("periskope");
    upstream.hold();
    upstream.set_fault(Some("status-503".parse().unwrap()));
    let passing = async {
        // The first call has met the fault; the next one won't.
        upstream.wait_for_calls(1).await;
        upstream.set_fault(None);
        upstream.release();
    };
    let (answer, ()) = tokio::join!(site.get("/contacts/periskope:919537851844"), passing);
    assert_eq!((answer.status.as_u16(), site.calls("periskope")), (200, 2));
}

#[tokio::test]
async fn problems_repeat_neither_the_id_nor_the_providers_words() {
    let site = Site::start().await;
    for path in [
        "/contacts/periskope:10000000001",
        "/contacts/unknown:10000000001",
        "/contacts/periskope:fault-status-401?x=10000000001",
    ] {
        let answer = site.get(path).await;
        assert!(!answer.text.contains("10000000001") && !answer.text.contains("127.0.0.1"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_path_that_is_not_there_and_a_method_that_is_not_allowed_are_problems_too() {
    let site = Site::start().await;
    assert_eq!(site.get("/contact").await.problem(), "not-found");
    assert_eq!(site.get("/problems/no-such-code").await.problem(), "not-found");
    for path in ["/contacts/919537851844", "/health/live", "/problems/not-found"] {
        let answer = Answer::of(site.request(Method::PUT, path).send().await.unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "GET, HEAD"));
        assert_eq!(answer.problem(), "method-not-allowed");
    }
}

#[tokio::test]
async fn the_type_of_every_problem_leads_to_its_explanation() {
    let site = Site::start().await;
    for code in contact_gateway::api::Code::ALL {
        let answer = site.get(&format!("/problems/{}", code.name())).await;
        let explained = answer.json();
        assert_eq!(explained["code"], code.name());
        assert!(explained["explanation"].as_str().unwrap().len() > 40);
        let page = site.get_with(&format!("/problems/{}", code.name()), "accept", "text/html").await;
        let title = explained["title"].as_str().unwrap();
        assert_eq!((page.header("content-type"), page.header("vary")), ("text/html; charset=utf-8", "Accept"));
        assert!(page.text.contains(&format!("<h1>{title}</h1>")), "{title}");
    }
}

#[tokio::test]
async fn a_code_that_there_is_not_leads_people_to_those_that_there_are() {
    let site = Site::start().await;
    let page = site.get_with("/problems/nope", "accept", "text/html,*/*;q=0.8").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text.contains("<h1>There is no such problem</h1>"), "{}", page.text);
    for code in contact_gateway::api::Code::ALL {
        assert!(page.text.contains(&format!("<a href=\"{}\">", code.name())), "{}", code.name());
    }
    let again = Answer::of(
        site.request(Method::GET, "/problems/nope")
            .header("accept", "text/html")
            .header("if-none-match", page.header("etag"))
            .send()
            .await
            .unwrap(),
    );
    assert_eq!(again.await.status, 404, "what isn't there has not been seen either");
    assert_eq!(site.get("/problems/nope").await.header("vary"), "Accept");
    let counted = Scrape::of(&site).await.value("problems_total", &[("code", "not-found")]);
    assert_eq!(counted, 3.0, "a page is a problem like any other");
}

#[tokio::test]
async fn a_request_is_known_by_the_callers_id_or_a_new_one() {
    let site = Site::start().await;
    let answer = site.get_with("/contacts/x:y", "x-request-id", "abc-123").await;
    assert_eq!(answer.header("x-request-id"), "abc-123");
    let forged = site.get_with("/contacts/x:y", "x-request-id", "abc level=error").await;
    assert_eq!(forged.header("x-request-id").len(), 32);
    assert_ne!(
        site.get("/health/live").await.header("x-request-id"),
        site.get("/health/live").await.header("x-request-id")
    );
}

#[tokio::test]
async fn health_says_live_at_once_and_ready_when_the_providers_have_been_looked_at() {
    let site = Site::over([upstream("rocketchat", "rocketchat")], "").await;
    assert_eq!(site.get("/health/live").await.json()["status"], "live");
    site.upstream("rocketchat").wait_for_calls(1).await;
    let mut answer = site.get("/health/ready").await;
    while answer.status == 503 {
        assert_eq!(answer.header("retry-after"), "1");
        answer = site.get("/health/ready").await;
    }
    assert_eq!(answer.json()["status"], "ready");
    assert_eq!(site.calls("rocketchat"), 0, "looking at a provider costs no call for a contact");
}
