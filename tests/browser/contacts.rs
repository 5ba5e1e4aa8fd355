//! Looking contacts up, and reading them.

use serde_json::{Value, json};

use crate::stage::{BK, Plan, Stage};

#[tokio::test]
async fn a_contact_is_found_by_id_by_phone_and_by_address() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    for (typed, id, name) in [
        (BK, BK, "BK Local1"),
        (" 919537851844 ", "919537851844", "BK Local1"),
        ("+91 95378-51844", "tel:+919537851844", "BK Local1"),
        ("0091 95378 51844", "tel:+919537851844", "BK Local1"),
        ("mail@example.com", "mailto:mail@example.com", "John Doe"),
        ("919537851844@c.us", "919537851844@c.us", "BK Local1"),
    ] {
        assert_eq!(browser.look_up(typed).await, name, "{typed}");
        let link = browser.value("location.hash").await;
        assert_eq!(link, format!("#/contacts/{}", id.replace(':', "%3A").replace('+', "%2B").replace('@', "%40")));
        assert!(browser.value("document.title").await.as_str().unwrap().starts_with(name));
    }
    browser.close().await;
}

#[tokio::test]
async fn a_link_leads_to_a_contact_and_back_to_the_providers() {
    let stage = Stage::start().await;
    let browser = stage.browse("/#/").await;
    browser.until("document.querySelector('#providers')").await;
    assert_eq!(browser.look_up("rocketchat:673c76df47a6c9b89dd263d8").await, "John Doe");
    browser.press("Everybody with this address").await;
    browser.until("document.querySelector('#sources')").await;
    assert_eq!(browser.value("document.getElementById('id').value").await, "mailto:mail@example.com");
    browser.back().await;
    browser.until("document.querySelector('.contact') && !document.querySelector('#sources')").await;
    browser.back().await;
    browser.until("document.querySelector('#providers')").await;
    browser.close().await;
}

#[tokio::test]
async fn a_time_says_of_which_time_zone_it_is() {
    let stage = Stage::with_contact(|document| document["updated_at"] = json!("2025-01-22T05:41:15.000Z")).await;
    let browser = stage.browse("/").await;
    browser.command("Emulation.setTimezoneOverride", json!({ "timezoneId": "Europe/Berlin" })).await;
    browser.go("/").await;
    browser.look_up(BK).await;
    let about = browser.text("[aria-labelledby=about]").await;
    assert!(about.contains("22 Jan 2025, 06:41:15 CET"), "{about}");
    browser.close().await;
}

#[tokio::test]
async fn where_each_value_comes_from_how_fresh_it_is_and_why_is_shown() {
    let stage = Stage::start().await;
    let browser = stage.browse(&format!("/#/contacts/{BK}")).await;
    assert_eq!(browser.outcome().await, "BK Local1");
    let fresh = browser.text(".freshness").await;
    assert!(fresh.contains("New") && fresh.contains("so the provider was asked"), "{fresh}");
    assert!(fresh.contains("contact-gateway; fwd=uri-miss; stored"), "{fresh}");
    browser.until("document.querySelector('.freshness time, .freshness strong').textContent.includes('second')").await;
    browser.go(&format!("/#/contacts/{BK}")).await;
    browser.outcome().await;
    let fresh = browser.text(".freshness").await;
    assert!(fresh.contains("From the gateway's memory") && fresh.contains("Fresh for another"), "{fresh}");
    browser.click("[aria-labelledby=title-phones] .origin summary").await;
    let origin = browser.text("[aria-labelledby=title-phones] .origin").await;
    assert!(origin.contains("contact_id") && origin.contains("the digits before @c.us"), "{origin}");
    browser.click("[aria-labelledby=missing] summary").await;
    assert!(browser.text("[aria-labelledby=missing]").await.contains("Periskope has none"));
    browser.close().await;
}

#[tokio::test]
async fn a_newer_one_is_asked_for_on_demand_alone() {
    let stage = Stage::start().await;
    let browser = stage.browse(&format!("/#/contacts/{BK}")).await;
    browser.outcome().await;
    browser.go(&format!("/#/contacts/{BK}")).await;
    browser.outcome().await;
    assert_eq!(stage.upstreams[0].calls("contact"), 1, "looking twice costs one call");
    browser.press("Ask for a newer one").await;
    browser.until("document.querySelector('.freshness')?.textContent.includes('You wanted a new answer')").await;
    assert_eq!(stage.upstreams[0].calls("contact"), 2);
    browser.close().await;
}

#[tokio::test]
async fn a_person_of_several_providers_shows_the_sources_and_who_could_not_be_asked() {
    let plan = Plan::new("").with("one", "periskope", "").await.with("two", "periskope", "").await;
    let stage = plan.with("down", "periskope", "").await.start().await;
    stage.upstreams[2].set_fault("status-503".parse().ok());
    let browser = stage.browse("/").await;
    assert_eq!(browser.look_up("+919537851844").await, "BK Local1");
    let sources = browser.text("[aria-labelledby=sources]").await;
    assert!(sources.contains("one:919537851844@c.us") && sources.contains("two:919537851844@c.us"), "{sources}");
    assert_eq!(browser.count("[aria-labelledby=title-phones] [href='#/contacts/one%3A919537851844%40c.us']").await, 1);
    let phones = browser.text("[aria-labelledby=title-phones] .items").await;
    assert_eq!(phones.matches("+919537851844").count(), 1, "one number is one line, whoever has it: {phones}");
    browser.until("document.querySelector('[aria-labelledby=unreachable] .prose')").await;
    let away = browser.text("[aria-labelledby=unreachable]").await;
    assert!(away.contains("down") && away.contains("could not be reached"), "{away}");
    browser.close().await;
}

#[tokio::test]
async fn five_hundred_chats_are_folded_and_can_be_filtered() {
    let stage = Stage::with_contact(|contact| {
        contact["chat_ids"] = (0..500).map(|number| json!(format!("12036300{number:04}@g.us"))).collect();
    })
    .await;
    let browser = stage.browse("/#/contacts/919537851844").await;
    browser.outcome().await;
    assert_eq!(browser.text("#title-chat_ids").await, "Chats (500)");
    let height = browser.value("document.documentElement.scrollHeight").await.as_u64().unwrap();
    assert!(height < 2500, "{height}");
    browser.press("Show all 500").await;
    browser.find("#filter-chats").await.send_keys("0499").await.unwrap();
    let shown = "[...document.querySelectorAll('[aria-label=Chats] li')].filter((one) => !one.hidden)";
    browser.until(&format!("{shown}.length === 1")).await;
    assert_eq!(browser.value(&format!("{shown}[0].textContent")).await, "120363000499@g.us");
    browser.until("document.getElementById('said').textContent === '1 of 500 chats.'").await;
    browser.close().await;
}

#[tokio::test]
async fn a_contact_can_be_taken_along_in_every_form() {
    let stage = Stage::start().await;
    let browser = stage.browse(&format!("/#/contacts/{BK}")).await;
    browser.outcome().await;
    browser
        .load(
            "const make = URL.createObjectURL;
             URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return make(blob); };",
        )
        .await;
    for (form, start) in [("JSON", "{\"id\":"), ("vCard", "BEGIN:VCARD"), ("JSContact", "{\"@type\":\"Card\"")] {
        browser.load("window.saved = ''").await;
        browser.press(&format!("Download as {form}")).await;
        let saved = browser.until("window.saved").await;
        assert!(saved.as_str().is_some_and(|saved| saved.starts_with(start)), "{form}: {saved}");
    }
    browser.close().await;
}

#[tokio::test]
async fn an_id_may_have_any_character() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    for id in ["rocketchat:a/b?c=d&e#f%20g", "rocketchat:..%2F..", "periskope:é 漢 \"'<b>"] {
        assert_eq!(browser.look_up(id).await, "No such contact", "{id}");
        let asked = stage.upstreams.iter().flat_map(providers::emulator::Emulator::take_seen);
        let paths: Vec<_> = asked.map(|seen| seen.target.split('?').next().unwrap_or_default().to_owned()).collect();
        assert!(!paths.iter().any(|path| path.split('/').any(|step| step == "..")), "{id}: {paths:?}");
        assert_eq!(browser.value("readLink(location.hash).id").await, Value::from(id));
    }
    browser.close().await;
}
