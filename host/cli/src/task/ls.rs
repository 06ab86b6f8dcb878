//! `tasker task ls`

use crate::list::in_all;
use crate::reference::parse_target;
use crate::shell::{argument, option};
use crate::units::Ago;
use crate::{Context, Painted as _, Part, Result, Table, Target, tell, units};
use tasker_domain::name::Name;
use tasker_domain::state::TaskState;
use tasker_domain::tag::Tag;
use tasker_wire::failure::Failure;
use tasker_wire::task::{ListTasks, TaskQuery, TaskSummary};

/// List tasks, the newest first.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only tasks of this namespace, or of one template, for example orders/fulfil.
    #[arg(value_name = "NAMESPACE[/TEMPLATE]", value_parser = parse_target)]
    of: Option<Target>,
    /// Only those in one of these states.
    #[arg(long, value_enum, value_delimiter = ',')]
    state: Vec<TaskState>,
    /// Only those with this tag.
    #[arg(long)]
    tag: Option<Tag>,
    /// Only those that were created so long ago at most, for example 30m, 24h or 7d.
    #[arg(long, value_name = "DURATION")]
    since: Option<Ago>,
    /// Only those that were created longer ago.
    #[arg(long, value_name = "DURATION")]
    until: Option<Ago>,
    /// Say how many there are in all, too.
    #[arg(long, conflicts_with = "all")]
    count: bool,
    #[command(flatten)]
    part: Part,
}

impl Ls {
    pub async fn run(self, context: &Context) -> Result {
        let (of, template) = (self.of.as_ref(), self.of.as_ref().and_then(Target::one));
        let query = TaskQuery {
            namespaces: of.iter().map(|of| of.namespace().clone()).collect(),
            templates: template.iter().map(|one| one.name.clone()).collect(),
            states: self.state.clone(),
            tag: self.tag.clone(),
            since: self.since.as_ref().map(Ago::time),
            until: self.until.as_ref().map(Ago::time),
            ..TaskQuery::default()
        };
        let table = Table::new([
            ("task", &|it: &TaskSummary| it.id.to_string()),
            ("template", &TaskSummary::release),
            ("state", &|it| it.state.sign()),
            ("created", &|it| units::age(it.created_at)),
            ("took", &took),
            ("because", &because),
        ])
        .or("no tasks");
        let page = match self.count {
            true => self.part.counted(context, ListTasks {}, query).await?,
            false => self.part.read(context, ListTasks {}, query).await?,
        };
        if let Some(total) = page.value.total {
            tell(&in_all(total));
        }
        let tasks = context.listed(page, table);
        Ok(tasks.next(|page| match (&page.next, page.items.first()) {
            (Some(cursor), _) => vec![self.next_page(cursor)],
            (None, Some(task)) => vec![format!("tasker task show {}", task.id)],
            (None, None) => vec!["tasker task run NAMESPACE/TEMPLATE --watch".to_owned()],
        }))
    }

    fn next_page(&self, cursor: &str) -> String {
        let of = self.of.as_ref().map(|of| of.or_all(Name::to_string));
        let states: Vec<&str> = self.state.iter().map(TaskState::into_str).collect();
        let states = (!states.is_empty()).then(|| states.join(","));
        let of = argument(of)
            + &option("state", states)
            + &option("tag", self.tag.as_ref())
            + &option("since", self.since.as_ref())
            + &option("until", self.until.as_ref());
        format!("tasker task ls{of}{}", self.part.next(cursor))
    }
}

fn took(task: &TaskSummary) -> String {
    let finished = task.finished_at;
    let took = finished.map(|at| units::between(task.created_at, at));
    took.map(units::span).unwrap_or_default()
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
