//! How long answers take.

use std::time::Duration;

/// How long answers take, smoothed as TCP smooths its round trips (RFC 6298, 2).
#[derive(Debug, Default)]
pub(super) struct Latency {
    mean: Option<Duration>,
    deviation: Duration,
}

impl Latency {
    /// Takes note of an answer.
    pub(super) fn see(&mut self, took: Duration) {
        match self.mean {
            None => (self.mean, self.deviation) = (Some(took), took / 2),
            Some(mean) => {
                self.deviation = (self.deviation * 3 + took.abs_diff(mean)) / 4;
                self.mean = Some((mean * 7 + took) / 8);
            }
        }
    }

    /// The time within which nearly all answers come; nothing until the first has come.
    pub(super) fn most(&self) -> Duration {
        self.mean.unwrap_or_default() + self.deviation * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(answers: impl IntoIterator<Item = u64>) -> u128 {
        let mut latency = Latency::default();
        answers.into_iter().for_each(|took| latency.see(Duration::from_millis(took)));
        latency.most().as_millis()
    }

    #[test]
    fn answers_that_always_take_the_same_are_expected_after_that_time() {
        assert_eq!(after([]), 0);
        assert_eq!(after([100]), 300);
        assert_eq!(after([100; 40]), 100);
    }

    #[test]
    fn answers_that_vary_are_expected_later_and_slow_times_are_forgotten() {
        assert!(after([50, 150].repeat(20)) >= 250);
        assert!(after([4000; 20].into_iter().chain([100; 100])) < 110);
    }
}
