//! What is kept of a key.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

const SCHEME: &str = "sha256:";
/// How many hexadecimal digits one half has.
const HALF: usize = 32;

/// A key's SHA-256, in two halves.
///
/// Slow hashes such as Argon2 are for what people make up. A key has 256 random bits, which nobody finds by trying, however
/// fast; and each request would have to pay for the slowness.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u128; 2]);

impl Digest {
    /// The digest of a key.
    #[must_use]
    pub fn of(key: &[u8]) -> Self {
        let bytes: [u8; 32] = Sha256::digest(key).into();
        let (halves, _) = bytes.as_chunks();
        Self([0, 1].map(|half| halves.get(half).map_or(0, |bytes| u128::from_be_bytes(*bytes))))
    }

    /// Reads `sha256:` and 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(SCHEME)?;
        // A sign would pass for a digit otherwise.
        let are_digits = digits.len() == 2 * HALF && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let (first, last) = digits.split_at_checked(HALF).filter(|_| are_digits)?;
        Some(Self([u128::from_str_radix(first, 16).ok()?, u128::from_str_radix(last, 16).ok()?]))
    }

    /// Compares to the end, wherever the first difference is. `==` does not, and is for the operator's own values.
    pub(super) fn matches(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, last] = self.0;
        write!(f, "{SCHEME}{first:032x}{last:032x}")
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse(&digest.to_string().to_uppercase().replace("SHA", "sha")), Some(digest));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let good = Digest::of(b"abc").to_string();
        for bad in ["", "sha256:", "abc", &good[7..], &good[..70], &format!("{good}0"), &format!("{good}00")] {
            assert_eq!(Digest::parse(bad), None, "{bad}");
        }
        assert_eq!(Digest::parse(&good.replace("ba78", "+a78")), None);
        assert_eq!(Digest::parse(&good.replace("ba78", "é78")), None);
    }
}
