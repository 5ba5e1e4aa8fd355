//! The budget of one API route: never more than so many calls in any window, and none left unused.
//!
//! A sliding log. Upstreams count calls in windows that start when they like, by the moment at which a call *reaches*
//! them, which lies somewhere between our sending it and their answer. A slot is therefore free again one window after
//! the answer, less the fastest round trip seen: two calls that far apart can't reach the upstream within one window,
//! however much slower the first was on its way than the second. With even latencies that is exactly one window after
//! the sending, so nothing is wasted. A call that was given up before its answer is taken to have reached them an
//! answer's usual time after that, or as long after that as it was under way, or a lost packet's second try, whichever is later.
//!
//! Callers wait in the order in which they came, live ones before batches, and are told at once when their turn can't
//! come in time for the answer.
//!
//! Where other processes call the same account, whoever is next here asks the ledger that all of them share. If it can't be
//! asked, one window passes in silence, because the others may have used all of it; then each has its share.

mod asking;
mod fastest;
mod latency;
mod ledger;
mod limit;
mod log;
mod permit;
mod place;
mod queue;
mod standing;
mod state;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use self::{
    asking::Asking,
    place::Place,
    standing::Standing,
    state::{State, Told},
};
pub use self::{
    ledger::{Ended, Entry, Learned, Ledger, Ledgers, OpenLedger, Word},
    permit::Permit,
};
use super::BudgetReport;
use crate::{Call, Priority, Rate, measure::Histogram};

/// The budget of one route of one account.
#[derive(Debug)]
pub struct Budget {
    state: Mutex<State>,
    waited: Histogram,
    refused: AtomicU64,
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
        Self::of(rate, None)
    }

    /// A budget that other processes use, too. Calls may be under way for so long.
    #[must_use]
    pub fn shared(rate: Rate, ledger: Arc<dyn Ledger>, longest: Duration) -> Self {
        Self::of(rate, Some(Standing::new(ledger, longest)))
    }

    fn of(rate: Rate, standing: Option<Standing>) -> Self {
        let state = Mutex::new(State::new(rate, standing));
        Self { state, waited: Histogram::default(), refused: AtomicU64::new(0) }
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
            let wake = Arc::clone(&place.ticket.wake);
            // Made before looking, so that what changes after the look wakes us.
            let changed = wake.notified();
            let turn = match self.advance(&mut place, call)? {
                Advanced::Permit(permit) => return Ok(permit),
                Advanced::Next(asking) => match asking.ask(&place).await {
                    Some(permit) => return Ok(permit),
                    None => continue,
                },
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
        let before = state.limit.get();
        state.limit.refused(now);
        let learned = Learned { before, after: state.limit.get() };
        if let Some(standing) = &state.standing {
            standing.ledger.pause(state.limit.configured, wait, learned);
        }
        state.paused_until = state.paused_until.max(now + wait);
        state.queue.wake_all();
    }

    /// Whether half of the budget is used, so that what is left should go to those who have not asked yet.
    #[must_use]
    pub fn is_scarce(&self) -> bool {
        let mut state = self.lock();
        state.forget(Instant::now());
        !state.limit.is_unlimited() && state.used() * 2 > state.limit.calls as usize
    }

    /// What is known of it, under a name of its own.
    #[must_use]
    pub fn report(&self, name: &'static str) -> BudgetReport {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now);
        BudgetReport {
            name,
            limit: (!state.limit.is_unlimited()).then(|| (state.limit.calls, state.left(now))),
            window: state.limit.window,
            reset: state.all_free(now).saturating_duration_since(now),
            waiting: state.queue.waiting(),
            waited: self.waited.read(),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn enter(&self, call: &Call) -> Result<Entered<'_>, Exhausted> {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now);
        let is_first = state.queue.is_empty();
        if is_first && state.ledger().is_none() && state.has_room(now) {
            return Ok(Entered::Permit(self.take(&mut state, None, now)));
        }
        let priority = call.priority();
        let latest = state.latest_turn(call);
        // What the ledger will say, it alone knows.
        let turn = if is_first && state.asks(now) { now } else { state.newcomers_turn(priority, now) };
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
        if before == 0
            && state.asks(now)
            && let Some(asking) = Asking::begin(self, &mut state, now)
        {
            return Ok(Advanced::Next(asking));
        }
        if before == 0
            && state.decides()
            && state.has_room(now)
            && let Ok(entry) = state.begin_alone()
        {
            return Ok(Advanced::Permit(self.serve(&mut state, place, entry, now)));
        }
        let turn = state.turn(before, now);
        if turn > place.latest || now >= place.latest {
            let behind_all = state.newcomers_turn(place.ticket.priority, now);
            return Err(Exhausted { retry_after: behind_all - now });
        }
        // A turn that has come while a call is under way comes with that call's answer, which wakes us.
        let turn = if turn > now { turn } else { place.latest };
        let again = state.ledger().map(|standing| standing.next).filter(|next| before == 0 && *next > now);
        Ok(Advanced::Turn(again.map_or(turn, |again| again.min(turn))))
    }

    /// Gives the turn to whoever is next.
    fn serve(&self, state: &mut State, place: &Place<'_>, entry: Option<u64>, now: Instant) -> Permit<'_> {
        state.queue.leave(&place.ticket);
        state.queue.served(place.ticket.priority);
        // Dropping the place wakes the next.
        self.take(state, entry, now)
    }

    fn take(&self, state: &mut State, entry: Option<u64>, now: Instant) -> Permit<'_> {
        state.told = Told::default();
        Permit::new(self, state.log.begin(now), entry, now)
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
    Next(Asking<'a>),
    Turn(Instant),
}
