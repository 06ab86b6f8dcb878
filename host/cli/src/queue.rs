//! `tasker queue …`

use super::{Because, Context, InNamespace, Result, Table, units};
use tasker_domain::name::Name;
use tasker_wire::queue::{ChangeQueue, ListQueue, MAX_COUNTED_STEPS, NamespaceQueue, QueueChange};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List what namespaces have in the queue: steps that are due, and since when the oldest waits.
    Ls(InNamespace),
    /// Pause a namespace: none of its steps is started, running ones end.
    Pause(OfNamespace),
    /// Resume a namespace that was paused.
    Resume(OfNamespace),
    /// Set how many steps a namespace gets for each that another gets, when both have steps due.
    Weight {
        #[command(flatten)]
        of: OfNamespace,
        /// From 1, as it is for every namespace at first, to 100.
        #[arg(value_name = "WEIGHT", value_parser = clap::value_parser!(i16).range(1..=100))]
        weight: i16,
    },
    /// Limit how many steps of a namespace run at the same time, on all hosts together.
    Limit {
        #[command(flatten)]
        of: OfNamespace,
        /// From 1 to 1000, or `none`.
        #[arg(value_name = "COUNT", value_parser = parse_limit)]
        limit: MaxRunning,
    },
}

/// Steps that may run at the same time; `None` without a limit.
#[derive(Clone, Copy, Debug)]
pub struct MaxRunning(Option<i32>);

fn parse_limit(text: &str) -> std::result::Result<MaxRunning, String> {
    if text == "none" {
        return Ok(MaxRunning(None));
    }
    let count = text
        .parse()
        .ok()
        .filter(|count| (1..=1_000).contains(count));
    let wrong = || format!("`{text}` is neither `none` nor a number from 1 to 1000");
    count.map(|count| MaxRunning(Some(count))).ok_or_else(wrong)
}

#[derive(Debug, clap::Args)]
pub struct OfNamespace {
    #[arg(value_name = "NAMESPACE")]
    namespace: Name,
    #[command(flatten)]
    because: Because,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Ls(of) => ls(of, context).await,
        Command::Pause(of) => {
            let sentence = |queue: &NamespaceQueue| {
                let namespace = &queue.namespace;
                format!("{namespace} is paused: no step of it is started")
            };
            of.change(paused(true), sentence, context).await
        }
        Command::Resume(of) => {
            let sentence = |queue: &NamespaceQueue| {
                let (namespace, due) = (&queue.namespace, steps(queue.due));
                format!("{namespace} is resumed: {due} due")
            };
            of.change(paused(false), sentence, context).await
        }
        Command::Weight { of, weight } => {
            let sentence =
                |queue: &NamespaceQueue| format!("{} has weight {weight}", queue.namespace);
            let change = QueueChange {
                weight: Some(weight),
                ..QueueChange::default()
            };
            of.change(change, sentence, context).await
        }
        Command::Limit { of, limit } => {
            let sentence = |queue: &NamespaceQueue| match queue.max_running {
                Some(count) => format!(
                    "{} runs {count} steps at the same time at most",
                    queue.namespace
                ),
                None => format!("{} has no limit of running steps", queue.namespace),
            };
            let change = QueueChange {
                max_running: Some(limit.0),
                ..QueueChange::default()
            };
            of.change(change, sentence, context).await
        }
    }
}

fn paused(is_paused: bool) -> QueueChange {
    QueueChange {
        is_paused: Some(is_paused),
        ..QueueChange::default()
    }
}

impl OfNamespace {
    async fn change(
        self,
        change: QueueChange,
        sentence: impl FnOnce(&NamespaceQueue) -> String,
        context: &Context,
    ) -> Result {
        let ls = format!("tasker queue ls {}", self.namespace);
        let body = QueueChange {
            reason: self.because.reason,
            ..change
        };
        let call = context.call(ChangeQueue::at(self.namespace)).json(&body);
        Ok(context.change(call, sentence).await?.next([ls]))
    }
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let table = Table::new([
        ("namespace", &|it: &NamespaceQueue| it.namespace.clone()),
        ("due", &|it| counted(it.due)),
        ("oldest", &|it| {
            it.oldest_due_at.map(units::age).unwrap_or_default()
        }),
        ("later", &|it| counted(it.later)),
        ("weight", &|it| it.weight.to_string()),
        ("limit", &|it| {
            it.max_running
                .map(|count| count.to_string())
                .unwrap_or_default()
        }),
        ("state", &|it| {
            let state = if it.is_paused { "paused" } else { "" };
            state.to_owned()
        }),
    ])
    .or("the queue is empty");
    let queue = context.list(&of.order, ListQueue {}, of.query(), table);
    Ok(queue.await?.next(|page| {
        let paused = page.items.iter().filter(|it| it.is_paused);
        paused
            .map(|it| format!("tasker queue resume {}", it.namespace))
            .collect()
    }))
}

/// Steps are counted up to a bound.
fn counted(steps: i64) -> String {
    match steps {
        MAX_COUNTED_STEPS.. => format!("{steps} or more"),
        steps => steps.to_string(),
    }
}

fn steps(due: i64) -> String {
    match due {
        1 => "1 step is".to_owned(),
        due => format!("{} steps are", counted(due)),
    }
}
