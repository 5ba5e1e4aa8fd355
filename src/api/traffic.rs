//! What is counted of callers' requests.

use std::{array, sync::Arc};

use parking_lot::Mutex;
use providers::measure::Distribution;

use super::{
    code::Code,
    operation::Operation,
    tally::{Source, Tally},
};

/// What is counted of callers' requests: by each thread for itself, so that none waits for what another one has counted.
#[derive(Debug, Default)]
pub(crate) struct Traffic(Mutex<Vec<Arc<Tally>>>);

impl Traffic {
    /// A tally for one more thread.
    pub(crate) fn tally(&self) -> Arc<Tally> {
        let tally = Arc::new(Tally::new());
        self.0.lock().push(Arc::clone(&tally));
        tally
    }

    /// How many requests are being answered.
    pub(super) fn in_flight(&self) -> u64 {
        self.0.lock().iter().map(|tally| tally.in_flight()).sum()
    }

    /// How many problems of this code there were.
    pub(super) fn problems(&self, code: Code) -> u64 {
        self.0.lock().iter().map(|tally| tally.problems(code)).sum()
    }

    /// How many of an operation's answers had which status.
    pub(super) fn statuses(&self, operation: Operation) -> impl Iterator<Item = (String, u64)> {
        let all: Vec<_> = self.0.lock().iter().map(|tally| tally.statuses(operation)).collect();
        Tally::status_names().enumerate().map(move |(place, name)| (name, all.iter().map(|counts| counts[place]).sum()))
    }

    /// How long an operation's answers took, by the class of their status.
    pub(super) fn took(&self, operation: Operation) -> impl Iterator<Item = (&'static str, Distribution)> {
        let tallies = self.0.lock();
        let each = tallies.iter().map(|tally| tally.took(operation));
        let sum = each.reduce(|sum, more| array::from_fn(|class| sum[class].and(&more[class])));
        Tally::class_names().zip(sum.unwrap_or_default())
    }

    /// What requests for one contact took beside what a provider took.
    pub(super) fn overhead(&self, source: Source) -> Distribution {
        self.distribution(|tally| tally.overhead(source))
    }

    /// How long requests that asked a provider had to wait for the budget.
    pub(super) fn waited(&self) -> Distribution {
        self.distribution(Tally::waited)
    }

    fn distribution(&self, read: impl Fn(&Tally) -> Distribution) -> Distribution {
        self.0.lock().iter().fold(Distribution::default(), |sum, tally| sum.and(&read(tally)))
    }
}
