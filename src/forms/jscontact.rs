//! JSContact (RFC 9553): calcard has the words.

use calcard::jscontact::{JSContactKind, JSContactProperty, JSContactType};
use providers::{Contact, Time};
use serde_json::{Map, Value};

use super::{Form, card};

/// Before the names of what is our own, as RFC 9553 (1.8.1) wants it: a domain. This one can be nobody's (ICANN keeps `.internal`
/// for private use), since the gateway has none.
const VENDOR: &str = "contact-gateway.internal";

/// Names that calcard knows: a misspelt one doesn't compile.
type Property = JSContactProperty<String>;

/// Writes a card.
pub(super) fn card(contact: &Contact) -> serde_json::Result<Value> {
    let mut card = Card(Map::new());
    card.say(Property::Type, Some(JSContactType::Card.as_str()));
    card.say(Property::Version, Form::JsContact.version());
    card.say(Property::Uid, Some(card::uid(contact)));
    card.say(Property::Kind, card::kind(contact));
    card.say(Property::Created, contact.created_at.as_ref().map(utc));
    card.say(Property::Updated, contact.updated_at.as_ref().map(utc));
    card.say(Property::Name, contact.name.as_deref().map(|name| object(&[(Property::Full, Some(name))])));
    let nickname = contact.username.iter().map(|name| object(&[(Property::Name, Some(name))]));
    card.list(Property::Nicknames, "n", nickname);
    // An address that is none makes the card invalid; `rest` has it.
    let emails = contact.emails.iter().map(|email| email.address.as_str()).filter(|address| card::is_address(address));
    card.list(Property::Emails, "e", emails.map(|address| object(&[(Property::Address, Some(address))])));
    let numbers = contact.phones.iter().map(|phone| card::tel(phone).unwrap_or_else(|| phone.number.clone()));
    card.list(Property::Phones, "p", numbers.map(|number| object(&[(Property::Number, Some(&number))])));
    card.list(Property::OnlineServices, "s", services(contact));
    let photo = card::photo(contact).into_iter();
    let photo =
        photo.map(|uri| object(&[(Property::Kind, Some(JSContactKind::Photo.as_str())), (Property::Uri, Some(&uri))]));
    card.list(Property::Media, "m", photo);
    let labels = card::labels(contact);
    let keywords: Map<_, _> = labels.into_iter().map(|label| (label.to_owned(), Value::Bool(true))).collect();
    card.say(Property::Keywords, (!keywords.is_empty()).then_some(keywords));
    for (name, value) in card::rest(contact)? {
        card.0.insert(format!("{VENDOR}:{name}"), value);
    }
    Ok(Value::Object(card.0))
}

/// The channels under which somebody can be found. A service must have a name or a link of the contact there.
fn services(contact: &Contact) -> impl Iterator<Item = Value> {
    contact.channels.iter().filter_map(|channel| {
        let user = channel.address.as_deref().or(channel.id.as_deref())?;
        Some(object(&[
            (Property::Service, channel.channel_type.as_deref()),
            (Property::Uri, card::link(channel).as_deref()),
            (Property::User, Some(user)),
        ]))
    })
}

/// A fraction has no zeros at its end, so that each time has one spelling (RFC 9553, 1.4.5).
fn utc(time: &Time) -> String {
    let text = time.as_str();
    match text.trim_end_matches('Z').split_once('.') {
        None => text.to_owned(),
        Some((whole, fraction)) => match fraction.trim_end_matches('0') {
            "" => format!("{whole}Z"),
            fraction => format!("{whole}.{fraction}Z"),
        },
    }
}

fn object(entries: &[(Property, Option<&str>)]) -> Value {
    let said = entries.iter().filter_map(|(name, text)| Some((name.to_string().into_owned(), Value::from((*text)?))));
    Value::Object(said.collect())
}

struct Card(Map<String, Value>);

impl Card {
    fn say(&mut self, name: Property, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(name.to_string().into_owned(), value.into());
        }
    }

    /// JSContact's lists are maps; their keys are made of a letter and the place.
    fn list(&mut self, name: Property, letter: &str, items: impl Iterator<Item = Value>) {
        let items: Map<_, _> = (1..).zip(items).map(|(place, item)| (format!("{letter}{place}"), item)).collect();
        self.say(name, (!items.is_empty()).then_some(items));
    }
}
