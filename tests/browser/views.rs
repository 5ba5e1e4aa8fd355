//! Every view, in both themes and three widths: nothing that axe-core finds wrong, nothing to scroll sideways, and a picture.

use std::{fs, path::Path};

use serde_json::json;

use crate::{
    axe,
    browser::Browser,
    stage::{BK, Plan, Stage, key},
};

const WIDTHS: [u32; 3] = [360, 768, 1440];

/// Looks at what is shown now.
async fn look(browser: &Browser, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    fs::create_dir_all(&folder).unwrap();
    // What is wrong depends on the theme or on the width, not on both at once.
    for (theme, width) in [("light", 1440), ("dark", 360)] {
        browser.load(&format!("localStorage.setItem('theme', '{theme}'); showTheme('{theme}')")).await;
        for width in WIDTHS {
            browser.resize(width).await;
            assert_eq!(browser.overflow().await, 0, "{name}, {width} pixels wide");
            browser.picture(&folder.join(format!("{name}-{theme}-{width}.png"))).await;
        }
        browser.resize(width).await;
        axe::check(browser, &format!("{name}, {theme}, {width} pixels wide")).await;
    }
}

#[tokio::test]
async fn providers() {
    let plan = Plan::new("").with_limit("limited", 10).await.with_unlimited("free").await;
    let plan = plan.with("rocketchat", "rocketchat", "").await.with("ailing", "periskope", "").await;
    let stage = plan.with("gone", "periskope", "").await.start().await;
    let browser = stage.browse("/").await;
    browser.until("document.querySelector('.provider')").await;
    look(&browser, "empty").await;
    stage.upstreams[3].set_fault("status-500".parse().ok());
    stage.upstreams[4].stop().await;
    let strangers: Vec<_> = (0..12).map(|number| format!("ailing:1000000{number:04}")).collect();
    let ids =
        ["limited:919537851844", "limited:1", "limited:2", "gone:919537851844", "rocketchat:673c76df47a6c9b89dd263d8"];
    browser.call(&strangers.iter().map(String::as_str).chain(ids).collect::<Vec<_>>()).await;
    // A quarter of an hour as it may have been: in the real program, it takes one.
    let draw = "async () => {
        overview.stop();
        const { providers } = await (await fetch('providers')).json();
        const wave = (place) => Math.round(6 + 5 * Math.sin(place / 6) + (place * 7) % 4);
        for (const [number, one] of providers.filter(({ provider }) => provider !== 'free').entries()) {
            const ill = (place) => one.last_error && place > 50;
            one.history.steps = one.history.steps.map((_, place) => ({ requests: wave(place + number * 9), hits: wave(place + number * 9) - 1 - place % 3,
                calls: 2, failures: ill(place) ? 2 : 0, latency_seconds: ill(place) ? 2 : 0.03 + (place * 13 % 7) / 100 }));
            one.latency = { median_seconds: 0.042, p95_seconds: 0.18 };
        }
        overview.show({ status: 200, at: Date.now(), text: JSON.stringify({ providers }) });
    }";
    browser.run(draw, Vec::new()).await;
    browser
        .load("document.querySelectorAll('.error, .more').forEach((fold, place) => { fold.open = place < 2; })")
        .await;
    browser.until("document.querySelector('.error[open] .prose')").await;
    look(&browser, "providers").await;
    browser.close().await;
}

#[tokio::test]
async fn contacts() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    for (name, id) in [("whatsapp", BK), ("rocketchat", "rocketchat:673c76df47a6c9b89dd263d8")] {
        browser.look_up(id).await;
        look(&browser, name).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn a_person_of_several_providers() {
    let plan = Plan::new("").with("sales", "periskope", "").await.with("support", "periskope", "").await;
    let stage = plan.with("gone", "periskope", "").await.start().await;
    stage.upstreams[2].stop().await;
    let browser = stage.browse("/").await;
    browser.look_up("tel:+919537851844").await;
    browser.until("document.querySelector('[aria-labelledby=unreachable] .prose')").await;
    look(&browser, "person").await;
    browser.load("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })").await;
    look(&browser, "person-unfolded").await;
    browser.close().await;
}

#[tokio::test]
async fn a_contact_with_much_of_everything() {
    let stage = Stage::with_contact(|contact| {
        contact["contact_name"] =
            json!("Maria-Theresia von Donaudampfschifffahrtsgesellschaft-Kapitänswitwe ".repeat(3));
        contact["chat_ids"] = (0..500).map(|number| json!(format!("12036300{number:04}@g.us"))).collect();
        contact["labels"] = (0..60).map(|number| json!(format!("label {number}"))).collect();
        contact["org_id"] = json!({ "nested": { "deeply": [{ "more": "x".repeat(400) }] } });
    })
    .await;
    let browser = stage.browse("/#/contacts/919537851844").await;
    browser.outcome().await;
    browser.press("Show all 500").await;
    look(&browser, "much").await;
    browser.close().await;
}

#[tokio::test]
async fn failures() {
    let plan = Plan::new("").with("one", "periskope", "").await.with("two", "periskope", "").await;
    let stage = plan.start().await;
    let browser = stage.browse("/").await;
    for (name, id) in
        [("ambiguous", "919537851844"), ("not-found", "15550001111"), ("provider-down", "one:fault-status-503")]
    {
        browser.look_up(id).await;
        browser.until("document.querySelector('.explained .prose')").await;
        look(&browser, name).await;
    }
    stage.gateway.kill().await;
    browser.look_up("one:1").await;
    look(&browser, "gateway-down").await;
    browser.close().await;

    let stage = Plan::new("server.deadline = \"1s\"").with_limit("periskope", 1).await.start().await;
    let browser = stage.browse("/").await;
    browser.look_up(BK).await;
    browser.look_up("periskope:15550001111").await;
    browser.until("document.querySelector('.explained .prose')").await;
    look(&browser, "rate-limited").await;
    browser.close().await;
}

#[tokio::test]
async fn keys() {
    let stage = Plan::new(&key("crm", "")).with("periskope", "periskope", "").await.start().await;
    let browser = stage.browse(&format!("/#/contacts/{BK}")).await;
    browser.outcome().await;
    look(&browser, "key-needed").await;
    browser.find("form.key input").await.send_keys("key-of-nobody").await.unwrap();
    browser.press("Use this key").await;
    browser.until("document.querySelector('#outcome')?.textContent.includes('know this key')").await;
    look(&browser, "key-unknown").await;
    browser.click("#open-key").await;
    look(&browser, "key-dialog").await;
    browser.close().await;
}

#[tokio::test]
async fn the_description_and_the_problems() {
    let stage = Stage::start().await;
    let browser = stage.browse("/docs").await;
    browser.until("document.querySelector('#schemas')").await;
    look(&browser, "docs").await;
    browser.go("/docs#readContact").await;
    browser.until("document.querySelector('#readContact[open]')").await;
    browser.click("#readContact form .first").await;
    browser.until("document.querySelector('#readContact .shown pre')").await;
    look(&browser, "docs-operation").await;
    browser.go("/problems/provider-rate-limited").await;
    look(&browser, "problem").await;
    browser.go("/problems/nope").await;
    look(&browser, "problem-unknown").await;
    browser.close().await;
}
