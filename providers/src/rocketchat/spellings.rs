//! The spellings of a number or an address under which Rocket.Chat may have it: it keeps what people typed.

use crate::{Handle, phone};

/// Parts of texts, one of which is in every usual spelling: what to search for where parts are found.
pub(super) fn parts(handle: &Handle) -> Vec<String> {
    let Handle::Phone(number) = handle else { return vec![handle.as_str().to_owned()] };
    let Some(written) = phone::written(number) else { return vec![number.trim_start_matches('+').to_owned()] };
    // Without the country code, and so without what people write before and behind it: `+91 `, `0091-`, `0`.
    distinct([written.national_number, written.grouped])
}

/// Whole texts, the most usual first: what to search for where only equal texts are found. Those that would not be read as
/// this number again are no use.
pub(super) fn wholes(handle: &Handle, default_region: Option<&str>) -> Vec<String> {
    let Handle::Phone(number) = handle else { return vec![handle.as_str().to_owned()] };
    let digits = number.trim_start_matches('+').to_owned();
    let mut spellings = vec![number.to_string(), digits];
    if let Some(written) = phone::written(number) {
        let spaced = format!("+{} {}", written.country_code, written.national_number);
        spellings.extend([written.international, spaced, written.national]);
    }
    spellings.retain(|text| phone::e164(text, default_region).as_deref() == Some(number));
    distinct(spellings)
}

fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(text: &str) -> Handle {
        Handle::phone(text).unwrap()
    }

    #[test]
    fn a_part_is_in_every_usual_spelling() {
        let spellings = [
            ("+919537851844", "+91 95378 51844"),
            ("+919537851844", "095378-51844 / 09537851844"),
            ("+555155555555", "55 51 5555-5555"),
            ("+16502530000", "+1 650-253-0000"),
            ("+5215512345678", "+5215512345678"),
            ("+390612345678", "+390612345678"),
        ];
        for (number, stored) in spellings {
            let parts = parts(&phone(number));
            assert!(parts.len() <= 2 && parts.iter().any(|part| stored.contains(part)), "{stored}: {parts:?}");
        }
    }

    #[test]
    fn without_a_region_only_what_has_a_country_code_is_worth_a_call() {
        let number = phone("+919537851844");
        assert_eq!(wholes(&number, None), ["+919537851844", "+91 95378 51844", "+91 9537851844"]);
        let in_india = ["+919537851844", "919537851844", "+91 95378 51844", "+91 9537851844", "095378 51844"];
        assert_eq!(wholes(&number, Some("IN")), in_india);
    }

    #[test]
    fn an_address_has_one_spelling() {
        let address = Handle::email("Mail@Example.com").unwrap();
        assert_eq!(wholes(&address, None), ["mail@example.com"]);
        assert_eq!(parts(&address), ["mail@example.com"]);
    }
}
