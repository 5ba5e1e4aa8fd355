//! Who asks, and what they may.

use std::{collections::BTreeSet, sync::Arc};

use providers::Priority;

/// Somebody who has been admitted. The default is whoever comes, where no key is needed: live, and without a restriction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name of their key; none where no key is needed.
    pub name: Option<Arc<str>>,
    /// Whether their calls go before others'.
    pub priority: Priority,
    /// The instances that they may ask; none: all.
    pub providers: Option<BTreeSet<String>>,
    /// The keys of a contact that they may see; none: all.
    pub fields: Option<BTreeSet<String>>,
}

impl Caller {
    /// Whether they may ask this instance.
    #[must_use]
    pub fn may_ask(&self, instance: &str) -> bool {
        self.providers.as_ref().is_none_or(|allowed| allowed.contains(instance))
    }
}

impl Default for Caller {
    fn default() -> Self {
        Self { name: None, priority: Priority::Live, providers: None, fields: None }
    }
}
