//! `tasker task ls`

use crate::list::Part;
use crate::output::Output;
use crate::reference::Place;
use crate::shell::{argument, option};
use crate::{CliError, Context, Exit, units};
use tasker_domain::state::TaskState;
use tasker_wire::failure::Failure;
use tasker_wire::task::{ListTasks, TaskQuery, TaskSummary};

/// List tasks, the newest first.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only tasks of this namespace, or of one template, for example orders/fulfil.
    #[arg(value_name = "NAMESPACE[/TEMPLATE]")]
    of: Option<Place>,
    /// Only those in this state.
    #[arg(long, value_enum)]
    state: Option<TaskState>,
    #[command(flatten)]
    part: Part,
}

impl Ls {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let (namespace, template) = self.of.clone().map(Place::into_parts).unzip();
        let query = TaskQuery {
            namespace,
            template: template.flatten(),
            state: self.state,
            ..TaskQuery::default()
        };
        let page = self.part.read(context, ListTasks {}, query).await?;
        let (tasks, output) = (&page.value.items, context.output);
        output.show(&page.text, || table(tasks, output))?;
        output.next([match (&page.value.next, tasks.first()) {
            (Some(cursor), _) => self.next_page(cursor),
            (None, Some(task)) => format!("tasker task show {}", task.id),
            (None, None) => "tasker task run NAMESPACE/TEMPLATE --watch".to_owned(),
        }]);
        Ok(Exit::Complete)
    }

    fn next_page(&self, cursor: &str) -> String {
        [
            "tasker task ls".to_owned(),
            argument(self.of.as_ref()),
            option("state", self.state),
            self.part.next(cursor),
        ]
        .concat()
    }
}

fn table(tasks: &[TaskSummary], output: Output) -> String {
    let paint = output.paint;
    output.list_of(
        tasks,
        [
            ("task", &|it| it.id.to_string()),
            ("template", &TaskSummary::release),
            ("state", &|it| {
                let (glyph, state) = (paint.task_glyph(it.state), paint.task_state(it.state));
                format!("{glyph} {state}")
            }),
            ("created", &|it| units::age(it.created_at)),
            ("took", &|it| {
                let took = it.finished_at.map(|at| units::between(it.created_at, at));
                took.map(units::span).unwrap_or_default()
            }),
            ("because", &because),
        ],
        "no tasks",
    )
}

/// Why it stands still, or why it did not complete.
fn because(task: &TaskSummary) -> String {
    if let Some(reason) = task.reason {
        return reason.to_string();
    }
    let failure = task.error.as_deref().map(Failure::of).unwrap_or_default();
    let step = failure.step.as_ref();
    let step = step.map_or_else(String::new, |step| format!("{step}: "));
    format!("{step}{}", failure.text())
}
