//! Whether the gateway's memory grows.

use std::time::{Duration, Instant};

const MIB: u64 = 1 << 20;
/// What the last quarter may have beyond the second: the allocator's moods, and no more.
const SLACK: u64 = 8 * MIB;

/// The memory over time.
pub(crate) struct Memory {
    start: Instant,
    end: Duration,
    samples: Vec<(Duration, u64)>,
}

impl Memory {
    /// To be observed for so long.
    pub(crate) fn new(end: Duration) -> Self {
        Self { start: Instant::now(), end, samples: Vec::new() }
    }

    /// Notes what it has now.
    pub(crate) fn note(&mut self, resident: u64) {
        self.samples.push((self.start.elapsed(), resident));
    }

    /// The median in this quarter of the time, counted from 0.
    pub(crate) fn quarter(&self, quarter: u32) -> u64 {
        let (from, to) = (self.end * quarter / 4, self.end * (quarter + 1) / 4);
        let within = self.samples.iter().filter(|(at, _)| (from..to).contains(at));
        let mut sizes: Vec<_> = within.map(|(_, size)| *size).collect();
        sizes.sort_unstable();
        sizes.get(sizes.len() / 2).copied().unwrap_or_default()
    }

    /// The most there ever was.
    pub(crate) fn most(&self) -> u64 {
        self.samples.iter().map(|(_, size)| *size).max().unwrap_or_default()
    }

    /// Whether the last quarter needed more than the second and some slack.
    pub(crate) fn grows(&self) -> bool {
        let warm = self.quarter(1);
        self.quarter(3) > warm + warm / 5 + SLACK
    }
}

/// Bytes, readable.
pub(crate) fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / MIB as f64)
}
