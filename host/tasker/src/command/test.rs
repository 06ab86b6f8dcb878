//! `tasker test`: runs the cases of a project, without a host.

mod files;
mod show;
mod templates;

use super::local_component::{self, failed};
use super::signals::Stop;
use clap::builder::RangedU64ValueParser;
use files::{CaseFiles, Selected};
pub(super) use show::mismatch as show_mismatch;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasker_cli::local_sandbox::LocalComponent;
use tasker_cli::{CliError, Exit, HandlerProject, Output, Problem, Profile, tell};
use tasker_domain::duration;
use tasker_testing::case_report::CaseReport;
use tasker_testing::junit::junit;
use tasker_testing::pool::{self, MAX_JOBS, RunConfig};
use tasker_testing::report::Report;
use tasker_testing::snapshot::{self, Snapshots};
use tasker_testing::tested::Network;

/// Test the handlers and templates of a project by the cases in its tests/*.yaml, without a host.
///
/// The component is built and run in the same sandbox as on a host. Nothing outside of it is reached: requests, secrets,
/// kv entries, results of other steps, time and random numbers are what a case says. Cases of templates start a private
/// PostgreSQL, which goes with the command.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of the project.
    #[arg(default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
    /// Run only cases whose `FILE: NAME` contains this text.
    #[arg(value_name = "TEXT")]
    filter: Option<String>,
    /// Test this component instead of building the project.
    #[arg(long, value_name = "FILE", conflicts_with = "debug")]
    component: Option<PathBuf>,
    /// Build without optimisations, and with what debuggers need (Rust, C, Go).
    #[arg(long)]
    debug: bool,
    /// Write snapshots that are missing or differ, and remove those of no case.
    #[arg(long)]
    update: bool,
    /// Write the results to this file as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Cases that run at the same time; by default one for each processor.
    #[arg(long, value_name = "NUMBER", value_parser = jobs_parser())]
    jobs: Option<u64>,
    /// The longest that one case may take.
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = duration::parse)]
    timeout: Duration,
    /// The same as --output json.
    #[arg(long)]
    json: bool,
}

fn jobs_parser() -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(1..=MAX_JOBS as u64)
}

/// Fails if a case fails.
pub async fn run(args: Args, output: Output) -> Result<Exit, CliError> {
    let output = match args.json {
        true => output.as_json(),
        false => output,
    };
    let files = CaseFiles::read(&args.dir, output)?;
    let Selected { cases, skipped } = files.select(args.filter.as_deref())?;
    let component = component(&args).await?;
    let name = component.name.clone();
    let config = args.config();
    let tested = local_component::open(component, config.jobs, Network::Closed).await?;
    files.check_against(&name, &tested.descriptor, output)?;
    let mut stop = Stop::install().map_err(anyhow::Error::from)?;
    let tasks = templates::start(&cases, files.templates()).await?;
    show::begin(&cases, output);
    let for_tasks = tasks.as_ref().map(|started| started.tasks.clone());
    let show = |case: &CaseReport| show::case(case, output);
    let ran = tokio::select! {
        ran = pool::run(&tested, for_tasks, cases, config, show) => Some(ran),
        () = stop.asked() => None,
    };
    if let Some(tasks) = tasks {
        tasks.stop().await?;
    }
    let ran = ran.ok_or_else(|| failed("interrupted".to_owned()))?;
    let mut report = ran.map_err(|error| failed(format!("cannot start a thread: {error}")))?;
    report.skipped = skipped;
    if args.filter.is_none() {
        remove_obsolete(&files, args.update);
    }
    if let Some(path) = &args.junit {
        write_junit(path, &report)?;
    }
    show::end(&report, output)?;
    match report.failed() {
        0 => Ok(Exit::Complete),
        _ => Ok(Exit::Failed),
    }
}

impl Args {
    fn config(&self) -> RunConfig {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = self.jobs.and_then(|jobs| usize::try_from(jobs).ok());
        RunConfig {
            jobs: jobs.unwrap_or_else(processors).min(MAX_JOBS),
            timeout: self.timeout,
            snapshots: match self.update {
                true => Snapshots::Update,
                false => Snapshots::Compare,
            },
        }
    }
}

/// What is tested.
async fn component(args: &Args) -> Result<LocalComponent, CliError> {
    if let Some(path) = &args.component {
        // It may be all that there is of the project.
        let project = HandlerProject::open(args.dir.clone()).ok();
        return LocalComponent::read(project.and_then(|project| project.name), path);
    }
    let profile = match args.debug {
        true => Profile::Debug,
        false => Profile::Optimized,
    };
    LocalComponent::built(args.dir.clone(), profile).await
}

/// Names the snapshots of no case, or removes them.
fn remove_obsolete(files: &CaseFiles, is_update: bool) {
    for path in snapshot::obsolete(&files.folder, &files.all()) {
        let shown = path.display();
        match is_update {
            true => match fs::remove_file(&path) {
                Ok(()) => tell(&format!("removed {shown}\n")),
                Err(error) => tell(&format!("cannot remove {shown}: {error}\n")),
            },
            false => tell(&format!(
                "no case has the snapshot {shown}; remove it with: tasker test --update\n"
            )),
        }
    }
}

fn write_junit(path: &Path, report: &Report) -> Result<(), CliError> {
    let xml = junit(report).map_err(|error| failed(error.to_string()))?;
    let written = fs::write(path, xml);
    written.map_err(|error| Problem::unwritable(path, &error).into())
}
