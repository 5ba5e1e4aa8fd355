//! WhatsApp ids ("JIDs"): which are phone numbers, and which only look like it.

use crate::{ContactType, LocalId, phone::is_international};

/// The servers of WhatsApp ids: what stands behind the `@`.
const SERVERS: &[&str] =
    &["c.us", "s.whatsapp.net", "lid", "hosted.lid", "g.us", "newsletter", "broadcast", "bot", "hosted", "call"];

/// The digits of a phone number's id; `None` for every other id.
///
/// The server decides, not the digits: those of a linked id (`@lid`) look like a phone number and are none. What stands
/// behind `_` (agent) or `:` (device) is no part of the number. WhatsApp keeps forms that numbering plans don't have
/// (Mexico's `521…`, Brazil's 8 digits), so nothing is repaired or looked up here.
pub(super) fn digits(id: &str) -> Option<&str> {
    let user = match id.rsplit_once('@') {
        None => id.strip_prefix('+').unwrap_or(id),
        Some((user, "c.us" | "s.whatsapp.net")) => user.split(['_', ':']).next().unwrap_or(user),
        Some(_) => return None,
    };
    is_international(user).then_some(user)
}

/// The one spelling of an id: bare digits for a phone number (the documented form of the path parameter).
pub(super) fn canonical(id: &LocalId) -> LocalId {
    digits(id.as_str()).and_then(|digits| LocalId::parse(digits).ok()).unwrap_or_else(|| id.clone())
}

/// Whether this text looks like a WhatsApp id.
pub(super) fn recognises(id: &LocalId) -> bool {
    let known = |(user, server): (&str, &str)| !user.is_empty() && SERVERS.contains(&server);
    digits(id.as_str()).is_some() || id.as_str().rsplit_once('@').is_some_and(known)
}

/// What kind of party an id stands for, where its server alone tells.
pub(super) fn contact_type(id: &str) -> Option<ContactType> {
    match id.rsplit_once('@')?.1 {
        "g.us" => Some(ContactType::Group),
        "newsletter" => Some(ContactType::Newsletter),
        "broadcast" => Some(ContactType::Broadcast),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_told_by_their_server() {
        for (id, expected) in [
            ("919537851844", Some("919537851844")),
            ("+919537851844", Some("919537851844")),
            ("919537851844@c.us", Some("919537851844")),
            ("919537851844@s.whatsapp.net", Some("919537851844")),
            ("919537851844:12@s.whatsapp.net", Some("919537851844")),
            ("919537851844_1:12@s.whatsapp.net", Some("919537851844")),
            ("5215512345678@c.us", Some("5215512345678")),
            ("555199999999@c.us", Some("555199999999")),
            ("0@c.us", None),
            ("server@c.us", None),
            ("213456789012345@lid", None),
            ("213456789012345:3@hosted.lid", None),
            ("120363231636311517@g.us", None),
            ("919537851844-1600000000@g.us", None),
            ("120363144038483540@newsletter", None),
            ("status@broadcast", None),
            ("919537851844@hosted", None),
            ("919537851844@bot", None),
            ("919537851844@C.US", None),
            ("91953785184４", None),
            ("123456", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(digits(id), expected, "{id}");
        }
    }

    #[test]
    fn all_spellings_of_one_number_have_one_canonical_id() {
        for spelling in ["919537851844", "+919537851844", "919537851844@c.us", "919537851844@s.whatsapp.net"] {
            assert_eq!(canonical(&LocalId::parse(spelling).unwrap()).as_str(), "919537851844");
        }
        let group = LocalId::parse("120363231636311517@g.us").unwrap();
        assert_eq!(canonical(&group), group);
    }

    #[test]
    fn whatsapp_ids_are_recognised_and_others_are_not() {
        for id in ["919537851844", "x@lid", "a-b@g.us", "status@broadcast", "0@c.us"] {
            assert!(recognises(&LocalId::parse(id).unwrap()), "{id}");
        }
        for id in ["673c76df47a6c9b89dd263d8", "gAoxwhBGgEh8cyKx4", "a@example.com", "@c.us", "12345", "x"] {
            assert!(!recognises(&LocalId::parse(id).unwrap()), "{id}");
        }
    }
}
