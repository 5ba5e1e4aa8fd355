//! The API's description as a page, and what problems mean.

use std::collections::HashSet;

use thirtyfour::Key;

use crate::stage::{Plan, Stage, key};

#[tokio::test]
async fn an_operation_is_read_and_tried() {
    let stage = Stage::start().await;
    let browser = stage.browse("/docs#readContact").await;
    browser.until("document.querySelector('#readContact[open]')").await;
    let field = browser.find("#try-readContact-id").await;
    field.clear().await.unwrap();
    field.send_keys("919537851844").await.unwrap();
    field.send_keys(Key::Enter + "").await.unwrap();
    browser.until("document.querySelector('#readContact .shown pre')").await;
    let shown = browser.text("#readContact .shown").await;
    assert!(shown.contains("200 OK") && shown.contains("BK Local1"), "{shown}");
    field.send_keys(Key::Enter + "").await.unwrap();
    browser.until("document.querySelector('#readContact .shown pre')?.textContent.includes('; hit; ttl=')").await;
    assert_eq!(stage.upstreams[0].calls("contact"), 1, "trying does not mean asking for a new one");
    browser.press("Contacts").await;
    browser.close().await;
}

/// Of whatever can be reached on its own, the name must say what it is.
#[tokio::test]
async fn no_two_forms_or_examples_have_the_same_name() {
    let stage = Stage::start().await;
    let browser = stage.browse("/docs").await;
    browser.until("document.querySelector('#readContact form')").await;
    let named = "[...document.querySelectorAll('form.trial, pre[tabindex]')].map((one) => one.ariaLabel)";
    let names: Vec<Option<String>> = serde_json::from_value(browser.value(named).await).unwrap();
    let different: HashSet<_> = names.iter().flatten().collect();
    assert!(different.contains(&"Try GET /contacts/{id}".to_owned()), "{names:?}");
    assert_eq!((different.len(), browser.count("pre[role=region]").await), (names.len(), 0), "{names:?}");
    browser.close().await;
}

#[tokio::test]
async fn an_operation_is_tried_with_the_key_of_the_dashboard() {
    let stage = Plan::new(&key("crm", "")).with("periskope", "periskope", "").await.start().await;
    let browser = stage.browse("/").await;
    browser.click("#open-key").await;
    browser.find("#dialog-key").await.send_keys("key-of-crm").await.unwrap();
    browser.find("#dialog-key").await.send_keys(Key::Enter + "").await.unwrap();
    browser.until("!document.querySelector('dialog')").await;
    browser.go("/docs#listContacts").await;
    browser.until("document.querySelector('#listContacts[open]')").await;
    browser.click("#listContacts form .first").await;
    browser.until("document.querySelector('#listContacts .shown')?.textContent.includes('200 OK')").await;
    browser.close().await;
}

#[tokio::test]
async fn the_type_of_a_problem_leads_people_to_a_page_and_programs_to_json() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    browser.look_up("nobody:1").await;
    browser.press("unknown-provider").await;
    browser.until("location.pathname === '/problems/unknown-provider' && document.querySelector('.all')").await;
    assert_eq!(browser.text("h1").await, "No such provider");
    browser.press("504 The provider did not answer in time provider-timeout").await;
    browser.until("document.querySelector('h1')?.textContent === 'The provider did not answer in time'").await;
    browser.press("Dashboard").await;
    browser.until("document.querySelector('#providers')").await;
    let json =
        browser.run("async () => (await (await fetch('problems/provider-timeout')).json()).status", Vec::new()).await;
    assert_eq!(json, 504);
    browser.close().await;
}
