//! Lists of words.

use std::collections::BTreeSet;

use config::ValueKind;

use super::{reader::Table, spelling};

impl Table<'_> {
    /// Some of the `known` words: a list, or one text with commas between them, because a variable can hold no list.
    /// `Some(None)` where the key is not there. `what` says what they are, in the plural.
    pub(super) fn words(
        &mut self,
        key: &str,
        what: &str,
        known: &BTreeSet<String>,
    ) -> Option<Option<BTreeSet<String>>> {
        if !self.has(key) {
            return Some(None);
        }
        let words = self.take(key).and_then(|value| words(value.kind)).unwrap_or_default();
        if words.is_empty() {
            self.mistake(key, "must be a list of texts", "write [\"one\", \"another\"], or remove it");
            return None;
        }
        let mut all_known = true;
        for word in words.difference(known) {
            all_known = false;
            let remedy = match spelling::nearest(word, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!("the {what} are {}", Vec::from_iter(known.iter().cloned()).join(", ")),
            };
            self.mistake(key, format!("{word:?} is none of the {what}"), remedy);
        }
        all_known.then_some(Some(words))
    }
}

fn words(kind: ValueKind) -> Option<BTreeSet<String>> {
    let text = |kind| match kind {
        ValueKind::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    };
    match kind {
        ValueKind::Array(values) => values.into_iter().map(|value| text(value.kind)).collect(),
        ValueKind::String(list) => list.split(',').map(|word| text(ValueKind::String(word.to_owned()))).collect(),
        _ => None,
    }
}
