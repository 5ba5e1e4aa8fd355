//! What is told of an instance's last quarter of an hour.

use jiff::{SignedDuration, Timestamp};
use providers::{
    measure::{STEP, STEPS},
    upstream::Calls,
};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::{document, upstream::seconds};
use crate::gateway::Instance;

/// The last quarter of an hour, in steps that are over.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = ProviderHistory)]
pub(crate) struct History {
    /// How long a step is.
    step_seconds: u64,
    /// When the last one was over.
    #[schema(value_type = String, format = DateTime)]
    until: String,
    /// The oldest first.
    steps: Vec<Step>,
}

/// What happened in one step.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = ProviderStep)]
pub(crate) struct Step {
    /// How often one of its contacts was asked for.
    requests: u64,
    /// How often memory had it.
    hits: u64,
    /// How many calls to the provider ended.
    calls: u64,
    /// How many of them failed.
    failures: u64,
    /// How long they took on average; null if there were none.
    latency_seconds: Option<f64>,
}

impl History {
    pub(super) fn of(instance: &Instance, now: Instant) -> Self {
        let calls = instance.provider.upstream().map(|(upstream, _)| upstream.steps(now));
        let calls = calls.unwrap_or_else(|| vec![Calls::none(); STEPS]);
        let steps = instance.lookups.steps(now).zip(calls).map(|(looked, calls)| Step {
            requests: looked.all(),
            hits: looked.answered(),
            calls: calls.count(),
            failures: calls.failures(),
            latency_seconds: calls.took.mean().map(seconds),
        });
        let ago = SignedDuration::try_from(instance.lookups.since_last_step(now)).unwrap_or_default();
        let until = Timestamp::now().checked_sub(ago).unwrap_or_default();
        Self { step_seconds: STEP.as_secs(), until: document::seconds(until), steps: steps.collect() }
    }
}
