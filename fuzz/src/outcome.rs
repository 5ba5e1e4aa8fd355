//! What must hold of whatever a provider makes of an answer.

use std::{collections::HashSet, hash::Hash, time::Duration};

use providers::{Contact, ContactType, Error, LocalId, Time};
use serde_json::Value;

use crate::INSTANCE;

/// No dialect believes that it should wait for longer.
pub const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// What came of an answer.
pub type Outcome = Result<Option<Contact>, Error>;

/// Looks at the contact, or at the error.
pub fn check(outcome: &Outcome) {
    match outcome {
        Ok(Some(contact)) => check_contact(contact),
        Ok(None) => {}
        Err(error) => check_error(error),
    }
}

/// An outcome as text, to be held against another.
#[must_use]
pub fn show(outcome: &Outcome) -> String {
    match outcome {
        Ok(contact) => serde_json::to_string(contact).expect("a contact can be serialized"),
        Err(error) => format!("{error:?}"),
    }
}

fn check_contact(contact: &Contact) {
    let native_id = contact.native_id.as_deref().expect("a contact of one provider has its id");
    assert_eq!(contact.provider.as_deref(), Some(&*INSTANCE.name));
    assert_eq!(contact.id, format!("{}:{native_id}", INSTANCE.name));
    assert_eq!(contact.sources, [contact.id.as_str()]);
    LocalId::parse(native_id).expect("a native id finds its contact again");

    check_json(contact);
    for text in [&contact.name, &contact.username, &contact.avatar_url].into_iter().flatten() {
        assert!(!text.trim().is_empty(), "a blank text is shown");
    }
    assert!(differ(contact.emails.iter().map(|email| email.address.to_lowercase())), "an address is shown twice");
    assert!(differ(contact.phones.iter().map(|phone| &phone.number)), "a number is shown twice");
    assert!(differ(&contact.chat_ids), "a chat is shown twice");
    for number in contact.phones.iter().filter_map(|phone| phone.e164.as_deref()) {
        let digits = number.strip_prefix('+').expect("E.164 begins with a plus");
        // Google's library takes up to 17 digits for possible, where E.164 ends at 15.
        assert!((1..=17).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
    }
    let times = [&contact.created_at, &contact.updated_at, &contact.last_active_at];
    let channels = contact.channels.iter().map(|channel| &channel.last_active_at);
    for time in times.into_iter().chain(channels).flatten() {
        assert_eq!(Time::parse(time.as_str()).as_ref(), Some(time));
    }
}

/// What is rendered can be read, has every key of the schema, and is the same when it is rendered again.
fn check_json(contact: &Contact) {
    let bytes = serde_json::to_string(contact).expect("a contact can be serialized");
    let shown: Value = serde_json::from_str(&bytes).expect("what is serialized can be read");
    assert_eq!(shown.to_string(), bytes, "reading changes it");
    let blank = Contact::new("", "", ContactType::Unknown);
    let schema = serde_json::to_value(blank).expect("a contact of which nothing is known can be serialized");
    assert_eq!(keys(&shown), keys(&schema));
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().expect("a contact is an object").keys().collect()
}

fn differ<T: Eq + Hash>(items: impl IntoIterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    items.into_iter().all(|item| seen.insert(item))
}

fn check_error(error: &Error) {
    let detail = error.detail();
    assert!(detail.chars().count() < 200 && !detail.contains(char::is_control), "not one short line: {detail:?}");
    let personal = |word: &str| word.contains('@') || word.bytes().filter(u8::is_ascii_digit).count() > 4;
    assert!(!detail.split_whitespace().any(personal), "perhaps a contact's address: {detail:?}");
    assert!(error.retry_after().is_none_or(|wait| wait <= LONGEST_WAIT), "absurd: {:?}", error.retry_after());
}
