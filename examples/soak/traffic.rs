//! What the upstreams were asked, against what they allow.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Instant,
};

use crate::world::Upstream;

/// The account of all upstreams, by instance and route.
#[derive(Default)]
pub(crate) struct Traffic(pub(crate) BTreeMap<(&'static str, String), Route>);

/// One route of one upstream.
#[derive(Default)]
pub(crate) struct Route {
    pub(crate) calls: u64,
    /// The most that came in any window, wherever it starts.
    pub(crate) most: usize,
    /// What the server refused as too many of its own accord: no injected fault is among them.
    pub(crate) refused: u64,
    recent: VecDeque<Instant>,
}

impl Traffic {
    /// Takes over what this upstream has seen.
    pub(crate) fn take(&mut self, upstream: &Upstream) {
        for seen in upstream.emulator.take_seen() {
            let route = self.0.entry((upstream.name, route(&seen.target))).or_default();
            route.calls += 1;
            route.refused += u64::from(seen.status == 429);
            route.recent.push_back(seen.at);
            while route.recent.front().is_some_and(|first| seen.at - *first >= upstream.rate.per) {
                route.recent.pop_front();
            }
            route.most = route.most.max(route.recent.len());
        }
    }

    /// All calls so far.
    pub(crate) fn calls(&self) -> u64 {
        self.0.values().map(|route| route.calls).sum()
    }
}

/// The path without what differs from contact to contact.
fn route(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    match path.split_once("/contacts/") {
        Some((start, _)) => format!("{start}/contacts/…"),
        None => path.to_owned(),
    }
}
