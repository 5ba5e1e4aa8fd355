//! Look-ups at servers that are somewhat odd.

use providers::{Contact, ContactProvider, ErrorKind, Handle, Instance, Rate, Settings, emulator::Emulator};
use serde_json::json;

use crate::{
    site::{Answer, LEGACY, MODERN, Odd, Question, SETTINGS, kind, people, serve},
    support::call,
};

async fn find(provider: &dyn ContactProvider, text: &str) -> Vec<Contact> {
    provider.find(&Handle::parse(text).unwrap().unwrap(), &call()).await.unwrap()
}

/// Gives every answer of a search a contact with this number.
macro_rules! with_phone {
    ($number:literal) => {
        |target, mut body| {
            for contact in body["contacts"].as_array_mut().into_iter().flatten() {
                contact["phones"] = json!([{ "phoneNumber": $number }]);
            }
            if target.contains("contact.search") && body["contact"].is_object() {
                body["contact"]["phone"] = json!([{ "phoneNumber": $number }]);
            }
            body
        }
    };
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_not_passed_on() {
    for era in [MODERN, LEGACY] {
        let (_server, honest) = serve(people(era, 50)).await;
        let found = find(&*honest, "mailto:person404@example.com").await;
        let expected = usize::from(era == LEGACY);
        assert_eq!(found.len(), expected, "the people of the legacy server begin with the four hundredth");

        let answer: Answer = with_phone!("+16502530000");
        let (_server, provider) = serve(Box::new(Odd { answer, ..Odd::new(people(era, 50)) })).await;
        for text in ["tel:+919800000001", "tel:+442070313000"] {
            assert!(find(&*provider, text).await.is_empty(), "{text}");
        }
    }
}

#[tokio::test]
async fn contacts_are_found_in_the_spellings_of_many_countries() {
    // One spelling for each way in which people write them.
    let answers: [(&str, Answer); 6] = [
        ("tel:+919537851844", with_phone!("+91 95378 51844")),
        ("tel:+919537851844", with_phone!("+91-95378-51844")),
        ("tel:+16502530000", with_phone!("+1 650-253-0000")),
        ("tel:+442070313000", with_phone!("+44 (0)20 7031 3000")),
        ("tel:+4930123456", with_phone!("+49 30 123456")),
        ("tel:+5215512345678", with_phone!("+5215512345678")),
    ];
    for (handle, answer) in answers {
        // The emulated server finds everybody; what is asked for is in spellings.rs.
        let question: Question = |target| {
            let text = target.split_once("searchText=").map(|(_, rest)| rest.split('&').next().unwrap_or_default());
            text.map_or_else(|| target.to_owned(), |text| target.replace(text, "person"))
        };
        let odd = Odd { answer, question, ..Odd::new(people(MODERN, 10)) };
        let (_server, provider) = serve(Box::new(odd)).await;
        let found = find(&*provider, handle).await;
        assert!(found.len() > 5, "{handle}: {}", found.len());
    }
}

#[tokio::test]
async fn a_part_that_is_in_very_many_texts_costs_no_more_calls_than_others() {
    // Everything has it, page after page.
    let question: Question = |target| target.replace("2530000", "e");
    let (server, provider) = serve(Box::new(Odd { question, ..Odd::new(people(MODERN, 1200)) })).await;
    provider.prepare(&call()).await.unwrap();
    assert!(find(&*provider, "tel:+16502530000").await.is_empty());
    assert!(server.calls("contacts.search") <= 6);
}

#[tokio::test]
async fn numbers_without_a_country_code_are_found_where_the_region_is_known() {
    let (server, _) = serve(people(LEGACY, 20)).await;
    // The person of number 411 has typed digits only.
    let handle = Handle::parse(&format!("tel:+{}", bare_number(&server).await)).unwrap().unwrap();
    for (region, found) in [(None, 0), (Some("BR"), 0), (Some("US"), 1)] {
        let instance = Instance {
            name: "here".into(),
            base_url: server.base_url(),
            rate: Rate::per_seconds(10_000, 1),
            timeout: std::time::Duration::from_secs(2),
            default_region: region.map(str::to_owned),
            ledgers: providers::Ledgers::default(),
        };
        let settings: Settings = SETTINGS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let provider = (kind().connect)(instance, &settings).unwrap();
        assert_eq!(provider.find(&handle, &call()).await.unwrap().len(), found, "{region:?}");
    }
}

async fn bare_number(server: &Emulator) -> String {
    let provider = crate::site::provider(server);
    let person = find(&*provider, "mailto:person411@example.com").await.remove(0);
    assert_eq!(person.phones[0].e164, None);
    person.phones[0].number.clone()
}

#[tokio::test]
async fn a_server_of_the_other_generation_finds_nobody_but_fails() {
    let settings = [SETTINGS, &[("generation", "modern")]].concat();
    let (server, _) = serve(people(LEGACY, 5)).await;
    let fixed = crate::support::connect(kind(), &server, &settings, Rate::per_seconds(1000, 1));
    let handle = Handle::parse("mailto:person401@example.com").unwrap().unwrap();
    assert_eq!(fixed.find(&handle, &call()).await.unwrap_err().kind(), ErrorKind::InvalidAnswer);
}
