//! What gateways tell each other.
//!
//! By publishing, not by the server's tracking of keys: news must also reach those who have a page, or have asked for it,
//! that Redis has not; and one message drops a whole instance.

use serde::{Deserialize, Serialize};

/// News on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) from: String,
    pub(super) what: What,
    pub(super) account: String,
    pub(super) id: Option<String>,
}

/// What has happened to a page; without an id, to all of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It is outdated, also for those who have asked for it already.
    Outdated,
    /// There is a newer one.
    Newer,
    /// Who was asking for a newer one no longer is.
    Released,
    /// It is of whichever contact has this channel, and that one is outdated.
    Channel,
}

impl Message {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(super) fn write(&self) -> String {
        // Nothing in it can't be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}
