//! How long an upstream takes to answer, as far as can be told from its answers.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What an upstream is taken to need before it has answered at all: about as much as a new connection costs.
const UNKNOWN: Duration = Duration::from_millis(500);

/// The smoothed time to answer and its deviation, as TCP has them for its round trips (RFC 6298, section 2).
#[derive(Debug, Default)]
pub(super) struct Latency(Mutex<Option<Smoothed>>);

#[derive(Debug, Clone, Copy)]
struct Smoothed {
    mean: Duration,
    deviation: Duration,
}

impl Latency {
    /// Takes note of a time to answer.
    pub(super) fn see(&self, sample: Duration) {
        let mut smoothed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *smoothed = Some(match *smoothed {
            None => Smoothed { mean: sample, deviation: sample / 2 },
            Some(Smoothed { mean, deviation }) => Smoothed {
                mean: mean.mul_f64(0.875) + sample.mul_f64(0.125),
                deviation: deviation.mul_f64(0.75) + mean.abs_diff(sample).mul_f64(0.25),
            },
        });
    }

    /// How long an answer takes, of which hardly any takes longer.
    pub(super) fn most(&self) -> Duration {
        let smoothed = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        smoothed.map_or(UNKNOWN, |Smoothed { mean, deviation }| mean + deviation * 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_answers_are_expected_to_be_even_and_odd_ones_are_allowed_for() {
        let latency = Latency::default();
        assert_eq!(latency.most(), UNKNOWN);
        (0..50).for_each(|_| latency.see(Duration::from_millis(300)));
        assert!((300..310).contains(&latency.most().as_millis()), "{:?}", latency.most());
        (0..50).for_each(|n| latency.see(Duration::from_millis(if n % 2 == 0 { 100 } else { 500 })));
        assert!(latency.most() > Duration::from_millis(500), "{:?}", latency.most());
    }
}
