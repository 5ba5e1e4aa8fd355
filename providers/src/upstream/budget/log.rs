//! The calls that still count against the budget.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

/// The calls that still count: those under way, and those whose end is less than a window ago.
#[derive(Debug, Default)]
pub(super) struct Log {
    next: u64,
    /// Number and time of sending, in the order of both.
    under_way: VecDeque<(u64, Instant)>,
    /// When each of the others counts no more.
    ended: BinaryHeap<Reverse<Instant>>,
}

impl Log {
    /// Notes a call that is sent now. The number stands for it from now on.
    pub(super) fn begin(&mut self, now: Instant) -> u64 {
        self.next += 1;
        self.under_way.push_back((self.next, now));
        self.next
    }

    /// Notes that a call has ended, and counts until `free_at`; `None`: it counts no more.
    pub(super) fn end(&mut self, number: u64, free_at: Option<Instant>) {
        if let Ok(index) = self.under_way.binary_search_by_key(&number, |(number, _)| *number) {
            self.under_way.remove(index);
            self.ended.extend(free_at.map(Reverse));
        }
    }

    /// Notes a call that somebody else has made.
    pub(super) fn foreign(&mut self, free_at: Instant) {
        self.ended.push(Reverse(free_at));
    }

    /// Forgets what counts no more.
    pub(super) fn forget(&mut self, now: Instant) {
        while self.ended.peek().is_some_and(|Reverse(free_at)| *free_at <= now) {
            self.ended.pop();
        }
    }

    /// How many calls count.
    pub(super) fn len(&self) -> usize {
        self.under_way.len() + self.ended.len()
    }

    /// When the latest of the calls under way was sent.
    pub(super) fn last_sent(&self) -> Option<Instant> {
        self.under_way.back().map(|(_, sent)| *sent)
    }

    /// The time at which all but `most` calls count no more, as far as can be told: one that is under way is taken to end
    /// now, and to count for `window` then. `None`: no more than these count already.
    pub(super) fn free(&self, most: usize, now: Instant, window: Duration) -> Option<Instant> {
        let excess = self.len().checked_sub(most).filter(|excess| *excess > 0)?;
        let under_way = self.under_way.iter().map(|(_, sent)| (*sent + window).max(now));
        let mut times: Vec<_> = under_way.chain(self.ended.iter().map(|Reverse(free_at)| *free_at)).collect();
        let (_, time, _) = times.select_nth_unstable(excess - 1);
        Some(*time)
    }
}
