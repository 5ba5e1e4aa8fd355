//! The calls that still count against the budget.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

/// The calls that still count: those under way, and those that reached the upstream less than a window ago.
///
/// Kept is when they reached it, so that whatever is learned of the window holds for them, too.
#[derive(Debug, Default)]
pub(super) struct Log {
    next: u64,
    /// Number and time of sending, in the order of both.
    under_way: VecDeque<(u64, Instant)>,
    /// How many of the others reached the upstream at which time.
    ended: BTreeMap<Instant, usize>,
    count: usize,
}

impl Log {
    /// Notes a call that is sent now. The number stands for it from now on.
    pub(super) fn begin(&mut self, now: Instant) -> u64 {
        self.next += 1;
        self.under_way.push_back((self.next, now));
        self.next
    }

    /// Notes that a call has ended, which reached the upstream then; `None`: it counts no more.
    pub(super) fn end(&mut self, number: u64, reached: Option<Instant>) {
        if let Ok(index) = self.under_way.binary_search_by_key(&number, |(number, _)| *number) {
            self.under_way.remove(index);
            if let Some(reached) = reached {
                self.note(reached, 1);
            }
        }
    }

    /// Notes calls that reached the upstream then, whoever made them.
    pub(super) fn note(&mut self, reached: Instant, calls: usize) {
        *self.ended.entry(reached).or_default() += calls;
        self.count += calls;
    }

    /// Forgets what counts no more.
    pub(super) fn forget(&mut self, now: Instant, window: Duration) {
        while let Some(first) = self.ended.first_entry()
            && *first.key() + window <= now
        {
            self.count -= first.remove();
        }
    }

    /// How many calls count.
    pub(super) fn len(&self) -> usize {
        self.under_way.len() + self.count
    }

    /// When the latest of the calls under way was sent.
    pub(super) fn last_sent(&self) -> Option<Instant> {
        self.under_way.back().map(|(_, sent)| *sent)
    }

    /// The time at which all but `most` calls count no more, as far as can be told: one that is under way is taken to have
    /// reached the upstream when it was sent, but to count now. `None`: no more than these count already.
    pub(super) fn free(&self, most: usize, now: Instant, window: Duration) -> Option<Instant> {
        let mut excess = self.len().checked_sub(most).filter(|excess| *excess > 0)?;
        let mut under_way = self.under_way.iter().map(|(_, sent)| ((*sent + window).max(now), 1)).peekable();
        let mut ended = self.ended.iter().map(|(reached, calls)| (*reached + window, *calls)).peekable();
        loop {
            let sooner = match (under_way.peek(), ended.peek()) {
                (Some((own, _)), Some((other, _))) if own < other => under_way.next(),
                (Some(_), None) => under_way.next(),
                _ => ended.next(),
            };
            let (time, calls) = sooner?;
            if calls >= excess {
                return Some(time);
            }
            excess -= calls;
        }
    }
}
