//! What calls to one route must pass before they are sent.

use std::sync::Arc;

use super::{Breaker, Budget, Change, Exhausted, Pass, Permit, Route};
use crate::{Call, Error, ErrorKind, Instance, Result};

/// The breaker and the budget of one route of one account. Routes of one pool share the budget; each has its own breaker, because
/// one can ail alone.
#[derive(Debug)]
pub(super) struct Lane {
    provider: Arc<str>,
    route: &'static Route,
    breaker: Breaker,
    pub(super) budget: Arc<Budget>,
}

impl Lane {
    /// A lane beside the others of the same account.
    pub(super) fn new<'a>(
        instance: &Instance,
        route: &'static Route,
        mut others: impl Iterator<Item = &'a Arc<Self>>,
    ) -> Self {
        let pooled = others.find(|other| route.pool.is_some() && other.route.pool == route.pool);
        let own = || Arc::new(Budget::new(route.rate.unwrap_or(instance.rate)));
        let budget = pooled.map_or_else(own, |other| Arc::clone(&other.budget));
        Self { provider: Arc::clone(&instance.name), route, breaker: Breaker::new(), budget }
    }

    /// Lets one call through, once it is its turn.
    ///
    /// The breaker is asked on both sides of the wait for the budget: before, so that nobody waits for nothing; after, because
    /// only a call that is really sent can be the one probe of a breaker that is half open. Those who wait while it opens,
    /// leave.
    pub(super) async fn admit(&self, call: &Call) -> Result<(Pass<'_>, Permit<'_>)> {
        self.breaker.admits()?;
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

    /// Reports how a call ended.
    pub(super) fn settle(&self, pass: Pass<'_>, error: Option<&Error>) {
        let (provider, route) = (&*self.provider, self.route.path);
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
