//! The way of a request: resolve the id, look for its page, ask the provider once, keep the bytes.
//!
//! ```text
//! contact ── resolve ──┬─ one candidate ──── page
//!                      └─ several ────────── any_of ── page, page, …
//!
//! page ── the demand, held against the page in memory
//!           ├─ serve ──── it is the answer
//!           ├─ refresh ── it is the answer; a flight in the background brings the next one
//!           └─ ask ────── one flight per id ── provider.contact ── rendered once ── stored
//!                           └─ it fails: the page in memory after all
//! ```

mod ask;
mod caller;
mod demand;
mod elsewhere;
mod entity_tag;
mod errand;
mod failure;
mod flights;
mod instance;
mod list;
mod load;
mod lookups;
mod many;
mod merge;
mod news;
mod page;
mod pages;
mod person;
mod register;
mod resolve;
mod served;
mod shelf;
mod strangers;
#[cfg(test)]
mod tests;
mod wish;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use providers::Handle;
use tokio::{runtime, time::Instant};

#[cfg(fuzzing)]
pub use self::resolve::meanings;
pub use self::{
    caller::Caller,
    demand::{Demand, Why},
    entity_tag::EntityTag,
    errand::Errand,
    failure::Failure,
    instance::{Ages, Instance, Places},
    list::Listed,
    lookups::{Looked, Lookup, Lookups},
    news::Unmoved,
    page::{Content, Page},
    register::{Registration, Unregistered},
    served::{Served, Via},
    shelf::{Eviction, Shelf},
    wish::Wish,
};
use self::{
    demand::Verdict, flights::Flights, pages::Pages, register::Receipts, resolve::Target, strangers::Strangers,
};
use crate::{shared::Shared, telemetry};

/// How long the other candidates of a bare id may still take once one of them has found a contact.
///
/// All of them are asked because the id may be ambiguous. But one provider's trouble must not slow another's contacts: who did
/// not have the contact lately, or did not say so in this time, is not waited for again for a while.
const PATIENCE: Duration = Duration::from_millis(500);
/// What is kept of the deadline for writing the answer out: a twentieth, and no more than this.
const WRITING: Duration = Duration::from_millis(100);

/// All configured providers behind one cache.
#[derive(Debug)]
pub struct Gateway {
    instances: Vec<Arc<Instance>>,
    deadline: Duration,
    pages: Arc<Pages>,
    flights: Arc<Flights>,
    strangers: Arc<Strangers>,
    receipts: Arc<Receipts>,
    /// What other gateways know.
    shared: Option<Arc<Shared>>,
}

impl Gateway {
    /// A gateway whose upstream calls run on `runtime`, so that neither a caller who leaves nor a busy HTTP worker holds
    /// up others who wait for the same contact.
    #[must_use]
    pub fn new(instances: Vec<Instance>, capacity: u64, deadline: Duration, runtime: runtime::Handle) -> Self {
        let pages = Arc::new(Pages::new(capacity, runtime.clone()));
        runtime.spawn(Pages::sweep(Arc::downgrade(&pages)));
        Self {
            instances: Instance::in_order(instances.into_iter().map(Arc::new).collect()),
            deadline,
            pages,
            flights: Arc::new(Flights::new(runtime)),
            strangers: Arc::default(),
            receipts: Arc::default(),
            shared: None,
        }
    }

    /// The same gateway, as one of several.
    #[must_use]
    pub fn sharing(self, shared: Option<Arc<Shared>>) -> Self {
        if let Some(shared) = &shared {
            let (pages, flights) = (Arc::clone(&self.pages), Arc::clone(&self.flights));
            shared.heed(move |prefix, what, id| news::heed(&pages, &flights, prefix, what, id));
        }
        Self { shared, ..self }
    }

    /// What it shares with other gateways.
    pub(crate) fn shared(&self) -> Option<&Arc<Shared>> {
        self.shared.as_ref()
    }

    /// Waits until it has found the others, or can't.
    pub async fn join(&self) {
        if let Some(shared) = &self.shared {
            shared.started().await;
        }
    }

    /// Says goodbye to the others. It makes no call any more.
    pub async fn leave(&self) {
        if let Some(shared) = &self.shared {
            shared.leave().await;
        }
    }

    /// The instances, in the order of their names.
    #[must_use]
    pub fn instances(&self) -> &[Arc<Instance>] {
        &self.instances
    }

    /// The longest that a request may take.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// How many bytes its memory has room for.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.pages.capacity()
    }

    /// The instance with this name.
    #[must_use]
    pub fn instance(&self, name: &str) -> Option<&Arc<Instance>> {
        Instance::named(&self.instances, name)
    }

    /// The instance with this name, if the caller may ask it.
    ///
    /// # Errors
    /// [`Failure::UnknownProvider`], [`Failure::Forbidden`].
    pub fn instance_for(&self, name: &str, caller: &Caller) -> Result<&Arc<Instance>, Failure> {
        match self.instance(name) {
            Some(instance) if caller.may_ask(name) => Ok(instance),
            Some(instance) => Err(Failure::Forbidden { provider: Arc::clone(&instance.name) }),
            None => {
                let known = self.open_to(caller).map(|instance| instance.name.to_string());
                Err(Failure::UnknownProvider { known: known.collect() })
            }
        }
    }

    /// The instances that the caller may ask.
    pub fn open_to<'a>(&'a self, caller: &'a Caller) -> impl Iterator<Item = &'a Arc<Instance>> + 'a {
        self.instances.iter().filter(|instance| caller.may_ask(&instance.name))
    }

    /// An id as the log may show it: all spellings of one in the same way.
    #[must_use]
    pub fn shown(&self, id: &str) -> String {
        if let Some(Ok(handle)) = Handle::parse(id) {
            return telemetry::shown(&handle.uri());
        }
        match resolve::resolve(&self.instances, &Caller::default(), id, None).as_deref() {
            Ok([target]) => target.shown(),
            _ => telemetry::shown(id),
        }
    }

    /// The gateway of the next configuration, with the same memory and the same flights. Whoever is being answered by this
    /// one will be.
    #[must_use]
    pub fn succeeded_by(&self, instances: Vec<Arc<Instance>>, deadline: Duration) -> Self {
        let (pages, flights) = (Arc::clone(&self.pages), Arc::clone(&self.flights));
        let (strangers, receipts) = (Arc::clone(&self.strangers), Arc::clone(&self.receipts));
        let instances = Instance::in_order(instances);
        Self { instances, deadline, pages, flights, strangers, receipts, shared: self.shared.clone() }
    }

    /// Gives back the memory that pages of instances take which are not part of it any more. Nobody can ask for them.
    pub fn forget_former_instances(&self) {
        self.pages.retain(|prefix| self.instances.iter().any(|instance| instance.prefix() == prefix));
    }

    /// Answers `GET /contacts/{id}`: the page of the one contact, or the one person, that the wish is for.
    ///
    /// # Errors
    /// By the deadline at the latest; see [`Failure`]. That there is no such contact is a page, not an error.
    pub async fn contact(&self, wish: &Wish<'_>) -> Result<Served, Failure> {
        let deadline = Instant::now() + self.deadline - WRITING.min(self.deadline / 20);
        let deadline = wish.deadline.map_or(deadline, |other| other.min(deadline));
        if let Some(handle) = Handle::parse(wish.id) {
            return self.look_up(&handle?, wish, deadline).await;
        }
        let mut targets = resolve::resolve(&self.instances, wish.caller, wish.id, wish.provider)?;
        if wish.raw {
            targets = targets.into_iter().map(Target::with_document).collect();
        }
        if wish.linked { self.linked(&targets, wish, deadline).await } else { self.one(&targets, wish, deadline).await }
    }

    /// The same, if memory has the answer and nobody need be asked for a newer one. Only what is asked most: one contact of one
    /// instance. `admit` has the last word, before the answer counts as one, and what it brings is given along.
    #[must_use]
    pub fn at_hand<A>(&self, wish: &Wish<'_>, admit: impl FnOnce(&Page) -> Option<A>) -> Option<(Served, A)> {
        if wish.raw || wish.linked || Handle::parse(wish.id).is_some() {
            return None;
        }
        match resolve::resolve(&self.instances, wish.caller, wish.id, wish.provider).as_deref() {
            Ok([target]) => self.kept(target, wish, admit),
            _ => None,
        }
    }

    fn kept<A>(&self, target: &Target, wish: &Wish<'_>, admit: impl FnOnce(&Page) -> Option<A>) -> Option<(Served, A)> {
        let now = Instant::now();
        let page = self.pages.get_at(&target.key, now)?;
        if wish.demand.judge(Some(&page), now) != Verdict::Serve {
            return None;
        }
        let admitted = admit(&page)?;
        let answer = Ok(Served::kept(page, target, now));
        target.instance.lookups.count(&answer);
        answer.ok().map(|served| (served, admitted))
    }

    /// The one contact among these that there is.
    async fn one(&self, targets: &[Target], wish: &Wish<'_>, deadline: Instant) -> Result<Served, Failure> {
        match targets {
            [target] => self.page(target, wish, deadline).await,
            targets => Ok(Served { is_own: false, ..self.any_of(targets, wish, deadline).await? }),
        }
    }

    /// One contact's page: from memory where the demand accepts that, else from the provider, which is asked once however many
    /// wait; and from memory after all where the provider fails.
    async fn page(&self, target: &Target, wish: &Wish<'_>, deadline: Instant) -> Result<Served, Failure> {
        let answer = self.answer(target, wish, deadline).await;
        target.instance.lookups.count(&answer);
        answer
    }

    async fn answer(&self, target: &Target, wish: &Wish<'_>, deadline: Instant) -> Result<Served, Failure> {
        let now = Instant::now();
        let kept = match self.pages.get_at(&target.key, now) {
            None if !wish.demand.no_cache => target.look(&self.pages).await,
            kept => kept,
        };
        let why = match (wish.demand.judge(kept.as_ref(), now), &kept) {
            (Verdict::Serve, Some(page)) => return Ok(Served::kept(page.clone(), target, now)),
            (Verdict::Refresh, Some(page)) => {
                self.refresh(target, page, &wish.errand);
                return Ok(Served::kept(page.clone(), target, now));
            }
            (Verdict::Ask(why), _) => why,
            (Verdict::Serve | Verdict::Refresh | Verdict::Nothing, _) => return Err(Failure::NotCached),
        };
        let fallback = kept.clone().filter(|page| page.is_found());
        // Who has something to fall back on waits for one attempt, not for repeats.
        let patience = fallback.as_ref().map(|_| Instant::now() + target.instance.timeout);
        let until = patience.map_or(deadline, |patience| patience.min(deadline));
        let (outcome, collapsed) = self.ask(target, kept.as_ref(), wish, deadline, until).await;
        match (outcome, fallback) {
            (Ok(page), _) => Ok(Served::asked(page, why, collapsed, target)),
            (Err(failure), Some(page)) if failure.is_passing() => {
                self.pages.rest(&target.key, &failure);
                Ok(Served { failure: Some(failure), is_own: false, ..Served::asked(page, why, collapsed, target) })
            }
            (Err(failure), _) => Err(failure),
        }
    }

    /// Asks all candidates side by side. One that finds the contact answers; two are ambiguous; "no such contact" only
    /// if every one of them said so.
    async fn any_of(&self, targets: &[Target], wish: &Wish<'_>, deadline: Instant) -> Result<Served, Failure> {
        let mut asked: FuturesUnordered<_> =
            targets.iter().map(async |target| (target, self.page(target, wish, deadline).await)).collect();
        let (mut found, mut absent, mut failed) = (Vec::new(), None::<Served>, None);
        let mut unheard: Vec<_> = targets.iter().collect();
        let mut until = deadline;
        while let Ok(Some((target, outcome))) = tokio::time::timeout_at(until, asked.next()).await {
            unheard.retain(|other| other.key != target.key);
            match outcome {
                Ok(served) if served.page.is_found() => {
                    found.push((target, served));
                    until = deadline.min(Instant::now() + PATIENCE);
                }
                // The page that is first to be asked for again speaks for all.
                Ok(served) => {
                    self.strangers.note(&target.key);
                    absent = Some(absent.map_or(served.clone(), |other| other.sooner(served)));
                }
                Err(failure) => failed = Some(failure),
            }
            if !found.is_empty() && unheard.iter().all(|target| self.strangers.has(&target.key)) {
                // Those whose pages are in memory are still heard.
                until = Instant::now();
            }
        }
        if !found.is_empty() {
            unheard.iter().for_each(|target| self.strangers.note(&target.key));
        }
        let unheard = !unheard.is_empty();
        if found.len() > 1 {
            let mut candidates: Vec<_> = found.iter().map(|(target, _)| target.qualified()).collect();
            candidates.sort_unstable();
            return Err(Failure::Ambiguous { candidates });
        }
        match (found.pop(), failed, absent) {
            (Some((_, served)), _, _) => Ok(served),
            (None, Some(failure), _) => Err(failure),
            (None, None, Some(served)) if !unheard => Ok(Served { provider: None, ..served }),
            (None, None, _) => Err(Failure::late(&targets[0].instance.name, None)),
        }
    }
}
