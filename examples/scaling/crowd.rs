//! Many gateways that share one account's limit.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

/// In microseconds, as everything here.
const WINDOW: u64 = 60_000_000;
const GUARD: u64 = 25_000;
const LIMIT: usize = 600;
const TIME: u64 = 10 * WINDOW;
/// How soon whoever was refused asks again at the latest.
const LONGEST_WAIT: u64 = 500_000;
/// How long a call is under way.
const LATENCY: std::ops::Range<u64> = 50_000..150_000;
/// How long a question to Redis takes, there and back.
const QUESTION: std::ops::Range<u64> = 200..1_000;

/// What came of it.
pub(crate) struct Outcome {
    /// The part of the limit that was used.
    pub(crate) used: f64,
    /// How many windows had more calls than allowed.
    pub(crate) over: usize,
    /// How often Redis was asked for each call that was made.
    pub(crate) questions_per_call: f64,
    /// The calls of a tenth of the gateways, those that had the fewest, as a part of what is their due.
    pub(crate) fairness: f64,
}

/// Simulates so many gateways, each of which always has somebody waiting.
pub(crate) fn simulate(gateways: usize) -> Outcome {
    let mut chance = fastrand::Rng::with_seed(gateways as u64);
    let mut turns: BinaryHeap<_> =
        (0..gateways).map(|gateway| Reverse((chance.u64(0..LONGEST_WAIT), gateway))).collect();
    // When each call that counts will have been answered.
    let mut log = VecDeque::<u64>::new();
    let (mut arrivals, mut questions, mut calls) = (Vec::new(), 0, vec![0_usize; gateways]);
    while let Some(Reverse((now, gateway))) = turns.pop().filter(|Reverse((now, _))| *now < TIME) {
        questions += 1;
        while log.front().is_some_and(|answered| answered + WINDOW + GUARD <= now) {
            log.pop_front();
        }
        if log.len() < LIMIT {
            let latency = chance.u64(LATENCY);
            let place = log.partition_point(|answered| *answered <= now + latency);
            log.insert(place, now + latency);
            arrivals.push(now + chance.u64(0..latency));
            calls[gateway] += 1;
            turns.push(Reverse((now + chance.u64(QUESTION), gateway)));
        } else {
            let wait = (log[0] + WINDOW + GUARD).saturating_sub(now).clamp(1, LONGEST_WAIT);
            turns.push(Reverse((now + wait + chance.u64(QUESTION), gateway)));
        }
    }
    arrivals.sort_unstable();
    calls.sort_unstable();
    let made: usize = calls.iter().sum();
    let windows = usize::try_from(TIME / WINDOW).unwrap();
    let within = |start: usize| arrivals[start..].partition_point(|at| *at < arrivals[start] + WINDOW);
    let fewest = gateways.div_ceil(10);
    let due = made as f64 / gateways as f64 * fewest as f64;
    Outcome {
        used: made as f64 / (windows * LIMIT) as f64,
        over: (0..arrivals.len()).filter(|start| within(*start) > LIMIT).count(),
        questions_per_call: f64::from(questions) / made as f64,
        fairness: calls[..fewest].iter().sum::<usize>() as f64 / due,
    }
}
