//! A contact that is to be registered.

use std::fmt;

use serde_json::{Map, Value};

/// A contact that is to be registered.
///
/// `Debug` shows no data.
#[derive(Clone, PartialEq, Default)]
pub struct Draft {
    /// The display name.
    pub name: String,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Phone numbers as people write them.
    pub phones: Vec<String>,
    /// Fields that the provider's users defined.
    pub custom_fields: Map<String, Value>,
    /// A secret that nobody can guess, the same in every attempt to register this contact. Where the provider wants a token
    /// from whoever registers, it is made from this, so that a second attempt finds what the first has made.
    pub nonce: String,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").finish_non_exhaustive()
    }
}

/// What is wrong with a draft, before anybody is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Which field: `phones`, `emails[1]`.
    pub field: String,
    /// What is wrong, and what would be right; without the value.
    pub problem: &'static str,
}

impl Mistake {
    /// A mistake in this field.
    pub fn new(field: impl Into<String>, problem: &'static str) -> Self {
        Self { field: field.into(), problem }
    }
}
