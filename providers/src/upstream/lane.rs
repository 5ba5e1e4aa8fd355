//! What calls to one route must pass before they are sent.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Breaker, Budget, Change, Exhausted, Pass, Permit, Request, Route, RouteReport, meter::Meter};
use crate::{Call, Error, ErrorKind, Instance, Result};

/// How much longer than an attempt may take it may count as being under way, for whoever can't see its end.
const ENDING: Duration = Duration::from_secs(1);

/// The breaker and the budget of one route of one account. Routes of one pool share the budget; each has its own breaker, because
/// one can ail alone.
#[derive(Debug)]
pub(super) struct Lane {
    provider: Arc<str>,
    route: &'static Route,
    /// The method and the path.
    pub(super) name: Arc<str>,
    breaker: Breaker,
    pub(super) budget: Arc<Budget>,
    pub(super) meter: Meter,
}

impl Lane {
    /// A lane beside the others of the same account.
    pub(super) fn new<'a>(
        instance: &Instance,
        account: &str,
        request: &Request<'_>,
        origin: Instant,
        mut others: impl Iterator<Item = &'a Arc<Self>>,
    ) -> Self {
        let route = request.route;
        let pooled = others.find(|other| route.pool.is_some() && other.route.pool == route.pool);
        let own = || {
            let rate = route.rate.unwrap_or(instance.rate);
            let ledger = instance.ledgers.open(account, route.pool.unwrap_or(route.path));
            Arc::new(match ledger {
                Some(ledger) => Budget::shared(rate, ledger, instance.timeout + ENDING),
                None => Budget::new(rate),
            })
        };
        let budget = pooled.map_or_else(own, |other| Arc::clone(&other.budget));
        let name = format!("{} /{}", request.method(), route.path).into();
        let (provider, breaker, meter) = (Arc::clone(&instance.name), Breaker::new(), Meter::new(origin));
        Self { provider, route, name, breaker, budget, meter }
    }

    /// Lets one call through, once it is its turn.
    ///
    /// The breaker is asked on both sides of the wait for the budget: before, so that nobody waits for nothing; after, because
    /// only a call that is really sent can be the one probe of a breaker that is half open. Those who wait while it opens,
    /// leave.
    pub(super) async fn admit(&self, call: &Call) -> Result<(Pass<'_>, Permit<'_>)> {
        self.breaker.admits().inspect_err(|_| self.meter.spare())?;
        let permit = tokio::select! {
            biased;
            permit = self.budget.acquire(call) => permit.map_err(foreseen)?,
            refusal = self.breaker.opened() => {
                self.meter.spare();
                return Err(refusal);
            }
        };
        match self.breaker.enter() {
            Ok(pass) => Ok((pass, permit)),
            Err(refusal) => {
                self.meter.spare();
                permit.unused();
                Err(refusal)
            }
        }
    }

    /// What is known of it.
    pub(super) fn report(&self) -> RouteReport {
        RouteReport {
            route: Arc::clone(&self.name),
            breaker: self.breaker.report(),
            budget: self.budget.report(self.route.pool.unwrap_or(self.route.path)),
            calls: self.meter.total(),
            under_way: self.meter.under_way(),
            repeats: self.meter.repeats(),
            spared: self.meter.spared(),
        }
    }

    /// Reports how a call ended.
    pub(super) fn settle(&self, pass: Pass<'_>, error: Option<&Error>) {
        let (provider, route) = (&*self.provider, self.route.path);
        match (pass.settle(error), error) {
            (Some(Change::Opened(pause)), Some(error)) => tracing::warn!(
                provider,
                route,
                kind = error.kind().name(),
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
