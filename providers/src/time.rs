//! Points in time, as providers write them and as we do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A point in time: RFC 3339 in UTC, with as many fraction digits as the provider gave.
///
/// ```
/// use providers::Time;
/// let time = Time::parse("2025-01-22T05:41:15.303874+00:00").unwrap();
/// assert_eq!(time.as_str(), "2025-01-22T05:41:15.303874Z");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, description = "RFC 3339 in UTC, as precise as the provider.")]
pub struct Time(String);

impl Time {
    /// Reads RFC 3339 and Postgres' own form (`2024-05-13 11:19:34+00`); anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if is_plain(text.as_bytes()) {
            return Some(Self(text.to_owned()));
        }
        Self::read(text)
    }

    fn read(text: &str) -> Option<Self> {
        let timestamp: Timestamp = text.parse().ok()?;
        let digits = fraction_digits(text);
        Some(Self(format!("{timestamp:.digits$}")))
    }

    /// The text that is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment itself, for comparing times of different precision.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.0.parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Whether a text is shown as it is. Both providers write nearly all times so, and looking closer takes twenty times as long. The
/// last days of a month are not looked at here.
fn is_plain(text: &[u8]) -> bool {
    let [y, u, r, s, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, fraction @ .., b'Z'] = text
    else {
        return false;
    };
    let is_within = |[tens, ones]: [&u8; 2], least: u8, most: u8| {
        let number = || (tens - b'0') * 10 + (ones - b'0');
        tens.is_ascii_digit() && ones.is_ascii_digit() && (least..=most).contains(&number())
    };
    let is_year = [y, u, r, s].iter().all(|digit| digit.is_ascii_digit()) && *y != b'0';
    let is_fraction = match fraction {
        [] => true,
        [b'.', digits @ ..] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let is_time = is_within([h1, h2], 0, 23) && is_within([n1, n2], 0, 59) && is_within([s1, s2], 0, 59);
    is_year && is_within([m1, m2], 1, 12) && is_within([d1, d2], 1, 28) && is_time && is_fraction
}

fn fraction_digits(text: &str) -> usize {
    let fraction = text.split_once(['.', ',']).map_or("", |(_, rest)| rest);
    fraction.bytes().take_while(u8::is_ascii_digit).count().min(9)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn shows(text: &str, shown: &str) {
        assert_eq!(Time::parse(text).map(|t| t.0), Some(shown.to_owned()), "{text}");
    }

    #[test]
    fn the_providers_precision_is_kept() {
        shows("2024-11-19T11:30:39.710Z", "2024-11-19T11:30:39.710Z");
        shows("2024-11-19T11:30:39.71Z", "2024-11-19T11:30:39.71Z");
        shows("2025-01-22T05:41:15.303874+00:00", "2025-01-22T05:41:15.303874Z");
        shows("2025-01-22T05:41:15Z", "2025-01-22T05:41:15Z");
    }

    #[test]
    fn offsets_become_utc_and_the_postgres_form_is_read() {
        shows("2025-01-22T05:41:15.5+05:30", "2025-01-22T00:11:15.5Z");
        shows("2024-05-13 11:19:34+00", "2024-05-13T11:19:34Z");
    }

    proptest! {
        #[test]
        fn what_is_shown_as_it_is_would_be_read_so(
            text in "[012][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?[Zz]?",
        ) {
            prop_assert_eq!(Time::parse(&text), Time::read(&text));
        }
    }

    #[test]
    fn what_is_no_time_is_unknown() {
        for text in ["", "yesterday", "2024-13-01T00:00:00Z", "2024-11-19", "2024-11-19T11:30:39", "0"] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}
