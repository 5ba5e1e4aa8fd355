//! The budget of one API route: never more than so many calls in any window, and none left unused.
//!
//! A sliding log. Upstreams count calls in windows that start when they like, by the moment at which a call *reaches*
//! them, which lies somewhere between our sending it and their answer. A slot is therefore free again one window after
//! the answer, less the fastest round trip seen: two calls that far apart can't reach the upstream within one window,
//! however much slower the first was on its way than the second. With even latencies that is exactly one window after
//! the sending, so nothing is wasted.
//!
//! Callers wait in the order in which they came, and are told at once when their turn can't come in time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{Limits, fastest::Fastest};
use crate::Rate;

/// For the clocks' granularity, and for round trips a little faster than the fastest seen.
const LARGEST_GUARD: Duration = Duration::from_millis(25);

/// The budget of one route of one account.
#[derive(Debug)]
pub struct Budget {
    rate: Rate,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Calls per window: the configured number, or less where the upstream says so.
    limit: u32,
    slots: Vec<Slot>,
    next: u64,
    queue: VecDeque<Waiter>,
    paused_until: Instant,
    fastest: Fastest,
}

/// A call that still counts.
#[derive(Debug)]
struct Slot {
    id: u64,
    /// When it counts no more; a guess while the call is in flight.
    free_at: Instant,
    in_flight: bool,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    wake: Arc<Notify>,
}

/// How long it would take until another call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// From now, behind everybody who is waiting.
    pub retry_after: Duration,
}

impl Budget {
    /// A budget of which nothing is used yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let state = State {
            limit: rate.calls.max(1),
            slots: Vec::new(),
            next: 0,
            queue: VecDeque::new(),
            paused_until: Instant::now(),
            fastest: Fastest::new(),
        };
        Self { rate, state: Mutex::new(state) }
    }

    /// Waits for the turn to make one call.
    ///
    /// # Errors
    /// At once, when the turn can't come by `deadline`.
    pub async fn acquire(&self, deadline: Instant) -> Result<Permit<'_>, Exhausted> {
        let place = match self.enter(deadline)? {
            Entered::Permit(permit) => return Ok(permit),
            Entered::Place(place) => place,
        };
        loop {
            // Made before looking, so that what changes after the look wakes us.
            let changed = place.wake.notified();
            let turn = match self.advance(&place, deadline)? {
                Advanced::Permit(permit) => return Ok(permit),
                Advanced::Turn(turn) => turn,
            };
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep_until(turn) => {}
            }
        }
    }

    /// Takes what the upstream says of the limit: lower at once, and what others on the same account have used.
    pub fn learn(&self, limits: &Limits) {
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(limit) = limits.limit {
            state.limit = limit.min(self.rate.calls).max(1);
        }
        if let (Some(limit), Some(remaining)) = (limits.limit, limits.remaining) {
            state.forget(now);
            let used = usize::try_from(limit.saturating_sub(remaining)).unwrap_or(usize::MAX);
            let window = limits.reset_in.map_or(self.rate.per, |reset| reset.min(self.rate.per));
            let foreign = used.saturating_sub(state.slots.len()).min(limit as usize);
            if !window.is_zero() {
                for _ in 0..foreign {
                    state.occupy(now + window, false);
                }
            }
        }
        state.wake_all();
    }

    /// No call before this time has passed: the upstream said so.
    pub fn pause(&self, time: Duration) {
        let mut state = self.lock();
        state.paused_until = state.paused_until.max(Instant::now() + time);
        state.wake_all();
    }

    fn enter(&self, deadline: Instant) -> Result<Entered<'_>, Exhausted> {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now);
        if state.queue.is_empty() && state.has_room(now) {
            return Ok(Entered::Permit(self.take(&mut state, now)));
        }
        let turn = self.turn(&state, state.queue.len(), now);
        if turn > deadline {
            return Err(Exhausted { retry_after: turn - now });
        }
        let (ticket, wake) = (state.ticket(), Arc::new(Notify::new()));
        state.queue.push_back(Waiter { ticket, wake: Arc::clone(&wake) });
        Ok(Entered::Place(Place { budget: self, ticket, wake }))
    }

    fn advance(&self, place: &Place<'_>, deadline: Instant) -> Result<Advanced<'_>, Exhausted> {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now);
        let position = state.queue.partition_point(|waiter| waiter.ticket < place.ticket);
        if position == 0 && state.has_room(now) {
            // Dropping the place takes it out of the queue and wakes the next.
            return Ok(Advanced::Permit(self.take(&mut state, now)));
        }
        let turn = self.turn(&state, position, now);
        if turn > deadline || now >= deadline {
            let behind_all = self.turn(&state, state.queue.len(), now);
            return Err(Exhausted { retry_after: behind_all - now });
        }
        // A turn that has come while a call is in flight comes with that call's answer, which wakes us.
        Ok(Advanced::Turn(if turn > now { turn } else { deadline }))
    }

    fn take(&self, state: &mut State, now: Instant) -> Permit<'_> {
        let id = state.occupy(now + self.rate.per + self.guard(), true);
        Permit { budget: self, id, sent: now }
    }

    /// When the waiter at this position (0 is next) may go, as far as can be told now.
    fn turn(&self, state: &State, position: usize, now: Instant) -> Instant {
        let limit = state.limit as usize;
        // Whoever is `limit` places further back goes one window later.
        let (rounds, position) = (position / limit, position % limit);
        let mut times: Vec<_> = state.slots.iter().map(|slot| slot.free_at).collect();
        times.sort_unstable();
        let first = match (position + times.len()).checked_sub(limit) {
            Some(index) => times.get(index).copied().unwrap_or(now),
            None => now,
        };
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        first.max(state.paused_until).max(now) + (self.rate.per + self.guard()).saturating_mul(rounds)
    }

    fn guard(&self) -> Duration {
        (self.rate.per / 100).min(LARGEST_GUARD)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Entered<'a> {
    Permit(Permit<'a>),
    Place(Place<'a>),
}

enum Advanced<'a> {
    Permit(Permit<'a>),
    Turn(Instant),
}

impl State {
    fn ticket(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn occupy(&mut self, free_at: Instant, in_flight: bool) -> u64 {
        let id = self.ticket();
        self.slots.push(Slot { id, free_at, in_flight });
        id
    }

    fn forget(&mut self, now: Instant) {
        self.slots.retain(|slot| slot.in_flight || slot.free_at > now);
    }

    fn has_room(&self, now: Instant) -> bool {
        self.slots.len() < self.limit as usize && self.paused_until <= now
    }

    fn wake_first(&self) {
        if let Some(waiter) = self.queue.front() {
            waiter.wake.notify_one();
        }
    }

    fn wake_all(&self) {
        for waiter in &self.queue {
            waiter.wake.notify_one();
        }
    }
}

/// A place in the queue, left when dropped.
struct Place<'a> {
    budget: &'a Budget,
    ticket: u64,
    wake: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.lock();
        state.queue.retain(|waiter| waiter.ticket != self.ticket);
        state.wake_first();
    }
}

/// The right to make one call, now. It counts until a window after it is answered, or dropped.
#[derive(Debug)]
#[must_use]
pub struct Permit<'a> {
    budget: &'a Budget,
    id: u64,
    sent: Instant,
}

impl Permit<'_> {
    /// The upstream has answered: the call has reached it by now.
    pub fn answered(self) {
        let now = Instant::now();
        self.budget.lock().fastest.see(now - self.sent, now);
    }

    /// No connection was made: the call never reached the upstream, and counts no more.
    pub fn unused(self) {
        self.budget.lock().slots.retain(|slot| slot.id != self.id);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.budget.lock();
        let early = state.fastest.get().unwrap_or_default().min(now - self.sent);
        let free_at = now - early + self.budget.rate.per + self.budget.guard();
        if let Some(slot) = state.slots.iter_mut().find(|slot| slot.id == self.id) {
            slot.in_flight = false;
            slot.free_at = free_at;
        }
        state.wake_first();
    }
}
