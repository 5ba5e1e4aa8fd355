//! Which processor cores those who are measured get, and which everybody else.

use std::process::{Command, Stdio};

/// A division of the cores.
#[derive(Debug)]
pub(crate) struct Cores {
    /// Of those who are measured.
    pub(crate) measured: Vec<usize>,
    /// Of the load and of upstreams; the same where there is only one core.
    pub(crate) others: Vec<usize>,
}

impl Cores {
    /// Gives half of the cores to those who are measured, at most two, and keeps this process (which must have no other thread
    /// yet) and all that it starts off them.
    pub(crate) fn divide() -> Self {
        let cores = allowed();
        let (measured, others) = cores.split_at((cores.len() / 2).clamp(1, 2).min(cores.len()));
        let others = if others.is_empty() { measured } else { others };
        let mut command = Command::new("taskset");
        command.args(["-cp", &list(others), &std::process::id().to_string()]).stdout(Stdio::null());
        // Where it can't be, all share all cores.
        let _ = command.status();
        Self { measured: measured.to_vec(), others: others.to_vec() }
    }

    /// Says who has what.
    pub(crate) fn describe(&self) -> String {
        let (measured, others) = (list(&self.measured), list(&self.others));
        format!("those who are measured run on core {measured}, the load and the upstream on core {others}")
    }
}

/// As `taskset` reads it.
pub(crate) fn list(cores: &[usize]) -> String {
    cores.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

/// The cores that this process may use: `0-3,8` is five.
fn allowed() -> Vec<usize> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let ranges = list.trim().split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse::<usize>().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}
