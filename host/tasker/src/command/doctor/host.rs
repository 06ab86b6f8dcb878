//! What the host says of itself.

use super::check::Check;
use chrono::{DateTime, TimeDelta, Utc};
use tasker_cli::health::{ConnectionHealth, PartStatus, PartitionHealth, ReplicaHealth, Status};
use tasker_cli::{CliError, Client, DEFAULT_URL, Exit};
use tasker_domain::health::HealthState;
use tasker_embedded_postgres::OLDEST_MAJOR;

/// Times in lists and logs are read side by side; further apart than this they mislead.
const CLOCKS_APART_MAX: TimeDelta = TimeDelta::seconds(2);

/// Asks the host. That none runs where none was named is no fault of the machine.
pub async fn checks(client: &Client, url: &str) -> Vec<Check> {
    let asked_at = Utc::now();
    match client.status().await {
        Ok(status) => of_status(&status, url, asked_at, Utc::now()),
        // The result of authentication is shown separately.
        Err(CliError::Problem(problem)) if problem.exit() != Exit::Unreachable => Vec::new(),
        Err(CliError::Problem(problem)) => {
            let help = "start one: tasker serve; or name it: TASKER_URL";
            let check = Check::bad("host", problem.what(), help);
            let is_named = url != DEFAULT_URL;
            vec![if is_named { check } else { check.optional() }]
        }
        Err(CliError::ClosedPipe) => Vec::new(),
    }
}

fn of_status(
    status: &Status,
    url: &str,
    asked_at: DateTime<Utc>,
    answered_at: DateTime<Utc>,
) -> Vec<Check> {
    let replica = status.read_replica.as_ref().map(replica);
    let found = status.database.as_ref();
    let checks = [
        Some(host(&status.version, url)),
        Some(claims(
            status.runs_worker,
            status.is_draining,
            status.claims_fail.as_deref(),
        )),
        Some(found.map_or_else(|| silent(status), |found| database(&found.version))),
        Some(connections(&status.connections)),
        found.map(|found| clock(found.now, asked_at, answered_at)),
        status.partitions.as_ref().map(partitions),
        replica,
    ];
    checks.into_iter().flatten().chain(ill(status)).collect()
}

/// The database did not answer.
fn silent(status: &Status) -> Check {
    let mut parts = status.parts.iter();
    let why = parts.find(|part| part.part == "database");
    let why = why.map_or("it does not answer", |part| &part.why);
    Check::bad("database", why, "see the database's log and the host's")
}

/// Parts that have no check of their own here and are not as they should be.
fn ill(status: &Status) -> Vec<Check> {
    const SHOWN: [&str; 6] = [
        "database",
        "claims",
        "connection_pool",
        "partitions",
        "read_replica",
        "disk",
    ];
    let is_known = status.database.is_some();
    let ill = status
        .parts
        .iter()
        .filter(|part| is_known && part.status != HealthState::Ok)
        .filter(|part| !SHOWN.contains(&part.part.as_str()));
    let check = |part: &PartStatus| {
        let found = format!("{}: {}", part.part, part.why);
        let check = Check::bad("status", found, "see: tasker status");
        match part.status {
            HealthState::Down => check,
            HealthState::Ok | HealthState::Degraded => check.optional(),
        }
    };
    ill.map(check).collect()
}

fn replica(found: &ReplicaHealth) -> Check {
    match (&found.unusable, found.lag_ms) {
        (None, lag) => Check::good("replica", format!("{} ms behind", lag.unwrap_or_default())),
        (Some(why), _) => Check::bad(
            "replica",
            format!("not read: {why}"),
            "see the standby of --read-database-url; until then the database answers in its place",
        )
        .optional(),
    }
}

fn partitions(partitions: &PartitionHealth) -> Check {
    match partitions.next_is_missing {
        true => Check::bad(
            "partitions",
            "the one for the coming tasks is missing; no task can be created once the newest is over",
            "see the host's log: it retries until the partition exists",
        ),
        false => Check::good(
            "partitions",
            format!("{} open, {} closed", partitions.open, partitions.closed),
        ),
    }
}

fn host(version: &str, url: &str) -> Check {
    let own = env!("CARGO_PKG_VERSION");
    match version == own {
        true => Check::good("host", format!("{version} at {url}")),
        false => Check::bad(
            "host",
            format!("{version} at {url}, but this program is {own}"),
            "use the same version for both",
        )
        .optional(),
    }
}

fn claims(runs_worker: bool, is_draining: bool, fail: Option<&str>) -> Check {
    match fail {
        None if !runs_worker => Check::good("claims", "none: the host runs without a worker"),
        None if is_draining => Check::bad(
            "claims",
            "none: the host drains or stops",
            "to end a drain: tasker host ls, then tasker host resume ID",
        )
        .optional(),
        None => Check::good("claims", "steps are claimed"),
        Some(why) => Check::bad(
            "claims",
            why,
            "see the host's log; where hosts of several versions share the database, upgrade them all",
        ),
    }
}

fn database(version: &str) -> Check {
    let digits = version.find(|c: char| !c.is_ascii_digit());
    let major = version[..digits.unwrap_or(version.len())].parse::<u32>();
    match major {
        Ok(major) if major < OLDEST_MAJOR => Check::bad(
            "database",
            format!("PostgreSQL {version}"),
            format!("move it to PostgreSQL {OLDEST_MAJOR} or later"),
        ),
        Ok(_) | Err(_) => Check::good("database", format!("PostgreSQL {version}")),
    }
}

fn connections(found: &ConnectionHealth) -> Check {
    let ConnectionHealth { max, open, refused } = found;
    let count = format!("{open} of {max} open");
    match refused {
        None => Check::good("connections", count),
        Some(why) => Check::bad(
            "connections",
            format!("{count}; PostgreSQL refused more: {why}"),
            "raise max_connections or the role's limit in PostgreSQL, or lower --connections",
        )
        .optional(),
    }
}

/// The database's clock was read at some moment between the two of ours.
fn clock(database: DateTime<Utc>, asked_at: DateTime<Utc>, answered_at: DateTime<Utc>) -> Check {
    let apart = (asked_at - database)
        .max(database - answered_at)
        .max(TimeDelta::zero());
    let found = format!("{} ms from the database's", apart.num_milliseconds());
    match apart <= CLOCKS_APART_MAX {
        true => Check::good("clock", found),
        false => Check::bad(
            "clock",
            found,
            "set both clocks, for example by NTP: timedatectl set-ntp true",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn a_clock_read_while_we_asked_is_right() {
        assert!(!clock(at(101), at(100), at(105)).is_grave());
    }

    #[test]
    fn clocks_apart_either_way_are_wrong() {
        assert!(clock(at(90), at(100), at(101)).is_grave());
        assert!(clock(at(111), at(100), at(101)).is_grave());
    }

    #[test]
    fn a_missing_partition_is_reported() {
        let is_grave = |next_is_missing| {
            let found = partitions(&PartitionHealth {
                open: 2,
                closed: 0,
                next_is_missing,
            });
            found.is_grave()
        };
        assert!(!is_grave(false));
        assert!(is_grave(true));
    }

    #[test]
    fn a_host_without_a_worker_is_not_said_to_claim_steps() {
        let told = |runs_worker| format!("{:?}", claims(runs_worker, false, None));
        assert!(told(false).contains("without a worker"), "{}", told(false));
        assert!(told(true).contains("steps are claimed"), "{}", told(true));
        let drains = format!("{:?}", claims(true, true, None));
        assert!(drains.contains("the host drains"), "{drains}");
    }

    #[test]
    fn an_old_database_is_identified_by_its_version() {
        assert!(database("14.9").is_grave());
        assert!(!database("15.14 (Debian 15.14-0+deb12u1)").is_grave());
    }
}
