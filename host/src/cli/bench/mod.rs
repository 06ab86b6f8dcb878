//! `tasker bench`: measure the engine beside pgbench, through the same code as real work.

mod cold_start;
mod fill;
mod hosts;
mod pgbench;
mod report;
mod resolve;
mod rollout;
mod run;
mod usage;
mod workload;

use super::output::Output;
use super::{CliError, Exit};
use clap::Args;
use hosts::Place;
use report::Printed;
use workload::Workload;

/// Run no-op tasks of a given shape and print what each step costs, with pgbench's figures from the
/// same minutes beside them.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Bench {
    #[command(subcommand)]
    other: Option<Other>,
    /// The shape of the tasks.
    #[arg(long, value_enum, default_value_t = Workload::Linear5, value_name = "SHAPE")]
    workload: Workload,
    /// How many tasks are measured.
    #[arg(long, default_value_t = 2_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    tasks: u32,
    /// Tasks that run before, unmeasured.
    #[arg(long, default_value_t = 300, value_name = "COUNT")]
    warmup: u32,
    /// Finished tasks of five steps that are in the tables before the measurement.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    finished_tasks: u32,
    #[command(flatten)]
    place: Place,
    /// Attempts under way at the same time.
    #[arg(long, default_value_t = 256, value_name = "COUNT")]
    slots: u16,
    /// Calls to the database under way at the same time.
    #[arg(long, default_value_t = 2, value_name = "COUNT")]
    lanes: u8,
    /// Reports, and claims, of one call.
    #[arg(long, default_value_t = 64, value_name = "COUNT")]
    batch: u16,
    /// How long pgbench runs each time; 0 leaves it out.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pgbench_seconds: u32,
}

/// What else is measured than tasks.
#[derive(Debug, clap::Subcommand)]
enum Other {
    Resolve(resolve::Resolve),
    Rollout(rollout::Rollout),
    ColdStart(cold_start::ColdStart),
}

impl Bench {
    pub(super) async fn run(mut self, output: Output) -> Result<Exit, CliError> {
        let printed = match self.other.take() {
            Some(Other::Resolve(resolve)) => resolve.run().await?,
            Some(Other::Rollout(rollout)) => rollout.run().await?,
            Some(Other::ColdStart(start)) => start.run().await?,
            None => run::run(&self).await?,
        };
        let Printed { json, table } = printed;
        output.print(if output.is_json() { &json } else { &table })?;
        Ok(Exit::Complete)
    }
}
