//! What is known of an upstream's health, for whoever watches.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Calls, Request, Route, Upstream, lane::Lane};
use crate::measure::Distribution;

/// What is known of one route.
#[derive(Debug, Clone)]
pub struct RouteReport {
    /// The method and the path, as in `GET /contacts/{}`.
    pub route: Arc<str>,
    /// Its breaker.
    pub breaker: BreakerReport,
    /// Its budget, which it may share with other routes.
    pub budget: BudgetReport,
    /// Every call since the start that has ended.
    pub calls: Calls,
    /// How many calls have not ended yet.
    pub under_way: u64,
    /// How many calls were repeats.
    pub repeats: u64,
    /// How many calls were not made because the breaker was open.
    pub spared: u64,
}

/// What is known of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerReport {
    /// Whether it lets calls through.
    pub state: BreakerState,
    /// When it will let one through, from now; `None` if it does already.
    pub retry: Option<Duration>,
    /// How often it has opened since the start.
    pub openings: u64,
}

/// Whether a breaker lets calls through. The worse it is, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BreakerState {
    /// It does.
    Closed,
    /// One, to find out.
    HalfOpen,
    /// It does not.
    Open,
}

/// What is known of a budget.
#[derive(Debug, Clone)]
pub struct BudgetReport {
    /// The name of the routes' pool, or the path of the one route that it is for.
    pub name: &'static str,
    /// How many calls there may be in a window, and how many of them are left; `None`: as many as anybody likes.
    pub limit: Option<(u32, u32)>,
    /// How long the window is.
    pub window: Duration,
    /// When all of them will be left, if nobody calls.
    pub reset: Duration,
    /// How many live calls and how many of batches wait for their turn.
    pub waiting: (usize, usize),
    /// How long those had to wait who had their turn.
    pub waited: Distribution,
    /// How many were told that there is no turn in time.
    pub refused: u64,
}

impl Upstream {
    /// What is known of a route that is read, which is one of [`routes`](Self::routes) from now on.
    #[must_use]
    pub fn route(&self, route: &'static Route) -> RouteReport {
        self.lane(&Request::get(route)).report()
    }

    /// What is known of each route that was used, in the order of their names.
    #[must_use]
    pub fn routes(&self) -> Vec<RouteReport> {
        self.all_lanes().iter().map(|lane| lane.report()).collect()
    }

    /// The calls of the last quarter of an hour: to all routes, and to each in the order of [`routes`](Self::routes).
    #[must_use]
    pub fn lately(&self, now: Instant) -> (Calls, Vec<Calls>) {
        let each: Vec<_> = self.all_lanes().iter().map(|lane| lane.meter.lately(now)).collect();
        (each.iter().fold(Calls::none(), Calls::and), each)
    }

    /// The calls of each [step](crate::measure::STEP) of the last quarter of an hour to all routes, the oldest first.
    #[must_use]
    pub fn steps(&self, now: Instant) -> Vec<Calls> {
        let mut all = vec![Calls::none(); crate::measure::STEPS];
        for lane in self.all_lanes() {
            for (sum, step) in all.iter_mut().zip(lane.meter.steps(now)) {
                *sum = std::mem::replace(sum, Calls::none()).and(&step);
            }
        }
        all
    }

    fn all_lanes(&self) -> Vec<Arc<Lane>> {
        let mut all: Vec<_> = self.lanes().values().cloned().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }
}
