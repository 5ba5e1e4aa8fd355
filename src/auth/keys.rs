//! The keys that admit callers.

use std::sync::Arc;

use providers::Rate;
use subtle::ConditionallySelectable as _;

use super::{Digest, Quota};
use crate::gateway::Caller;

/// One configured key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// What is kept of it.
    pub digest: Digest,
    /// How often it may be used; none: as often as anybody likes.
    pub rate: Option<Rate>,
    /// Whom it admits.
    pub caller: Arc<Caller>,
}

/// Every key that admits somebody.
#[derive(Debug)]
pub struct Keys {
    admissions: Vec<Admission>,
    anybody: Arc<Caller>,
}

/// What a key leads to.
#[derive(Debug)]
pub struct Admission {
    digest: Digest,
    /// Who has the key.
    pub caller: Arc<Caller>,
    /// How often they may ask; none: as often as they like.
    pub quota: Option<Arc<Quota>>,
}

impl Keys {
    /// These keys. What was used of a quota `before` remains used, as long as it is the same quota.
    #[must_use]
    pub fn new(keys: &[Key], before: Option<&Self>) -> Self {
        let quota = |key: &Key| {
            let rate = key.rate?;
            let used = before.and_then(|before| before.quota(&key.caller, rate));
            used.or_else(|| Quota::new(&key.name, rate).map(Arc::new))
        };
        let admission =
            |key: &Key| Admission { digest: key.digest, caller: Arc::clone(&key.caller), quota: quota(key) };
        Self { admissions: keys.iter().map(admission).collect(), anybody: Arc::default() }
    }

    /// Whoever comes, if nobody needs a key.
    #[must_use]
    pub fn anybody(&self) -> Option<&Arc<Caller>> {
        Some(&self.anybody).filter(|_| self.admissions.is_empty())
    }

    /// Whom this key admits.
    ///
    /// Every key is compared, and each to its end: the time that it takes says neither how near one is, nor which.
    #[must_use]
    pub fn admission(&self, key: &[u8]) -> Option<&Admission> {
        let digest = Digest::of(key);
        let mut found = u64::MAX;
        for (index, admission) in (0..).zip(&self.admissions) {
            found.conditional_assign(&index, admission.digest.matches(&digest));
        }
        self.admissions.get(usize::try_from(found).ok()?)
    }

    fn quota(&self, caller: &Caller, rate: Rate) -> Option<Arc<Quota>> {
        let same = self.admissions.iter().find(|admission| admission.caller.name == caller.name)?;
        same.quota.clone().filter(|quota| quota.rate() == rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, calls: u32) -> Key {
        let caller = Caller { name: Some(name.into()), ..Caller::default() };
        let digest = Digest::of(format!("the key of {name}").as_bytes());
        Key { name: name.into(), digest, rate: Some(Rate::per_seconds(calls, 3600)), caller: Arc::new(caller) }
    }

    #[test]
    fn every_key_admits_its_own_caller_and_no_other_text_admits_anybody() {
        let keys = Keys::new(&["a", "b", "c"].map(|name| key(name, 1)), None);
        for name in ["a", "b", "c"] {
            let found = keys.admission(format!("the key of {name}").as_bytes()).unwrap();
            assert_eq!(found.caller.name.as_deref(), Some(name));
        }
        for wrong in ["", "the key of d", "the key of a ", "the key of", "THE KEY OF A"] {
            assert!(keys.admission(wrong.as_bytes()).is_none(), "{wrong}");
        }
        assert!(Keys::new(&[], None).admission(b"").is_none());
    }

    #[test]
    fn new_keys_do_not_give_a_used_quota_back_unless_it_is_another_one() {
        let before = Keys::new(&[key("a", 1), key("b", 1)], None);
        let take = |keys: &Keys, name: &str| {
            keys.admission(format!("the key of {name}").as_bytes()).unwrap().quota.as_ref().unwrap().take().is_ok()
        };
        assert!(take(&before, "a") && take(&before, "b"));
        let after = Keys::new(&[key("a", 1), key("b", 2), key("c", 1)], Some(&before));
        assert!(!take(&after, "a") && take(&after, "b") && take(&after, "c"));
    }
}
