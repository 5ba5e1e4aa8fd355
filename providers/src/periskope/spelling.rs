//! The forms of a phone number that WhatsApp takes for one.

use super::jid;
use crate::LocalId;

/// The ids under which WhatsApp may know a number: its own digits first, and at most one more.
pub(super) fn ids(number: &str) -> Vec<LocalId> {
    let digits = jid::digits(number);
    let spellings = digits.into_iter().map(str::to_owned).chain(digits.and_then(other));
    spellings.filter_map(|digits| LocalId::parse(&digits).ok()).collect()
}

/// The other form, in the three countries that have one: their numbers have got a digit for mobile phones, or lost it, and
/// accounts keep the form with which they were opened.
fn other(digits: &str) -> Option<String> {
    mexican(digits).or_else(|| argentine(digits)).or_else(|| brazilian(digits))
}

/// `521` and ten digits, or `52` and ten.
fn mexican(digits: &str) -> Option<String> {
    match digits.strip_prefix("52")? {
        // No area code begins with 1.
        local if local.len() == 10 && !local.starts_with('1') => Some(format!("521{local}")),
        old if old.len() == 11 => Some(format!("52{}", old.strip_prefix('1')?)),
        _ => None,
    }
}

/// `549` and ten digits, or `54` and ten.
fn argentine(digits: &str) -> Option<String> {
    match digits.strip_prefix("54")? {
        // No area code begins with 9.
        local if local.len() == 10 && !local.starts_with('9') => Some(format!("549{local}")),
        mobile if mobile.len() == 11 => Some(format!("54{}", mobile.strip_prefix('9')?)),
        _ => None,
    }
}

/// `55`, two digits of area, and eight digits with or without a 9 before them.
///
/// Only 6 to 9 ever began the eight digits of a mobile phone; behind the others there is somebody else's landline.
fn brazilian(digits: &str) -> Option<String> {
    let (area, subscriber) = digits.strip_prefix("55")?.split_at_checked(2)?;
    let eight = if subscriber.len() == 9 { subscriber.strip_prefix('9')? } else { subscriber };
    if eight.len() != 8 || !eight.starts_with(['6', '7', '8', '9']) {
        return None;
    }
    Some(if subscriber.len() == 9 { format!("55{area}{eight}") } else { format!("55{area}9{eight}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_three_countries_have_a_second_form_and_no_others() {
        for (one, two) in [
            ("525512345678", "5215512345678"),
            ("541123456789", "5491123456789"),
            ("555199999999", "5551999999999"),
            ("551181234567", "5511981234567"),
        ] {
            assert_eq!(other(one).as_deref(), Some(two));
            assert_eq!(other(two).as_deref(), Some(one));
        }
        for single in
            ["919537851844", "551133334444", "5511933334444", "5255123456", "52155123456789", "54", "551", "549"]
        {
            assert_eq!(other(single), None, "{single}");
        }
    }

    #[test]
    fn the_number_itself_is_asked_for_first() {
        let asked = |number| ids(number).iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(asked("+5215512345678"), ["5215512345678", "525512345678"]);
        assert_eq!(asked("+919537851844"), ["919537851844"]);
        assert!(asked("+0").is_empty());
    }
}
