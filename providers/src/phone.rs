//! Phone numbers that people typed, as E.164 where that can be told.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// `+` and digits, where the text says which country it belongs to or `default_region` does; else `None`.
///
/// Whether the number is dialable is not asked: `+91123456788`, in Rocket.Chat's own examples, is not.
///
/// ```
/// use providers::phone::e164;
/// assert_eq!(e164("+44 (0)20 7031 3000 ext 12", None).as_deref(), Some("+442070313000"));
/// assert_eq!(e164("55 51 5555-5555", None), None);
/// assert_eq!(e164("51 5555-5555", Some("BR")).as_deref(), Some("+555155555555"));
/// ```
#[must_use]
pub fn e164(text: &str, default_region: Option<&str>) -> Option<String> {
    let text = text.trim();
    library(text, default_region).or_else(|| international(text))
}

fn library(text: &str, default_region: Option<&str>) -> Option<String> {
    let region = if text.starts_with(['+', '＋']) { None } else { Some(default_region?.parse::<Region>().ok()?) };
    let number = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    PHONE_NUMBER_UTIL
        .is_possible_number(&number)
        .then(|| PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}

/// A number as people write it.
pub(crate) struct Written {
    /// `91`.
    pub(crate) country_code: String,
    /// `9537851844`.
    pub(crate) national_number: String,
    /// `95378 51844`.
    pub(crate) grouped: String,
    /// `095378 51844`.
    pub(crate) national: String,
    /// `+91 95378 51844`.
    pub(crate) international: String,
}

/// How people write this number (E.164), if its country is known.
pub(crate) fn written(number: &str) -> Option<Written> {
    let parsed = PHONE_NUMBER_UTIL.parse(number, None).ok()?;
    // Numbers that the library would spell otherwise are not what it takes them for.
    let shown = |format| PHONE_NUMBER_UTIL.format(&parsed, format).into_owned();
    let international = (shown(PhoneNumberFormat::E164) == number).then(|| shown(PhoneNumberFormat::International))?;
    Some(Written {
        country_code: parsed.country_code.to_string(),
        national_number: parsed.get_national_significant_number(),
        grouped: international.split_once(' ').map_or_else(|| number.to_owned(), |(_, rest)| rest.to_owned()),
        national: shown(PhoneNumberFormat::National),
        international,
    })
}

/// `+`, then 7 to 15 digits with the usual separators. For addresses that a country's numbering plan does not know but
/// that are in use all the same: WhatsApp keeps Mexico's old `+521…`.
fn international(text: &str) -> Option<String> {
    let rest = text.strip_prefix('+')?;
    let separator = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}');
    let digits: String = rest.chars().filter(|c| !separator(*c)).collect();
    is_international(&digits).then(|| format!("+{digits}"))
}

/// Whether this is a country whose numbers can be told: an ISO 3166-1 alpha-2 code, upper case.
#[must_use]
pub fn is_region(code: &str) -> bool {
    // "001", the world, is a region to the library, but no number is written without a country code there.
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code
        && code
            .parse::<Region>()
            .is_ok_and(|region| PHONE_NUMBER_UTIL.get_supported_regions().any(|known| known == region))
}

/// Whether this is a country code and a number: 7 to 15 digits, the first not 0 (ITU-T E.164, section 6).
#[must_use]
pub fn is_international(digits: &str) -> bool {
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn becomes(text: &str, region: Option<&str>, expected: Option<&str>) {
        assert_eq!(e164(text, region).as_deref(), expected, "{text:?} in {region:?}");
    }

    #[test]
    fn a_leading_plus_tells_the_country() {
        becomes("+91123456788", None, Some("+91123456788"));
        becomes("+1 650 253 0000", None, Some("+16502530000"));
        becomes("+78121234567", None, Some("+78121234567"));
        becomes(" +55 51 5555-5555 ", Some("DE"), Some("+555155555555"));
    }

    #[test]
    fn validity_is_no_filter() {
        becomes("+5215512345678", None, Some("+5215512345678"));
        becomes("+551199999999", None, Some("+551199999999"));
    }

    #[test]
    fn without_a_country_only_the_default_region_helps() {
        becomes("55 51 5555-5555", None, None);
        becomes("55 51 5555-5555", Some("BR"), Some("+555155555555"));
        becomes("919537851844", Some("IN"), Some("+919537851844"));
        becomes("00 49 30 123456", None, None);
        becomes("00 49 30 123456", Some("DE"), Some("+4930123456"));
        becomes("1-658-751-2622", None, None);
    }

    #[test]
    fn what_is_no_number_has_none() {
        for text in ["", "+", "hello world", "919537851844@c.us", "+120363231636311517", "+3367a829916", "+0123456789"]
        {
            becomes(text, None, None);
        }
    }
}
