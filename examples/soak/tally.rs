//! The account of what was answered.

use std::{collections::BTreeMap, time::Duration};

use crate::{cache_status::CacheStatus, connection::Reply, histogram::Histogram};

/// How many wrong answers are told one by one.
const TOLD: usize = 10;

/// What some or all clients have seen.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    /// Requests whose caller left before the answer.
    pub(crate) left: u64,
    pub(crate) all: Histogram,
    /// By status, and code where it is a problem.
    pub(crate) statuses: BTreeMap<String, u64>,
    /// By the class of `Cache-Status`.
    pub(crate) classes: BTreeMap<String, Histogram>,
    pub(crate) wrong: u64,
    /// The first of them.
    pub(crate) told: Vec<String>,
}

impl Tally {
    /// Counts an answer.
    pub(crate) fn answer(&mut self, reply: &Reply, code: &str, took: Duration) {
        self.all.add(took);
        let status = if code.is_empty() { reply.status.to_string() } else { format!("{} {code}", reply.status) };
        *self.statuses.entry(status).or_default() += 1;
        let status = reply.header("cache-status").and_then(CacheStatus::parse);
        let class = status.map_or_else(|| "none".to_owned(), |status| status.class());
        self.classes.entry(class).or_default().add(took);
    }

    /// Counts a wrong answer, or one that never came.
    pub(crate) fn wrong(&mut self, what: String) {
        self.wrong += 1;
        if self.told.len() < TOLD {
            self.told.push(what);
        }
    }

    /// Takes in what another has counted.
    pub(crate) fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.left += other.left;
        self.wrong += other.wrong;
        self.all.merge(&other.all);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        for (class, times) in other.classes {
            self.classes.entry(class).or_default().merge(&times);
        }
        self.told.extend(other.told);
        self.told.sort();
        self.told.truncate(TOLD);
    }
}
