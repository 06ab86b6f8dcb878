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
    let children = fs::read_dir("/proc")
        .ok()?
        .flatten()
        .filter_map(|entry| stat(entry.file_name().to_str()?));
    let living: Duration = children
        .filter(|child| child.parent == pid)
        .map(|child| child.own)
        .sum();
    Some(root.own + root.ended_children + living)
}

/// The most memory that this process had, in MiB.
pub(super) fn own_peak_mib() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
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
