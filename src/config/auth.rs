//! `[auth]`: who may ask.

use std::{collections::BTreeSet, net::SocketAddr};

use super::{keys, reader::Table};
use crate::auth::Key;

/// Who may ask.
#[derive(Debug, Default)]
pub struct Auth {
    /// Whoever reaches the gateway may ask it, from other machines too. Never where there are keys.
    pub open: bool,
    /// `[auth.keys.*]`, sorted by name. Where there are any, nobody else may ask.
    pub keys: Vec<Key>,
}

impl Auth {
    /// Whether the gateway may listen there: strangers must have a key, or not be able to reach it, or be welcome.
    #[must_use]
    pub fn allows(&self, listen: SocketAddr) -> bool {
        listen.ip().is_loopback() || self.open || !self.keys.is_empty()
    }
}

/// Reads it. `instances` are those that a key can be limited to.
pub(super) fn read(mut table: Table<'_>, instances: &BTreeSet<String>) -> Option<Auth> {
    table.require("open", "write true or false");
    let open = table.boolean("open");
    let keys = table.table("keys");
    if open == Some(true) && !keys.keys().is_empty() {
        // One of both was forgotten, and if it was this one, then strangers get in.
        table.mistake(
            "open",
            "admits whoever comes, and there are keys that callers must have",
            "remove it, or the keys",
        );
    }
    let keys = keys::all(keys, instances);
    table.finish();
    Some(Auth { open: open?, keys: keys? })
}
