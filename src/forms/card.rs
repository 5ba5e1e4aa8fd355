//! What JSContact and vCard have in common: who is meant, and what has no place in either.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use providers::{Channel, Contact, ContactType, Phone};
use serde_json::Value;
use url::{Position, Url};
use uuid::{Uuid, uuid};

/// Made once, at random, for ids of contacts (RFC 9562, 5.5).
const NAMESPACE: Uuid = uuid!("5c8d49b4-3d97-4a74-8f2a-4567421da2fa");

/// What a path may have in a browser, but not in RFC 3986.
const NOT_IN_URIS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The contact's id as a UUID, always the same one: both RFCs prefer a `urn:uuid` to other texts, and address books take
/// two cards with one `uid` for the same contact. The id itself goes with [what has no place](rest).
pub(super) fn uid(contact: &Contact) -> String {
    Uuid::new_v5(&NAMESPACE, contact.id.as_bytes()).urn().to_string()
}

/// The same words in both. `None` is taken for an individual, and is what is left for the unknown.
pub(super) fn kind(contact: &Contact) -> Option<&'static str> {
    match contact.contact_type {
        ContactType::Person => Some("individual"),
        ContactType::Business => Some("org"),
        // Many behind one name; `rest` says which sort.
        ContactType::Group | ContactType::Newsletter | ContactType::Broadcast => Some("group"),
        ContactType::Unknown => None,
    }
}

/// A phone number as a link, where it is known in full.
pub(super) fn tel(phone: &Phone) -> Option<String> {
    phone.e164.as_deref().and_then(digits).map(|digits| format!("tel:+{digits}"))
}

/// A channel as a link, where its address alone makes one.
pub(super) fn link(channel: &Channel) -> Option<String> {
    let digits = channel.address.as_deref().and_then(digits)?;
    match channel.channel_type.as_deref()? {
        "whatsapp" => Some(format!("https://wa.me/{digits}")),
        "sms" => Some(format!("sms:+{digits}")),
        _ => None,
    }
}

fn digits(e164: &str) -> Option<&str> {
    e164.strip_prefix('+').filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The picture's address, if it is one that readers of RFC 3986 take, too.
pub(super) fn photo(contact: &Contact) -> Option<String> {
    let url = Url::parse(contact.avatar_url.as_deref()?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let (server, rest) = (&url[..Position::BeforePath], &url[Position::BeforePath..]);
    let is_plain = server.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/[]".contains(c));
    let rest = utf8_percent_encode(rest, NOT_IN_URIS).to_string();
    (is_plain && rest.matches('#').count() < 2 && is_encoded(&rest)).then(|| format!("{server}{rest}"))
}

/// Whether two digits follow every `%`.
fn is_encoded(text: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    text.split('%').skip(1).map(str::as_bytes).all(|rest| is_digit(rest.first()) && is_digit(rest.get(1)))
}

/// Labels are a set in both.
pub(super) fn labels(contact: &Contact) -> Vec<&str> {
    let mut labels: Vec<&str> = Vec::new();
    for label in contact.labels.iter().map(String::as_str).filter(|label| !label.trim().is_empty()) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// Whether this is an address, as far as RFC 9553 asks for it: `local@domain`, without blanks.
pub(super) fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// What the standard properties don't say, or don't say in full, under the names and in the form of the JSON: nothing is lost.
pub(super) fn rest(contact: &Contact) -> serde_json::Result<Vec<(&'static str, Value)>> {
    let plain = |phone: &Phone| phone.source.is_none() && phone.e164.as_ref().is_none_or(|e164| *e164 == phone.number);
    let is_sort_of_group = matches!(contact.contact_type, ContactType::Newsletter | ContactType::Broadcast);
    let wanted = [
        ("id", true),
        ("provider", contact.provider.is_some()),
        ("native_id", contact.native_id.is_some()),
        ("type", is_sort_of_group),
        ("emails", contact.emails.iter().any(|email| email.source.is_some() || !is_address(&email.address))),
        ("phones", !contact.phones.iter().all(plain)),
        ("channels", !contact.channels.is_empty()),
        ("chat_ids", !contact.chat_ids.is_empty()),
        ("custom_fields", !contact.custom_fields.is_empty()),
        ("owner", contact.owner.is_some()),
        ("avatar_url", contact.avatar_url.is_some() && photo(contact).is_none()),
        ("conflicts", !contact.conflicts.is_empty()),
        ("last_active_at", contact.last_active_at.is_some()),
        ("provider_data", !contact.provider_data.is_empty()),
        ("sources", contact.sources.iter().any(|source| *source != contact.id)),
        ("unreachable", contact.unreachable.is_some()),
    ];
    let Value::Object(mut all) = serde_json::to_value(contact)? else { return Ok(Vec::new()) };
    let names = wanted.into_iter().filter_map(|(name, wanted)| wanted.then_some(name));
    Ok(names.filter_map(|name| Some((name, all.get_mut(name)?.take()))).collect())
}
