//! What can't be shown is said, with the reason and a way on.

use crate::stage::{BK, Plan, Stage};

#[tokio::test]
async fn nobody_is_found_and_a_number_may_be_tried_as_a_phone() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    assert_eq!(browser.look_up("15550001111").await, "No such contact");
    browser.until("document.querySelector('.explained .prose')").await;
    assert!(browser.text("#view").await.contains("has said that it has none"));
    browser.press("Look for the phone number +15550001111").await;
    browser.until("document.getElementById('id').value === 'tel:+15550001111'").await;
    assert_eq!(browser.outcome().await, "No such contact");
    browser.close().await;
}

#[tokio::test]
async fn an_id_of_several_contacts_leads_to_each_of_them() {
    let plan = Plan::new("").with("one", "periskope", "").await.with("two", "periskope", "").await;
    let stage = plan.start().await;
    let browser = stage.browse("/").await;
    assert_eq!(browser.look_up("919537851844").await, "Several contacts have this id");
    assert_eq!(browser.count(".candidates a").await, 2);
    browser.press("two:919537851844").await;
    browser.until("document.querySelector('.contact')").await;
    assert!(browser.text(".head").await.contains("two:919537851844@c.us"));
    browser.close().await;
}

#[tokio::test]
async fn a_provider_that_fails_is_explained_and_can_be_tried_again() {
    let stage = Stage::start().await;
    stage.upstreams[0].set_fault("html".parse().ok());
    let browser = stage.browse("/").await;
    assert_eq!(browser.look_up(BK).await, "The provider's answer makes no sense");
    browser.until("document.querySelector('.explained .prose')").await;
    let panel = browser.text(".problem").await;
    assert!(panel.contains("periskope") && panel.contains("Most often its base URL is wrong"), "{panel}");
    stage.upstreams[0].set_fault(None);
    browser.press("Try again").await;
    browser.until("document.querySelector('.contact')").await;
    browser.close().await;
}

#[tokio::test]
async fn when_to_come_back_is_counted_down() {
    let stage = Plan::new("server.deadline = \"1s\"").with_limit("periskope", 1).await.start().await;
    let browser = stage.browse("/").await;
    assert_eq!(browser.look_up(BK).await, "BK Local1");
    assert_eq!(browser.look_up("periskope:15550001111").await, "The provider's rate limit is used up");
    let hint = "document.querySelector('.problem .actions .hint').textContent";
    browser.until(&format!("/Makes sense in (\\d+ seconds|1 minute)/.test({hint})")).await;
    let first = browser.value(hint).await;
    browser.until(&format!("{hint} !== {first}")).await;
    browser.close().await;
}

#[tokio::test]
async fn a_contact_that_could_not_be_renewed_is_shown_as_old() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    assert_eq!(browser.look_up(BK).await, "BK Local1");
    stage.upstreams[0].set_fault("html".parse().ok());
    browser.press("Ask for a newer one").await;
    browser.until("document.querySelector('.freshness .badge').textContent === 'Old'").await;
    browser.until("document.querySelector('.freshness .prose')").await;
    let fresh = browser.text(".freshness").await;
    assert!(fresh.contains("in vain") && fresh.contains("provider-answer-invalid"), "{fresh}");
    browser.close().await;
}

#[tokio::test]
async fn a_gateway_that_is_gone_leaves_what_is_there_and_marks_it_as_old() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    assert_eq!(browser.look_up(BK).await, "BK Local1");
    stage.gateway.kill().await;
    browser.press("Ask for a newer one").await;
    browser.until("document.querySelector('.contact.old')").await;
    let view = browser.text("#view").await;
    assert!(view.contains("The gateway can't be reached") && view.contains("BK Local1"), "{view}");
    assert_eq!(browser.look_up("periskope:1").await, "The gateway can't be reached");
    browser.press("Try again").await;
    assert_eq!(browser.outcome().await, "The gateway can't be reached");
    browser.close().await;
}
