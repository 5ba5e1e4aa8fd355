//! Where this process stands with a ledger that it shares with others.

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::ledger::{Ledger, Word};

/// How soon a ledger is asked again that could not be.
const AGAIN: Duration = Duration::from_millis(100);
/// After how long a ledger is asked again at the latest while somebody waits.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// Where this process stands with a ledger that it shares with others.
pub(super) struct Standing {
    pub(super) ledger: Arc<dyn Ledger>,
    /// How long a call may be under way.
    pub(super) longest: Duration,
    /// Whether it is being asked right now.
    pub(super) is_asking: bool,
    /// When there is reason to ask it again.
    pub(super) next: Instant,
    /// When it will say yes, as far as it could tell.
    pub(super) turn: Instant,
    /// How many calls counted when it was asked last.
    pub(super) used: u32,
    pub(super) trust: Trust,
}

/// Who decides who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// The ledger, which knows of all calls.
    Whole,
    /// This process, by its share; the ledger does not know of all calls yet, and takes note of this one first.
    Partial,
    /// This process, by its share; the ledger can't be asked.
    None,
}

impl Standing {
    pub(super) fn new(ledger: Arc<dyn Ledger>, longest: Duration) -> Self {
        let now = Instant::now();
        Self { ledger, longest, is_asking: false, next: now, turn: now, used: 0, trust: Trust::Whole }
    }

    /// Takes what the ledger says; `None` if it can't be asked. Returns whether somebody else decides from now on.
    pub(super) fn heed(&mut self, word: Option<&Word>, now: Instant) -> bool {
        let trust = match word {
            Some(word) if word.is_whole => Trust::Whole,
            Some(_) => Trust::Partial,
            None => Trust::None,
        };
        match word {
            Some(word) => {
                let wait = word.turn.err().unwrap_or_default();
                // A place may become free sooner. But a call that is under way keeps its own for at least about a window.
                self.next = now + wait.min(word.limit.1 / 2).min(LONGEST_WAIT);
                (self.used, self.turn) = (word.used, now + wait);
            }
            None => self.next = now + AGAIN,
        }
        std::mem::replace(&mut self.trust, trust) != trust
    }

    /// Whether it is time to ask.
    pub(super) fn asks(&self, now: Instant) -> bool {
        !self.is_asking && self.next <= now
    }
}

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standing").field("next", &self.next).field("trust", &self.trust).finish_non_exhaustive()
    }
}
