//! A place among those who wait for a budget.

use tokio::time::Instant;

use super::{Budget, queue::Ticket};

/// A place in the queue, left when dropped.
pub(super) struct Place<'a> {
    pub(super) budget: &'a Budget,
    pub(super) ticket: Ticket,
    /// It is given up if the turn has not come by then.
    pub(super) latest: Instant,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.change();
        state.queue.leave(&self.ticket);
        state.queue.wake_next();
    }
}
