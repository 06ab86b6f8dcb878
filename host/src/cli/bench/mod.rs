//! `tasker bench`: measure the engine beside pgbench, through the same code as real work.

mod fill;
mod pgbench;
mod report;
mod resolve;
mod run;
mod usage;
mod workload;

use super::output::Output;
use super::{CliError, Exit};
use anyhow::{Context as _, bail};
use clap::Args;
use std::path::PathBuf;
use workload::Workload;

/// Where `make` leaves the sample handlers of a checkout.
const BUILT_HANDLERS: [&str; 2] = [
    "target/guests/wasm32-wasip2/release/tasker_handlers_basics.wasm",
    "plugins/target/wasm32-wasip2/release/tasker_handlers_basics.wasm",
];

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
    /// A PostgreSQL to measure on; without one, a private server in a directory of its own.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Where that directory is made; removed at the end.
    #[arg(long, value_name = "DIR")]
    scratch_dir: Option<PathBuf>,
    /// The sample component `basics`, as `make guests` builds it.
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
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
}

impl Bench {
    pub(super) async fn run(mut self, output: Output) -> Result<Exit, CliError> {
        let component = self.component()?;
        let (json, table) = match self.other.take() {
            Some(Other::Resolve(resolve)) => {
                let report = resolve.run(component).await?;
                (serde_json::to_string_pretty(&report), report.table())
            }
            None => {
                let report = run::run(&self, &component).await?;
                (serde_json::to_string_pretty(&report), report.table())
            }
        };
        let json = json.map_err(anyhow::Error::from)?;
        output.print(if output.is_json() { &json } else { &table })?;
        Ok(Exit::Complete)
    }

    fn component(&self) -> anyhow::Result<Vec<u8>> {
        if let Some(path) = &self.component {
            return std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        }
        let targets = std::env::var_os("TASKER_GUESTS_TARGET_DIR").map(PathBuf::from);
        let of_target =
            targets.map(|dir| dir.join("wasm32-wasip2/release/tasker_handlers_basics.wasm"));
        let candidates = of_target
            .into_iter()
            .chain(BUILT_HANDLERS.map(PathBuf::from));
        match candidates
            .into_iter()
            .find_map(|path| std::fs::read(path).ok())
        {
            Some(bytes) => Ok(bytes),
            None => bail!(
                "the sample component tasker_handlers_basics.wasm is not built; run `make guests` in a checkout, or name it with --component"
            ),
        }
    }
}
