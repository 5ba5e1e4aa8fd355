//! Light and dark, and no movement for whoever wants none.

use crate::stage::Stage;

#[tokio::test]
async fn the_theme_is_the_systems_until_another_one_is_chosen_and_then_stays() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    let back = "getComputedStyle(document.body).backgroundColor";
    browser.prefer("prefers-color-scheme", "light").await;
    let light = browser.value(back).await;
    browser.prefer("prefers-color-scheme", "dark").await;
    browser.until(&format!("{back} !== {light}")).await;
    let dark = browser.value(back).await;
    browser.press("Theme: auto").await;
    assert_eq!(browser.value(back).await, light);
    for path in ["/docs", "/problems/not-found", "/"] {
        browser.go(path).await;
        assert_eq!(
            (browser.value(back).await, browser.text("#theme").await),
            (light.clone(), "Theme: light".to_owned()),
            "{path}"
        );
    }
    browser.press("Theme: light").await;
    assert_eq!(browser.value(back).await, dark);
    browser.close().await;
}
