//! `?explain=true`: where each value comes from, and what it took.

use std::collections::BTreeMap;

use providers::{Contact, Origin};
use serde::Serialize;
use utoipa::ToSchema;

use super::{caching, header::Text};
use crate::{
    forms,
    gateway::{Gateway, Served},
};

/// The explanation of one answer.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct Explanation<'a> {
    /// What the cache decided, as in the header `Cache-Status`.
    cache: String,
    /// How old the answer is.
    age_seconds: u64,
    /// How long it waited for the provider's rate limit, when it was got.
    waited_for_rate_limit_ms: f64,
    /// How long the provider took.
    upstream_ms: f64,
    /// By the id of each contact that the answer was made from: where its keys come from.
    sources: BTreeMap<&'a str, Vec<&'a Origin>>,
    /// How several contacts became one.
    #[serde(skip_serializing_if = "Option::is_none")]
    merge: Option<&'static str>,
}

const MERGE: &str = "Lists have the items of all sources. A single value is that of the source that was updated last, among those that \
                     have one; other values are in `conflicts`.";

/// Adds `explain` to what is written of a contact, whose whole JSON is `body`.
pub(super) fn explain(written: Vec<u8>, body: &[u8], served: &Served, gateway: &Gateway) -> Vec<u8> {
    let contact = serde_json::from_slice::<Contact>(body).ok();
    let mut sources = BTreeMap::new();
    for id in contact.iter().flat_map(|contact| &contact.sources) {
        let instance = id.split_once(':').and_then(|(name, _)| gateway.instance(name));
        sources.insert(id.as_str(), instance.map_or(&[][..], |instance| instance.provider.origins()).iter().collect());
    }
    let (spent, mut cache) = (served.page.spent(), Text::default());
    caching::status(&mut cache, served);
    let explanation = Explanation {
        cache: cache.into_string(),
        age_seconds: served.page.age(served.at).as_secs(),
        waited_for_rate_limit_ms: spent.waiting.as_secs_f64() * 1e3,
        upstream_ms: spent.upstream.as_secs_f64() * 1e3,
        sources,
        merge: contact.as_ref().is_some_and(|contact| contact.provider.is_none()).then_some(MERGE),
    };
    // What was made here can be written.
    forms::with(&written, "explain", &explanation).unwrap_or(written)
}
