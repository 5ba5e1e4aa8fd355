//! vCard 4.0: calcard writes it.
//!
//! Nothing but RFC 6350, although RFC 9554 has later given `CREATED` a name: there are readers that refuse a card for one
//! property that they don't know, unless it begins with `X-`.

use calcard::vcard::{VCard, VCardEntry, VCardParameter, VCardProperty, VCardValue, VCardValueType};
use providers::{Contact, Time};
use serde_json::Value;

use super::card;

/// What some readers take for the end of a line, beside `\n`.
const LINE_ENDS: [char; 4] = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// Before the names of what is our own.
const OWN: &str = "X-CONTACT-GATEWAY-";

/// Writes a card.
pub(super) fn card(contact: &Contact) -> serde_json::Result<String> {
    let mut card = vec![entry(VCardProperty::Uid, card::uid(contact))];
    card.extend(card::kind(contact).map(|kind| entry(VCardProperty::Kind, kind.to_owned())));
    card.push(entry(VCardProperty::Fn, display_name(contact)));
    card.extend(contact.username.as_deref().and_then(filled).map(|name| entry(VCardProperty::Nickname, name)));
    card.extend(contact.emails.iter().map(|email| entry(VCardProperty::Email, clean(&email.address))));
    card.extend(phones(contact));
    card.extend(messengers(contact));
    card.extend(card::photo(contact).map(|uri| entry(VCardProperty::Photo, uri)));
    card.extend(contact.updated_at.as_ref().map(|time| entry(VCardProperty::Rev, timestamp(time))));
    let labels: Vec<_> = card::labels(contact).into_iter().filter_map(filled).map(VCardValue::Text).collect();
    if !labels.is_empty() {
        card.push(VCardEntry::new(VCardProperty::Categories).with_values(labels));
    }
    let times = [("created_at", &contact.created_at), ("updated_at", &contact.updated_at)];
    let times = times.into_iter().filter_map(|(name, time)| Some((name, Value::from(time.as_ref()?.as_str()))));
    card.extend(times.chain(card::rest(contact)?).map(|(name, value)| own(name, &value)));
    Ok(VCard { entries: card }.to_string())
}

fn entry(name: VCardProperty, value: String) -> VCardEntry {
    VCardEntry::new(name).with_value(value)
}

/// vCard wants a name of everybody: the best there is, at last the id.
fn display_name(contact: &Contact) -> String {
    let names = [contact.name.as_deref(), contact.username.as_deref()].into_iter().flatten();
    let numbers = contact.phones.iter().map(|phone| phone.e164.as_ref().unwrap_or(&phone.number));
    let addresses = contact.emails.iter().map(|email| &email.address);
    let mut all = names.chain(numbers.chain(addresses).map(String::as_str));
    all.find_map(filled).unwrap_or_else(|| clean(&contact.id))
}

/// A number that is known in full is a link; the others are as they were written.
fn phones(contact: &Contact) -> impl Iterator<Item = VCardEntry> {
    contact.phones.iter().map(|phone| match card::tel(phone) {
        Some(uri) => entry(VCardProperty::Tel, uri).with_param(VCardParameter::value(VCardValueType::Uri)),
        None => entry(VCardProperty::Tel, clean(&phone.number)),
    })
}

/// `IMPP` holds links only. The other channels are with what has no place.
fn messengers(contact: &Contact) -> impl Iterator<Item = VCardEntry> {
    contact.channels.iter().filter_map(card::link).map(|link| entry(VCardProperty::Impp, link))
}

/// A text as it is, anything else as JSON. Some readers only undo the escaping of such a property where its type is told.
fn own(name: &str, value: &Value) -> VCardEntry {
    let name = format!("{OWN}{}", name.replace('_', "-").to_ascii_uppercase());
    let text = value.as_str().map_or_else(|| escaped(&value.to_string()), clean);
    entry(VCardProperty::Other(name), text).with_param(VCardParameter::value(VCardValueType::Text))
}

/// JSON may escape any character of a text, so that nothing of it must be taken out.
fn escaped(json: &str) -> String {
    let escape = |c: char| c.is_control() || LINE_ENDS.contains(&c);
    json.chars().map(|c| if escape(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}

/// vCard's basic form. It has whole seconds only; the time itself is with what has no place.
fn timestamp(time: &Time) -> String {
    let whole = time.as_str().split(['.', 'Z']).next().unwrap_or_default();
    whole.chars().filter(|c| c.is_ascii_alphanumeric()).chain(['Z']).collect()
}

/// A text without what would end a line or is no part of a text: readers split at more than CR LF, and `\r` is no escape
/// of vCard 4.0.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(LINE_ENDS, "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn filled(text: &str) -> Option<String> {
    let text = clean(text);
    (!text.trim().is_empty()).then_some(text)
}
