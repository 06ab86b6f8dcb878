//! `tasker task …`

mod cancel;
mod cause;
mod diff;
mod events;
pub(crate) mod follow;
mod frame;
pub(crate) mod lines;
mod log;
mod ls;
mod migrate;
pub(crate) mod outcome;
mod payload;
mod report;
mod run;
mod show;
mod step;
mod step_logs;
mod steps;
mod timeline;
mod updates;
mod watch;

use crate::reference::parse_task_id;
use crate::{Context, Result};
use payload::{OfLine, OfStep, OfTaskOrStep};
use tasker_domain::ids::TaskId;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Run(run::Run),
    Ls(ls::Ls),
    Show(show::Show),
    Watch(watch::Watch),
    #[command(visible_alias = "explain")]
    Report(report::Report),
    Diff(diff::Diff),
    Steps(step::Steps),
    Events(events::Events),
    /// Print the input of a task.
    Input(OfTask),
    /// Print the result of a task, or of one of its steps.
    Result(OfTaskOrStep),
    /// Print why a task or one of its steps failed, with all details.
    Error(OfTaskOrStep),
    /// Print the last checkpoint of a step.
    Checkpoint(OfStep),
    /// Print the details of a line of a task's log: the payload of an event, or why the state changed.
    Detail(OfLine),
    Cancel(cancel::Cancel),
    Migrate(migrate::Migrate),
}

#[derive(Debug, clap::Args)]
pub struct OfTask {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
}

impl Command {
    /// True for one that writes markdown where that is wanted.
    pub fn has_markdown(&self) -> bool {
        matches!(self, Self::Report(_))
    }
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Run(run) => run.run(context).await,
        Command::Ls(ls) => ls.run(context).await,
        Command::Show(show) => show.run(context).await,
        Command::Watch(watch) => watch.run(context).await,
        Command::Report(report) => report.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::Steps(steps) => steps.run(context).await,
        Command::Events(events) => events.run(context).await,
        Command::Input(of) => payload::input(of, context).await,
        Command::Result(of) => payload::result(of, context).await,
        Command::Error(of) => payload::error(of, context).await,
        Command::Checkpoint(of) => payload::checkpoint(of, context).await,
        Command::Detail(of) => payload::detail(of, context).await,
        Command::Cancel(cancel) => cancel.run(context).await,
        Command::Migrate(migrate) => migrate.run(context).await,
    }
}
