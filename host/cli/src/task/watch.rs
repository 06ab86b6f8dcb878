//! `tasker task watch`

use super::follow::{Follower, exit_of};
use super::{frame, lines, report};
use crate::client::Answer;
use crate::output::Output;
use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit, exit, units};
use chrono::Utc;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tasker_wire::task::Task;

/// How often running times and countdowns are redrawn.
const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

/// Follow a task until its end: live on a terminal, else a line per change.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::table())]
pub struct Watch {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// How long to follow at most, for example 30s or 5m; the task continues.
    #[arg(long, value_name = "DURATION", value_parser = units::parse_duration)]
    timeout: Option<Duration>,
}

impl Watch {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let mut follower = Follower::new(&context.client, self.task, self.timeout);
        let mut answer = match context.output.is_json() {
            true => follower.wait().await?,
            false => watch(&mut follower, context.output).await?,
        };
        report::finished(&mut answer, context).await?;
        exit_of(&answer.value, self.timeout)
    }
}

/// Shows the task while it runs.
pub async fn watch(follower: &mut Follower<'_>, output: Output) -> Result<Answer<Task>, CliError> {
    match output.is_live() {
        true => live(follower, output).await,
        false => lines::print(follower, output).await,
    }
}

async fn live(follower: &mut Follower<'_>, output: Output) -> Result<Answer<Task>, CliError> {
    let screen = Screen::new(output);
    let mut answer = follower.poll(Some(0)).await?;
    while !follower.is_over(&answer.value) {
        follower.read_in_motion(&mut answer.value).await?;
        answer = screen.until_next(&answer.value, follower).await?;
    }
    Ok(answer)
}

/// The lines on the terminal that are drawn over; gone when dropped.
struct Screen {
    bar: ProgressBar,
    output: Output,
}

impl Screen {
    fn new(output: Output) -> Self {
        let style = ProgressStyle::with_template("{msg}").expect("the template is written here");
        let bar =
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style);
        Self { bar, output }
    }

    /// Draws this task until the host has news of it.
    async fn until_next(
        &self,
        task: &Task,
        follower: &mut Follower<'_>,
    ) -> Result<Answer<Task>, CliError> {
        let mut ticks = tokio::time::interval(REDRAW_INTERVAL);
        let next = follower.poll(Some(task.seq));
        tokio::pin!(next);
        loop {
            tokio::select! {
                answer = &mut next => return answer,
                _ = ticks.tick() => self.draw(task),
            }
        }
    }

    fn draw(&self, task: &Task) {
        let size = frame::Size::of_terminal();
        self.bar
            .set_message(frame::frame(task, Utc::now(), size, self.output.paint));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
