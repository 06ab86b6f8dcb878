//! `tasker task ls`

use crate::output::Output;
use crate::view::{Page, TaskSummary};
use crate::{CliError, Context, Exit, list, units};
use chrono::Utc;
use tasker_domain::name::Name;
use tasker_domain::state::TaskState;

/// List tasks, the newest first.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only those of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
    /// Only those of this template.
    #[arg(long, requires = "namespace", value_name = "NAME")]
    template: Option<Name>,
    /// Only those in this state.
    #[arg(long, value_enum)]
    state: Option<TaskState>,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,
    /// Go on where another page ended.
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// Every page.
    #[arg(long, conflicts_with_all = ["limit", "after"])]
    all: bool,
}

impl Ls {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let page = match self.all {
            true => list::all::<TaskSummary>(&context.client, &["tasks"], &self.filters()).await?,
            false => context.client.query(&["tasks"], &self.query()).await?,
        };
        context
            .output
            .show(&page.text, || table(&page.value.items, context.output))?;
        context.output.next(self.next(&page.value));
        Ok(Exit::Complete)
    }

    fn filters(&self) -> Vec<(&'static str, String)> {
        list::filters([
            (
                "namespace",
                self.namespace.as_ref().map(ToString::to_string),
            ),
            ("template", self.template.as_ref().map(ToString::to_string)),
            (
                "state",
                self.state
                    .map(|state| crate::paint::task_word(state).to_owned()),
            ),
        ])
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let paging = list::filters([
            ("limit", Some(self.limit.to_string())),
            ("after", self.after.clone()),
        ]);
        self.filters().into_iter().chain(paging).collect()
    }

    fn next(&self, page: &Page<TaskSummary>) -> Vec<String> {
        match (&page.next, page.items.first()) {
            (Some(cursor), _) => vec![self.next_page(cursor)],
            (None, Some(task)) => vec![format!("tasker task show {}", task.id)],
            (None, None) => vec!["tasker task run NAMESPACE/TEMPLATE --watch".to_owned()],
        }
    }

    fn next_page(&self, cursor: &str) -> String {
        let filters = self
            .filters()
            .into_iter()
            .map(|(name, value)| format!(" --{name} {value}"));
        format!(
            "tasker task ls{} --limit {} --after {cursor}",
            filters.collect::<String>(),
            self.limit
        )
    }
}

fn table(tasks: &[TaskSummary], output: Output) -> String {
    let rows = tasks.iter().map(|task| row(task, output)).collect();
    output.table(
        ["task", "template", "state", "created", "took", "because"],
        rows,
        "no tasks",
    )
}

fn row(task: &TaskSummary, output: Output) -> [String; 6] {
    let (now, paint) = (Utc::now(), output.paint);
    [
        task.id.to_string(),
        format!("{}/{}@{}", task.namespace, task.template, task.version),
        format!(
            "{} {}",
            paint.task_glyph(task.state),
            paint.task_state(task.state)
        ),
        units::ago(task.created_at, now),
        task.finished_at
            .map(|at| units::span(units::between(task.created_at, at)))
            .unwrap_or_default(),
        because(task),
    ]
}

/// Why it stands still, or why it did not complete.
fn because(task: &TaskSummary) -> String {
    match (&task.reason, &task.error) {
        (Some(reason), _) => reason.clone(),
        (None, Some(error)) => {
            let step = error.step.as_ref();
            let step = step.map_or_else(String::new, |step| format!("{step}: "));
            format!("{step}{}", error.text())
        }
        (None, None) => String::new(),
    }
}
