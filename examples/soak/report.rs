//! What came of it.

use std::time::Duration;

use crate::{
    histogram::Histogram,
    memory::{Memory, mib},
    tally::Tally,
    traffic::Traffic,
    weather::Weather,
    world::Upstream,
};

/// Everything that was observed.
pub(crate) struct Report<'a> {
    pub(crate) time: Duration,
    pub(crate) tally: &'a Tally,
    pub(crate) memory: &'a Memory,
    pub(crate) traffic: &'a Traffic,
    pub(crate) weather: &'a Weather,
    pub(crate) upstreams: &'a [Upstream],
    pub(crate) panics: usize,
    /// What else went wrong: an upstream that was not answered for after the faults, a process that did not stop.
    pub(crate) defects: Vec<String>,
}

impl Report<'_> {
    /// Prints everything, and returns whether all is well.
    pub(crate) fn print(mut self) -> bool {
        self.answers();
        self.memory();
        self.calls();
        let weather: Vec<_> = self.weather.had().iter().map(|(name, times)| format!("{name} ×{times}")).collect();
        println!("\nfaults: {}", weather.join("; "));
        if self.panics > 0 {
            self.defects.push(format!("the gateway panicked {} times", self.panics));
        }
        if self.tally.wrong > 0 {
            self.defects.push(format!("{} wrong answers", self.tally.wrong));
        }
        if self.defects.is_empty() {
            println!("\nAll is well.");
        }
        for defect in &self.defects {
            println!("\nNOT WELL: {defect}");
        }
        self.defects.is_empty()
    }

    fn answers(&self) {
        let (tally, seconds) = (self.tally, self.time.as_secs_f64());
        println!("\n{seconds:.1} s, {} requests, {:.0} a second", tally.requests, tally.requests as f64 / seconds);
        println!(
            "{} answers, {:.0} a second; {} callers left before theirs",
            tally.all.total(),
            tally.all.total() as f64 / seconds,
            tally.left
        );
        println!("\nanswers by status and code");
        for (status, count) in &tally.statuses {
            println!("  {count:>9}  {status}");
        }
        println!("\nanswers by Cache-Status {:>31} {:>9} {:>9}", "p50", "p99", "longest");
        for (class, times) in &tally.classes {
            println!("  {:>9}  {class:<30} {}", times.total(), latencies(times));
        }
        println!("  {:>9}  {:<30} {}", tally.all.total(), "all", latencies(&tally.all));
        println!("\nwrong answers: {}", tally.wrong);
        for told in &tally.told {
            println!("  {told}");
        }
    }

    fn memory(&mut self) {
        let (warm, last) = (self.memory.quarter(1), self.memory.quarter(3));
        println!("\nmemory of the gateway (VmRSS), medians of the quarters");
        let quarters: Vec<_> = (0..4).map(|quarter| mib(self.memory.quarter(quarter))).collect();
        let growth = (last as f64 - warm as f64) / (1 << 20) as f64;
        println!("  {}; the most: {}", quarters.join(", "), mib(self.memory.most()));
        println!("  growth from the second to the last: {growth:+.1} MiB");
        if self.memory.grows() {
            self.defects.push("the memory grows".to_owned());
        }
    }

    fn calls(&mut self) {
        println!("\nupstream calls {:>46} {:>8} {:>9} {:>6}", "calls", "allowed", "most", "429");
        for ((name, path), route) in &self.traffic.0 {
            let rate = self.upstreams.iter().find(|upstream| upstream.name == *name).map(|upstream| upstream.rate);
            let allowed = rate.map_or(0, |rate| rate.calls);
            println!("  {name:<18} {path:<34} {:>5} {allowed:>8} {:>9} {:>6}", route.calls, route.most, route.refused);
            if route.refused > 0 {
                self.defects.push(format!("{name} refused {} calls as too many", route.refused));
            }
            if route.most > allowed as usize {
                self.defects.push(format!("{name} {path}: {} calls in a window of {allowed}", route.most));
            }
        }
    }
}

/// Median, 99th percentile and maximum, readable.
pub(crate) fn latencies(times: &Histogram) -> String {
    let ms = |time: Duration| format!("{:>6.2} ms", time.as_secs_f64() * 1e3);
    format!("{} {} {}", ms(times.quantile(0.5)), ms(times.quantile(0.99)), ms(times.longest()))
}
