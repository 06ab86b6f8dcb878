//! `tasker subscription …`

mod add;
mod dead_letters;
mod runs;
mod show;

use super::list::Part;
use super::reference::parse_family;
use super::{Because, Confirm, Context, InNamespace, Reference, Result, Table, units};
use chrono::TimeDelta;
use tasker_wire::subscription::{
    ListSubscriptions, MoveSubscription, PauseSubscription, RemoveSubscription, ReplaySubscription,
    ResumeSubscription, Subscription, TestSubscription,
};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Have the events of a namespace delivered to a webhook, a component or NATS; or change where and which.
    Add(add::Add),
    /// List subscriptions, with how far they are.
    Ls(InNamespace),
    /// Show a subscription: what it is, how far it is, what failed.
    Show(Of),
    /// Pause deliveries; the position is kept.
    Pause(Change),
    /// Resume deliveries of one that is paused or has ended; one that waits to retry does so at once.
    Resume(Change),
    /// Deliver from a time or a cursor on, once more or without what lies between.
    Replay {
        #[command(flatten)]
        of: Change,
        /// A time such as 2026-01-31T12:00:00Z, or a cursor: the `sequence` of an event.
        #[arg(long, value_name = "TIME|CURSOR")]
        from: String,
    },
    /// Deliver an event to test it, after those that wait.
    Test(Change),
    /// List events that could not be delivered; deliver them once more.
    DeadLetters(dead_letters::DeadLetters),
    /// List the newest runs of a component: what each came to and used; show what one logged.
    Runs(runs::Runs),
    /// Remove a subscription with its dead letters.
    Rm {
        #[command(flatten)]
        of: Change,
        #[command(flatten)]
        confirm: Confirm,
    },
}

#[derive(Debug, clap::Args)]
pub struct Of {
    /// For example orders/billing.
    #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    name: Reference,
}

#[derive(Debug, clap::Args)]
pub struct Change {
    #[command(flatten)]
    of: Of,
    #[command(flatten)]
    because: Because,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Add(add) => add.run(context).await,
        Command::Ls(of) => ls(of, context).await,
        Command::Show(of) => show::show(&of.name, context).await,
        Command::Pause(change) => change.pause(context).await,
        Command::Resume(change) => change.resume(context).await,
        Command::Replay { of, from } => of.replay(from, context).await,
        Command::Test(change) => change.test(context).await,
        Command::DeadLetters(list) => list.run(context).await,
        Command::Runs(runs) => runs.run(context).await,
        Command::Rm { of, confirm } => of.remove(confirm, context).await,
    }
}

impl Change {
    async fn pause(self, context: &Context) -> Result {
        let name = self.of.name;
        let call = context.call(name.family_at(PauseSubscription::at));
        let sentence = |_: &Subscription| format!("{name} is paused and keeps its position");
        let body = self.because.body();
        let reply = context.change(call.json(&body), sentence).await?;
        Ok(reply.next([format!("tasker subscription resume {name}")]))
    }

    async fn resume(self, context: &Context) -> Result {
        let name = self.of.name;
        let call = context.call(name.family_at(ResumeSubscription::at));
        let sentence = |_: &Subscription| format!("{name} is delivered to");
        let body = self.because.body();
        let reply = context.change(call.json(&body), sentence).await?;
        Ok(reply.next([format!("tasker subscription show {name}")]))
    }

    async fn replay(self, from: String, context: &Context) -> Result {
        let name = self.of.name;
        let body = ReplaySubscription {
            from,
            reason: self.because.reason,
        };
        let call = context.call(name.family_at(MoveSubscription::at));
        let sentence = |_: &Subscription| format!("{name} goes on from {}", body.from);
        let reply = context.change(call.json(&body), sentence).await?;
        Ok(reply.next([format!("tasker subscription show {name}")]))
    }

    async fn test(self, context: &Context) -> Result {
        let name = self.of.name;
        let call = context.call(name.family_at(TestSubscription::at));
        let sentence = |_: &Subscription| format!("a test event is on its way to {name}");
        let body = self.because.body();
        let reply = context.change(call.json(&body), sentence).await?;
        Ok(reply.next([format!("tasker subscription show {name}")]))
    }

    async fn remove(self, confirm: Confirm, context: &Context) -> Result {
        let name = self.of.name;
        confirm.ask(&format!("remove the subscription {name}"))?;
        let call = context.call(name.family_at(RemoveSubscription::at));
        let call = call.query(&self.because.body());
        let done = format!("subscription {name} is removed with its dead letters");
        context.remove(call, done).await
    }
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let table = Table::new([
        ("subscription", &|it: &Subscription| {
            format!("{}/{}", it.namespace, it.name)
        }),
        ("state", &state),
        ("lag", &|it| units::span(TimeDelta::milliseconds(it.lag_ms))),
        ("delivered", &|it| it.delivered.to_string()),
        ("dead", &|it| it.dead_letters.to_string()),
        ("to", &|it| it.to.clone()),
    ])
    .or("no subscriptions");
    let all = context
        .list(&of.order, ListSubscriptions {}, of.query(), table)
        .await?;
    Ok(all.first("tasker subscription add NAMESPACE/NAME --to https://… --secret SECRET"))
}

/// With what keeps it from being delivered to.
fn state(subscription: &Subscription) -> String {
    let state = subscription.state.to_string();
    match subscription.attempts {
        0 => state,
        tries => format!("{state}, retrying ({tries})"),
    }
}
