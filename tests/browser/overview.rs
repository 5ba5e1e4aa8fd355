//! How every provider is.

use serde_json::json;

use crate::{
    browser::Browser,
    stage::{BK, Plan, Stage, key},
};

/// The text of one provider's card, once it has been drawn.
async fn card(browser: &Browser, name: &str) -> String {
    let selector = format!("[aria-labelledby=provider-{name}]");
    browser.until(&format!("document.querySelector('{selector}')")).await;
    browser.text(&selector).await
}

/// Looks at the providers again, without waiting for it.
async fn look(browser: &Browser) {
    browser.run("async () => { await overview.look(); }", Vec::new()).await;
}

/// Several ids that nobody has.
fn strangers(instance: &str) -> Vec<String> {
    (0..12).map(|number| format!("{instance}:1000000{number:04}")).collect()
}

async fn fail(stage: &Stage, browser: &Browser) {
    stage.upstreams[0].set_fault("status-500".parse().ok());
    let ids = strangers("periskope");
    browser.call(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn each_provider_tells_its_health_its_breaker_and_its_budget() {
    let plan = Plan::new("").with_limit("limited", 10).await.with_unlimited("free").await;
    let stage = plan.with("rocketchat", "rocketchat", "").await.start().await;
    let browser = stage.browse("/").await;
    browser.call(&["limited:919537851844", "limited:10000000001", "limited:10000000001"]).await;
    look(&browser).await;
    let limited = card(&browser, "limited").await;
    assert!(limited.contains("Breaker\nclosed") && limited.contains("8 of 10 calls left"), "{limited}");
    assert!(limited.contains("10 in 1 minute, all of them again in"), "{limited}");
    let meter = browser.value("document.querySelector('[role=meter]').getAttribute('aria-valuetext')").await;
    assert_eq!(meter, "8 of 10 calls left");
    let free = card(&browser, "free").await;
    assert!(free.contains("Budget\nunlimited") && free.contains("Ready") && free.contains("no requests"), "{free}");
    assert!(card(&browser, "rocketchat").await.contains("modern API"));
    browser.close().await;
}

#[tokio::test]
async fn the_budget_refills_between_looks_unless_somebody_wants_no_movement() {
    let stage = Plan::new("").with_limit("periskope", 10).await.start().await;
    let browser = stage.browse("/").await;
    browser.call(&[BK]).await;
    look(&browser).await;
    let width = "document.querySelector('.meter div').getBoundingClientRect().width";
    let first = browser.value(width).await;
    browser.until(&format!("{width} > {first}")).await;
    browser.prefer("prefers-reduced-motion", "reduce").await;
    look(&browser).await;
    assert_eq!(browser.value("document.getAnimations().length").await, 0);
    browser.close().await;
}

#[tokio::test]
async fn a_provider_whose_server_is_gone_is_said_to_fail_and_why() {
    let stage = Stage::start().await;
    stage.upstreams[0].stop().await;
    let browser = stage.browse("/").await;
    browser.call(&[BK]).await;
    look(&browser).await;
    let failing = card(&browser, "periskope").await;
    assert!(failing.starts_with("periskope\nFailing\n") && failing.contains("provider-unavailable"), "{failing}");
    browser.click("[aria-labelledby=provider-periskope] .error summary").await;
    browser.until("document.querySelector('.error .prose')?.textContent.includes('could not be reached')").await;
    assert!(card(&browser, "rocketchat").await.contains("Ready"));
    browser.close().await;
}

#[tokio::test]
async fn a_breaker_that_opens_is_shown_and_told_and_so_is_its_next_try() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    card(&browser, "periskope").await;
    let mut down = String::new();
    // The first pause is short, and may be over before anybody has looked; each further one is longer.
    for _ in 0..6 {
        fail(&stage, &browser).await;
        look(&browser).await;
        down = card(&browser, "periskope").await;
        if down.starts_with("periskope\nDown\n") {
            break;
        }
    }
    assert!(down.starts_with("periskope\nDown\n") && down.contains("left in peace"), "{down}");
    assert!(down.contains("Breaker\nnext try in") && down.contains("open\nBudget"), "{down}");
    browser.until("document.getElementById('said').textContent === 'periskope: Down.'").await;
    browser.close().await;
}

#[tokio::test]
async fn the_last_quarter_of_an_hour_is_drawn_and_told_in_words() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    card(&browser, "periskope").await;
    // Time goes at its own pace in the real program.
    let steps: Vec<_> = (0..60)
        .map(|step| match step {
            0 => json!({ "requests": 4, "hits": 3, "calls": 1, "failures": 1, "latency_seconds": 2.0 }),
            1..9 => json!({ "requests": 2, "hits": 1, "calls": 1, "failures": 0, "latency_seconds": 0.25 }),
            _ => json!({ "requests": 0, "hits": 0, "calls": 0, "failures": 0, "latency_seconds": null }),
        })
        .collect();
    let draw = "async (steps) => {
        overview.stop();
        const { providers } = await (await fetch('providers')).json();
        providers[0].history.steps = steps;
        providers[0].latency = { median_seconds: 0.25, p95_seconds: 2 };
        overview.draw(providers, Date.now());
    }";
    browser.run(draw, vec![json!(steps)]).await;
    let drawn = card(&browser, "periskope").await;
    assert!(drawn.contains("55 % of 20 requests") && drawn.contains("at most 2.0 s, 1 failed"), "{drawn}");
    let label = async |chart| {
        let label =
            browser.value(&format!("document.querySelector('.chart.{chart}').getAttribute('aria-label')")).await;
        label.as_str().unwrap().to_owned()
    };
    assert_eq!(label("hits").await, "In the last 15 minutes, memory answered 11 of 20 requests: 55 %.");
    assert_eq!(
        label("latency").await,
        "The provider's answers in the last 15 minutes: median 250 ms, p95 2.0 s. The slowest 15 seconds took 2.0 s on average. \
         1 call failed."
    );
    assert_eq!((browser.count(".hits .all").await, browser.count(".latency .all").await), (9, 9));
    assert_eq!(browser.count(".latency .failed").await, 1);
    browser.close().await;
}

#[tokio::test]
async fn what_is_open_and_has_the_focus_stays_so() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    card(&browser, "periskope").await;
    browser.click("[aria-labelledby=provider-periskope] .more summary").await;
    browser.call(&[BK]).await;
    look(&browser).await;
    let routes = browser.text("[aria-labelledby=provider-periskope] .more").await;
    assert!(
        routes.contains("contacts/{") && routes.contains("1 answer") && routes.contains("search by phone"),
        "{routes}"
    );
    assert_eq!(browser.focus().await, "Routes, memory and abilities");
    browser.close().await;
}

#[tokio::test]
async fn a_key_for_some_instances_shows_these_alone() {
    let plan = Plan::new(&key("little", "providers = [\"one\"]"));
    let stage = plan.with("one", "periskope", "").await.with("two", "periskope", "").await.start().await;
    let browser = stage.browse("/").await;
    assert_eq!(browser.outcome().await, "This gateway needs a key");
    browser.find("form.key input").await.send_keys("key-of-little").await.unwrap();
    browser.press("Use this key").await;
    card(&browser, "one").await;
    assert_eq!(browser.count(".provider").await, 1);
    browser.close().await;
}

#[tokio::test]
async fn a_hidden_page_asks_nothing_until_it_is_seen_again() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    card(&browser, "periskope").await;
    // Which looks are still to come.
    browser
        .load(
            "window.looks = new Set();
             const [set, clear] = [setTimeout, clearTimeout];
             window.setTimeout = (run, wait) => { const id = set(() => { looks.delete(id); run(); }, wait); looks.add(id); return id; };
             window.clearTimeout = (id) => { looks.delete(id); clear(id); };",
        )
        .await;
    look(&browser).await;
    assert_eq!(browser.value("looks.size").await, 1);
    browser.window("minimized").await;
    browser.until("document.hidden && looks.size === 0").await;
    look(&browser).await;
    assert_eq!(browser.value("looks.size").await, 0);
    browser.window("normal").await;
    browser.until("!document.hidden && looks.size === 1").await;
    browser.close().await;
}

#[tokio::test]
async fn a_gateway_that_is_gone_leaves_the_providers_as_they_were() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    card(&browser, "periskope").await;
    stage.gateway.kill().await;
    look(&browser).await;
    let away = browser.text("#away").await;
    assert!(away.starts_with("The gateway can't be reached. What is shown is as it was."), "{away}");
    assert!(browser.text("[aria-labelledby=providers]").await.contains("Old as of"));
    assert_eq!(browser.count(".provider").await, 2);
    browser.close().await;
}
