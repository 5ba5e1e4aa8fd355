//! New keys.

/// What every key begins with, so that whoever finds one, or scans for lost secrets, knows what it is.
const PREFIX: &str = "cg_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62 to the power of 43 is more than 2 to the power of 256.
const LENGTH: usize = 43;
/// The greatest multiple of 62 that a byte can hold: a byte beyond it would make some digits likelier than others.
const FAIR: u8 = 62 * 4;

/// A key that nobody has: `cg_` and 43 letters and digits, with 256 random bits in them.
///
/// # Errors
/// If the system has no random numbers.
pub fn generate() -> Result<String, getrandom::Error> {
    let mut key = String::from(PREFIX);
    let mut bytes = [0; 64];
    while key.len() < PREFIX.len() + LENGTH {
        getrandom::fill(&mut bytes)?;
        let fair = bytes.iter().filter(|byte| **byte < FAIR);
        let digits = fair.filter_map(|byte| DIGITS.get(usize::from(byte % 62)));
        key.extend(digits.map(|digit| char::from(*digit)).take(PREFIX.len() + LENGTH - key.len()));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_key_is_like_another_and_every_digit_occurs() {
        let keys: BTreeSet<_> = (0..1000).map(|_| generate().unwrap()).collect();
        assert_eq!(keys.len(), 1000);
        assert!(keys.iter().all(|key| key.len() == 46 && key.starts_with("cg_")));
        let digits: BTreeSet<_> = keys.iter().flat_map(|key| key[3..].bytes()).collect();
        assert!(digits.iter().eq(DIGITS));
    }
}
