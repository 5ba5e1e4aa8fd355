//! What holds for any contact: other readers find in each form what was written into it.

use calcard::{
    jscontact::JSContact,
    vcard::{VCard, VCardEntry, VCardProperty, VCardValue},
};
use contact_gateway::forms::{Fields, Form};
use proptest::{collection::vec, option, prelude::*};
use providers::{Channel, Contact, ContactType, Time};
use serde_json::{Map, Value};

use crate::{
    table::{items, plain, row},
    written,
};

/// Any characters, those with a meaning somewhere more often.
fn text() -> impl Strategy<Value = String> {
    let dangerous = "[;,:\\\\\"'=+@\\-\r\n\t ^%<>\u{85}\u{2028}\u{202e}\u{0}\u{7f}éß👩‍👧]{0,24}";
    prop_oneof![".{0,90}", dangerous, "[ -~]{0,120}", Just("END:VCARD\r\nBEGIN:VCARD".to_owned())]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((text(), inner), 0..3).prop_map(|entries| Value::Object(entries.into_iter().collect()))
        ]
    })
}

prop_compose! {
    fn channel()(
        channel_type in option::of(prop_oneof![Just("whatsapp".to_owned()), Just("sms".to_owned()), text()]),
        id in option::of(text()),
        address in option::of(prop_oneof!["\\+[0-9]{7,15}", text()]),
        verified in option::of(any::<bool>()),
    ) -> Channel {
        Channel { channel_type, id, address, verified, ..Channel::default() }
    }
}

prop_compose! {
    fn contact()(
        id in "[a-z]{1,8}:[!-~é]{1,40}",
        which in 0..6_usize,
        (name, username, avatar) in (option::of(text()), option::of(text()), option::of(prop_oneof!["https://[!-~]{1,60}", text()])),
        emails in vec(prop_oneof!["[!-~]{1,20}@[a-z]{1,10}", text()], 0..4),
        phones in vec((text(), option::of("\\+[0-9]{7,15}")), 0..4),
        channels in vec(channel(), 0..3),
        (chats, labels) in (vec(text(), 0..4), vec(text(), 0..4)),
        fields in vec((text(), json()), 0..4),
        seconds in option::of(0..4_000_000_000_i64),
    ) -> Contact {
        let mut contact = Contact::new("x", "y", ContactType::Unknown);
        use ContactType::{Broadcast, Business, Group, Newsletter, Person, Unknown};
        contact.contact_type = [Person, Business, Group, Newsletter, Broadcast, Unknown][which];
        (contact.id, contact.name, contact.username, contact.avatar_url) = (id, name, username, avatar);
        emails.iter().for_each(|email| contact.add_email(email));
        phones.into_iter().for_each(|(number, e164)| contact.add_phone(&number, e164));
        contact.add_chats(chats.iter().map(String::as_str));
        contact.channels = channels;
        contact.labels = labels;
        contact.custom_fields = fields.into_iter().collect::<Map<_, _>>();
        contact.created_at = seconds.and_then(|s| Time::parse(&format!("2024-11-19T11:30:{:02}.{}Z", s % 60, s / 60)));
        contact
    }
}

/// What a vCard can say of a text.
fn sayable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn texts(card: &VCard, name: &VCardProperty) -> Vec<String> {
    let said = |entry: &VCardEntry| {
        entry
            .values
            .iter()
            .map(|value| match value {
                VCardValue::Text(text) => text.clone(),
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    card.entries.iter().filter(|entry| entry.name == *name).flat_map(said).collect()
}

fn number(phone: &providers::Phone) -> String {
    phone.e164.as_ref().map_or_else(|| phone.number.clone(), |e164| format!("tel:{e164}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_vcard_is_read_as_it_was_meant(contact in contact()) {
        let text = written(&contact, Form::VCard, Fields::default());
        let card = VCard::parse(&text).map_err(|entry| TestCaseError::fail(format!("{entry:?} in {text}")))?;
        let emails: Vec<_> = contact.emails.iter().map(|email| sayable(&email.address)).collect();
        prop_assert_eq!(texts(&card, &VCardProperty::Email), emails);
        let numbers: Vec<_> = contact.phones.iter().map(|phone| sayable(&number(phone))).collect();
        prop_assert_eq!(texts(&card, &VCardProperty::Tel), numbers);
        let name = texts(&card, &VCardProperty::Fn);
        prop_assert!(name.len() == 1 && !name[0].trim().is_empty());
        if let Some(given) = contact.name.as_deref().map(sayable).filter(|name| !name.trim().is_empty()) {
            prop_assert_eq!(&name[0], &given);
        }
        let fields = texts(&card, &VCardProperty::Other("X-CONTACT-GATEWAY-CUSTOM-FIELDS".to_owned()));
        let read = fields.first().map(|json| serde_json::from_str::<Value>(json).unwrap());
        let expected = (!contact.custom_fields.is_empty()).then(|| Value::Object(contact.custom_fields.clone()));
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn a_vcard_has_whole_lines_and_one_card(contact in contact()) {
        let text = written(&contact, Form::VCard, Fields::default());
        prop_assert!(text.ends_with("\r\nEND:VCARD\r\n"));
        for line in text.split("\r\n") {
            prop_assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
        }
        let unfolded = text.replace("\r\n ", "");
        for once in ["BEGIN:VCARD", "END:VCARD", "VERSION:4.0"] {
            prop_assert_eq!(unfolded.split("\r\n").filter(|line| *line == once).count(), 1);
        }
    }

    #[test]
    fn a_jscontact_card_is_read_as_it_was_meant(contact in contact()) {
        let text = written(&contact, Form::JsContact, Fields::default());
        prop_assert!(JSContact::<String, String>::parse(&text).is_ok());
        let card: Value = serde_json::from_str(&text).unwrap();
        let listed = |list: &str, key: &str| -> Vec<String> {
            let items = card[list].as_object().into_iter().flat_map(Map::values);
            items.map(|item| item[key].as_str().unwrap().to_owned()).collect()
        };
        prop_assert_eq!(card["name"]["full"].as_str(), contact.name.as_deref());
        prop_assert_eq!(listed("phones", "number"), contact.phones.iter().map(number).collect::<Vec<_>>());
        let emails: Vec<_> = contact.emails.iter().map(|email| email.address.clone()).collect();
        let addresses = listed("emails", "address");
        prop_assert!(addresses == emails || card.get("contact-gateway.internal:emails").is_some());
        prop_assert!(addresses.iter().all(|address| emails.contains(address)));
        let fields = card.get("contact-gateway.internal:custom_fields").and_then(Value::as_object).cloned();
        prop_assert_eq!(fields.unwrap_or_default(), contact.custom_fields);
    }

    #[test]
    fn both_cards_say_the_same(contact in contact()) {
        let (card, json) =
            [Form::VCard, Form::JsContact].map(|form| written(&contact, form, Fields::default())).into();
        let from_json = JSContact::<String, String>::parse(&json).unwrap().into_vcard().unwrap();
        let card = VCard::parse(&card).unwrap();
        for name in [VCardProperty::Uid, VCardProperty::Tel] {
            let said: Vec<_> = texts(&from_json, &name).iter().map(|text| sayable(text)).collect();
            prop_assert_eq!(said, texts(&card, &name));
        }
    }

    #[test]
    fn a_row_is_read_as_it_was_meant(contact in contact()) {
        let row = row(&contact);
        prop_assert_eq!(plain(&row["id"]), contact.id.as_str());
        prop_assert_eq!(plain(&row["name"]), contact.name.as_deref().unwrap_or_default());
        let emails: Vec<_> = contact.emails.iter().map(|email| email.address.clone()).collect();
        prop_assert_eq!(items(&row["emails"]), if emails.is_empty() { vec![String::new()] } else { emails });
        for (column, numbers) in [
            ("phones", contact.phones.iter().map(|phone| phone.number.clone()).collect::<Vec<_>>()),
            ("phones_e164", contact.phones.iter().map(|phone| phone.e164.clone().unwrap_or_default()).collect()),
        ] {
            prop_assert_eq!(items(&row[column]), if numbers.is_empty() { vec![String::new()] } else { numbers });
        }
    }

    #[test]
    fn the_same_contact_gives_the_same_bytes(contact in contact()) {
        for form in crate::ALL {
            let first = written(&contact, form, Fields::default());
            prop_assert_eq!(first, written(&contact.clone(), form, Fields::default()));
        }
    }
}
