//! Contacts write their own names.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    stage::{BK, Stage},
};

const NAME: &str = "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=1</script>";

/// Fails if anything of the contact has become more than text, or doesn't fit.
async fn check(browser: &Browser) {
    assert_eq!(browser.count("#view img, #view script, #view style, #view iframe, [onerror]").await, 0);
    assert_eq!(browser.count("[href^='javascript'], [src]").await, 0);
    assert_eq!(browser.value("window.harmed ?? null").await, Value::Null);
    for width in [360, 1440] {
        browser.resize(width).await;
        assert_eq!(browser.overflow().await, 0, "a long word breaks");
    }
}

#[tokio::test]
async fn what_looks_like_markup_stays_text_wherever_it_stands() {
    let stage = Stage::with_contact(|contact| {
        contact["contact_name"] = json!(NAME);
        contact["labels"] = json!([NAME, "a".repeat(3000), "constructor"]);
        contact["chat_ids"] = (0..20).map(|_| json!(format!("{NAME}@g.us"))).collect();
        contact["contact_image"] = json!("javascript:window.harmed=1");
        contact["contact_color"] = json!("</style><script>window.harmed=1</script>");
        contact["org_id"] = json!({ NAME: [NAME, { "__proto__": NAME, "constructor": 1 }] });
    })
    .await;
    let browser = stage.browse("/#/contacts/919537851844").await;
    assert_eq!(browser.outcome().await, NAME);
    check(&browser).await;
    browser.close().await;
}

#[tokio::test]
async fn signs_that_nobody_sees_or_that_turn_a_text_around_are_shown_as_such() {
    let stage = Stage::with_contact(|contact| {
        contact["contact_name"] = json!("Ann\u{202e}moc.live@nna\u{2066} \u{0}\u{7}\u{1b}[31m\u{85}");
        contact["labels"] = json!(["\u{5d3}\u{5e0}\u{5d9}", "\u{1f469}\u{200d}\u{1f4bb}"]);
    })
    .await;
    let browser = stage.browse("/#/contacts/919537851844").await;
    let shown = "Ann\u{fffd}moc.live@nna\u{fffd} \u{fffd}\u{fffd}\u{fffd}[31m\u{fffd}";
    assert_eq!(browser.outcome().await, shown);
    assert_eq!(browser.value("document.title").await, format!("{shown} – contact-gateway"));
    let labels = browser.value("[...document.querySelectorAll('.about .badge')].map((one) => one.textContent)").await;
    assert_eq!(
        labels,
        json!(["\u{5d3}\u{5e0}\u{5d9}", "\u{1f469}\u{200d}\u{1f4bb}"]),
        "what people write is left alone"
    );
    browser.close().await;
}

#[tokio::test]
async fn every_value_of_a_contact_may_be_hostile() {
    let stage = Stage::start().await;
    let browser = stage.browse("/#/contacts/rocketchat:673c76df47a6c9b89dd263d8").await;
    browser.outcome().await;
    // As no provider can make it: every text in it, keys of maps and what explains it included.
    let poison = "async (name, id) => {
        const poisoned = (any) => Array.isArray(any) ? any.map(poisoned) : typeof any === 'string' ? name : any && typeof any === 'object'
            ? Object.fromEntries(Object.entries(any).map(([key, value]) => [key, poisoned(value)])) : any;
        const answer = await ask(`contacts/${encodeURIComponent(id)}?explain=true`);
        const { explain, ...contact } = JSON.parse(answer.text);
        const worse = { ...poisoned(contact), explain, chat_ids: [name], labels: [name], phones: [{ number: name, e164: name, source: name }],
            custom_fields: { [name]: name }, conflicts: [{ field: name, value: { [name]: name }, source: name }],
            owner: { id: name, name, username: name }, sources: [name], unreachable: [{ provider: name, code: name }], provider: null };
        worse.explain.sources = { [name]: explain.sources[id].map((origin) => ({ ...origin, field: name, rule: name })) };
        view.replaceChildren(contactView(worse, answer, { linked: false, refresh() {} }));
        for (const fold of document.querySelectorAll('details')) fold.open = true;
    }";
    let id = "rocketchat:673c76df47a6c9b89dd263d8";
    for name in [NAME, "javascript:window.harmed=1", "constructor", "\u{202e}\u{0}", &"w".repeat(5000)] {
        let done = browser.run(poison, vec![json!(name), json!(id)]).await;
        assert_eq!(done, Value::Null, "{name}");
        assert!(browser.count(".contact .card").await >= 8, "every section is there: {name}");
        check(&browser).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn an_id_from_a_link_stays_text() {
    let stage = Stage::start().await;
    let browser = stage.browse("/#/contacts/%3Cimg%20src%3Dx%20onerror%3D%22window.harmed%3D1%22%3E").await;
    browser.outcome().await;
    check(&browser).await;
    for odd in ["/#/contacts/%FF%", "/#/contacts/", "/#/contacts/__proto__", "/#/nothing", "/#%"] {
        browser.go(odd).await;
        browser.until("document.querySelector('#look-up')").await;
    }
    assert_eq!(browser.value("window.harmed ?? null").await, Value::Null);
    assert_eq!(browser.look_up(BK).await, "BK Local1");
    browser.close().await;
}
