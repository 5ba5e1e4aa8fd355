//! Down to where the front of the list must be read again.

use serde::{Deserialize, Serialize};

use super::sheet::Key;

/// A change that was made a little before a pass began may become visible only after it: a database shows a row when its
/// transaction ends, and dates it by when that began. In microseconds.
const MARGIN: i64 = 5_000_000;
/// How many contacts are remembered one by one.
const REMEMBERED: usize = 16;

/// The newest contacts that a pass has met: the next one gives what is as new and is not among them.
#[derive(Serialize, Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Floor {
    newest: Option<i64>,
    /// What changed earlier has been read; the time in microseconds.
    from: Option<i64>,
    known: Vec<Key>,
}

impl Floor {
    /// Takes note of a contact, in the order of the list.
    pub(super) fn note(&mut self, key: Key, time: Option<i64>) {
        let Some(time) = time else { return };
        let newest = *self.newest.get_or_insert(time);
        let from = *self.from.get_or_insert(newest.saturating_sub(MARGIN));
        if time < from {
            return;
        }
        self.known.push(key);
        if self.known.len() > REMEMBERED {
            // Too many at once, as when a label is set on all: then without the margin, so that they don't come again.
            self.from = Some(newest.saturating_add(1));
            self.known.clear();
        }
    }

    /// Whether a contact has changed since. One without a time has not: each change sets it.
    pub(super) fn wants(&self, key: Key, time: Option<i64>) -> bool {
        time.is_some_and(|time| !self.is_after(time)) && !self.known.contains(&key)
    }

    /// Whether what changed at this time has been read.
    pub(super) fn is_after(&self, time: i64) -> bool {
        self.from.is_some_and(|from| time < from)
    }
}
