//! What a kind of provider wants to be told, and what it was told.

use std::{collections::BTreeMap, fmt};

use secrecy::{ExposeSecret, SecretString};

/// One key under `[providers.X.settings]`.
#[derive(Debug)]
pub struct Setting {
    /// The key.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Whether its value is a secret: never shown, and it may come from a file named by `<name>_file`.
    pub secret: bool,
    /// What it is for, in one line.
    pub about: &'static str,
    /// Says what is wrong with a value, without repeating it.
    pub check: fn(&str) -> Result<(), &'static str>,
}

/// The values of a kind's [`Setting`]s, already checked.
///
/// `Debug` shows which keys are set, never a value.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<&'static str, SecretString>);

impl Settings {
    /// Sets one key.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(name, SecretString::from(value.into()));
    }

    /// The value of a key, where it is set.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(ExposeSecret::expose_secret)
    }
}

/// Tells by its time where they differ: for the operator's own values, not for what a caller sends.
impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        fn plain(settings: &Settings) -> impl Iterator<Item = (&str, &str)> {
            settings.0.iter().map(|(name, value)| (*name, value.expose_secret()))
        }
        plain(self).eq(plain(other))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(&'static str, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(values: I) -> Self {
        let mut settings = Self::default();
        for (name, value) in values {
            settings.set(name, value);
        }
        settings
    }
}

/// Accepts what can stand in an HTTP header: visible ASCII, at least one character.
///
/// # Errors
/// Says so where the text can't.
pub fn header_text(value: &str) -> Result<(), &'static str> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err("must be visible ASCII characters without spaces, because it is sent in a header")
    }
}
