//! The budget of one API route: never more than so many calls in any window, and none left unused.
//!
//! A sliding log. Upstreams count calls in windows that start when they like, by the moment at which a call *reaches*
//! them, which lies somewhere between our sending it and their answer. A slot is therefore free again one window after
//! the answer, less the fastest round trip seen: two calls that far apart can't reach the upstream within one window,
//! however much slower the first was on its way than the second. With even latencies that is exactly one window after
//! the sending, so nothing is wasted. A call that was given up before its answer is taken to have reached them when it was
//! given up, or as late as an answer usually comes.
//!
//! Callers wait in the order in which they came, live ones before batches, and are told at once when their turn can't
//! come in time for the answer.

mod fastest;
mod latency;
mod limit;
mod log;
mod queue;

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use self::{
    fastest::Fastest,
    latency::Latency,
    limit::Limit,
    log::Log,
    queue::{Queue, Ticket},
};
use super::{BudgetReport, Limits};
use crate::{Call, Priority, Rate, measure::Histogram};

/// For the clocks' granularity, and for round trips a little faster than the fastest seen.
const LARGEST_GUARD: Duration = Duration::from_millis(25);
/// How long the very first call goes alone: its answer tells what was used before this process began.
const HEAD_START: Duration = Duration::from_millis(500);

/// The budget of one route of one account.
#[derive(Debug)]
pub struct Budget {
    state: Mutex<State>,
    waited: Histogram,
    refused: AtomicU64,
}

#[derive(Debug)]
struct State {
    limit: Limit,
    log: Log,
    queue: Queue,
    paused_until: Instant,
    fastest: Fastest,
    latency: Latency,
    /// Whether the upstream has ever answered.
    is_known: bool,
    told: Told,
}

/// What newcomers were told of their turn, until something changes: a refusal must cost next to nothing.
#[derive(Debug, Default)]
struct Told {
    live: Option<Instant>,
    batch: Option<Instant>,
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
            limit: Limit::new(rate),
            log: Log::default(),
            queue: Queue::default(),
            paused_until: Instant::now(),
            fastest: Fastest::new(),
            latency: Latency::default(),
            is_known: false,
            told: Told::default(),
        };
        Self { state: Mutex::new(state), waited: Histogram::default(), refused: AtomicU64::new(0) }
    }

    /// Waits for the turn to make one call.
    ///
    /// # Errors
    /// At once, when the turn can't come so early that the answer is there by the call's deadline.
    pub async fn acquire(&self, call: &Call) -> Result<Permit<'_>, Exhausted> {
        let since = Instant::now();
        let outcome = self.wait(call).await;
        match &outcome {
            Ok(_) => self.waited.observe(since.elapsed()),
            Err(_) => drop(self.refused.fetch_add(1, Ordering::Relaxed)),
        }
        outcome
    }

    async fn wait(&self, call: &Call) -> Result<Permit<'_>, Exhausted> {
        let mut place = match self.enter(call)? {
            Entered::Permit(permit) => return Ok(permit),
            Entered::Place(place) => place,
        };
        loop {
            let wake = std::sync::Arc::clone(&place.ticket.wake);
            // Made before looking, so that what changes after the look wakes us.
            let changed = wake.notified();
            let turn = match self.advance(&mut place, call)? {
                Advanced::Permit(permit) => return Ok(permit),
                Advanced::Turn(turn) => turn,
            };
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep_until(turn) => {}
                () = call.raised(), if place.ticket.priority == Priority::Batch => {}
            }
        }
    }

    /// The upstream has refused a call, and lets none through before this time has passed.
    pub fn refused(&self, wait: Duration) {
        let now = Instant::now();
        let mut state = self.change();
        state.limit.refused(now);
        state.paused_until = state.paused_until.max(now + wait);
        state.queue.wake_all();
    }

    /// Whether half of the budget is used, so that what is left should go to those who have not asked yet.
    #[must_use]
    pub fn is_scarce(&self) -> bool {
        let mut state = self.lock();
        state.forget(Instant::now());
        !state.limit.is_unlimited() && state.log.len() * 2 > state.limit.calls as usize
    }

    /// What is known of it, under a name of its own.
    #[must_use]
    pub fn report(&self, name: &'static str) -> BudgetReport {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now);
        let window = state.limit.window;
        let is_paused = state.paused_until > now;
        let used = u32::try_from(state.log.len()).unwrap_or(u32::MAX);
        let left = if is_paused { 0 } else { state.limit.calls.saturating_sub(used) };
        let all_free = state.log.free(0, now, window + state.guard()).unwrap_or(now).max(state.paused_until);
        BudgetReport {
            name,
            limit: (!state.limit.is_unlimited()).then_some((state.limit.calls, left)),
            window,
            reset: all_free.saturating_duration_since(now),
            waiting: state.queue.waiting(),
            waited: self.waited.read(),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn enter(&self, call: &Call) -> Result<Entered<'_>, Exhausted> {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now);
        if state.queue.is_empty() && state.has_room(now) {
            return Ok(Entered::Permit(self.take(&mut state, now)));
        }
        let priority = call.priority();
        let turn = state.newcomers_turn(priority, now);
        let latest = state.latest_turn(call);
        if turn > latest {
            return Err(Exhausted { retry_after: turn - now });
        }
        state.told = Told::default();
        let ticket = state.queue.join(priority);
        Ok(Entered::Place(Place { budget: self, ticket, latest }))
    }

    fn advance(&self, place: &mut Place<'_>, call: &Call) -> Result<Advanced<'_>, Exhausted> {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now);
        if call.priority() == Priority::Live {
            state.queue.raise(&mut place.ticket);
            state.told = Told::default();
        }
        let before = state.queue.before(&place.ticket);
        if before == 0 && state.has_room(now) {
            state.queue.leave(&place.ticket);
            state.queue.served(place.ticket.priority);
            // Dropping the place wakes the next.
            return Ok(Advanced::Permit(self.take(&mut state, now)));
        }
        let turn = state.turn(before, now);
        if turn > place.latest || now >= place.latest {
            let behind_all = state.newcomers_turn(place.ticket.priority, now);
            return Err(Exhausted { retry_after: behind_all - now });
        }
        // A turn that has come while a call is under way comes with that call's answer, which wakes us.
        Ok(Advanced::Turn(if turn > now { turn } else { place.latest }))
    }

    fn take(&self, state: &mut State, now: Instant) -> Permit<'_> {
        state.told = Told::default();
        Permit { budget: self, number: Some(state.log.begin(now)), sent: now, is_answered: false }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, about to be changed.
    fn change(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        state.told = Told::default();
        state
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
    /// Forgets what counts no more.
    fn forget(&mut self, now: Instant) {
        self.log.forget(now, self.limit.window + self.guard());
    }

    /// When somebody may go who comes now.
    fn newcomers_turn(&mut self, priority: Priority, now: Instant) -> Instant {
        let turn = match (priority, &self.told) {
            (Priority::Live, Told { live: Some(turn), .. }) | (Priority::Batch, Told { batch: Some(turn), .. }) => {
                *turn
            }
            (priority, _) => self.turn(self.queue.before_newcomer(priority), now),
        };
        match priority {
            Priority::Live => self.told.live = Some(turn),
            Priority::Batch => self.told.batch = Some(turn),
        }
        turn.max(now)
    }

    fn has_room(&self, now: Instant) -> bool {
        let room = self.limit.is_unlimited() || self.log.len() < self.limit.calls as usize;
        room && self.paused_until <= now && self.head_start(now).is_none()
    }

    /// Until when the first call goes alone.
    fn head_start(&self, now: Instant) -> Option<Instant> {
        let first = self.log.last_sent().filter(|_| !self.is_known)?;
        Some(first + HEAD_START).filter(|until| *until > now)
    }

    /// When somebody may go who has so many others before, as far as can be told now.
    fn turn(&self, before: usize, now: Instant) -> Instant {
        let open = self.paused_until.max(now).max(self.head_start(now).unwrap_or(now));
        if self.limit.is_unlimited() {
            return open;
        }
        let (limit, window) = (self.limit.calls as usize, self.limit.window + self.guard());
        // Whoever is `limit` places further back goes one window later.
        let (rounds, before) = (before / limit, before % limit);
        let first = self.log.free(limit - 1 - before, now, window).unwrap_or(now);
        first.max(open) + window.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
    }

    /// The last moment at which a turn is of use to somebody who has to wait for it. Where too many wait, most turns come
    /// just in time: without room for the answer, the budget would go to calls that nobody waits for any more.
    fn latest_turn(&self, call: &Call) -> Instant {
        call.deadline - self.latency.most().min(call.remaining() / 2)
    }

    fn guard(&self) -> Duration {
        (self.limit.window / 100).min(LARGEST_GUARD)
    }

    /// Takes what the upstream says of the limit, and what others on the same account have used.
    fn learn(&mut self, said: &Limits, now: Instant) {
        self.is_known = true;
        let before = (self.limit.calls, self.limit.window, self.log.len());
        self.limit.learn(said, now);
        self.count_foreign(said, now);
        if before == (self.limit.calls, self.limit.window, self.log.len()) {
            self.queue.wake_next();
        } else {
            // Some may have to be told that their turn can't come in time any more.
            self.queue.wake_all();
        }
    }

    fn count_foreign(&mut self, said: &Limits, now: Instant) {
        if let (Some(limit), Some(remaining)) = (said.limit, said.remaining) {
            self.forget(now);
            let used = usize::try_from(limit.saturating_sub(remaining)).unwrap_or(usize::MAX);
            let window = self.limit.window + self.guard();
            let left = said.reset_in.map_or(self.limit.window, |reset| reset.min(self.limit.window));
            let foreign = used.saturating_sub(self.log.len()).min(self.limit.calls as usize);
            if foreign > 0 && !left.is_zero() && !self.limit.is_unlimited() {
                // As if they had come when the window began, so that they count until it ends.
                self.log.note((now + left).checked_sub(window).unwrap_or(now), foreign);
            }
        }
    }
}

/// A place in the queue, left when dropped.
struct Place<'a> {
    budget: &'a Budget,
    ticket: Ticket,
    /// It is given up if the turn has not come by then.
    latest: Instant,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.change();
        state.queue.leave(&self.ticket);
        state.queue.wake_next();
    }
}

/// The right to make one call, now. It counts until a window after it is answered, or dropped.
#[derive(Debug)]
#[must_use]
pub struct Permit<'a> {
    budget: &'a Budget,
    /// None once the call counts no more.
    number: Option<u64>,
    sent: Instant,
    is_answered: bool,
}

impl Permit<'_> {
    /// The upstream has answered: the call has reached it by now. What the answer says of the limit holds from now on.
    pub fn answered(mut self, said: &Limits) {
        self.is_answered = true;
        let now = Instant::now();
        let mut state = self.budget.change();
        state.fastest.see(now - self.sent, now);
        state.latency.see(now - self.sent);
        state.learn(said, now);
    }

    /// No connection was made: the call never reached the upstream, and counts no more.
    pub fn unused(mut self) {
        if let Some(number) = self.number.take() {
            let mut state = self.budget.change();
            state.log.end(number, None);
            state.queue.wake_next();
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
            // It may still be on its way.
            now.max(self.sent + state.latency.most())
        };
        let counts = !state.limit.is_unlimited();
        state.log.end(number, counts.then_some(reached));
        state.queue.wake_next();
    }
}
