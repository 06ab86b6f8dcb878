//! `tasker task …`

mod cancel;
mod events;
mod follow;
mod frame;
mod lines;
mod log;
mod ls;
mod migrate;
mod payload;
mod report;
mod run;
mod show;
mod step;
mod steps;
mod timeline;
mod watch;

use crate::{CliError, Context, Exit};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Run(run::Run),
    Ls(ls::Ls),
    Show(show::Show),
    Watch(watch::Watch),
    Steps(step::Steps),
    Events(events::Events),
    Input(payload::Input),
    Result(payload::ResultOf),
    Error(payload::Error),
    Checkpoint(payload::Checkpoint),
    Detail(payload::Detail),
    Cancel(cancel::Cancel),
    Migrate(migrate::Migrate),
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Run(run) => run.run(context).await,
        Command::Ls(ls) => ls.run(context).await,
        Command::Show(show) => show.run(context).await,
        Command::Watch(watch) => watch.run(context).await,
        Command::Steps(steps) => steps.run(context).await,
        Command::Events(events) => events.run(context).await,
        Command::Input(input) => input.run(context).await,
        Command::Result(result) => result.run(context).await,
        Command::Error(error) => error.run(context).await,
        Command::Checkpoint(checkpoint) => checkpoint.run(context).await,
        Command::Detail(detail) => detail.run(context).await,
        Command::Cancel(cancel) => cancel.run(context).await,
        Command::Migrate(migrate) => migrate.run(context).await,
    }
}
