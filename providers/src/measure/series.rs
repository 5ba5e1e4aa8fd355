//! Counters that tell of everything since the start, and of the last quarter of an hour step by step.

use std::{
    array,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// How long a step is.
pub const STEP: Duration = Duration::from_secs(15);
/// How many of them are kept once they are over: a quarter of an hour.
pub const STEPS: usize = 60;

/// `N` counters.
///
/// Nothing is counted twice: the sum is that of the steps, and of those that are not kept any more. Nor does it need anybody to
/// turn the page: whoever is first to count in a new step does.
#[derive(Debug)]
pub struct Series<const N: usize> {
    origin: Instant,
    /// The steps that are kept, and the one that is not over yet.
    steps: Box<[Slot<N>]>,
    /// What was counted in steps that are not kept any more. Locked while one is put there, and while the sum is made.
    before: Mutex<[u64; N]>,
}

#[derive(Debug)]
struct Slot<const N: usize> {
    /// Which step it holds.
    step: AtomicU64,
    counts: [AtomicU64; N],
}

impl<const N: usize> Series<N> {
    /// Counters at zero, whose first step begins then. Steps of two series can be compared if both have one origin.
    #[must_use]
    pub fn new(origin: Instant) -> Self {
        let slot = |step| Slot { step: AtomicU64::new(step), counts: array::from_fn(|_| AtomicU64::new(0)) };
        Self { origin, steps: (0..=STEPS as u64).map(slot).collect(), before: Mutex::new([0; N]) }
    }

    /// Adds to one of the counters what happens now.
    pub fn add(&self, now: Instant, counter: usize, amount: u64) {
        self.slot(now).counts[counter].fetch_add(amount, Ordering::Relaxed);
    }

    /// Everything since the start.
    #[must_use]
    pub fn total(&self) -> [u64; N] {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        self.steps.iter().fold(*before, |sum, slot| sum_of(sum, slot.read()))
    }

    /// What was counted in each of the last steps that are over, the oldest first.
    pub fn steps(&self, now: Instant) -> impl Iterator<Item = [u64; N]> {
        let open = self.step(now);
        // The wrapped numbers of steps before the first are no slot's.
        (1..=STEPS as u64).rev().map(move |back| self.counted(open.wrapping_sub(back)))
    }

    /// What was counted in all of these steps, and since.
    #[must_use]
    pub fn lately(&self, now: Instant) -> [u64; N] {
        self.steps(now).fold(self.counted(self.step(now)), sum_of)
    }

    /// How long ago the last step was over.
    #[must_use]
    pub fn since_last_step(&self, now: Instant) -> Duration {
        let age = now.saturating_duration_since(self.origin);
        age - STEP * u32::try_from(age.as_secs() / STEP.as_secs()).unwrap_or(u32::MAX)
    }

    fn step(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.origin).as_secs() / STEP.as_secs()
    }

    fn counted(&self, step: u64) -> [u64; N] {
        let slot = self.place(step);
        if slot.step.load(Ordering::Acquire) == step { slot.read() } else { [0; N] }
    }

    fn slot(&self, now: Instant) -> &Slot<N> {
        let step = self.step(now);
        let slot = self.place(step);
        if slot.step.load(Ordering::Acquire) < step {
            self.turn(slot, step);
        }
        slot
    }

    fn place(&self, step: u64) -> &Slot<N> {
        &self.steps[(step % self.steps.len() as u64) as usize]
    }

    fn turn(&self, slot: &Slot<N>, step: u64) {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have been faster.
        if slot.step.load(Ordering::Acquire) < step {
            *before = sum_of(*before, slot.counts.each_ref().map(|count| count.swap(0, Ordering::Relaxed)));
            slot.step.store(step, Ordering::Release);
        }
    }
}

impl<const N: usize> Slot<N> {
    fn read(&self) -> [u64; N] {
        self.counts.each_ref().map(|count| count.load(Ordering::Relaxed))
    }
}

fn sum_of<const N: usize>(one: [u64; N], other: [u64; N]) -> [u64; N] {
    array::from_fn(|index| one[index] + other[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(series: &Series<2>, now: Instant) -> Vec<(usize, [u64; 2])> {
        series.steps(now).enumerate().filter(|(_, counts)| *counts != [0, 0]).collect()
    }

    #[test]
    fn a_step_is_told_once_it_is_over_and_forgotten_after_a_quarter_of_an_hour() {
        let start = Instant::now();
        let series = Series::<2>::new(start);
        series.add(start, 0, 3);
        series.add(start + STEP / 2, 1, 4);
        assert_eq!((counted(&series, start + STEP / 2), series.lately(start)), (vec![], [3, 4]));
        assert_eq!(counted(&series, start + STEP), [(STEPS - 1, [3, 4])]);
        assert_eq!(counted(&series, start + STEP * 60), [(0, [3, 4])]);
        assert_eq!(counted(&series, start + STEP * 61), []);
        assert_eq!((series.total(), series.lately(start + STEP * 61)), ([3, 4], [0, 0]));
    }

    #[test]
    fn the_sum_outlives_the_steps() {
        let start = Instant::now();
        let series = Series::<2>::new(start);
        for step in 0..200 {
            series.add(start + STEP * step, 0, 1);
        }
        assert_eq!(series.total(), [200, 0]);
        assert_eq!(series.steps(start + STEP * 200).map(|[count, _]| count).sum::<u64>(), STEPS as u64);
    }

    #[test]
    fn who_counts_late_still_counts() {
        let start = Instant::now();
        let series = Series::<2>::new(start + STEP);
        series.add(start + STEP * 100, 0, 1);
        series.add(start, 0, 1);
        assert_eq!(series.total(), [2, 0]);
    }

    #[test]
    fn steps_end_together_where_the_origin_is_the_same() {
        let start = Instant::now();
        let series = Series::<2>::new(start);
        assert_eq!(series.since_last_step(start + STEP * 7 + STEP / 3), STEP / 3);
    }

    #[test]
    fn many_who_count_at_the_turn_of_a_step_lose_nothing() {
        let start = Instant::now();
        let series = Series::<2>::new(start);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..10_000).for_each(|turn| series.add(start + STEP * (turn / 10), 1, 1)));
            }
        });
        assert_eq!(series.total(), [0, 40_000]);
    }
}
