//! Counting what happens, cheaply enough to count everything.

mod histogram;
mod series;

pub(crate) use self::histogram::nanoseconds;
pub use self::{
    histogram::{BOUNDS, BUCKETS, Distribution, Histogram, bucket},
    series::{STEP, STEPS, Series},
};
