//! What tells the versions of a document apart.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

/// A strong entity tag: equal bytes have equal tags, in every process and on every machine.
///
/// It is XXH3's, which reads bytes in one order everywhere; 64 bits tell the versions of one document apart. A cryptographic hash
/// would take up to thirty times as long and protect nothing: whoever made two versions of a contact with the same tag could only
/// keep those who ask for that contact at the former one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityTag(u64);

impl EntityTag {
    /// The tag of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_64(bytes))
    }

    /// Whether it is written like this.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        text.as_bytes() == self.to_ascii()
    }

    /// As it stands in headers: sixteen digits between quotes. The formatter would take several times as long.
    #[must_use]
    pub fn to_ascii(self) -> [u8; 18] {
        let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
        let mut text = [b'"'; 18];
        for (digits, byte) in text[1..17].chunks_exact_mut(2).zip(self.0.to_be_bytes()) {
            digits.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        text
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{:016x}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_written_in_one_way_and_is_that_text_alone() {
        for tag in [0, 0x0123_4567_89ab_cdef, u64::MAX].map(EntityTag) {
            let shown = tag.to_string();
            assert_eq!(shown.as_bytes(), tag.to_ascii());
            assert!(tag.is(&shown) && !tag.is(&format!("W/{shown}")) && !tag.is(shown.trim_matches('"')), "{shown}");
            assert!(!EntityTag(0x1123_4567_89ab_cdef).is(&shown), "{shown}");
        }
    }
}
