//! What Rocket.Chat's answers look like (core-typings 8.8.1, `ILivechatContact` and `ILivechatVisitor`).

use crate::upstream::{Field, Shape};

/// `contacts.get`.
pub(super) static CONTACT_FOUND: Shape =
    Shape::Object(&[Field::always("contact", &CONTACT), Field::always("success", &Shape::Flag)]);

/// `contacts.search`.
pub(super) static CONTACTS: Shape = Shape::Object(&[
    Field::always("contacts", &Shape::List(&CONTACT)),
    Field::new("count", &Shape::Number),
    Field::new("offset", &Shape::Number),
    Field::new("total", &Shape::Number),
    Field::always("success", &Shape::Flag),
]);

/// The legacy `contact` and `contact.search`.
pub(super) static VISITOR_FOUND: Shape =
    Shape::Object(&[Field::always("contact", &VISITOR), Field::always("success", &Shape::Flag)]);

/// `visitors.search`, which shows a part of each visitor.
pub(super) static VISITORS: Shape = Shape::Object(&[
    Field::always("visitors", &Shape::List(&VISITOR)),
    Field::new("count", &Shape::Number),
    Field::new("offset", &Shape::Number),
    Field::new("total", &Shape::Number),
    Field::always("success", &Shape::Flag),
]);

/// Erased contacts, which some versions still show, have nothing but an id and times.
static CONTACT: Shape = Shape::Object(&[
    Field::always("_id", &Shape::Text),
    Field::always("_updatedAt", &Shape::Text),
    Field::always("createdAt", &Shape::Text),
    Field::new("name", &Shape::Text),
    Field::new("phones", &PHONES),
    Field::new("emails", &EMAILS),
    Field::new("contactManager", &MANAGER),
    Field::new("unknown", &Shape::Flag),
    Field::new("conflictingFields", &Shape::List(&CONFLICT)),
    Field::new("customFields", &Shape::Map),
    Field::new("channels", &Shape::List(&CHANNEL)),
    Field::new("lastChat", &LAST_CHAT),
    Field::new("importIds", &Shape::Any),
    Field::new("activity", &Shape::Any),
    Field::new("preRegistration", &Shape::Flag),
    Field::new("enabled", &Shape::Flag),
]);

static CHANNEL: Shape = Shape::Object(&[
    Field::always("name", &Shape::Text),
    Field::always("verified", &Shape::Flag),
    Field::always("blocked", &Shape::Flag),
    Field::always("visitor", &VISITED),
    Field::new("field", &Shape::Text),
    Field::new("value", &Shape::Text),
    Field::new("verifiedAt", &Shape::Any),
    Field::always("details", &DETAILS),
    Field::new("lastChat", &LAST_CHAT),
]);

static VISITED: Shape = Shape::Object(&[Field::always("visitorId", &Shape::Text), Field::always("source", &SOURCE)]);

static SOURCE: Shape = Shape::Object(&[Field::always("type", &Shape::Text), Field::new("id", &Shape::Text)]);

static DETAILS: Shape = Shape::Object(&[
    Field::always("type", &Shape::Text),
    Field::new("id", &Shape::Text),
    Field::new("alias", &Shape::Text),
    Field::new("label", &Shape::Text),
    Field::new("sidebarIcon", &Shape::Text),
    Field::new("defaultIcon", &Shape::Text),
    Field::new("destination", &Shape::Text),
]);

static CONFLICT: Shape = Shape::Object(&[Field::always("field", &Shape::Text), Field::always("value", &Shape::Any)]);

/// What visitors always have is little: documents in the field have less than the types promise.
static VISITOR: Shape = Shape::Object(&[
    Field::always("_id", &Shape::Text),
    Field::new("_updatedAt", &Shape::Text),
    Field::always("username", &Shape::Text),
    Field::new("token", &Shape::Text),
    Field::new("ts", &Shape::Text),
    Field::new("name", &Shape::Text),
    Field::new("department", &Shape::Text),
    Field::new("phone", &PHONES),
    Field::new("visitorEmails", &EMAILS),
    Field::new("lastChat", &LAST_CHAT),
    Field::new("livechatData", &Shape::Map),
    Field::new("contactManager", &MANAGER),
    Field::new("status", &Shape::Text),
    Field::new("externalIds", &Shape::Any),
    Field::new("lastAgent", &Shape::Any),
    Field::new("userAgent", &Shape::Text),
    Field::new("ip", &Shape::Text),
    Field::new("host", &Shape::Text),
    Field::new("activity", &Shape::Any),
    Field::new("enabled", &Shape::Flag),
    Field::new("disabled", &Shape::Flag),
]);

/// The inner texts may be missing.
static PHONES: Shape = Shape::List(&Shape::Object(&[Field::new("phoneNumber", &Shape::Text)]));
static EMAILS: Shape = Shape::List(&Shape::Object(&[Field::new("address", &Shape::Text)]));

/// A user's id (`contacts.get`), or the user.
static MANAGER: Shape = Shape::Either(&[
    Shape::Text,
    Shape::Object(&[
        Field::new("_id", &Shape::Text),
        Field::new("username", &Shape::Text),
        Field::new("name", &Shape::Text),
        Field::new("emails", &Shape::Any),
    ]),
]);

static LAST_CHAT: Shape = Shape::Object(&[Field::always("_id", &Shape::Text), Field::always("ts", &Shape::Text)]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_documented_is_as_documented_and_only_oddities_are_odd() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rocketchat/fixtures");
        let mut odd = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let shape = match &*name {
                _ if name.starts_with("contacts-get") => &CONTACT_FOUND,
                _ if name.starts_with("contacts-search") => &CONTACTS,
                _ if name.starts_with("legacy-contact") => &VISITOR_FOUND,
                _ => continue,
            };
            if !shape.differences(&std::fs::read(&path).unwrap()).is_empty() {
                odd.push(name);
            }
        }
        odd.sort();
        // The documentation's rendering of booleans, and a version before the first that worked.
        assert_eq!(odd, ["contacts-get-docsite-string-booleans", "contacts-get-prerelease-string-phones"]);
    }
}
