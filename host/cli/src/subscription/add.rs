//! `tasker subscription add`

use super::{Because, Context, Of, Result};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::tag::Tag;
use tasker_wire::subscription::{NewSubscription, SetSubscription, Subscription};

#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    of: Of,
    /// Where events are sent: a URL with https, by POST; component: and a subscriber of a component, as
    /// [NAMESPACE/]COMPONENT/SUBSCRIBER[@REQUIREMENT]; or nats, the server that hosts are started with.
    #[arg(long, value_name = "URL|component:…|nats")]
    to: String,
    /// Secret of the namespace that signs each delivery to a URL; more than one while another takes its place.
    #[arg(long = "secret", value_name = "SECRET")]
    secrets: Vec<Name>,
    /// Send lists of so many events at most, from 1 to 100, to a URL; without it one event at a time.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(i16).range(1..=100))]
    batch: Option<i16>,
    /// Types with commas between them, for example 'task.*,orders.charged'; without it all.
    #[arg(long)]
    types: Option<String>,
    /// Only events of tasks of this template.
    #[arg(long)]
    template: Option<Name>,
    /// Only events of this task.
    #[arg(long)]
    task: Option<TaskId>,
    /// Only events of steps of this name.
    #[arg(long)]
    step: Option<Name>,
    /// Only events of steps that run this handler.
    #[arg(long)]
    handler: Option<Name>,
    /// Only events of tasks with this tag.
    #[arg(long)]
    tag: Option<Tag>,
    /// Begin at a time or a cursor, not now. One that exists keeps its position; see `tasker subscription replay`.
    #[arg(long, value_name = "TIME|CURSOR")]
    from: Option<String>,
    #[command(flatten)]
    because: Because,
}

impl Add {
    pub(super) async fn run(self, context: &Context) -> Result {
        let name = self.of.name;
        let body = NewSubscription {
            to: self.to,
            secrets: self.secrets,
            batch: self.batch,
            types: self.types,
            template: self.template,
            task: self.task,
            step: self.step,
            handler: self.handler,
            tag: self.tag,
            from: self.from,
            reason: self.because.reason,
        };
        let call = context.call(name.family_at(SetSubscription::at));
        let sentence = |set: &Subscription| match set.created {
            Some(false) => format!("{name} is set; it keeps its position"),
            Some(true) | None => format!("events are delivered to {name}"),
        };
        let reply = context.change(call.json(&body), sentence).await?;
        Ok(reply.next([format!("tasker subscription show {name}")]))
    }
}
