//! How long things took: counted in steps of about 4 %, so that any number of them takes the same room.

use std::time::Duration;

/// Steps for each doubling.
const STEPS: f64 = 16.0;
/// Up to some hours, from a microsecond.
const SIZE: usize = 34 * STEPS as usize;

/// So many took so long.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; SIZE], total: 0, longest: Duration::ZERO }
    }
}

impl Histogram {
    /// Counts one.
    pub(crate) fn add(&mut self, time: Duration) {
        let step = (time.as_secs_f64() * 1e6).max(1.0).log2() * STEPS;
        self.counts[(step as usize).min(SIZE - 1)] += 1;
        self.total += 1;
        self.longest = self.longest.max(time);
    }

    /// Counts all that another has counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// How many there are.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The time that this part of all took at most, give or take a step.
    pub(crate) fn quantile(&self, part: f64) -> Duration {
        let (mut left, wanted) = (self.total, (self.total as f64 * (1.0 - part)) as u64);
        for (step, count) in self.counts.iter().enumerate() {
            left = left.saturating_sub(*count);
            if left <= wanted {
                let time = Duration::from_secs_f64(((step + 1) as f64 / STEPS).exp2() / 1e6);
                return time.min(self.longest);
            }
        }
        self.longest
    }

    /// The longest of all.
    pub(crate) fn longest(&self) -> Duration {
        self.longest
    }
}
