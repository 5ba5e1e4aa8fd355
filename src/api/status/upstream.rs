//! What is told of an upstream and its routes.

use std::time::Duration;

use providers::{
    measure::Distribution,
    upstream::{BreakerReport, BreakerState, BudgetReport, Calls, RouteReport},
};
use serde::Serialize;
use utoipa::ToSchema;

/// One route of a provider's API.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = ProviderRoute)]
pub(crate) struct Route {
    /// The method and the path.
    route: String,
    breaker: Breaker,
    /// Routes that the provider counts together have one.
    budget: Budget,
    /// How many calls were made since the start, repeats included.
    calls: u64,
    /// How many of them failed.
    failures: u64,
    /// How long those of the last quarter of an hour took; null if there were none.
    latency: Option<Latency>,
}

/// What spares a provider that fails.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Breaker {
    state: State,
    /// When it will let a call through; null if it does already.
    retry_seconds: Option<f64>,
}

/// `closed`: calls are made. `half-open`: one is, to find out. `open`: none is.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = BreakerState)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    #[default]
    Closed,
    HalfOpen,
    Open,
}

/// How many calls the provider allows.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Budget {
    /// So many in a window; null: as many as anybody likes.
    limit: Option<u32>,
    /// How long the window is.
    window_seconds: f64,
    /// How many could be made now; null: as many as anybody likes.
    left: Option<u32>,
    /// When all of them could be made again.
    reset_seconds: f64,
    waiting: Waiting,
}

/// How many calls wait for their turn.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// Somebody waits for their answers.
    live: usize,
    /// Nobody is in a hurry.
    batch: usize,
}

/// How long calls took, as far as can be told from how many took longer than certain times.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Latency {
    /// Half of them took no longer than this.
    median_seconds: f64,
    /// All but a twentieth of them took no longer than this.
    p95_seconds: f64,
}

impl Route {
    /// Of a route and its calls of the last quarter of an hour.
    pub(super) fn of(report: &RouteReport, lately: &Calls) -> Self {
        Self {
            route: report.route.to_string(),
            breaker: Breaker::of(&report.breaker),
            budget: Budget::of(&report.budget),
            calls: report.calls.count(),
            failures: report.calls.failures(),
            latency: Latency::of(&lately.took),
        }
    }
}

impl Breaker {
    fn of(report: &BreakerReport) -> Self {
        Self { state: State::of(report.state), retry_seconds: report.retry.map(seconds) }
    }
}

impl State {
    pub(super) fn of(state: BreakerState) -> Self {
        match state {
            BreakerState::Closed => Self::Closed,
            BreakerState::HalfOpen => Self::HalfOpen,
            BreakerState::Open => Self::Open,
        }
    }
}

impl Budget {
    pub(super) fn of(report: &BudgetReport) -> Self {
        let (limit, left) = report.limit.unzip();
        let (live, batch) = report.waiting;
        Self {
            limit,
            window_seconds: seconds(report.window),
            left,
            reset_seconds: limit.map_or(0.0, |_| seconds(report.reset)),
            waiting: Waiting { live, batch },
        }
    }
}

impl Latency {
    pub(super) fn of(took: &Distribution) -> Option<Self> {
        let (median, p95) = (took.quantile(0.5)?, took.quantile(0.95)?);
        Some(Self { median_seconds: seconds(median), p95_seconds: seconds(p95) })
    }
}

/// To the microsecond: what is beyond that was not measured.
pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e6
}
