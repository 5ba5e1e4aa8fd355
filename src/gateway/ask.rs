//! Asking a provider: one flight per id, with a seat for everybody who wants the same.

use std::{sync::Arc, time::Duration};

use providers::{Call, ErrorKind, Priority};
use tokio::{sync::SemaphorePermit, time::Instant};
use tracing::Span;

use super::{
    Errand, Failure, Gateway, Page, Wish,
    flights::{Outcome, Seat},
    load::Load,
    resolve::Target,
};

/// With less time than this, nobody asks again.
const WORTHWHILE: Duration = Duration::from_millis(100);

impl Gateway {
    /// Asks the provider, together with whoever else does, and waits until then. Also returns whether another request had
    /// asked it.
    pub(super) async fn ask(
        &self,
        target: &Target,
        kept: Option<&Page>,
        wish: &Wish<'_>,
        deadline: Instant,
        until: Instant,
    ) -> (Outcome, bool) {
        let (outcome, ride) = self.ride(target, kept, wish, deadline, until).await;
        if ride.was_cut_short(&outcome) && Instant::now() + WORTHWHILE < until {
            let (outcome, ride) = self.ride(target, kept, wish, deadline, until).await;
            return (outcome, ride != Ride::Own);
        }
        (outcome, ride != Ride::Own)
    }

    async fn ride(
        &self,
        target: &Target,
        kept: Option<&Page>,
        wish: &Wish<'_>,
        deadline: Instant,
        until: Instant,
    ) -> (Outcome, Ride) {
        match self.board(target, kept, wish, deadline) {
            Boarded::Landed(page) => (Ok(page), Ride::Shared { due: deadline }),
            Boarded::Seated(mut seat, _place) => {
                let ride = if seat.collapsed { Ride::Shared { due: seat.call.deadline } } else { Ride::Own };
                let landing = seat.land(until).await;
                (landing.unwrap_or_else(|| Err(Failure::late(&target.instance.name, seat.call.trouble()))), ride)
            }
            Boarded::Refused(failure) => (Err(failure), Ride::Own),
        }
    }

    /// Takes a seat on the flight to this contact, and a place among those who wait for its provider.
    fn board<'a>(&self, target: &'a Target, kept: Option<&Page>, wish: &Wish<'_>, deadline: Instant) -> Boarded<'a> {
        let overloaded = || Failure::Overloaded { provider: Arc::clone(&target.instance.name) };
        let Some(place) = target.instance.wait() else { return Boarded::Refused(overloaded()) };
        let call = Call::new(deadline, wish.priority);
        let boarded = self.flights.board(&target.key, &call, || {
            if let Some(page) = self.pages.newer(&target.key, kept) {
                return Err(Boarded::Landed(page));
            }
            let share = target.instance.load().ok_or_else(|| Boarded::Refused(overloaded()))?;
            let insists = wish.demand.insists() || kept.is_some_and(|page| page.is_fresh(Instant::now()));
            let load = Load::new(&self.pages, target, &call, share).insisting(insists);
            // Boxed, because it would be moved some ten times on its way to its task.
            Ok(wish.errand.run(&call, &target.instance.name, Box::pin(load.run())))
        });
        boarded.map_or_else(
            |not| not,
            |seat| {
                if let Some(trail) = seat.call.trail().filter(|_| seat.collapsed) {
                    // It is part of another request's trace, and matters to this one.
                    Span::current().follows_from(trail.span());
                }
                Boarded::Seated(seat, place)
            },
        )
    }

    /// Asks for a newer page, for whoever comes next. Where too many are being asked for, somebody else will try again.
    pub(super) fn refresh(&self, target: &Target, page: &Page, errand: &Errand<'_>) {
        let call = Call::new(Instant::now() + self.deadline, Priority::Batch);
        let _ = self.flights.board(&target.key, &call, || {
            let needed = self.pages.newer(&target.key, Some(page)).is_none();
            let share = if needed { target.instance.refresh() } else { None }.ok_or(())?;
            let load = Load::new(&self.pages, target, &call, share).in_background();
            Ok::<_, ()>(errand.run(&call, &target.instance.name, load.run()))
        });
    }
}

/// What came of the wish to be on a flight.
enum Boarded<'a> {
    /// One is under way.
    Seated(Seat, SemaphorePermit<'a>),
    /// One has just brought a page.
    Landed(Page),
    /// Too many wait.
    Refused(Failure),
}

/// Whose question an outcome answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ride {
    /// This request's.
    Own,
    /// One that another request had asked, and for which there was time until then.
    Shared { due: Instant },
}

impl Ride {
    /// Whether the question may have failed only because the time of the one who asked it was over.
    fn was_cut_short(self, outcome: &Outcome) -> bool {
        let (Self::Shared { due }, Err(Failure::Provider { error, .. })) = (self, outcome) else { return false };
        match error.kind() {
            // Told at once that there was no turn in time.
            ErrorKind::RateLimited => error.is_foreseen(),
            ErrorKind::Timeout => Instant::now() + WORTHWHILE >= due,
            _ => false,
        }
    }
}
