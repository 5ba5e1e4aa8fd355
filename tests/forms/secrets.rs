//! What a caller may not learn is in no form.

use contact_gateway::forms::{Fields, Form};
use proptest::prelude::*;
use providers::{Channel, Conflict, Contact, ContactType};
use serde_json::{Value, json};

use crate::{ALL, people, written};

const EVERYTHING_BUT: [&str; 19] = [
    "provider",
    "native_id",
    "type",
    "name",
    "username",
    "channels",
    "chat_ids",
    "labels",
    "custom_fields",
    "owner",
    "avatar_url",
    "conflicts",
    "created_at",
    "updated_at",
    "last_active_at",
    "provider_data",
    "sources",
    "unreachable",
    "id",
];

fn without(banned: &str) -> Fields {
    let others = ["phones", "emails"].into_iter().filter(|name| *name != banned);
    Fields::allowed(EVERYTHING_BUT.into_iter().chain(others)).unwrap()
}

/// A contact that tells `text` wherever it can.
fn talkative(text: &str) -> Contact {
    let mut contact = Contact::new("periskope", text, ContactType::Person);
    // Of an id there is no hiding anything.
    contact.id = "periskope:x".to_owned();
    let says = || Some(text.to_owned());
    (contact.name, contact.username, contact.avatar_url) =
        (says(), says(), Some(format!("https://example.com/{text}")));
    contact.channels = vec![Channel {
        channel_type: says(),
        name: says(),
        id: says(),
        address: says(),
        destination: says(),
        last_chat_id: says(),
        ..Channel::default()
    }];
    contact.chat_ids = vec![text.to_owned(), format!("{text}-1600000000@g.us"), "a".to_owned()];
    contact.labels = vec![text.to_owned(), "VIP".to_owned()];
    contact.custom_fields = serde_json::from_value(json!({
        "text": text, text: true, "list": [text, { "deep": text }], "kept": "yes",
        "number": text.parse::<u64>().unwrap_or_default(),
    }))
    .unwrap();
    contact.provider_data = contact.custom_fields.clone();
    contact.conflicts = ["phones", "emails", "name", "x"]
        .map(|field| Conflict { field: field.to_owned(), value: json!([text]), source: Some(text.to_owned()) })
        .to_vec();
    contact
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

proptest! {
    #[test]
    fn no_phone_number_is_in_any_form(number in "[1-9][0-9]{8,14}", style in 0..8_usize) {
        let text = match style {
            0 => number.clone(),
            1 => format!("+{number}"),
            2 => format!("{number}@c.us"),
            3 => format!("{}:12@s.whatsapp.net", number),
            4 => format!("+{} ({}) {}", &number[..2], &number[2..5], &number[5..]),
            5 => number.chars().flat_map(|c| [c, '-']).collect(),
            6 => format!("Jo tel:{number};ext=1"),
            _ => format!("{}\u{202c}\u{a0}{}", &number[..6], &number[6..]),
        };
        let mut contact = talkative(&text);
        contact.add_phone(&text, Some(format!("+{number}")));
        contact.add_email(&format!("{number}@example.com"));
        for form in ALL {
            let written = written(&contact, form, without("phones")).replace("\r\n ", "");
            prop_assert!(!digits(&written).contains(&number), "{form:?}: {written}");
            prop_assert!(written.contains("VIP") && written.contains("kept"), "{form:?}: {written}");
        }
    }

    #[test]
    fn no_address_is_in_any_form(local in "[a-z]{8,12}", domain in "[a-z]{3,8}\\.example", style in 0..3_usize) {
        let address = format!("{local}@{domain}");
        let text = match style {
            0 => address.clone(),
            1 => format!("Jo <{address}>"),
            _ => format!("mailto:{address}"),
        };
        let mut contact = talkative(&text);
        contact.add_email(&address);
        for form in ALL {
            let written = written(&contact, form, without("emails")).replace("\r\n ", "");
            prop_assert!(!written.contains(&local), "{form:?}: {written}");
        }
    }
}

#[test]
fn a_short_number_goes_wherever_it_is_repeated() {
    let mut contact = talkative("ext 4711");
    contact.add_phone("ext 4711", None);
    for form in ALL {
        let written = written(&contact, form, without("phones")).replace("\r\n ", "");
        assert!(!written.contains("4711"), "{form:?}: {written}");
    }
}

#[test]
fn what_is_no_number_stays() {
    let mut contact = people::everybody();
    contact.custom_fields.insert("born".to_owned(), json!("1999-12-31"));
    contact.chat_ids = vec!["120363231636311517@g.us".to_owned(), "653f9ce1a2f73c7460e18e82".to_owned()];
    let shown: Value = serde_json::from_str(&written(&contact, Form::Json, without("phones"))).unwrap();
    assert_eq!(shown["chat_ids"], json!(contact.chat_ids));
    assert_eq!(shown["native_id"], "673c76df47a6c9b89dd263d8");
    assert_eq!(shown["sources"], json!(["rocketchat:673c76df47a6c9b89dd263d8"]));
    assert_eq!(shown["custom_fields"]["born"], "1999-12-31");
    assert_eq!(shown["created_at"], "2024-11-19T11:30:39.710Z");
    assert_eq!(shown["emails"], json!([{ "address": "joe@example.com" }, { "address": "not an address" }]));
}

#[test]
fn a_whatsapp_contact_without_phones() {
    let mut contact = people::everybody();
    contact.native_id = Some("4930123456".to_owned());
    contact.sources = vec!["periskope:4930123456".to_owned()];
    insta::assert_snapshot!(written(&contact, Form::VCard, without("phones")).replace("\r\n", "\n"));
}

#[test]
fn a_key_that_is_not_allowed_has_no_conflicts_either() {
    let mut contact = people::everybody();
    contact.conflicts = ["name", "customFields.zip", "contactManager", "username", "emails"]
        .map(|field| Conflict { field: field.to_owned(), value: json!("x"), source: None })
        .to_vec();
    let fields = Fields::allowed(["conflicts", "username"]).unwrap();
    let shown: Value = serde_json::from_str(&written(&contact, Form::Json, fields)).unwrap();
    assert_eq!(shown["conflicts"], json!([{ "field": "username", "value": "x" }]));
    let asked: Value =
        serde_json::from_str(&written(&contact, Form::Json, Fields::asked("conflicts").unwrap())).unwrap();
    assert_eq!(asked["conflicts"].as_array().unwrap().len(), 5, "asking for less is no ban");
}
