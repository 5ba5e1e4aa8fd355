//! What a budget knows, and what follows from it.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    fastest::Fastest,
    latency::Latency,
    ledger::Word,
    limit::Limit,
    log::Log,
    queue::Queue,
    standing::{Standing, Trust},
};
use crate::{Call, Priority, Rate, upstream::Limits};

/// For the clocks' granularity, and for round trips a little faster than the fastest seen.
const LARGEST_GUARD: Duration = Duration::from_millis(25);
/// How long the very first call goes alone: its answer tells what was used before this process began.
const HEAD_START: Duration = Duration::from_millis(500);

/// What a budget knows.
#[derive(Debug)]
pub(super) struct State {
    pub(super) limit: Limit,
    pub(super) log: Log,
    pub(super) queue: Queue,
    pub(super) paused_until: Instant,
    pub(super) fastest: Fastest,
    pub(super) latency: Latency,
    /// Whether the upstream has ever answered.
    is_known: bool,
    pub(super) told: Told,
    /// `None`: all calls are this process's.
    pub(super) standing: Option<Standing>,
}

/// What newcomers were told of their turn, until something changes: a refusal must cost next to nothing.
#[derive(Debug, Default)]
pub(super) struct Told {
    live: Option<Instant>,
    batch: Option<Instant>,
}

impl State {
    pub(super) fn new(rate: Rate, standing: Option<Standing>) -> Self {
        Self {
            limit: Limit::new(rate),
            log: Log::default(),
            queue: Queue::default(),
            paused_until: Instant::now(),
            fastest: Fastest::new(),
            latency: Latency::default(),
            is_known: false,
            told: Told::default(),
            standing,
        }
    }

    /// Forgets what counts no more.
    pub(super) fn forget(&mut self, now: Instant) {
        self.log.forget(now, self.limit.window + self.guard());
    }

    /// The ledger, where there is something to count.
    pub(super) fn ledger(&self) -> Option<&Standing> {
        self.standing.as_ref().filter(|_| !self.limit.is_unlimited())
    }

    /// Whether whoever is next should ask the ledger now.
    pub(super) fn asks(&self, now: Instant) -> bool {
        self.ledger().is_some_and(|standing| {
            standing.asks(now)
                && (standing.trust != Trust::Whole || self.opens() <= now && self.head_start(now).is_none())
        })
    }

    /// Whether this process decides by itself who may call.
    pub(super) fn decides(&self) -> bool {
        self.ledger().is_none_or(|standing| standing.trust == Trust::None)
    }

    /// Notes with the ledger that a call is made without its word. With no ledger, there is nothing to note.
    pub(super) fn begin_alone(&self) -> Result<Option<u64>, Asked> {
        let Some(standing) = self.ledger() else { return Ok(None) };
        standing.ledger.begin_alone(standing.longest).map(Some).ok_or(Asked)
    }

    /// Whether there is room for one more call, as far as this process knows.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let room = self.limit.is_unlimited() || self.log.len() < self.most();
        room && self.opens() <= now && self.head_start(now).is_none()
    }

    /// Whether this process's share has room for one more call, whoever decides at the moment: a ledger that has forgotten
    /// something since it was asked last goes by that.
    pub(super) fn has_own_room(&self, now: Instant) -> bool {
        let Some(standing) = self.ledger() else { return self.has_room(now) };
        let silence = self.silence(standing).unwrap_or(now);
        let room = self.log.len() < standing.ledger.share(self.limit.calls) as usize;
        room && self.paused_until.max(silence) <= now && self.head_start(now).is_none()
    }

    /// How many calls count, as far as is known.
    pub(super) fn used(&self) -> usize {
        let shared = self.ledger().map_or(0, |standing| standing.used as usize);
        shared.max(self.log.len())
    }

    /// How many calls could be made now.
    pub(super) fn left(&self, now: Instant) -> u32 {
        if self.opens() > now {
            return 0;
        }
        let used = if self.most() == self.limit.calls as usize { self.used() } else { self.log.len() };
        u32::try_from(self.most().saturating_sub(used)).unwrap_or(u32::MAX)
    }

    /// When all calls could be made, if none is until then.
    pub(super) fn all_free(&self, now: Instant) -> Instant {
        self.log.free(0, now, self.limit.window + self.guard()).unwrap_or(now).max(self.opens())
    }

    /// How many calls of this process may count at the same time.
    fn most(&self) -> usize {
        let calls = self.limit.calls;
        let alone = self.ledger().filter(|standing| standing.trust != Trust::Whole);
        alone.map_or(calls, |standing| standing.ledger.share(calls)) as usize
    }

    /// How many calls this process can expect to make in a window: with others, as much of the whole as it has had lately, but
    /// no less than its share.
    fn pace(&self) -> usize {
        let (most, own) = (self.most(), self.log.len());
        match self.ledger() {
            Some(standing) if standing.trust == Trust::Whole && standing.used as usize > own => {
                let lately = (most * own).div_ceil(standing.used as usize);
                lately.max(standing.ledger.share(self.limit.calls) as usize).clamp(1, most)
            }
            _ => most,
        }
    }

    /// Before when nobody may call, whoever has called.
    fn opens(&self) -> Instant {
        let alone = self.ledger().filter(|standing| standing.trust != Trust::Whole);
        let silence = alone.and_then(|standing| self.silence(standing));
        self.paused_until.max(silence.unwrap_or(self.paused_until))
    }

    /// Before when this process may not call by its share, because the others may have used all of it.
    fn silence(&self, standing: &Standing) -> Option<Instant> {
        let begun = standing.ledger.unknown_until()? + standing.longest;
        Some(begun + self.limit.window + self.guard())
    }

    /// Until when the first call goes alone.
    fn head_start(&self, now: Instant) -> Option<Instant> {
        let first = self.log.last_sent().filter(|_| !self.is_known)?;
        Some(first + HEAD_START).filter(|until| *until > now)
    }

    /// When somebody may go who comes now.
    pub(super) fn newcomers_turn(&mut self, priority: Priority, now: Instant) -> Instant {
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

    /// When somebody may go who has so many others before, as far as can be told now.
    pub(super) fn turn(&self, before: usize, now: Instant) -> Instant {
        let open = self.opens().max(now).max(self.head_start(now).unwrap_or(now));
        if self.limit.is_unlimited() {
            return open;
        }
        let (limit, window) = (self.pace(), self.limit.window + self.guard());
        let whole = self.ledger().filter(|standing| standing.trust == Trust::Whole);
        let open = whole.map_or(open, |standing| open.max(standing.turn));
        if limit == 0 {
            // Nothing is this process's own. Perhaps the ledger can be asked again by then.
            return open + window;
        }
        // Whoever is `limit` places further back goes one window later.
        let (rounds, before) = (before / limit, before % limit);
        // Of the very next turn, the ledger knows more.
        let own = whole.is_none() || before > 0;
        let first = if own { self.log.free(limit - 1 - before, now, window) } else { None };
        first.unwrap_or(now).max(open) + window.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
    }

    /// The last moment at which a turn is of use to somebody who has to wait for it. Where too many wait, most turns come
    /// just in time: without room for the answer, the budget would go to calls that nobody waits for any more.
    pub(super) fn latest_turn(&self, call: &Call) -> Instant {
        call.deadline - self.latency.most().min(call.remaining() / 2)
    }

    fn guard(&self) -> Duration {
        (self.limit.window / 100).min(LARGEST_GUARD)
    }

    /// Takes what the ledger says; `None` if it can't be asked.
    pub(super) fn heed(&mut self, word: Option<&Word>, now: Instant) {
        self.told = Told::default();
        if let Some(word) = word {
            self.limit.adopt(word.limit);
        }
        let Some(standing) = &mut self.standing else { return };
        standing.is_asking = false;
        if standing.heed(word, now) {
            self.queue.wake_all();
        } else {
            self.queue.wake_next();
        }
    }

    /// Takes what the upstream says of the limit, and what others on the same account have used.
    pub(super) fn learn(&mut self, said: &Limits, now: Instant) {
        self.is_known = true;
        let before = (self.limit.get(), self.log.len());
        self.limit.learn(said, now);
        if self.standing.is_none() {
            self.count_foreign(said, now);
        }
        if before == (self.limit.get(), self.log.len()) {
            self.queue.wake_next();
        } else {
            // Some may have to be told that their turn can't come in time any more.
            self.queue.wake_all();
        }
    }

    fn count_foreign(&mut self, said: &Limits, now: Instant) {
        if let Some((used, left)) = said.counted(self.limit.window) {
            self.forget(now);
            let window = self.limit.window + self.guard();
            let foreign = (used as usize).saturating_sub(self.log.len()).min(self.limit.calls as usize);
            if foreign > 0 && !left.is_zero() && !self.limit.is_unlimited() {
                // As if they had come when the window began, so that they count until it ends.
                self.log.note((now + left).checked_sub(window).unwrap_or(now), foreign);
            }
        }
    }
}

/// The ledger can be asked after all.
#[derive(Debug)]
pub(super) struct Asked;
