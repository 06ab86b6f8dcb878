//! `tasker task watch`

use super::follow::{Follower, exit_of};
use super::{OfTask, frame, lines, outcome};
use crate::drawn::Drawn;
use crate::{Answer, Context, Output, Result, exit, paint, units};
use chrono::Utc;
use std::io;
use std::time::Duration;
use tasker_wire::task::Task;

/// How often running times and countdowns are redrawn.
const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

/// Follow a task until its end: live on a terminal, else a line per change.
///
/// Listens to the events of the task over one connection, which goes on where it was if it is cut.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::table())]
pub struct Watch {
    #[command(flatten)]
    of: OfTask,
    /// Show what attempts log too, with a line per change. As JSON, each line is an object, and the task is last.
    #[arg(long)]
    logs: bool,
    /// How long to follow at most, for example 30s or 5m; the task continues.
    #[arg(long, value_name = "DURATION", value_parser = units::parse_duration)]
    timeout: Option<Duration>,
}

impl Watch {
    pub async fn run(self, context: &Context) -> Result {
        let mut follower = Follower::new(&context.client, self.of.task, self.timeout);
        follower.listen().await?;
        let mut answer = match (self.logs, context.output.is_json()) {
            (true, _) => lines::print_with_logs(&mut follower, context).await?,
            (false, true) => follower.listen_until_over().await?,
            (false, false) => watch(&mut follower, context.output).await?,
        };
        let reply = outcome::finished(&mut answer, context).await?;
        Ok(reply.end(exit_of(&answer.value, self.timeout)))
    }
}

/// Shows the task while it runs.
pub async fn watch(follower: &mut Follower<'_>, output: Output) -> Result<Answer<Task>> {
    match output.is_live() {
        true => live(follower).await,
        false => lines::print(follower, output).await,
    }
}

async fn live(follower: &mut Follower<'_>) -> Result<Answer<Task>> {
    let drawn = Drawn::lines();
    let mut answer = follower.next(0).await?;
    while !follower.is_over(&answer.value) {
        follower.read_in_motion(&mut answer.value).await?;
        answer = until_next(&drawn, &answer.value, follower).await?;
    }
    Ok(answer)
}

/// Draws this task until the host has news of it.
async fn until_next(
    drawn: &Drawn,
    task: &Task,
    follower: &mut Follower<'_>,
) -> Result<Answer<Task>> {
    let mut ticks = tokio::time::interval(REDRAW_INTERVAL);
    let next = follower.next(task.seq);
    tokio::pin!(next);
    loop {
        tokio::select! {
            answer = &mut next => return answer,
            _ = ticks.tick() => {
                let frame = frame::frame(task, Utc::now(), frame::Size::of_terminal());
                drawn.0.set_message(paint::shown(&frame, &io::stdout()));
            }
        }
    }
}
