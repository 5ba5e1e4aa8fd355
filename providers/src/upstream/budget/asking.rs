//! A question to the ledger.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Budget, Entry, Ledger, Permit, Place, State};

/// Somebody whose turn it is, as far as this process knows, asks the ledger. One at a time does.
pub(super) struct Asking<'a> {
    budget: &'a Budget,
    ledger: Arc<dyn Ledger>,
    entry: Entry,
    is_answered: bool,
}

impl<'a> Asking<'a> {
    /// `None` without a ledger.
    pub(super) fn begin(budget: &'a Budget, state: &mut State, now: Instant) -> Option<Self> {
        let (is_own, priority) = (state.has_own_room(now), state.queue.priority());
        let standing = state.standing.as_mut()?;
        standing.is_asking = true;
        let entry = Entry { rate: state.limit.configured, longest: standing.longest, priority, is_own };
        Some(Self { budget, ledger: Arc::clone(&standing.ledger), entry, is_answered: false })
    }

    /// The right to call, if there is one now.
    pub(super) async fn ask(mut self, place: &Place<'a>) -> Option<Permit<'a>> {
        let word = self.ledger.begin(self.entry).await;
        let now = Instant::now();
        let mut state = self.budget.lock();
        state.forget(now);
        state.heed(word.as_ref(), now);
        self.is_answered = true;
        let number = word?.turn.ok()?;
        Some(self.budget.serve(&mut state, place, Some(number), now))
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            let mut state = self.budget.change();
            if let Some(standing) = &mut state.standing {
                standing.is_asking = false;
            }
            state.queue.wake_next();
        }
    }
}
