//! What calls to one route must pass before they are sent.

use std::{sync::Arc, time::Duration};

use super::{Breaker, Budget, Change, Exhausted, Pass, Permit, Route, latency::Latency};
use crate::{Call, Error, ErrorKind, Instance, Result};

/// The breaker and the budget of one route of one account.
#[derive(Debug)]
pub(super) struct Lane {
    provider: Arc<str>,
    route: &'static str,
    breaker: Breaker,
    pub(super) budget: Budget,
    latency: Latency,
    timeout: Duration,
}

impl Lane {
    pub(super) fn new(instance: &Instance, route: &'static Route) -> Self {
        Self {
            provider: Arc::clone(&instance.name),
            route: route.path,
            breaker: Breaker::new(),
            budget: Budget::new(route.rate.unwrap_or(instance.rate)),
            latency: Latency::default(),
            timeout: instance.timeout,
        }
    }

    /// Lets one call through, once it is its turn.
    ///
    /// The breaker is asked on both sides of the wait for the budget: before, so that nobody waits for nothing; after, because
    /// only a call that is really sent can be the one probe of a breaker that is half open. Those who wait while it opens,
    /// leave.
    ///
    /// The turn must come early enough to be of use: where more is asked for than the budget allows, everybody's turn comes as
    /// late as it may, and would be wasted on calls that can't be answered in what is left of their time.
    pub(super) async fn admit(&self, call: &Call) -> Result<(Pass<'_>, Permit<'_>)> {
        self.breaker.admits()?;
        let needed = self.latency.most().min(self.timeout).min(call.remaining() / 2);
        let call = &call.until(call.deadline.checked_sub(needed).unwrap_or(call.deadline));
        let permit = tokio::select! {
            biased;
            permit = self.budget.acquire(call) => permit.map_err(foreseen)?,
            refusal = self.breaker.opened() => return Err(refusal),
        };
        match self.breaker.enter() {
            Ok(pass) => Ok((pass, permit)),
            Err(refusal) => {
                permit.unused();
                Err(refusal)
            }
        }
    }

    /// Takes note of how long an answer took.
    pub(super) fn answered(&self, took: Duration) {
        self.latency.see(took);
    }

    /// Reports how a call ended.
    pub(super) fn settle(&self, pass: Pass<'_>, error: Option<&Error>) {
        let (provider, route) = (&*self.provider, self.route);
        match (pass.settle(error), error) {
            (Some(Change::Opened(pause)), Some(error)) => tracing::warn!(
                provider,
                route,
                kind = %error.kind(),
                detail = error.detail(),
                pause_ms = pause.as_millis(),
                "the breaker has opened"
            ),
            (Some(Change::Closed), _) => tracing::info!(provider, route, "the breaker has closed"),
            (Some(Change::Opened(_)) | None, _) => {}
        }
    }
}

fn foreseen(exhausted: Exhausted) -> Error {
    Error::new(ErrorKind::RateLimited, "the budget is used up").after(exhausted.retry_after).foreseen()
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::Rate;

    static ROUTE: Route = Route::new("contacts/{}");

    #[tokio::test(start_paused = true)]
    async fn whoever_has_a_turn_has_the_time_to_be_answered() {
        let instance = Instance {
            name: "here".into(),
            base_url: "http://127.0.0.1".parse().unwrap(),
            rate: Rate::per_seconds(10, 1),
            timeout: Duration::from_secs(5),
            default_region: None,
        };
        let (lane, took) = (Lane::new(&instance, &ROUTE), Duration::from_millis(300));
        // Ten times what is allowed, for ten seconds.
        let asking = (0..1000).map(|number| {
            let lane = &lane;
            async move {
                sleep(Duration::from_millis(10 * number)).await;
                let call = Call::within(Duration::from_secs(3));
                let Ok((pass, permit)) = lane.admit(&call).await else { return None };
                let sent = Instant::now();
                sleep(took.min(call.remaining())).await;
                permit.answered(&super::super::Limits::default());
                lane.answered(sent.elapsed());
                lane.settle(pass, None);
                Some(!call.remaining().is_zero())
            }
        });
        let outcomes: Vec<bool> = join_all(asking).await.into_iter().flatten().collect();
        let answered = outcomes.iter().filter(|answered| **answered).count();
        assert!(answered >= 95, "{answered} were answered");
        assert_eq!(answered, outcomes.len(), "calls were made for nobody");
    }
}
