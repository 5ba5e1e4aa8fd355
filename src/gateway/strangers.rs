//! Who did not know a bare id lately.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;

/// For how long that is believed.
const LATELY: Duration = Duration::from_secs(60);
/// Of how many. Each costs about a hundred bytes.
const MOST: u64 = 10_000;

/// The candidates for a bare id that did not have the contact lately, or did not say in time. They are asked like all
/// others, but another's contact does not wait for them.
#[derive(Debug)]
pub(super) struct Strangers(Cache<Arc<str>, ()>);

impl Default for Strangers {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(LATELY).build())
    }
}

impl Strangers {
    pub(super) fn note(&self, key: &Arc<str>) {
        self.0.insert(Arc::clone(key), ());
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}
