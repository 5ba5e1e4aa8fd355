//! What is told of one instance.

use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::{Budget, History, Latency, Route, upstream::State};
use crate::{
    api::{Code, code_of},
    gateway::{Instance, Lookup},
};

/// How the providers are.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Providers)]
pub(crate) struct Document {
    /// By their names.
    pub(crate) providers: Vec<Provider>,
}

/// How one provider is.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Provider {
    /// The instance's name.
    provider: String,
    /// What kind of provider it is.
    kind: &'static str,
    /// Which generation of its API answers, where there are several and it is known by now.
    generation: Option<&'static str>,
    /// What it can do, as it is configured: `contact`, `find-by-phone`, `find-by-email`, `list`, `register`, `webhooks`.
    capabilities: Vec<&'static str>,
    /// The worst of its routes' breakers.
    breaker: State,
    /// The budget of the route by which a contact is read.
    budget: Option<Budget>,
    /// How long the calls of the last quarter of an hour took; null if there were none.
    latency: Option<Latency>,
    /// Its contacts in memory.
    cache: Cache,
    /// The last failure of the provider; null if there was none.
    last_error: Option<LastError>,
    /// The routes of its API that were used, by their names.
    routes: Vec<Route>,
    /// The last quarter of an hour.
    history: History,
}

/// How memory was used for one provider's contacts. The counts are since the start.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = ProviderCache)]
pub(crate) struct Cache {
    /// How many answers are in memory.
    entries: u64,
    /// The bytes that they take.
    bytes: u64,
    /// Answered from memory with a fresh contact.
    hits: u64,
    /// Answered from memory with a stale contact.
    stale: u64,
    /// Answered together with somebody else who had asked for the same.
    collapsed: u64,
    /// The provider was asked, or would have had to be.
    misses: u64,
    /// The provider was asked in vain, and memory had an older answer.
    fallbacks: u64,
}

/// A failure of a provider.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = ProviderError)]
pub(crate) struct LastError {
    /// As callers are told of it.
    #[schema(value_type = Code)]
    code: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: String,
}

impl Provider {
    /// What is known now.
    pub(super) fn of(instance: &Instance, now: Instant) -> Self {
        let upstream = instance.provider.upstream();
        // First, because it makes sure that the route is among those that are known.
        let budget = upstream.map(|(upstream, route)| Budget::of(&upstream.route(route).budget));
        let (all, each) = upstream.map(|(upstream, _)| upstream.lately(now)).unzip();
        let reports = upstream.map(|(upstream, _)| upstream.routes()).unwrap_or_default();
        let routes: Vec<_> =
            reports.iter().zip(each.unwrap_or_default()).map(|(report, lately)| Route::of(report, &lately)).collect();
        Self {
            provider: instance.name.to_string(),
            kind: instance.kind.name,
            generation: instance.provider.generation(),
            capabilities: capabilities(instance),
            breaker: reports.iter().map(|report| report.breaker.state).max().map(State::of).unwrap_or_default(),
            budget,
            latency: all.and_then(|all| Latency::of(&all.took)),
            cache: Cache::of(instance),
            last_error: instance.last_trouble().map(|(failure, at)| LastError::new(code_of(&failure), at)),
            routes,
            history: History::of(instance, now),
        }
    }
}

impl Cache {
    fn of(instance: &Instance) -> Self {
        let (shelf, looked) = (&instance.shelf, instance.lookups.total());
        Self {
            entries: shelf.entries(),
            bytes: shelf.bytes(),
            hits: looked.count(Lookup::Hit),
            stale: looked.count(Lookup::Stale),
            collapsed: looked.count(Lookup::Collapsed),
            misses: looked.count(Lookup::Miss),
            fallbacks: looked.count(Lookup::Fallback),
        }
    }
}

impl LastError {
    fn new(code: Code, at: Timestamp) -> Self {
        Self { code: code.name(), at: seconds(at) }
    }
}

/// A time as it is told: whole seconds in UTC.
pub(super) fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn capabilities(instance: &Instance) -> Vec<&'static str> {
    let can = &instance.kind.capabilities;
    let all = [
        ("contact", true),
        ("find-by-phone", can.find_by_phone),
        ("find-by-email", can.find_by_email),
        ("list", can.list),
        ("register", can.register),
        ("webhooks", can.webhooks && instance.provider.hears()),
    ];
    all.into_iter().filter(|(_, can)| *can).map(|(name, _)| name).collect()
}
