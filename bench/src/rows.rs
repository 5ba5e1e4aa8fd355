//! What is measured, group by group. Each group starts what it compares, and measures all of it in turns.

mod hit;
mod many;
mod miss;
mod scale;
mod start;

use std::time::Duration;

use crate::{
    Outcome,
    load::{Load, Seen},
    process::Process,
    round::Rounds,
    table::Table,
    world::World,
};

/// One group of rows.
type Group = fn(&Bench<'_>, &mut Table) -> Outcome<()>;

/// All groups, and what they are called.
pub(crate) const GROUPS: &[(&str, Group)] = &[
    ("start", start::measure),
    ("hit", hit::measure),
    ("miss", miss::measure),
    ("many", many::measure),
    ("scale", scale::measure),
];

/// How it is measured.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    pub(crate) world: &'a World,
    pub(crate) rounds: usize,
    /// How long each measurement takes.
    pub(crate) length: Duration,
    /// How many contacts are cached where there are many.
    pub(crate) contacts: u32,
}

/// What one contestant did in every round.
#[derive(Debug, Default, Clone)]
pub(crate) struct Record {
    /// Answers a second.
    pub(crate) throughput: Rounds,
    /// Microseconds of processor time for each answer.
    pub(crate) cost: Rounds,
    /// Microseconds.
    pub(crate) median: Rounds,
    /// The time that all but a hundredth stay below, in microseconds.
    pub(crate) p99: Rounds,
    /// Megabytes a second.
    pub(crate) volume: Rounds,
}

impl Bench<'_> {
    /// Puts each of these loads on its process, in turns, each round beginning with another.
    pub(crate) fn alternate(&self, loads: &[(&Process, Load<'_>)]) -> Outcome<Vec<Record>> {
        let mut records = vec![Record::default(); loads.len()];
        // What is measured in one round, all have; what came first, somebody else has in the next.
        for round in 0..self.rounds {
            for place in 0..loads.len() {
                let place = (place + round) % loads.len();
                let (process, load) = &loads[place];
                let load = Load { from: load.from + (round as u64) * FAR, ..*load };
                let before = process.spent();
                let seen = load.run()?;
                records[place].note(&seen, process.spent().saturating_sub(before));
            }
        }
        Ok(records)
    }
}

/// More than anybody asks in one round.
const FAR: u64 = 100_000;

impl Record {
    fn note(&mut self, seen: &Seen, spent: Duration) {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        self.throughput.0.push(seen.throughput());
        self.cost.0.push(micros(spent) / seen.answers.max(1) as f64);
        self.median.0.push(micros(seen.quantile(0.5)));
        self.p99.0.push(micros(seen.quantile(0.99)));
        self.volume.0.push(seen.bytes as f64 / seen.seconds / 1e6);
    }
}
