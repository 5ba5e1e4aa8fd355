//! How often memory had what was asked for.

use std::time::Duration;

use providers::measure::Series;
use tokio::time::Instant;

use super::{Failure, Served, Via};

/// Every look into memory for a page of one instance, counted by what came of it.
#[derive(Debug)]
pub struct Lookups(Series<{ Lookup::ALL.len() }>);

/// What came of a look into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// A fresh page was the answer.
    Hit,
    /// A stale page was the answer.
    Stale,
    /// The answer to a question that somebody else had put to the provider already.
    Collapsed,
    /// The provider was asked; or memory alone was wanted, and had nothing.
    Miss,
    /// The provider was asked in vain, and a page in memory was the answer after all.
    Fallback,
}

/// So many looks into memory, in the order of [`Lookup::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked([u64; Lookup::ALL.len()]);

impl Lookups {
    pub(super) fn new(origin: Instant) -> Self {
        Self(Series::new(origin))
    }

    pub(super) fn count(&self, answer: &Result<Served, Failure>) {
        let now = answer.as_ref().map_or_else(|_| Instant::now(), |served| served.at);
        let lookup = match answer {
            Ok(Served { via: Via::Memory, left, .. }) if !left.is_zero() => Lookup::Hit,
            Ok(Served { via: Via::Memory, .. }) => Lookup::Stale,
            Ok(Served { failure: Some(_), .. }) => Lookup::Fallback,
            Ok(Served { via: Via::Provider { collapsed: true, .. }, .. }) => Lookup::Collapsed,
            Ok(Served { via: Via::Provider { collapsed: false, .. }, .. }) | Err(_) => Lookup::Miss,
        };
        self.0.add(now, lookup as usize, 1);
    }

    /// All since the start.
    #[must_use]
    pub fn total(&self) -> Looked {
        Looked(self.0.total())
    }

    /// Those of each [step](providers::measure::STEP) of the last quarter of an hour, the oldest first.
    pub fn steps(&self, now: Instant) -> impl Iterator<Item = Looked> {
        self.0.steps(now).map(Looked)
    }

    /// How long ago the last of these steps was over.
    #[must_use]
    pub fn since_last_step(&self, now: Instant) -> Duration {
        self.0.since_last_step(now)
    }
}

impl Lookup {
    /// Everything that can come of one.
    pub const ALL: [Self; 5] = [Self::Hit, Self::Stale, Self::Collapsed, Self::Miss, Self::Fallback];

    /// A word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::Collapsed => "collapsed",
            Self::Miss => "miss",
            Self::Fallback => "fallback",
        }
    }
}

impl Looked {
    /// How often this came of one.
    #[must_use]
    pub fn count(&self, lookup: Lookup) -> u64 {
        self.0[lookup as usize]
    }

    /// How many there were.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How many were answered from memory at once.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.count(Lookup::Hit) + self.count(Lookup::Stale)
    }
}
