//! Who is next, among those who wait for the budget.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::Notify;

use crate::Priority;

/// While both wait, one turn in so many is a batch's.
const SHARE: usize = 10;

/// Two lines, first come first served in each: live callers, and batches, which get a tenth of the turns.
#[derive(Debug, Default)]
pub(super) struct Queue {
    next: u64,
    live: VecDeque<Waiter>,
    batch: VecDeque<Waiter>,
    /// How many live callers have had their turn since a batch had one that was waiting.
    row: usize,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    wake: Arc<Notify>,
}

/// A place in the queue.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    number: u64,
    pub(super) priority: Priority,
    /// Told when there is reason to look at the queue again.
    pub(super) wake: Arc<Notify>,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.live.is_empty() && self.batch.is_empty()
    }

    /// How many live callers wait, and how many batches.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.live.len(), self.batch.len())
    }

    /// How urgent the next turn is: a batch's, where nobody else waits.
    pub(super) fn priority(&self) -> Priority {
        if self.live.is_empty() { Priority::Batch } else { Priority::Live }
    }

    /// Takes the last place in the line of this priority.
    pub(super) fn join(&mut self, priority: Priority) -> Ticket {
        self.next += 1;
        let ticket = Ticket { number: self.next, priority, wake: Arc::default() };
        self.push(&ticket);
        ticket
    }

    /// Gives a place up.
    pub(super) fn leave(&mut self, ticket: &Ticket) {
        let (line, number) = (self.line(ticket.priority), ticket.number);
        if let Ok(index) = line.binary_search_by_key(&number, |waiter| waiter.ticket) {
            line.remove(index);
        }
    }

    /// Moves a batch's place to the end of the line of live callers.
    pub(super) fn raise(&mut self, ticket: &mut Ticket) {
        if ticket.priority == Priority::Batch {
            self.leave(ticket);
            self.next += 1;
            (ticket.number, ticket.priority) = (self.next, Priority::Live);
            self.push(ticket);
        }
    }

    /// How many go before this one, if nobody else comes.
    pub(super) fn before(&self, ticket: &Ticket) -> usize {
        let index = |line: &VecDeque<Waiter>| line.partition_point(|waiter| waiter.ticket < ticket.number);
        match ticket.priority {
            Priority::Live => self.before_live(index(&self.live)),
            Priority::Batch => self.before_batch(index(&self.batch)),
        }
    }

    /// How many would go before a newcomer.
    pub(super) fn before_newcomer(&self, priority: Priority) -> usize {
        match priority {
            Priority::Live => self.before_live(self.live.len()),
            Priority::Batch => self.before_batch(self.batch.len()),
        }
    }

    /// Counts the turn of somebody who was next.
    pub(super) fn served(&mut self, priority: Priority) {
        self.row = match priority {
            Priority::Live if !self.batch.is_empty() => self.row + 1,
            Priority::Live | Priority::Batch => 0,
        };
    }

    pub(super) fn wake_next(&self) {
        let next = if self.before_batch(0) == 0 { self.batch.front() } else { None };
        if let Some(waiter) = next.or(self.live.front()).or(self.batch.front()) {
            waiter.wake.notify_one();
        }
    }

    pub(super) fn wake_all(&self) {
        for waiter in self.live.iter().chain(&self.batch) {
            waiter.wake.notify_one();
        }
    }

    /// Batches' turns come after every ninth live one.
    fn before_live(&self, index: usize) -> usize {
        index + self.batch.len().min((self.row + index) / (SHARE - 1))
    }

    fn before_batch(&self, index: usize) -> usize {
        index + self.live.len().min(((index + 1) * (SHARE - 1)).saturating_sub(self.row))
    }

    fn push(&mut self, ticket: &Ticket) {
        let waiter = Waiter { ticket: ticket.number, wake: Arc::clone(&ticket.wake) };
        self.line(ticket.priority).push_back(waiter);
    }

    fn line(&mut self, priority: Priority) -> &mut VecDeque<Waiter> {
        match priority {
            Priority::Live => &mut self.live,
            Priority::Batch => &mut self.batch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Serves everybody who waits; the order of their numbers.
    fn drain(queue: &mut Queue, mut waiting: Vec<Ticket>) -> Vec<Priority> {
        let mut order = Vec::new();
        while !waiting.is_empty() {
            let next = waiting.iter().position(|ticket| queue.before(ticket) == 0).unwrap();
            let ticket = waiting.remove(next);
            queue.leave(&ticket);
            queue.served(ticket.priority);
            order.push(ticket.priority);
        }
        order
    }

    #[test]
    fn every_tenth_turn_is_a_batchs_while_both_wait() {
        let mut queue = Queue::default();
        let mut waiting: Vec<_> = (0..3).map(|_| queue.join(Priority::Batch)).collect();
        waiting.extend((0..20).map(|_| queue.join(Priority::Live)));
        let order = drain(&mut queue, waiting);
        let batches: Vec<_> = (0..order.len()).filter(|i| order[*i] == Priority::Batch).collect();
        assert_eq!(batches, [9, 19, 22]);
    }

    #[test]
    fn a_raised_place_is_the_last_of_the_live_ones() {
        let mut queue = Queue::default();
        let mut raised = queue.join(Priority::Batch);
        let (batch, live) = (queue.join(Priority::Batch), queue.join(Priority::Live));
        queue.raise(&mut raised);
        assert_eq!([&live, &raised, &batch].map(|ticket| queue.before(ticket)), [0, 1, 2]);
    }

    proptest! {
        /// Whoever waits, the places that are told are the order in which all are served.
        #[test]
        fn the_places_told_are_a_true_order(lives in prop::collection::vec(any::<bool>(), 1..60), row in 0usize..10) {
            let mut queue = Queue { row, ..Queue::default() };
            let join = |live: bool| if live { Priority::Live } else { Priority::Batch };
            let mut waiting: Vec<_> = lives.into_iter().map(|live| queue.join(join(live))).collect();
            waiting.sort_by_key(|ticket| queue.before(ticket));
            let told: Vec<_> = waiting.iter().map(|ticket| queue.before(ticket)).collect();
            prop_assert_eq!(told, (0..waiting.len()).collect::<Vec<_>>());
            let expected: Vec<_> = waiting.iter().map(|ticket| ticket.priority).collect();
            prop_assert_eq!(drain(&mut queue, waiting), expected);
        }
    }
}
