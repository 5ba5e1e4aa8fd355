//! What the system knows of this process, under the names that Prometheus's clients have given it.

use super::Family;

/// What can be learned now: on Linux, all of it.
#[cfg(target_os = "linux")]
pub(super) fn families() -> Vec<Family> {
    let Ok(this) = procfs::process::Process::myself() else { return Vec::new() };
    let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
    let mut families = Vec::new();
    if let Ok(stat) = this.stat() {
        let common = Family::common;
        families.extend([
            common(
                "process_cpu_seconds_total",
                "Processor time, in user and system mode.",
                seconds(stat.utime + stat.stime),
            ),
            common("process_resident_memory_bytes", "Memory that is in use.", (stat.rss * procfs::page_size()) as f64),
            common("process_virtual_memory_bytes", "Memory that is reserved.", stat.vsize as f64),
            common("process_threads", "Threads.", stat.num_threads as f64),
        ]);
        if let Ok(boot) = procfs::boot_time_secs() {
            let begun = boot as f64 + seconds(stat.starttime);
            families.push(common("process_start_time_seconds", "When it began, since 1970.", begun));
        }
    }
    if let (Ok(open), Ok((most, _))) = (this.fd_count(), rlimit::Resource::NOFILE.get()) {
        families.push(Family::common("process_open_fds", "Files and connections that are open.", open as f64));
        families.push(Family::common("process_max_fds", "How many of them there may be.", most as f64));
    }
    families
}

/// Nothing where there is no `/proc`.
#[cfg(not(target_os = "linux"))]
pub(super) fn families() -> Vec<Family> {
    Vec::new()
}
