//! Where callers need a key.

use crate::{
    browser::Browser,
    stage::{BK, Plan, Stage, key},
};

async fn guarded(restriction: &str) -> Stage {
    let plan = Plan::new(&[key("crm", ""), key("little", restriction)].concat());
    plan.with("periskope", "periskope", "").await.with("other", "periskope", "").await.start().await
}

async fn enter(browser: &Browser, key: &str) {
    browser.find("form.key input").await.send_keys(key).await.unwrap();
    browser.press("Use this key").await;
}

#[tokio::test]
async fn a_key_is_asked_for_and_kept_for_this_tab_alone() {
    let stage = guarded("").await;
    let browser = stage.browse(&format!("/#/contacts/{BK}")).await;
    assert_eq!(browser.outcome().await, "This gateway needs a key");
    enter(&browser, "key-of-nobody").await;
    browser.until("document.querySelector('#outcome')?.textContent.includes('know this key')").await;
    enter(&browser, "key-of-crm").await;
    browser.until("document.querySelector('.contact')").await;
    assert_eq!(browser.text("#open-key").await, "Key: set");
    assert_eq!(
        browser
            .value("JSON.stringify(localStorage) + document.cookie + location.href")
            .await
            .as_str()
            .unwrap()
            .find("key-of"),
        None
    );
    browser.go(&format!("/#/contacts/{BK}")).await;
    browser.until("document.querySelector('.contact')").await;
    browser.click("#open-key").await;
    browser.press("Forget the key").await;
    browser.until("document.querySelector('#outcome')?.textContent === 'This gateway needs a key'").await;
    assert_eq!(browser.value("sessionStorage.length").await, 0);
    browser.close().await;
}

#[tokio::test]
async fn what_can_be_no_key_is_not_sent() {
    let stage = guarded("").await;
    let browser = stage.browse(&format!("/#/contacts/{BK}")).await;
    browser.outcome().await;
    enter(&browser, "clé d'été").await;
    browser.until("document.querySelector('form.key input[aria-invalid]')").await;
    assert!(browser.text("form.key").await.contains("can't be one"));
    browser.close().await;
}

#[tokio::test]
async fn what_a_key_may_not_see_is_said() {
    let stage = guarded("providers = [\"periskope\"]\nfields = [\"name\", \"phones\"]").await;
    let browser = stage.browse(&format!("/#/contacts/{BK}")).await;
    browser.outcome().await;
    enter(&browser, "key-of-little").await;
    browser.until("document.querySelector('.contact')").await;
    let missing = browser.text("[aria-labelledby=missing]").await;
    assert!(missing.contains("Your key doesn't show") && missing.contains("channels"), "{missing}");
    assert_eq!(browser.look_up("other:919537851844").await, "The key does not admit this");
    browser.close().await;
}
