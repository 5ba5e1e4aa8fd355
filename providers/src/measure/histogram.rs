//! How long things take, by buckets.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The upper bounds of the buckets: from an answer out of memory to the longest deadline that makes sense.
pub const BOUNDS: [Duration; BUCKETS - 1] = {
    let micros = [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 30_000_000,
    ];
    let (mut bounds, mut index) = ([Duration::ZERO; BUCKETS - 1], 0);
    while index < micros.len() {
        bounds[index] = Duration::from_micros(micros[index]);
        index += 1;
    }
    bounds
};

/// How many buckets there are: the last one has no bound.
pub const BUCKETS: usize = 19;

/// How long something took, each time.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    nanoseconds: AtomicU64,
}

impl Histogram {
    /// Counts one more.
    pub fn observe(&self, took: Duration) {
        self.buckets[bucket(took)].fetch_add(1, Ordering::Relaxed);
        self.nanoseconds.fetch_add(nanoseconds(took), Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn read(&self) -> Distribution {
        let buckets = self.buckets.each_ref().map(|count| count.load(Ordering::Relaxed));
        Distribution::new(buckets, self.nanoseconds.load(Ordering::Relaxed))
    }
}

/// What a histogram has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Distribution {
    /// How many are in each bucket, and not in those before.
    pub buckets: [u64; BUCKETS],
    /// All of them together.
    pub sum: Duration,
}

impl Distribution {
    pub(crate) fn new(buckets: [u64; BUCKETS], nanoseconds: u64) -> Self {
        Self { buckets, sum: Duration::from_nanos(nanoseconds) }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// How long one takes on average; `None` where there is none.
    #[must_use]
    pub fn mean(&self) -> Option<Duration> {
        let count = self.count();
        (count > 0).then(|| Duration::from_secs_f64(self.sum.as_secs_f64() / count as f64))
    }

    /// The time within which this part of them ended (0.5: the median), told from the buckets' bounds as Prometheus does
    /// it; `None` where there is none.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let rank = part * self.count() as f64;
        let mut before = 0;
        for (index, &count) in self.buckets.iter().enumerate() {
            if count > 0 && (before + count) as f64 >= rank {
                let lower = index.checked_sub(1).map_or(Duration::ZERO, |index| BOUNDS[index]);
                // What is beyond the last bound is taken to end there.
                let upper = BOUNDS.get(index).copied().unwrap_or(lower);
                return Some(lower + (upper - lower).mul_f64(((rank - before as f64) / count as f64).clamp(0.0, 1.0)));
            }
            before += count;
        }
        None
    }

    /// With those of another one.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.buckets.iter_mut().zip(other.buckets).for_each(|(count, more)| *count += more);
        self.sum += other.sum;
        self
    }
}

/// The bucket of something that took so long.
#[must_use]
pub fn bucket(took: Duration) -> usize {
    BOUNDS.partition_point(|bound| *bound < took)
}

pub(crate) fn nanoseconds(took: Duration) -> u64 {
    u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(milliseconds: impl IntoIterator<Item = u64>) -> Distribution {
        let histogram = Histogram::default();
        milliseconds.into_iter().for_each(|took| histogram.observe(Duration::from_millis(took)));
        histogram.read()
    }

    #[test]
    fn bounds_rise_and_belong_to_the_bucket_below() {
        assert!(BOUNDS.is_sorted_by(|one, next| one < next) && BOUNDS[0] > Duration::ZERO);
        for (index, bound) in BOUNDS.into_iter().enumerate() {
            assert_eq!((bucket(bound), bucket(bound + Duration::from_nanos(1))), (index, index + 1));
        }
        assert_eq!((bucket(Duration::ZERO), bucket(Duration::MAX)), (0, BUCKETS - 1));
    }

    #[test]
    fn quantiles_lie_in_the_bucket_of_what_they_are_of() {
        let spread = of((0..90).map(|_| 7).chain((0..10).map(|_| 700)));
        let (median, p95) = (spread.quantile(0.5).unwrap(), spread.quantile(0.95).unwrap());
        assert!((5..=10).contains(&median.as_millis()), "{median:?}");
        assert!((500..=1000).contains(&p95.as_millis()), "{p95:?}");
        assert_eq!(spread.mean().unwrap().as_micros(), 76_300);
        assert_eq!((of([]).quantile(0.5), of([]).mean()), (None, None));
        assert_eq!(of([60_000]).quantile(0.5), Some(Duration::from_secs(30)));
    }

    #[test]
    fn two_together_are_as_if_all_had_been_counted_in_one() {
        assert_eq!(of([1, 20]).and(&of([300])), of([300, 20, 1]));
    }
}
