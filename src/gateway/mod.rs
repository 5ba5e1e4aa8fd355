//! The way of a request: resolve the id, look for its page, ask the provider once, keep the bytes.
//!
//! ```text
//! contact ── resolve ──┬─ one candidate ──── page
//!                      └─ several ────────── any_of ── page, page, …
//!
//! page ── fresh page in memory?
//!           └─ one flight per id ── provider.contact ── rendered once ── stored
//! ```

mod failure;
mod flights;
mod instance;
mod page;
mod pages;
mod resolve;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use providers::{Call, Error, ErrorKind};
use tokio::{runtime::Handle, time::Instant};

pub use self::{
    failure::Failure,
    instance::{Ages, Instance},
    page::{Content, Page},
};
use self::{
    flights::{Flights, Landing},
    pages::Pages,
    resolve::Target,
};

/// How long the other candidates of a bare id may still take once one of them has found a contact.
///
/// All of them are asked because the id may be ambiguous. But one provider's trouble must not slow another's contacts.
const PATIENCE: Duration = Duration::from_millis(500);

/// All configured providers behind one cache.
#[derive(Debug)]
pub struct Gateway {
    instances: Vec<Arc<Instance>>,
    deadline: Duration,
    pages: Arc<Pages>,
    flights: Flights,
}

/// A page, and how it was come by.
#[derive(Debug, Clone)]
pub struct Served {
    /// The page. It may say that there is no such contact.
    pub page: Arc<Page>,
    /// Where it came from.
    pub via: Via,
    /// The instance that it is of; `None` where several were asked and none has the contact.
    pub provider: Option<Arc<str>>,
}

/// Where a page came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// It was in memory, and fresh.
    Memory,
    /// The provider was asked for this request.
    Provider,
    /// The provider was asked for another request for the same contact at the same time.
    Collapsed,
}

impl Gateway {
    /// A gateway whose upstream calls run on `runtime`, so that neither a caller who leaves nor a busy HTTP worker holds
    /// up others who wait for the same contact.
    #[must_use]
    pub fn new(instances: Vec<Instance>, capacity: u64, deadline: Duration, runtime: Handle) -> Self {
        Self {
            instances: instances.into_iter().map(Arc::new).collect(),
            deadline,
            pages: Arc::new(Pages::new(capacity)),
            flights: Flights::new(runtime),
        }
    }

    /// The instances, in the order of their names.
    #[must_use]
    pub fn instances(&self) -> &[Arc<Instance>] {
        &self.instances
    }

    /// Answers `GET /contacts/{id}`: the page of the one contact that has this id.
    ///
    /// `provider` is the instance to which a bare id belongs, where the caller says so.
    ///
    /// # Errors
    /// By the deadline at the latest; see [`Failure`]. That there is no such contact is a page, not an error.
    pub async fn contact(&self, id: &str, provider: Option<&str>) -> Result<Served, Failure> {
        let deadline = Instant::now() + self.deadline;
        let targets = resolve::resolve(&self.instances, id, provider)?;
        match targets.as_slice() {
            [target] => self.page(target, deadline).await,
            targets => self.any_of(targets, deadline).await,
        }
    }

    /// One contact's page: from memory while it is fresh, else from the provider, which is asked once however many wait.
    async fn page(&self, target: &Target, deadline: Instant) -> Result<Served, Failure> {
        if let Some(page) = self.pages.fresh(&target.key) {
            return Ok(Served::new(page, Via::Memory, target));
        }
        let Landing { outcome, collapsed } =
            self.flights.join(&target.key, deadline, || load(Arc::clone(&self.pages), target.clone(), deadline)).await;
        Ok(Served::new(outcome?, if collapsed { Via::Collapsed } else { Via::Provider }, target))
    }

    /// Asks all candidates side by side. One that finds the contact answers; two are ambiguous; "no such contact" only
    /// if every one of them said so.
    async fn any_of(&self, targets: &[Target], deadline: Instant) -> Result<Served, Failure> {
        let mut asked: FuturesUnordered<_> =
            targets.iter().map(async |target| (target, self.page(target, deadline).await)).collect();
        let (mut found, mut absent, mut failed) = (Vec::new(), None::<Served>, None);
        let mut until = deadline;
        while let Ok(Some((target, outcome))) = tokio::time::timeout_at(until, asked.next()).await {
            match outcome {
                Ok(served) if served.page.is_found() => {
                    found.push((target, served));
                    until = deadline.min(Instant::now() + PATIENCE);
                }
                // The page that is first to be asked for again speaks for all.
                Ok(served) => absent = Some(absent.map_or(served.clone(), |other| other.sooner(served))),
                Err(failure) => failed = Some(failure),
            }
        }
        let unheard = !asked.is_empty();
        if found.len() > 1 {
            let mut candidates: Vec<_> = found.iter().map(|(target, _)| target.key.to_string()).collect();
            candidates.sort_unstable();
            return Err(Failure::Ambiguous { candidates });
        }
        match (found.pop(), failed, absent) {
            (Some((_, served)), _, _) => Ok(served),
            (None, Some(failure), _) => Err(failure),
            (None, None, Some(served)) if !unheard => Ok(Served { provider: None, ..served }),
            (None, None, _) => Err(Failure::late(&targets[0].instance)),
        }
    }
}

/// Asks the provider and keeps what it said.
async fn load(pages: Arc<Pages>, target: Target, deadline: Instant) -> Result<Arc<Page>, Failure> {
    // Another flight may have landed between the look into memory and the start of this one.
    if let Some(page) = pages.fresh(&target.key) {
        return Ok(page);
    }
    let instance = &target.instance;
    let failed = |error| Failure::Provider { provider: Arc::clone(&instance.name), error };
    let contact =
        instance.provider.contact(&target.id, &Call::new(deadline, providers::Priority::Live)).await.map_err(failed)?;
    let page = Page::new(contact.as_ref(), &instance.ages)
        .map_err(|_| failed(Error::new(ErrorKind::InvalidAnswer, "the contact can't be rendered")))?;
    let page = Arc::new(page);
    pages.store(&target.key, &page);
    Ok(page)
}

impl Served {
    fn new(page: Arc<Page>, via: Via, target: &Target) -> Self {
        Self { page, via, provider: Some(Arc::clone(&target.instance.name)) }
    }

    fn sooner(self, other: Self) -> Self {
        if other.page.time_to_live() < self.page.time_to_live() { other } else { self }
    }
}
