//! The program `tasker-bench`: measures the engine beside pgbench, through the same code as real work.

mod attempts;
mod bulk;
mod cell;
mod cold_start;
mod feed;
mod fill;
mod hosts;
mod million_open;
mod old_snapshot;
mod pgbench;
mod process;
mod report;
mod resolve;
mod retention;
mod rollout;
mod run;
mod scale_out;
mod soak;
mod submit;
mod tenants;
mod usage;
mod workload;

use clap::Parser;
use hosts::BenchArgs;
use report::Printed;
use std::process::ExitCode;
use tasker::command::CompileComponent;
use tasker_cli::{CliError, Exit, Format, Output, When};
use workload::Workload;

/// Run no-op tasks of a given shape and print what each step costs, with pgbench's figures from the
/// same minutes beside them.
#[derive(Debug, Parser)]
#[command(name = "tasker-bench", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct Bench {
    #[command(subcommand)]
    other: Option<Other>,
    /// Output format: text or JSON.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    output: Format,
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
    common: BenchArgs,
    /// Attempts under way at the same time.
    #[arg(long, default_value_t = 256, value_name = "COUNT")]
    slots: u16,
    /// Calls to the database under way at the same time.
    #[arg(long, default_value_t = 2, value_name = "COUNT")]
    max_in_flight: u8,
    /// Reports, and claims, of one call.
    #[arg(long, default_value_t = 128, value_name = "COUNT")]
    batch: u16,
    /// Ask the host for its metrics so often while it is measured; without it never.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..))]
    scrape_ms: Option<u64>,
    /// How long pgbench runs each time; 0 leaves it out.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pgbench_seconds: u32,
}

/// What else is measured than tasks.
#[derive(Debug, clap::Subcommand)]
enum Other {
    Resolve(resolve::Resolve),
    Submit(submit::SubmitSingly),
    #[command(name = "hosts")]
    ScaleOut(scale_out::ScaleOut),
    MillionOpen(million_open::MillionOpen),
    Retention(retention::WhileDeleting),
    Soak(soak::Soak),
    OldSnapshot(old_snapshot::OldSnapshot),
    Tenants(tenants::Tenants),
    Feed(feed::Feed),
    Rollout(rollout::Rollout),
    ColdStart(cold_start::ColdStart),
    Attempts(attempts::Attempts),
    #[command(hide = true)]
    CompileComponent(CompileComponent),
}

impl Bench {
    async fn run(mut self) -> Result<(), CliError> {
        let output = Output::new(self.output, When::Auto, When::Never);
        let printed = match self.other.take() {
            Some(Other::Resolve(resolve)) => resolve.run().await?,
            Some(Other::Submit(submit)) => submit.run().await?,
            Some(Other::ScaleOut(hosts)) => hosts.run().await?,
            Some(Other::MillionOpen(open)) => open.run().await?,
            Some(Other::Retention(retention)) => retention.run().await?,
            Some(Other::Soak(soak)) => soak.run().await?,
            Some(Other::OldSnapshot(old)) => old.run().await?,
            Some(Other::Tenants(tenants)) => tenants.run().await?,
            Some(Other::Feed(feed)) => feed.run().await?,
            Some(Other::Rollout(rollout)) => rollout.run().await?,
            Some(Other::ColdStart(start)) => start.run().await?,
            Some(Other::Attempts(attempts)) => attempts.run().await?,
            Some(Other::CompileComponent(_)) => unreachable!("`main` took it before"),
            None => run::run(&self).await?,
        };
        let Printed { json, table } = printed;
        output.print(if output.is_json() { &json } else { &table })
    }
}

fn main() -> anyhow::Result<ExitCode> {
    tasker::process::prepare();
    let bench = Bench::parse();
    if let Some(Other::CompileComponent(compile)) = &bench.other {
        return Ok(compile.run());
    }
    let output = Output::new(bench.output, When::Auto, When::Never);
    let exit = match tasker::process::run(bench.run())? {
        Ok(()) | Err(CliError::ClosedPipe) => Exit::Complete,
        Err(CliError::Problem(problem)) => {
            output.problem(&problem);
            problem.exit()
        }
    };
    Ok(exit.into())
}
