use std::fs;
use std::path::Path;

const MIB: u64 = 1024 * 1024;

/// Bounds of PostgreSQL's own cache, and the share of the machine's memory it takes in between.
const SHARED_BUFFERS_MIN_MIB: u64 = 32;
const SHARED_BUFFERS_MAX_MIB: u64 = 256;
const SHARED_BUFFERS_SHARE: u64 = 8;

/// What the server is started with. The later of two settings of one name wins, so `extra` comes
/// last; durability (`fsync`, `synchronous_commit`) is on unless it says otherwise.
pub(super) fn settings(socket_dir: &Path, extra: &[(String, String)]) -> Vec<String> {
    let fixed = [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("max_connections", "100"),
        ("max_wal_size", "2GB"),
        ("min_wal_size", "256MB"),
        ("checkpoint_timeout", "15min"),
        // Short statements only: compiling them costs more than it saves.
        ("jit", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("log_line_prefix", "%m [%p] "),
        ("log_checkpoints", "off"),
    ];
    let port = super::socket::PORT.to_string();
    let buffers = format!("{}MB", shared_buffers_mib());
    let socket_dir = socket_dir.display().to_string();
    let found = [
        ("port", port.as_str()),
        ("shared_buffers", &buffers),
        ("unix_socket_directories", &socket_dir),
    ];
    let extra = extra
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    fixed
        .into_iter()
        .chain(found)
        .chain(extra)
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

fn shared_buffers_mib() -> u64 {
    let share = memory_bytes().unwrap_or(0) / MIB / SHARED_BUFFERS_SHARE;
    share.clamp(SHARED_BUFFERS_MIN_MIB, SHARED_BUFFERS_MAX_MIB)
}

fn memory_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let total = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = total.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durability_is_on_and_tcp_is_off() {
        let settings = settings(Path::new("/socket"), &[]);
        for expected in ["fsync=on", "synchronous_commit=on", "listen_addresses="] {
            assert!(settings.iter().any(|s| s == expected), "{expected}");
        }
    }

    #[test]
    fn what_the_caller_asks_for_comes_last_and_so_wins() {
        let extra = [("fsync".to_owned(), "off".to_owned())];
        let settings = settings(Path::new("/socket"), &extra);
        assert_eq!(settings.last().map(String::as_str), Some("fsync=off"));
    }
}
