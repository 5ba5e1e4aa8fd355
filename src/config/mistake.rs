//! What is wrong with a configuration, in words for whoever wrote it.

use std::fmt;

/// One thing that is wrong. No part of it holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Where: the key, such as `providers.rocketchat.settings.user_id`; or the file or variable that can't be read.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.key, self.problem, self.remedy)
    }
}

/// Everything that is wrong with a configuration, sorted by key; at least one mistake.
///
/// `Display` gives one line for each, then one with their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub(super) fn new(mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort();
        Self(mistakes)
    }

    /// One after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Mistake> {
        self.0.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            writeln!(f, "configuration: {mistake}")?;
        }
        match self.0.len() {
            1 => f.write_str("configuration: 1 mistake"),
            count => write!(f, "configuration: {count} mistakes"),
        }
    }
}

impl std::error::Error for Mistakes {}
