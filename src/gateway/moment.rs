//! A point in time in eight bytes.

use std::{sync::LazyLock, time::Duration};

use tokio::time::Instant;

/// What the others are counted from: any point in time, the same for the whole process, whatever the clocks of its runtimes show.
static ORIGIN: LazyLock<Instant> = LazyLock::new(|| std::time::Instant::now().into());

/// A point in time: nanoseconds after the origin, or before it. An [`Instant`] takes twice as many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(i64);

impl From<Instant> for Moment {
    /// What is further away than three hundred years becomes as far as that.
    fn from(instant: Instant) -> Self {
        let nanos = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        match instant.checked_duration_since(*ORIGIN) {
            Some(after) => Self(nanos(after)),
            None => Self(-nanos(*ORIGIN - instant)),
        }
    }
}

impl From<Moment> for Instant {
    fn from(Moment(nanos): Moment) -> Self {
        let distance = Duration::from_nanos(nanos.unsigned_abs());
        if nanos < 0 { *ORIGIN - distance } else { *ORIGIN + distance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_instant_that_it_was_made_of_on_either_side_of_the_origin() {
        for distance in [0, 1, 999_999_999, 1_000_000_000, 86_400_000_000_001].map(Duration::from_nanos) {
            let after = *ORIGIN + distance;
            assert_eq!(Instant::from(Moment::from(after)), after);
            // The clock of a machine that has just started may not go back as far.
            if let Some(before) = ORIGIN.checked_sub(distance) {
                assert_eq!(Instant::from(Moment::from(before)), before);
            }
        }
    }
}
