//! A provider's own id for a contact, checked once.

use std::fmt;

/// The most bytes that an id may have.
pub const MAX_ID_BYTES: usize = 256;

/// A provider's own id for a contact: 1 to 256 bytes of text that is safe to send as one path segment or parameter.
///
/// Whoever holds one knows that it is not blank, not `.` or `..` (which a URL would take for a direction), and has no
/// control character. Everything else is legal, and is percent-encoded on its way out.
///
/// `Debug` doesn't show the id: it may be a phone number.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(Box<str>);

impl LocalId {
    /// Checks an id.
    ///
    /// # Errors
    /// Says which rule the text breaks, without repeating the text.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.trim().is_empty() {
            Err(InvalidId::Blank)
        } else if text.len() > MAX_ID_BYTES {
            Err(InvalidId::TooLong)
        } else if text == "." || text == ".." {
            Err(InvalidId::DotSegment)
        } else if text.chars().any(char::is_control) {
            Err(InvalidId::ControlCharacter)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LocalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalId({} bytes)", self.0.len())
    }
}

/// The rule that an id breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Nothing, or white space only.
    #[error("the id is empty")]
    Blank,
    /// More than [`MAX_ID_BYTES`].
    #[error("the id is longer than 256 bytes")]
    TooLong,
    /// `.` or `..`.
    #[error("`.` and `..` are not ids")]
    DotSegment,
    /// A character below U+0020, or U+007F to U+009F.
    #[error("the id has a control character")]
    ControlCharacter,
}
