//! Versions that change under full load.

use super::super::hosts::{BenchArgs, Hosts};
use super::super::report::{BenchReport, Printed};
use super::load::Load;
use super::{HOSTS, by, pin, pin_to, publish, publish_chain};
use crate::bulk::Swapped;
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_domain::actor::Actor;
use tasker_worker::WorkerConfig;
use tokio::time::MissedTickBehavior;

/// Steps of each task.
const STEPS: usize = 5;

/// Change the version that new tasks take, again and again, while both hosts are busy, and count
/// steps that failed, were lost, or ran twice.
#[derive(Debug, clap::Args)]
pub(super) struct Swap {
    /// How long.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Tasks that each host keeps open.
    #[arg(long, default_value_t = 500, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    open_tasks: u32,
    #[command(flatten)]
    common: BenchArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    hosts: usize,
    /// From the first swap to the end of the last task.
    seconds: f64,
    /// A new version, a pin back to the one before, no pin: one of them every second.
    swaps: u32,
    tasks: u64,
    steps: u64,
    steps_per_s: f64,
    /// Versions that steps ran on.
    versions_run: i64,
    /// Steps that ended otherwise than complete.
    failed_steps: i64,
    /// Steps that never ended.
    lost_steps: i64,
    /// Starts and ends of a step beyond its first.
    repeated_steps: i64,
}

impl Swap {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let hosts = self
            .common
            .start(HOSTS, Some(&WorkerConfig::default()))
            .await?;
        publish(&hosts.first().registry, &component, 0).await?;
        publish_chain(&hosts.first().registry, "load", STEPS, "^1").await?;
        tell("measuring\n");
        let load = Load::new("load", self.open_tasks as usize);
        let started = Instant::now();
        let swapping = async {
            let swaps = self.swap(&hosts, &component).await;
            load.end();
            swaps
        };
        let (swaps, tasks) = tokio::try_join!(swapping, load.run(&hosts))?;
        hosts.first().until_idle().await?;
        let seconds = started.elapsed().as_secs_f64();
        tell("counting\n");
        let swapped = hosts.first().bulk().swapped("load").await?;
        hosts.stop().await?;
        Printed::of(&found(seconds, swaps, tasks, swapped))
    }

    /// Changes the version of new tasks once a second, through alternating hosts.
    async fn swap(&self, hosts: &Hosts, component: &[u8]) -> anyhow::Result<u32> {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (actor, mut newest) = (Actor::host(), 0);
        for no in 0..self.seconds {
            seconds.tick().await;
            let registry = &hosts.turn(no).registry;
            match no % 3 {
                0 => {
                    newest += 1;
                    publish(registry, component, newest).await?;
                }
                1 => pin_to(registry, newest - 1).await?,
                _ => {
                    let by = by(&actor, "pin.remove");
                    registry.remove_pin(&pin()?, &by).await?;
                }
            }
        }
        seconds.tick().await;
        Ok(self.seconds)
    }
}

fn found(seconds: f64, swaps: u32, tasks: u64, swapped: Swapped) -> Measured {
    let steps = tasks * STEPS as u64;
    let wanted = i64::try_from(steps).unwrap_or(i64::MAX);
    let Swapped {
        versions,
        ended,
        complete,
        starts,
        ends,
    } = swapped;
    Measured {
        hosts: HOSTS,
        seconds,
        swaps,
        tasks,
        steps,
        steps_per_s: steps as f64 / seconds,
        versions_run: versions,
        failed_steps: ended - complete,
        lost_steps: wanted - ended,
        repeated_steps: (starts - wanted).max(0) + (ends - wanted).max(0),
    }
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        format!(
            "{} swaps in {:.1} s on {} hosts\n  ran        {} steps, {:.0} a second, on {} versions\n  failed     {}\n  lost       {}\n  repeated   {}",
            self.swaps,
            self.seconds,
            self.hosts,
            self.steps,
            self.steps_per_s,
            self.versions_run,
            self.failed_steps,
            self.lost_steps,
            self.repeated_steps
        )
    }
}
