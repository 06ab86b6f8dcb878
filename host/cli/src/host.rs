//! `tasker host …`

use super::units::{self, count, parse_duration};
use super::{
    Answer, Ask as _, Because, Context, Exit, InOrder, Painted, Problem, Result, Table, good, tell,
};
use std::time::{Duration, Instant};
use tasker_domain::ids::WorkerId;
use tasker_domain::state::HostState;
use tasker_wire::host::{DrainHost, Host, ListHosts, ResumeHost, ShowHost};
use tasker_wire::page::PageQuery;

/// How often the host is asked for while its drain is waited for.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List hosts that run a worker, and those that stopped in the last hour, newest first.
    Ls(InOrder),
    Drain(Drain),
    /// End a drain: the host claims steps again.
    Resume {
        #[command(flatten)]
        which: Which,
    },
}

/// Stop a host from claiming steps, so that it can be stopped without giving any back.
///
/// The attempts that it runs go on until they end; other hosts take what follows. The process goes on serving
/// the API until it is stopped, but /health/ready answers 503. A drain lasts until `resume`, or until the
/// process ends.
#[derive(Debug, clap::Args)]
pub struct Drain {
    #[command(flatten)]
    which: Which,
    /// Wait until nothing that it runs is left.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most, for example 30s or 5m; the drain continues.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, requires = "wait")]
    timeout: Option<Duration>,
}

/// Which host, and why.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// Id of the host, as `tasker host ls` shows it.
    #[arg(value_parser = parse_id)]
    id: WorkerId,
    #[command(flatten)]
    because: Because,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Ls(order) => ls(&order, context).await,
        Command::Drain(drain) => drain.run(context).await,
        Command::Resume { which } => resume(which, context).await,
    }
}

async fn ls(order: &InOrder, context: &Context) -> Result {
    let table = Table::new([
        ("id", &|it: &Host| it.id.0.to_string()),
        ("host", &|it| it.host_name.clone()),
        ("pid", &|it| it.pid.to_string()),
        ("version", &|it| it.version.clone().unwrap_or_default()),
        ("state", &|it| it.state.sign()),
        ("since", &since),
        ("running", &running),
        ("started", &|it| units::age(it.started_at)),
        ("heartbeat", &|it| units::age(it.heartbeat_at)),
    ])
    .or("no hosts with a worker");
    let hosts = context.list(order, ListHosts {}, PageQuery::default(), table);
    Ok(hosts.await?.next(|page| {
        let drained = page.items.iter().find(|it| it.state == HostState::Drained);
        // The last one that claims steps is not to be drained lightly.
        let mut active = page.items.iter().filter(|it| it.state == HostState::Active);
        let active = active.next().filter(|_| active.next().is_some());
        let resume = drained.map(|it| format!("tasker host resume {}", it.id.0));
        let drain = active.map(|it| format!("tasker host drain {} --wait", it.id.0));
        drain.into_iter().chain(resume).collect()
    }))
}

/// Since when it is in its state.
fn since(host: &Host) -> String {
    let at = match host.state {
        HostState::Active => None,
        HostState::Draining => host.draining_since,
        HostState::Drained => host.drained_at,
        HostState::Silent => Some(host.heartbeat_at),
        HostState::Stopped => host.stopped_at,
    };
    units::age(at.unwrap_or(host.started_at))
}

/// `3 of 256`; nothing of a host that has stopped.
fn running(host: &Host) -> String {
    match (host.state, host.slots) {
        (HostState::Stopped, _) => String::new(),
        (_, Some(slots)) => format!("{} of {slots}", host.running),
        (_, None) => host.running.to_string(),
    }
}

impl Drain {
    async fn run(self, context: &Context) -> Result {
        let (id, body) = (self.which.id, self.which.because.body());
        let call = context.call(DrainHost { id });
        let asked = call.json(&body).ask().await?;
        if !self.wait {
            let reply = context.done(&asked, drain_text);
            return Ok(reply.next(next(id, &asked.value)));
        }
        let give_up = self.timeout.map(|timeout| Instant::now() + timeout);
        let waited = wait(asked, give_up, context).await?;
        let reply = context.report(&waited, |host| match is_over(host) {
            true => good(over_text(host)),
            false => String::new(),
        });
        let reply = reply.next(next(id, &waited.value));
        Ok(match is_over(&waited.value) {
            true => reply,
            false => reply.end(Err(not_drained(&waited.value).into())),
        })
    }
}

/// Asks again until the drain is over, was taken back, or the user's time is up; tells each change.
async fn wait(
    mut answer: Answer<Host>,
    give_up: Option<Instant>,
    context: &Context,
) -> Result<Answer<Host>> {
    let mut told = String::new();
    loop {
        let host = &answer.value;
        let is_late = give_up.is_some_and(|at| Instant::now() >= at);
        if is_over(host) || host.draining_since.is_none() || is_late {
            return Ok(answer);
        }
        let line = format!("waiting for the end of {}", left(host));
        if line != told && !context.output.is_json() {
            tell(&format!("{line}\n"));
            told = line;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
        answer = context
            .ask(ShowHost {
                id: answer.value.id,
            })
            .await?;
    }
}

/// True once nothing is left that it runs.
fn is_over(host: &Host) -> bool {
    matches!(host.state, HostState::Drained | HostState::Stopped)
}

fn not_drained(host: &Host) -> Problem {
    let name = name(host);
    match host.draining_since {
        None => Problem::new(
            Exit::Conflict,
            "host_resumed",
            format!("{name} was resumed meanwhile"),
        ),
        Some(_) => Problem::new(
            Exit::TimedOut,
            "timed_out",
            format!("{name} still finishes {}", left(host)),
        ),
    }
}

fn drain_text(host: &Host) -> String {
    match (host.state, host.changed) {
        (HostState::Drained | HostState::Stopped, _) => over_text(host),
        (_, Some(false)) => format!("{} drains already; it finishes {}", name(host), left(host)),
        (_, Some(true) | None) => format!(
            "{} drains: it claims nothing more from its next heartbeat, and finishes {}",
            name(host),
            left(host)
        ),
    }
}

fn over_text(host: &Host) -> String {
    match host.state {
        HostState::Stopped => format!("{} has stopped", name(host)),
        _ => format!(
            "{} is drained: nothing that it ran is left; the process can be stopped",
            name(host)
        ),
    }
}

/// What it has to finish, by its last heartbeat.
fn left(host: &Host) -> String {
    match host.running {
        0 => "what it claimed since its last heartbeat".to_owned(),
        some => count(some, "attempt"),
    }
}

/// `host 7 (build-1, pid 4711)`.
fn name(host: &Host) -> String {
    format!("host {} ({}, pid {})", host.id.0, host.host_name, host.pid)
}

fn next(id: WorkerId, host: &Host) -> Vec<String> {
    let wait =
        (host.state == HostState::Draining).then(|| format!("tasker host drain {} --wait", id.0));
    let resume = (host.state != HostState::Stopped).then(|| format!("tasker host resume {}", id.0));
    let ls = "tasker host ls".to_owned();
    wait.into_iter().chain(resume).chain([ls]).collect()
}

async fn resume(which: Which, context: &Context) -> Result {
    let call = context.call(ResumeHost { id: which.id });
    let sentence = |host: &Host| match host.changed {
        Some(false) => format!("{} was not draining", name(host)),
        Some(true) | None => format!("{} claims steps again from its next heartbeat", name(host)),
    };
    let reply = context.change(call.json(&which.because.body()), sentence);
    Ok(reply.await?.next(["tasker host ls"]))
}

/// The id of a host, as `tasker host ls` shows it.
fn parse_id(text: &str) -> Result<WorkerId, String> {
    let id = text.parse().ok().filter(|id| *id > 0);
    id.map(WorkerId).ok_or_else(|| {
        "the id of a host is a whole number; list them with: tasker host ls".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;

    fn host(state: HostState, running: i32) -> Host {
        let now = Utc::now();
        Host {
            id: WorkerId(7),
            host_name: "build-1".to_owned(),
            pid: 12,
            version: Some("0.1.0".to_owned()),
            state,
            running,
            slots: Some(4),
            started_at: now,
            heartbeat_at: now,
            draining_since: (state != HostState::Active).then_some(now),
            drained_at: None,
            stopped_at: None,
            changed: None,
        }
    }

    #[test]
    fn what_is_left_of_a_drain_is_told() {
        let text = drain_text(&host(HostState::Draining, 1));
        assert_eq!(
            text,
            "host 7 (build-1, pid 12) drains: it claims nothing more from its next heartbeat, and finishes 1 attempt"
        );
        assert!(drain_text(&host(HostState::Drained, 0)).contains("the process can be stopped"));
        assert_eq!(running(&host(HostState::Active, 3)), "3 of 4");
        assert_eq!(running(&host(HostState::Stopped, 0)), "");
    }

    #[test]
    fn a_wait_that_ends_early_says_why() {
        assert_eq!(
            not_drained(&host(HostState::Draining, 2)).exit(),
            Exit::TimedOut
        );
        assert_eq!(
            not_drained(&host(HostState::Active, 2)).exit(),
            Exit::Conflict
        );
    }

    #[test]
    fn an_id_is_a_whole_number() {
        assert_eq!(parse_id("7"), Ok(WorkerId(7)));
        for wrong in ["db-1", "0", "-1", "99999999999"] {
            assert!(parse_id(wrong).is_err(), "{wrong}");
        }
    }
}
