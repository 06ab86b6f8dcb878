//! `tasker-bench soak`: everything at once for long, and whether anything grows or goes wrong.

mod load;
mod look;
mod trouble;
mod verdict;

use super::cell::Cell;
use super::process::ProcessArgs;
use super::report::{BenchReport, Printed};
use super::usage;
use load::{Counted, Load};
use look::{Looker, Minute};
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_client::Client;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_wire::pin::{NewPin, SetPin};
use tasker_wire::retention::{NewRetention, SetRetention};
use trouble::{Caused, Trouble};

/// How long finished tasks are kept, by final state.
const KEEP: Duration = Duration::from_secs(60);
const KEEP_FAILED: Duration = Duration::from_secs(90);

/// A host without a heartbeat is dead soon, so that its steps wait for no long time.
const HOST_OPTIONS: [&str; 4] = ["--heartbeat-interval", "500", "--dead-after", "3000"];

const MINUTE: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(250);

/// How long open tasks may take to end once nothing new comes.
const END_TIMEOUT: Duration = Duration::from_secs(120);

/// Run hosts in processes of their own under load, with retries, cancellations, quarantines, rollouts, retention, old
/// snapshots and kills; print memory, tables and invariants each minute.
#[derive(Debug, clap::Args)]
pub(super) struct Soak {
    /// How long.
    #[arg(long, default_value_t = 30, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    minutes: u32,
    /// Hosts at the same time.
    #[arg(long, default_value_t = 2, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=16))]
    hosts: u32,
    /// Tasks that are submitted a second.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rate: u32,
    /// From one kill of a host to the next; every third time all are killed.
    #[arg(long, default_value_t = 40, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(5..))]
    kill_every: u32,
    #[command(flatten)]
    processes: ProcessArgs,
}

#[derive(Debug, Serialize)]
struct Soaked {
    hosts: u32,
    rate: u32,
    #[serde(flatten)]
    counted: Counted,
    #[serde(flatten)]
    caused: Caused,
    minutes: Vec<Minute>,
    /// After the last task, with the same members.
    end: Minute,
    /// What grew in the last third beyond the second, with both means.
    grew: Vec<String>,
    /// Nothing grew, no invariant was violated, and every task ended.
    is_well: bool,
}

impl Soak {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let mut cell = Cell::start(&self.processes, &[]).await?;
        load::publish(&cell, &self.processes.common.component()?).await?;
        for _ in 0..self.hosts {
            cell.add(&HOST_OPTIONS).await?;
        }
        prepare(&cell).await?;
        let soaked = self.soak(&mut cell).await;
        cell.stop().await?;
        let soaked = soaked?;
        let printed = Printed::of(&soaked)?;
        anyhow::ensure!(soaked.is_well, "the soak failed:\n{}", printed.json);
        Ok(printed)
    }

    async fn soak(&self, cell: &mut Cell) -> anyhow::Result<Soaked> {
        let load = Load::begin(cell, self.rate)?;
        let mut trouble = Trouble::new(&self.processes, cell, self.kill_every)?;
        let looker = Looker::new(cell);
        let (started, mut minutes) = (Instant::now(), Vec::new());
        while minutes.len() < self.minutes as usize {
            tokio::time::sleep(TICK).await;
            if trouble.cause(cell).await? {
                load.follow(cell)?;
            }
            if started.elapsed() >= MINUTE * (1 + u32::try_from(minutes.len())?) {
                let minute = look(cell, &looker, minutes.len() + 1).await?;
                tell(&format!("{}\n", minute.line()));
                minutes.push(minute);
            }
        }
        let counted = load.end().await?;
        let caused = trouble.end(cell).await?;
        let ended = tokio::time::timeout(END_TIMEOUT, cell.until_over()).await;
        let end = look(cell, &looker, minutes.len() + 1).await?;
        tell(&format!("{}\n", end.line()));
        let grew = verdict::grew(&minutes);
        let is_right = minutes
            .iter()
            .chain([&end])
            .all(|minute| minute.wrong.is_empty());
        Ok(Soaked {
            hosts: self.hosts,
            rate: self.rate,
            counted,
            caused,
            is_well: ended.is_ok() && is_right && grew.is_empty(),
            minutes,
            end,
            grew,
        })
    }
}

async fn look(cell: &Cell, looker: &Looker, minute: usize) -> anyhow::Result<Minute> {
    let mut looked = looker.look(minute).await?;
    let memory = cell
        .processes
        .iter()
        .map(|host| usage::resident_mib(host.pid));
    looked.host_mib = memory.map(|mib| mib.unwrap_or(0.0).round()).collect();
    Ok(looked)
}

/// Retention, and a pin for rollouts to begin from.
async fn prepare(cell: &Cell) -> anyhow::Result<()> {
    let client = Client::builder(&cell.member().host.url())?.build()?;
    let ms = |keep: Duration| u64::try_from(keep.as_millis()).ok();
    let rule = NewRetention {
        complete_ms: ms(KEEP),
        error_ms: ms(KEEP_FAILED),
        cancelled_ms: ms(KEEP),
        keys_ms: None,
        for_ever: false,
        reason: "soak".to_owned(),
    };
    let namespace: Name = "bench".parse()?;
    let retention = SetRetention::at(namespace.clone());
    client.call(retention).json(&rule).await?;
    let pin = SetPin::at(namespace, PinKind::Component, "basics".to_owned());
    let first = NewPin {
        requirement: "=1.0.0".to_owned(),
        reason: "soak".to_owned(),
    };
    client.call(pin).json(&first).await?;
    Ok(())
}

impl BenchReport for Soaked {
    fn table(&self) -> String {
        let mut lines = vec![format!(
            "{} hosts, {} tasks a second for {} minutes: {} submitted, {} refused, {} cancelled",
            self.hosts,
            self.rate,
            self.minutes.len(),
            self.counted.submitted,
            self.counted.refused,
            self.counted.cancelled
        )];
        lines.push(format!(
            "{} kills of hosts, {} quarantines, {} rollouts, {} old snapshots",
            self.caused.kills,
            self.caused.quarantines,
            self.caused.rollouts,
            self.caused.old_snapshots
        ));
        lines.extend(self.minutes.iter().chain([&self.end]).map(Minute::line));
        lines.extend(self.grew.iter().map(|grew| format!("grew: {grew}")));
        lines.push(if self.is_well { "well" } else { "not well" }.to_owned());
        lines.join("\n")
    }
}
