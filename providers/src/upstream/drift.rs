//! How what an upstream sends differs from what is documented: counted, so that a change is noticed before its users notice.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use http::StatusCode;

use super::{Answer, Shape};

/// The most fields that are told apart among those that nobody has documented. Their names are the upstream's to choose.
pub(super) const MOST_UNKNOWN: usize = 32;
/// What all further ones are called.
const OTHERS: &str = "(others)";
const LONGEST_NAME: usize = 80;
/// So many digits in a row may be a phone number that is used as a key.
const MOST_DIGITS: usize = 5;

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deviation {
    /// The field is not documented.
    Unknown,
    /// A field that is always there is not.
    Missing,
    /// The field's value has a type that it is not documented to have.
    Type,
}

impl Deviation {
    /// The name in metrics and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Missing => "missing",
            Self::Type => "type",
        }
    }
}

/// One place in which a document is different.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The way to it from the document's root, `contact.channels[].visitor`.
    pub field: String,
    /// What is different.
    pub deviation: Deviation,
}

/// In how many answers of one upstream each difference was seen, since the start. Holds names of fields and no values.
#[derive(Debug, Default)]
pub struct Drift(Mutex<BTreeMap<Difference, u64>>);

impl Drift {
    /// Looks at an answer that should have this shape.
    pub(super) fn look(&self, shape: &'static Shape, answer: &Answer, provider: &str) {
        if answer.status != StatusCode::OK || !answer.claims_json() {
            return;
        }
        let differences = shape.differences(&answer.body);
        if differences.is_empty() {
            return;
        }
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unknown = seen.keys().filter(|known| known.deviation == Deviation::Unknown).count();
        let mut noted = BTreeSet::new();
        for mut difference in differences {
            if difference.deviation == Deviation::Unknown && !seen.contains_key(&difference) {
                if unknown >= MOST_UNKNOWN || !is_name(&difference.field) {
                    OTHERS.clone_into(&mut difference.field);
                }
                unknown += usize::from(!seen.contains_key(&difference));
            }
            // Several of one answer may have become the others.
            if noted.insert(difference.clone()) {
                count(&mut seen, difference, provider);
            }
        }
    }

    /// Each difference that was seen, and in how many answers.
    #[must_use]
    pub fn seen(&self) -> Vec<(Difference, u64)> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().map(|(difference, answers)| (difference.clone(), *answers)).collect()
    }
}

fn count(seen: &mut BTreeMap<Difference, u64>, difference: Difference, provider: &str) {
    let (field, deviation) = (difference.field.clone(), difference.deviation.name());
    let answers = seen.entry(difference).or_default();
    *answers += 1;
    if *answers == 1 {
        tracing::warn!(provider, field, deviation, "the upstream sends something else than is documented");
    }
}

/// Whether this looks like the name of a field, rather than like somebody's data.
fn is_name(field: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.[]$".contains(&byte);
    let digits = field.as_bytes().chunk_by(|a, b| a.is_ascii_digit() && b.is_ascii_digit()).map(<[u8]>::len).max();
    field.len() <= LONGEST_NAME && field.bytes().all(is_plain) && digits.is_none_or(|digits| digits <= MOST_DIGITS)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;
    use crate::upstream::Field;

    static SHAPE: Shape = Shape::Object(&[Field::always("id", &Shape::Text)]);

    fn look(drift: &Drift, status: StatusCode, body: &str) {
        let answer = Answer::new(status, HeaderMap::new(), Bytes::from(body.to_owned()));
        drift.look(&SHAPE, &answer, "periskope");
    }

    fn unknown(drift: &Drift) -> Vec<(String, u64)> {
        drift.seen().into_iter().map(|(difference, answers)| (difference.field, answers)).collect()
    }

    #[test]
    fn answers_are_counted_and_failures_are_none() {
        let drift = Drift::default();
        for _ in 0..3 {
            look(&drift, StatusCode::OK, r#"{"id":"1","more":1}"#);
            look(&drift, StatusCode::NOT_FOUND, r#"{"message":"no"}"#);
        }
        assert_eq!(unknown(&drift), [("more".to_owned(), 3)]);
    }

    #[test]
    fn names_that_an_upstream_makes_up_are_bounded_and_hold_no_data() {
        let drift = Drift::default();
        for key in ["919876543210@c.us", "919876543210", "Jane Doe", &"x".repeat(LONGEST_NAME + 1)] {
            look(&drift, StatusCode::OK, &format!(r#"{{"id":"1","{key}":1}}"#));
        }
        assert_eq!(unknown(&drift), [(OTHERS.to_owned(), 4)]);
        for number in 0..1000 {
            look(&drift, StatusCode::OK, &format!(r#"{{"id":"1","key{number}":1}}"#));
        }
        assert_eq!(unknown(&drift).len(), MOST_UNKNOWN);
        assert_eq!(unknown(&drift).iter().map(|(_, answers)| answers).sum::<u64>(), 1004);
        let more: String = (0..50).map(|number| format!(r#","more{number}":1"#)).collect();
        look(&drift, StatusCode::OK, &format!(r#"{{"id":"1"{more}}}"#));
        assert_eq!(unknown(&drift).iter().map(|(_, answers)| answers).sum::<u64>(), 1005, "one answer more");
    }
}
