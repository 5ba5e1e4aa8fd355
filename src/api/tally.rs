//! What one thread counts of the requests that it answers.

use std::{
    array,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::http::StatusCode;
use providers::{
    Spent,
    measure::{Distribution, Histogram},
};

use super::{code::Code, operation::Operation};

/// The statuses that there are, the most frequent first. All others are counted together.
const STATUSES: [u16; 19] =
    [200, 304, 404, 201, 204, 400, 401, 403, 405, 406, 409, 413, 415, 422, 429, 501, 502, 503, 504];
/// By what a status begins with.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What one thread has counted.
#[derive(Debug)]
pub(crate) struct Tally {
    operations: Box<[OnceLock<Box<Answers>>]>,
    problems: [AtomicU64; Code::ALL.len()],
    in_flight: AtomicU64,
    overhead: [Histogram; Source::ALL.len()],
    waited: Histogram,
}

/// How one operation was answered.
#[derive(Debug)]
struct Answers {
    statuses: [AtomicU64; STATUSES.len() + 1],
    took: [Histogram; CLASSES.len()],
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Memory,
    Provider,
}

/// A request that is being answered, until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Tally>);

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            operations: (0..Operation::COUNT).map(|_| OnceLock::new()).collect(),
            problems: [const { AtomicU64::new(0) }; Code::ALL.len()],
            in_flight: AtomicU64::new(0),
            overhead: Default::default(),
            waited: Histogram::default(),
        }
    }

    /// A request has come.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(self))
    }

    pub(super) fn in_flight(&self) -> u64 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// How many problems of this code there were.
    pub(super) fn problems(&self, code: Code) -> u64 {
        self.problems[code as usize].load(Ordering::Relaxed)
    }

    /// How many of an operation's answers had each status.
    pub(super) fn statuses(&self, operation: Operation) -> [u64; STATUSES.len() + 1] {
        let answers = self.operations[operation.number()].get();
        answers.map_or([0; _], |answers| answers.statuses.each_ref().map(|count| count.load(Ordering::Relaxed)))
    }

    /// How long an operation's answers took, by the class of their status.
    pub(super) fn took(&self, operation: Operation) -> [Distribution; CLASSES.len()] {
        let answers = self.operations[operation.number()].get();
        answers.map_or_else(Default::default, |answers| answers.took.each_ref().map(Histogram::read))
    }

    pub(super) fn overhead(&self, source: Source) -> Distribution {
        self.overhead[source as usize].read()
    }

    pub(super) fn waited(&self) -> Distribution {
        self.waited.read()
    }

    /// The words for what [`statuses`](Self::statuses) counts, in the same order.
    pub(super) fn status_names() -> impl Iterator<Item = String> {
        STATUSES.iter().map(u16::to_string).chain(["other".to_owned()])
    }

    /// The words for what [`took`](Self::took) counts, in the same order.
    pub(super) fn class_names() -> impl Iterator<Item = &'static str> {
        CLASSES.into_iter()
    }
}

impl InFlight {
    /// The answer begins, so long after the request has come.
    pub(super) fn answered(&self, operation: Operation, status: StatusCode, took: Duration) {
        let answers = self.0.operations[operation.number()].get_or_init(Box::default);
        let status = status.as_u16();
        let place = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len());
        answers.statuses[place].fetch_add(1, Ordering::Relaxed);
        answers.took[usize::from(status / 100).clamp(1, CLASSES.len()) - 1].observe(took);
    }

    /// It is a problem.
    pub(super) fn failed(&self, code: Code) {
        self.0.problems[code as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// It was in memory.
    pub(super) fn remembered(&self, took: Duration) {
        self.0.overhead[Source::Memory as usize].observe(took);
    }

    /// A provider was asked for it and for nobody else, which took so much of the time.
    pub(super) fn asked(&self, spent: Spent, took: Duration) {
        self.0.overhead[Source::Provider as usize].observe(took.saturating_sub(spent.total()));
        self.0.waited.observe(spent.waiting);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Source {
    pub(super) const ALL: [Self; 2] = [Self::Memory, Self::Provider];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Provider => "provider",
        }
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self { statuses: array::from_fn(|_| AtomicU64::new(0)), took: Default::default() }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;

    use super::*;

    #[test]
    fn every_status_of_the_description_is_counted_by_itself() {
        let document = crate::api::openapi::document();
        let items = document["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        for status in operations.flat_map(|operation| operation["responses"].as_object().unwrap().keys()) {
            assert!(STATUSES.contains(&status.parse().unwrap()), "{status}");
        }
    }

    #[test]
    fn statuses_that_nobody_has_foreseen_are_counted_too() {
        let tally = Arc::new(Tally::new());
        let operation = Operation::of(&Method::GET, "/contacts").unwrap();
        let request = tally.begin();
        for status in [200, 200, 299, 999] {
            request.answered(operation, StatusCode::from_u16(status).unwrap(), Duration::from_millis(1));
        }
        let counts: Vec<_> =
            Tally::status_names().zip(tally.statuses(operation)).filter(|(_, count)| *count > 0).collect();
        assert_eq!(counts, [("200".to_owned(), 2), ("other".to_owned(), 2)]);
        assert_eq!(tally.took(operation).map(|took| took.count()), [0, 3, 0, 0, 1]);
        assert_eq!(tally.in_flight(), 1);
        drop(request);
        assert_eq!(tally.in_flight(), 0);
    }

    #[test]
    fn every_code_has_a_counter_of_its_own() {
        let tally = Arc::new(Tally::new());
        Code::ALL.into_iter().for_each(|code| tally.begin().failed(code));
        assert!(Code::ALL.into_iter().all(|code| tally.problems(code) == 1));
    }

    #[test]
    fn what_a_provider_took_is_no_overhead() {
        let tally = Arc::new(Tally::new());
        let milliseconds = Duration::from_millis;
        let spent = Spent { waiting: milliseconds(500), upstream: milliseconds(400), pausing: milliseconds(90) };
        tally.begin().asked(spent, milliseconds(1000));
        assert_eq!((tally.overhead(Source::Provider).sum, tally.waited().sum), (milliseconds(10), milliseconds(500)));
        tally.begin().asked(spent, milliseconds(900));
        assert_eq!(tally.overhead(Source::Provider).sum, milliseconds(10), "clocks differ by less than their grain");
    }
}
