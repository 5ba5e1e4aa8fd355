//! What people know of each other: a phone number or an e-mail address, by which contacts are looked up.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::{Contact, phone};

/// A phone number or an e-mail address. Equal ones have one spelling.
///
/// `Debug` shows which of the two it is, and no more.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Handle {
    /// `+` and digits (E.164).
    Phone(Box<str>),
    /// In lower case.
    Email(Box<str>),
}

/// Why a text is no handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHandle {
    /// Neither a number of a country's nor digits that could be one.
    #[error("a look-up by phone needs the number with its country code, as in tel:+919537851844")]
    Phone,
    /// No address.
    #[error("a look-up by e-mail needs one address, as in mailto:mail@example.com")]
    Email,
}

impl Handle {
    /// Reads `tel:` (RFC 3966) or `mailto:` (RFC 6068); `None` if the text is neither.
    ///
    /// # Errors
    /// Which of the two it is a wrong one of.
    pub fn parse(text: &str) -> Option<Result<Self, InvalidHandle>> {
        if let Some(number) = text.strip_prefix("tel:") {
            return Some(Self::phone(number).ok_or(InvalidHandle::Phone));
        }
        let address = percent_decode_str(text.strip_prefix("mailto:")?).decode_utf8().ok();
        Some(address.and_then(|address| Self::email(&address)).ok_or(InvalidHandle::Email))
    }

    /// A number with its country code, in any usual spelling.
    #[must_use]
    pub fn phone(text: &str) -> Option<Self> {
        phone::e164(text.split(';').next().unwrap_or_default(), None).map(|number| Self::Phone(number.into()))
    }

    /// An address in any case.
    #[must_use]
    pub fn email(text: &str) -> Option<Self> {
        let (user, host) = text.trim().rsplit_once('@')?;
        let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
        let single = !text.contains(['?', ',', '<', '>']);
        (single && plain(user) && plain(host)).then(|| Self::Email(text.trim().to_lowercase().into()))
    }

    /// `tel:+919537851844`, `mailto:mail@example.com`.
    #[must_use]
    pub fn uri(&self) -> String {
        match self {
            Self::Phone(number) => format!("tel:{number}"),
            Self::Email(address) => format!("mailto:{address}"),
        }
    }

    /// The number or the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(text) | Self::Email(text) => text,
        }
    }

    /// Whether the contact has this number or address.
    #[must_use]
    pub fn is_of(&self, contact: &Contact) -> bool {
        Self::all_of(contact).any(|handle| handle == *self)
    }

    /// Every number and address that a contact has, phones first; numbers of an unknown country are left out.
    pub fn all_of(contact: &Contact) -> impl Iterator<Item = Self> + '_ {
        let phones = contact.phones.iter().filter_map(|phone| Some(Self::Phone(phone.e164.as_deref()?.into())));
        phones.chain(contact.emails.iter().filter_map(|email| Self::email(&email.address)))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone(_) => "Handle::Phone",
            Self::Email(_) => "Handle::Email",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, uri: Option<&str>) {
        assert_eq!(Handle::parse(text).and_then(Result::ok).map(|handle| handle.uri()).as_deref(), uri, "{text}");
    }

    #[test]
    fn spellings_of_one_number_are_one_handle() {
        for text in ["tel:+919537851844", "tel:+91-95378-51844", "tel:+91 95378 51844", "tel:+919537851844;ext=7"] {
            reads(text, Some("tel:+919537851844"));
        }
        reads("tel:919537851844", None);
        reads("tel:", None);
        reads("tel:+0123", None);
    }

    #[test]
    fn an_address_is_one_in_any_case() {
        reads("mailto:Mail@Example.com", Some("mailto:mail@example.com"));
        reads("mailto:mail%40example.com", Some("mailto:mail@example.com"));
        for text in
            ["mailto:", "mailto:mail", "mailto:@example.com", "mailto:a@b,c@d", "mailto:a@b?subject=x", "mailto:a b@c"]
        {
            reads(text, None);
        }
    }

    #[test]
    fn what_is_an_id_is_no_handle() {
        for text in ["periskope:919537851844", "919537851844", "", "TEL:+1"] {
            assert!(Handle::parse(text).is_none(), "{text}");
        }
    }
}
