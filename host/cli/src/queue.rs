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
            of.change(None, Some(true), sentence, context).await
        }
        Command::Resume(of) => {
            let sentence = |queue: &NamespaceQueue| {
                let (namespace, due) = (&queue.namespace, steps(queue.due));
                format!("{namespace} is resumed: {due} due")
            };
            of.change(None, Some(false), sentence, context).await
        }
        Command::Weight { of, weight } => {
            let sentence =
                |queue: &NamespaceQueue| format!("{} has weight {weight}", queue.namespace);
            of.change(Some(weight), None, sentence, context).await
        }
    }
}

impl OfNamespace {
    async fn change(
        self,
        weight: Option<i16>,
        is_paused: Option<bool>,
        sentence: impl FnOnce(&NamespaceQueue) -> String,
        context: &Context,
    ) -> Result {
        let ls = format!("tasker queue ls {}", self.namespace);
        let body = QueueChange {
            weight,
            is_paused,
            reason: self.because.reason,
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
        ("state", &|it| {
            let state = if it.is_paused { "paused" } else { "" };
            state.to_owned()
        }),
    ])
    .or("the queue is empty");
    let queue = context.list(ListQueue {}, of.query(), table);
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
