//! The order of a list, as the parameter `sort` gives it.

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// Fields, and whether each is sorted downwards.
#[derive(Debug)]
pub(super) struct Order(Vec<(String, bool)>);

impl Order {
    /// Reads `{"name":1}`. `None` if the server would refuse it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: Map<String, Value> = serde_json::from_str(text).ok()?;
        let direction = |value: &Value| match value.as_i64() {
            Some(1) => Some(false),
            Some(-1) => Some(true),
            _ => None,
        };
        fields.iter().map(|(name, value)| Some((name.clone(), direction(value)?))).collect::<Option<_>>().map(Self)
    }

    /// What is compared.
    pub(super) fn key(&self, value: impl Fn(&str) -> Option<String>) -> Vec<Option<String>> {
        self.0.iter().map(|(name, _)| value(name)).collect()
    }

    /// What is missing or null comes before every text, as in MongoDB.
    pub(super) fn compare(&self, one: &[Option<String>], other: &[Option<String>]) -> Ordering {
        let compared = self
            .0
            .iter()
            .zip(one.iter().zip(other))
            .map(|((_, is_down), (one, other))| if *is_down { other.cmp(one) } else { one.cmp(other) });
        compared.fold(Ordering::Equal, Ordering::then)
    }
}
