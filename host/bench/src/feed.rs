//! What it costs to stream the feed to many readers while tasks run, and how late events are.

mod readers;

use super::hosts::{BenchArgs, FIRST, Hosts, publish_component, publish_template, submit};
use super::report::{BenchReport, Percentiles, Printed};
use super::run::percentiles_of;
use super::workload::Workload;
use readers::{Read, Readers};
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_domain::submit::Submit;
use tasker_worker::WorkerConfig;

/// Tasks are submitted this often where their rate is bounded.
const SUBMIT_INTERVAL: Duration = Duration::from_millis(50);

/// The shape of the tasks.
const RUNNING: Workload = Workload::Linear5;

/// Stream the events of as many templates as there are streams, each to one reader, while their tasks run.
#[derive(Debug, clap::Args)]
pub struct Feed {
    /// Readers, each with a stream of its own.
    #[arg(long, default_value_t = 200, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=250))]
    streams: u16,
    /// How many tasks of five steps each measurement has.
    #[arg(long, default_value_t = 8_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    tasks: u32,
    /// Types of events that are streamed, such as task.*,step.completed; without it all.
    #[arg(long, value_name = "TYPES")]
    types: Option<String>,
    #[command(flatten)]
    common: BenchArgs,
}

/// Tasks that run while readers read.
#[derive(Debug, Serialize)]
struct Load {
    steps_per_s: f64,
    /// To all readers together, until the last event.
    delivered_per_s: f64,
    delivered: u64,
    /// Events that no reader got.
    missing: i64,
    /// Streams that the host ended because their readers were too slow; they went on at their cursors.
    cut_off: u64,
    /// From the time in the event, which is before the commit, to the reader.
    delay_ms: Percentiles,
}

#[derive(Debug, Serialize)]
struct Measured {
    streams: u16,
    tasks: u32,
    types: Option<String>,
    steps_per_s_without: f64,
    /// All tasks at once.
    full: Load,
    /// Tasks at half of that rate.
    half: Load,
    /// `full` ÷ without streams.
    ratio: f64,
}

impl Feed {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let worker = WorkerConfig::default();
        let hosts = self.common.start_with_keys(&worker).await?;
        let registry = &hosts.first().registry;
        publish_component(registry, "basics", &FIRST, component).await?;
        for no in 0..self.streams {
            let name = format!("name: {}", template(no));
            let yaml = RUNNING
                .yaml()
                .replace(&format!("name: {}", RUNNING.name()), &name);
            publish_template(registry, &template(no), &yaml).await?;
        }
        tell("warming up\n");
        self.run_tasks(&hosts, None).await?;
        tell("measuring without streams\n");
        let without = self.run_tasks(&hosts, None).await?;
        tell("measuring with streams\n");
        let full = self.measure(&hosts, None).await?;
        tell("measuring at half of the rate\n");
        let half_of = full.steps_per_s / 2.0 / RUNNING.steps() as f64;
        let half = self.measure(&hosts, Some(half_of)).await?;
        hosts.stop().await?;
        Printed::of(&Measured {
            streams: self.streams,
            tasks: self.tasks,
            types: self.types,
            steps_per_s_without: without,
            ratio: full.steps_per_s / without,
            full,
            half,
        })
    }

    /// Runs the tasks while readers read, and waits until these have everything.
    async fn measure(&self, hosts: &Hosts, tasks_per_s: Option<f64>) -> anyhow::Result<Load> {
        let member = hosts.first();
        let templates = (0..self.streams).map(template);
        let readers = Readers::start(member, templates, self.types.as_deref()).await?;
        let started = Instant::now();
        let steps_per_s = self.run_tasks(hosts, tasks_per_s).await?;
        let Read {
            delays_ms,
            cut_off,
            until,
        } = readers.until_quiet().await?;
        let delivered = delays_ms.len() as u64;
        let seconds = until.saturating_duration_since(started).as_secs_f64();
        let expected = readers::of_one_task(member, &template(0), self.types.as_deref()).await?
            * u64::from(self.tasks);
        anyhow::ensure!(delivered > 0, "no event was delivered");
        Ok(Load {
            steps_per_s,
            delivered_per_s: delivered as f64 / seconds,
            delivered,
            missing: expected.cast_signed() - delivered.cast_signed(),
            cut_off,
            delay_ms: percentiles_of(delays_ms),
        })
    }

    /// Runs the tasks, spread over the templates, and returns the steps a second.
    async fn run_tasks(&self, hosts: &Hosts, tasks_per_s: Option<f64>) -> anyhow::Result<f64> {
        let member = hosts.first();
        let mut submits = Vec::with_capacity(self.tasks as usize);
        for no in 0..self.tasks {
            submits.push(submit(&template((no % u32::from(self.streams)) as u16))?);
        }
        let steps = u64::from(self.tasks) * RUNNING.steps() as u64;
        let started = Instant::now();
        match tasks_per_s {
            None => member.run_all(submits, steps, "feed").await?,
            Some(tasks_per_s) => {
                let each = (tasks_per_s * SUBMIT_INTERVAL.as_secs_f64())
                    .ceil()
                    .max(1.0) as usize;
                let mut ticks = tokio::time::interval(SUBMIT_INTERVAL);
                let batches: Vec<Vec<Submit>> = submits.chunks(each).map(<[_]>::to_vec).collect();
                for batch in batches {
                    ticks.tick().await;
                    member.submit_all(batch, "feed").await?;
                }
                member.until_idle().await?;
            }
        }
        Ok(steps as f64 / started.elapsed().as_secs_f64())
    }
}

fn template(no: u16) -> String {
    format!("{}-{no}", RUNNING.name())
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        let load = |name: &str, load: &Load| {
            format!(
                "  {name}  {:.0} steps/s, {:.0} events/s delivered, {} in all, {} missing, {} streams cut off\n            delay {}",
                load.steps_per_s,
                load.delivered_per_s,
                load.delivered,
                load.missing,
                load.cut_off,
                load.delay_ms
            )
        };
        [
            format!("{} streams, {} tasks", self.streams, self.tasks),
            format!("  without   {:.0} steps/s", self.steps_per_s_without),
            load("at once ", &self.full),
            load("at half ", &self.half),
            format!("  ratio     {:.2}", self.ratio),
        ]
        .join("\n")
    }
}
