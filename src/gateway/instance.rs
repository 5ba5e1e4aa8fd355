//! One configured provider, as the gateway sees it.

use std::{fmt, sync::Arc, time::Duration};

use providers::{ContactProvider, Kind};

/// One configured provider.
pub struct Instance {
    /// Its name, which stands before the colon of its contacts' ids.
    pub name: Arc<str>,
    /// What kind of provider it is.
    pub kind: &'static Kind,
    /// The provider.
    pub provider: Arc<dyn ContactProvider>,
    /// How long its answers hold.
    pub ages: Ages,
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("name", &self.name).field("kind", &self.kind.name).finish_non_exhaustive()
    }
}

/// How long an instance's answers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// A contact is answered from memory for so long.
    pub fresh: Duration,
    /// After that it may be answered once more while the provider is asked, for so long.
    pub stale: Duration,
    /// And for so long since it was asked, when the provider can't answer.
    pub stale_if_error: Duration,
    /// "No such contact" is answered from memory for so long.
    pub absent: Duration,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(60),
            stale: Duration::from_secs(10 * 60),
            stale_if_error: Duration::from_secs(24 * 3600),
            absent: Duration::from_secs(30),
        }
    }
}
