//! An ailing provider is spared, and those who ask for its contacts don't wait for it.

use crate::site::{Answer, Site, upstream};

/// A contact that nobody has asked for yet.
async fn ask(site: &Site, number: usize) -> Answer {
    site.get(&format!("/contacts/periskope:1000000{number:04}")).await
}

/// Asks until the breaker is open; how many calls that took.
async fn open(site: &Site) -> usize {
    for number in 0..20 {
        let before = site.calls("periskope");
        ask(site, number).await;
        if site.calls("periskope") == before {
            return before;
        }
    }
    panic!("the breaker never opens")
}

#[tokio::test]
async fn a_provider_that_keeps_failing_is_not_called_for_a_while_and_then_found_to_be_back() {
    let site = Site::start().await;
    site.upstream("periskope").set_fault(Some("status-500".parse().unwrap()));
    let calls = open(&site).await;
    let refused = ask(&site, 100).await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (502, "provider-unavailable"));
    assert_eq!((refused.header("retry-after"), site.calls("periskope")), ("1", calls));
    site.upstream("periskope").set_fault(None);
    while ask(&site, 101).await.status == 502 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(&site, 102).await.problem(), "contact-not-found");
}

#[tokio::test]
async fn rejected_credentials_are_not_tried_again_and_again() {
    let site = Site::start().await;
    let body = r#"{"code":"UNAUTHORIZED","message":"Invalid API key","status":401}"#;
    let fault = providers::emulator::Fault::Answer { status: 401, content_type: "application/json", body: body.into() };
    site.upstream("periskope").set_fault(Some(fault));
    for number in 0..5 {
        let answer = ask(&site, number).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (502, "provider-rejected-credentials"));
        if number > 0 {
            let wait: u64 = answer.header("retry-after").parse().unwrap();
            assert!((5..=10).contains(&wait), "{wait}");
        }
    }
    assert_eq!(site.calls("periskope"), 1);
}

#[tokio::test]
async fn one_providers_breaker_is_not_anothers() {
    let site = Site::start().await;
    site.upstream("periskope").set_fault(Some("reset".parse().unwrap()));
    open(&site).await;
    assert_eq!(site.get("/contacts/rocketchat:673c76df47a6c9b89dd263d8").await.status, 200);
}

#[tokio::test]
async fn a_small_budget_is_not_spent_on_a_provider_that_fails() {
    let small = upstream("periskope", "periskope").rate(10, 60_000);
    let site = Site::over([small], "server.deadline = \"1s\"").await;
    site.upstream("periskope").set_fault(Some("status-500".parse().unwrap()));
    let calls = open(&site).await;
    assert!(calls < 10, "something is left for the probe: {calls}");
}
