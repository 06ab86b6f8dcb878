//! What processes used, according to /proc.

use std::fs;
use std::time::Duration;

/// Processor time of this process so far.
pub(super) fn own_cpu() -> Option<Duration> {
    Some(stat("self")?.own)
}

/// Processor time so far of a process, the children that it has, and those that have ended.
pub(super) fn tree_cpu(pid: u32) -> Option<Duration> {
    let root = stat(&pid.to_string())?;
    let living = children(pid)
        .into_iter()
        .filter_map(|child| stat(&child.to_string()));
    let living: Duration = living.map(|child| child.own).sum();
    Some(root.own + root.ended_children + living)
}

/// The children that a process has now.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes
        .filter(|process: &u32| stat(&process.to_string()).is_some_and(|it| it.parent == pid))
        .collect()
}

/// The most memory that this process had, in MiB.
pub(super) fn own_peak_mib() -> Option<f64> {
    memory_mib("self", "VmHWM:")
}

/// The memory that a process has now, in MiB.
pub(super) fn resident_mib(pid: u32) -> Option<f64> {
    memory_mib(&pid.to_string(), "VmRSS:")
}

fn memory_mib(process: &str, label: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(label))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}

struct Stat {
    parent: u32,
    own: Duration,
    ended_children: Duration,
}

/// proc(5): fields 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime, in clock ticks.
fn stat(process: &str) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the name in parentheses and may hold anything.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let ticks = |first: usize| {
        Some(Duration::from_secs_f64(
            (number(first)? + number(first + 1)?) as f64 / ticks_per_second(),
        ))
    };
    Some(Stat {
        parent: number(4)?.try_into().ok()?,
        own: ticks(14)?,
        ended_children: ticks(16)?,
    })
}

fn ticks_per_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}
