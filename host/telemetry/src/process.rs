//! What the system says of this process, under the names that all of Prometheus's clients have.

use super::catalog::{PROCESS_CPU, PROCESS_FDS, PROCESS_MAX_FDS, PROCESS_MEMORY, PROCESS_START};
use super::samples::Samples;
use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};
use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Adds what the system says of this process. Reads some files of /proc; without it, there is nothing to say.
pub fn sample_process(samples: &mut Samples) {
    let ticks = clock_ticks_per_second() as f64;
    if let Some(stat) = Stat::read() {
        samples.number(&PROCESS_CPU, &[], stat.cpu_ticks / ticks);
        samples.number(&PROCESS_MEMORY, &[], stat.pages * page_size() as f64);
        if let Some(boot) = boot_time() {
            samples.number(&PROCESS_START, &[], boot + stat.start_ticks / ticks);
        }
    }
    if let Ok(fds) = fs::read_dir("/proc/self/fd") {
        samples.number(&PROCESS_FDS, &[], fds.count() as f64);
    }
    if let Some(max) = getrlimit(Resource::Nofile).current {
        samples.number(&PROCESS_MAX_FDS, &[], max as f64);
    }
}

/// When this process started, as the system says; none without /proc.
pub fn process_start() -> Option<SystemTime> {
    let seconds = boot_time()? + Stat::read()?.start_ticks / clock_ticks_per_second() as f64;
    UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

/// Of /proc/self/stat.
struct Stat {
    cpu_ticks: f64,
    start_ticks: f64,
    pages: f64,
}

impl Stat {
    fn read() -> Option<Self> {
        let text = fs::read_to_string("/proc/self/stat").ok()?;
        // The second field is a name in parentheses, which may have any characters.
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<f64> = fields
            .split_whitespace()
            .skip(1)
            .map(|field| field.parse().unwrap_or_default())
            .collect();
        // The first of these is the fourth of proc(5).
        let field = |number: usize| fields.get(number - 4).copied();
        Some(Self {
            cpu_ticks: field(14)? + field(15)?,
            start_ticks: field(22)?,
            pages: field(24)?,
        })
    }
}

/// When the machine started, in seconds since 1970.
fn boot_time() -> Option<f64> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let boot = text.lines().find_map(|line| line.strip_prefix("btime "));
    boot?.trim().parse().ok()
}
