//! Which processor cores the gateway gets, and which this program.

use std::process::{Command, Stdio};

/// A division of the cores.
pub(crate) struct Cores {
    /// The gateway's, as `taskset` reads them; empty if nothing could be divided.
    pub(crate) gateway: String,
    /// How many it has.
    pub(crate) gateways: usize,
    /// How many are left for clients and upstreams.
    pub(crate) others: usize,
}

impl Cores {
    /// Gives the gateway a quarter of the cores, so that it is the gateway that is at its limit and not its clients, and
    /// keeps this process (which must have no other thread yet) off them. With one core, or without `taskset`, all share.
    pub(crate) fn divide() -> Self {
        let cores = allowed();
        let (gateway, others) = cores.split_at((cores.len() / 4).max(1).min(cores.len()));
        let shared = Self { gateway: String::new(), gateways: cores.len(), others: cores.len() };
        if others.is_empty() {
            return shared;
        }
        let list = |cores: &[usize]| cores.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let mut command = Command::new("taskset");
        command.args(["-cp", &list(others), &std::process::id().to_string()]).stdout(Stdio::null());
        match command.status() {
            Ok(status) if status.success() => {
                Self { gateway: list(gateway), gateways: gateway.len(), others: others.len() }
            }
            _ => shared,
        }
    }

    /// Says who has what.
    pub(crate) fn describe(&self) -> String {
        match &*self.gateway {
            "" => format!("gateway, clients and upstreams share {} cores", self.gateways),
            _ => format!("the gateway has {} core(s), clients and upstreams {} others", self.gateways, self.others),
        }
    }
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
