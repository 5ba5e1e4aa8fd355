//! How a contact's id stands in the log: so that lines about one contact can be told to be that, and not whom they are about.

use std::sync::OnceLock;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How a contact's id stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ids {
    /// As a hash with a key that this process has made up and tells nobody: the same for one id as long as the process runs.
    #[default]
    Hashed,
    /// As it is: ids of WhatsApp contacts are phone numbers, and look-ups name numbers and addresses.
    Plain,
}

static CHOSEN: OnceLock<Ids> = OnceLock::new();
static KEY: OnceLock<Option<[u8; 32]>> = OnceLock::new();

/// Decides for the whole process; the first word holds.
pub(super) fn choose(ids: Ids) {
    let _ = CHOSEN.set(ids);
}

/// The id as it may stand in the log.
#[must_use]
pub fn shown(id: &str) -> String {
    match CHOSEN.get().copied().unwrap_or_default() {
        Ids::Plain => id.to_owned(),
        Ids::Hashed => hashed(id),
    }
}

/// Sixteen hexadecimal digits. Where the system has no random numbers, there is no hash either.
fn hashed(id: &str) -> String {
    let key = KEY.get_or_init(|| {
        let mut key = [0; 32];
        getrandom::fill(&mut key).ok().map(|()| key)
    });
    let Some(mac) = key.and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok()) else { return "-".to_owned() };
    let hash = mac.chain_update(id).finalize().into_bytes();
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_hash_which_says_nothing_of_it() {
        let (one, other) = (hashed("periskope:919537851844"), hashed("periskope:919537851845"));
        assert_eq!(one, hashed("periskope:919537851844"));
        assert_ne!(one, other);
        assert!(one.len() == 16 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
