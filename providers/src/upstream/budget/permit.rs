//! The right to make one call.

use std::time::Duration;

use tokio::time::Instant;

use super::{Budget, Ended, Learned, State};
use crate::upstream::Limits;

/// A lost packet is sent again after 200 ms at the least (`TCP_RTO_MIN` of Linux).
const RESENT: Duration = Duration::from_millis(250);

/// The right to make one call, now. It counts until a window after it is answered, or dropped.
#[derive(Debug)]
#[must_use]
pub struct Permit<'a> {
    budget: &'a Budget,
    /// None once the call counts no more.
    number: Option<u64>,
    /// Under which the ledger knows it.
    entry: Option<u64>,
    sent: Instant,
    is_answered: bool,
    learned: Option<Learned>,
    counted: Option<(u32, Duration)>,
}

impl<'a> Permit<'a> {
    pub(super) fn new(budget: &'a Budget, number: u64, entry: Option<u64>, sent: Instant) -> Self {
        Self { budget, number: Some(number), entry, sent, is_answered: false, learned: None, counted: None }
    }

    /// The upstream has answered: the call has reached it by now. What the answer says of the limit holds from now on.
    pub fn answered(mut self, said: &Limits) {
        self.is_answered = true;
        let now = Instant::now();
        let mut state = self.budget.change();
        state.fastest.see(now - self.sent, now);
        state.latency.see(now - self.sent);
        let before = state.limit.get();
        state.learn(said, now);
        self.learned = Some(Learned { before, after: state.limit.get() });
        self.counted = said.counted(state.limit.window);
    }

    /// No connection was made: the call never reached the upstream, and counts no more.
    pub fn unused(mut self) {
        if let Some(number) = self.number.take() {
            let mut state = self.budget.change();
            state.log.end(number, None);
            self.tell(&state, None);
            state.queue.wake_next();
        }
    }

    /// Tells the ledger, where there is one.
    fn tell(&self, state: &State, reached: Option<Instant>) {
        if let (Some(standing), Some(entry)) = (&state.standing, self.entry) {
            let learned = self.learned.filter(Learned::is_news);
            standing.ledger.end(entry, Ended { rate: state.limit.configured, reached, learned, counted: self.counted });
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let now = Instant::now();
        let mut state = self.budget.change();
        let reached = if self.is_answered {
            now - state.fastest.get().unwrap_or_default().min(now - self.sent)
        } else {
            // It may still be on its way, for as long as an answer usually takes; and for as long again as nothing was heard,
            // because whatever holds it up, here or there, may go on.
            now + state.latency.most().max(now - self.sent).max(RESENT)
        };
        let counts = !state.limit.is_unlimited();
        state.log.end(number, counts.then_some(reached));
        self.tell(&state, Some(reached));
        state.queue.wake_next();
    }
}
