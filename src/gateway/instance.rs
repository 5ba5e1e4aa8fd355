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

impl Instance {
    /// What ids begin with that are look-ups: no instance may have such a name.
    pub const RESERVED: [&str; 2] = ["tel", "mailto"];

    /// Whether an instance can have this name, so that an unknown one is told from a colon inside an id.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(legal)
    }
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
    /// After that it may be answered while the provider is asked, for so long. Not used yet.
    pub stale: Duration,
    /// And up to this age when the provider can't answer. Not used yet.
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
