//! `tasker task show`

use super::{OfTask, cause, outcome, step, steps};
use crate::archived::ArchivedTask;
use crate::{Context, Painted as _, Result, Tone, fields, units, word};
use tasker_archive::Location;
use tasker_domain::ids::TaskId;
use tasker_domain::priority::Priority;
use tasker_domain::state::TaskState;
use tasker_wire::task::{ShowTask, Task};

/// Show a task: its state, steps, input and result.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    of: OfTask,
    /// Read the task from this archive (`serve --archive`), without a host: a folder, or s3://BUCKET/PREFIX with
    /// the credentials of the environment.
    #[arg(long, value_name = "DIR|s3://…")]
    from: Option<Location>,
    /// Show every step; without it, the first 100 and some that failed.
    #[arg(long)]
    all: bool,
}

impl Show {
    pub async fn run(self, context: &Context) -> Result {
        let id = self.of.task;
        if let Some(archive) = &self.from {
            let archived = ArchivedTask::find(archive, id).await?;
            let answer = archived.task()?;
            let below = cause::below_of_archive(&answer.value, &archived, archive);
            let more = || Some(more_of_archive(id, archive));
            return Ok(context.show(&answer, |task| text(task, below, more, self.all)));
        }
        let mut answer = context.ask(ShowTask { id }).await?;
        let next = answer.value.steps_next.clone();
        match self.all && !context.output.is_json() {
            true => steps::read_all(&context.client, &mut answer.value).await?,
            false => outcome::read_failed(&mut answer, context).await?,
        }
        let below = cause::below(&answer.value, context).await;
        let more = || next.map(|cursor| more_of_host(id, &cursor));
        let reply = context.show(&answer, |task| text(task, below, more, self.all));
        Ok(match answer.value.state.is_final() {
            true => reply,
            false => reply.next(outcome::next(&answer.value)),
        })
    }
}

/// The command that lists the steps behind the first ones.
fn more_of_host(id: TaskId, cursor: &str) -> String {
    format!("tasker task steps {id} --limit 500 --after {cursor}")
}

fn more_of_archive(id: TaskId, archive: &Location) -> String {
    let archive = word(&archive.to_string());
    format!("tasker task show {id} --from {archive} --all")
}

/// A task that failed leads with the cause, and what stands below it.
fn text(task: &Task, below: String, more: impl FnOnce() -> Option<String>, is_all: bool) -> String {
    let failures = units::joined(
        [outcome::failures(task), below]
            .iter()
            .filter(|it| !it.is_empty()),
        "\n",
    );
    let (first, second) = match task.state {
        TaskState::Error => (failures, head(task)),
        _ => (head(task), failures),
    };
    units::paragraphs([
        first,
        second,
        outcome::result(task),
        table(task, more, is_all),
        outcome::times(task),
    ])
}

/// The steps that are shown, and the command that shows the others.
fn table(task: &Task, more: impl FnOnce() -> Option<String>, is_all: bool) -> String {
    let shown = match is_all {
        true => task.steps.clone(),
        false => steps::outline(task),
    };
    let hidden = steps::count(task).saturating_sub(shown.len());
    let rest = more().filter(|_| hidden > 0).map(|command| {
        let others = units::count(hidden, "other step");
        Tone::Quiet.of(format_args!("… and {others}: {command}"))
    });
    units::joined([step::table(&shown)].into_iter().chain(rest), "\n")
}

fn head(task: &Task) -> String {
    // As nearly all have the same, it is shown where it differs.
    let priority = match task.priority == Priority::default() {
        true => String::new(),
        false => task.priority.to_string(),
    };
    let because = task.reason.map(|it| it.to_string());
    fields([
        ("task", task.id.to_string()),
        ("template", task.release()),
        ("state", task.state.sign()),
        ("because", because.unwrap_or_default()),
        ("created", units::age(task.created_at)),
        ("took", outcome::took(task)),
        ("priority", priority),
        ("tags", task.tags.join(", ")),
        ("correlation", task.correlation_id.clone()),
        ("input", outcome::input(task)),
    ])
}
