//! `tasker task events`

use crate::output::Output;
use crate::reference::parse_task_id;
use crate::view::{Page, Transition};
use crate::{CliError, Context, Exit, list, units};
use chrono::Utc;
use tasker_domain::ids::TaskId;

/// List the events that a task's handlers sent, in order.
#[derive(Debug, clap::Args)]
pub struct Events {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,
    /// Go on after the event of this number.
    #[arg(long, value_name = "SEQ")]
    after: Option<u64>,
    /// Every page.
    #[arg(long, conflicts_with_all = ["limit", "after"])]
    all: bool,
}

impl Events {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let task = self.task.to_string();
        let path = ["tasks", task.as_str(), "transitions"];
        let only = vec![("only_events", "true".to_owned())];
        let page = match self.all {
            true => list::all::<Transition>(&context.client, &path, &only).await?,
            false => context.client.query(&path, &self.query(only)).await?,
        };
        context
            .output
            .show(&page.text, || table(&page.value.items, context.output))?;
        context.output.next(&[self.next(&page.value)]);
        Ok(Exit::Complete)
    }

    fn query(&self, only: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        let paging = list::filters([
            ("limit", Some(self.limit.to_string())),
            ("after", self.after.map(|seq| seq.to_string())),
        ]);
        only.into_iter().chain(paging).collect()
    }

    fn next(&self, page: &Page<Transition>) -> String {
        let Self { task, limit, .. } = self;
        match &page.next {
            Some(seq) => format!("tasker task events {task} --limit {limit} --after {seq}"),
            None => format!("tasker task show {task}"),
        }
    }
}

fn table(events: &[Transition], output: Output) -> String {
    let now = Utc::now();
    let row = |event: &Transition| {
        [
            units::ago(event.at, now),
            event.step.clone().unwrap_or_default(),
            event.event.clone().unwrap_or_default(),
            event.payload(),
        ]
    };
    let rows = events.iter().map(row).collect();
    output.table(["sent", "step", "event", "payload"], rows, "no events")
}
