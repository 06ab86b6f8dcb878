//! `tasker task run`

use super::follow::{Follower, exit_of};
use super::{lines, outcome, watch};
use crate::{
    Answer, Ask as _, Context, Reference, Reply, Result, exit, good, input, refuse, units,
};
use std::time::Duration;
use tasker_domain::priority::Priority;
use tasker_domain::requirement::Requirement;
use tasker_domain::submit::Submit;
use tasker_domain::tag::{Tag, Tags};
use tasker_wire::task::{SubmitTasks, SubmittedTask};

/// Submit a task, and follow it with --wait or --watch.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::table())]
pub struct Run {
    /// Which template, for example orders/fulfil.
    #[arg(value_name = "NAMESPACE/TEMPLATE")]
    template: Reference,
    /// Which version: exact (=1.2.0) or a range (^1.2); by default as pinned, else the highest stable one.
    #[arg(long, value_name = "REQUIREMENT")]
    version: Option<Requirement>,
    /// JSON text, @FILE, or @- for standard input.
    #[arg(long, default_value = "{}")]
    input: String,
    /// A submit with the same key and input returns the same task.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Id that every log line of this task has.
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// From 0, the lowest, to 9; by default as the template says, else 4.
    #[arg(long, value_name = "PRIORITY")]
    priority: Option<Priority>,
    /// Mark the task, to find it by; it may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<Tag>,
    /// Wait for the end and print the finished task.
    #[arg(long, group = "follow")]
    wait: bool,
    /// Show each step while the task runs.
    #[arg(long, group = "follow")]
    watch: bool,
    /// With --watch, show what attempts log too, as it is logged, and a line per change. As JSON, each line is an object, and
    /// the task is last.
    #[arg(long, requires = "watch")]
    logs: bool,
    /// How long to follow at most, for example 30s or 5m; the task continues.
    #[arg(long, requires = "follow", value_name = "DURATION", value_parser = units::parse_duration)]
    timeout: Option<Duration>,
}

impl Run {
    pub async fn run(self, context: &Context) -> Result {
        let submit = self.submit()?;
        let call = context.call(SubmitTasks::one()).json(&submit);
        let submitted = call.ask().await?;
        match self.wait || self.watch {
            true => self.follow(&submitted.value, context).await,
            false => Ok(shown(&submitted, context)),
        }
    }

    fn submit(&self) -> Result<Submit> {
        Ok(Submit {
            namespace: self.template.namespace.clone(),
            template: self.template.name.clone(),
            version: self.requirement()?,
            input: Some(input::read_json("--input", &self.input)?),
            idempotency_key: self.idempotency_key.clone(),
            correlation_id: self.correlation_id.clone(),
            priority: self.priority,
            tags: self.tags()?,
        })
    }

    fn tags(&self) -> Result<Tags> {
        let tags = Tags::try_from(self.tags.clone());
        tags.or_else(|wrong| refuse(wrong.to_string(), "leave some out"))
    }

    /// `orders/fulfil@1.2.0` means exactly that version.
    fn requirement(&self) -> Result<Option<Requirement>> {
        let family = self.template.family();
        match (&self.template.version, &self.version) {
            (Some(_), Some(_)) => refuse(
                "the version is given twice",
                format!("write {family} with --version, or with @ alone"),
            ),
            (Some(exact), None) => Ok(Some(Requirement::exact(exact))),
            (None, requirement) => Ok(requirement.clone()),
        }
    }

    async fn follow(&self, submitted: &SubmittedTask, context: &Context) -> Result {
        let mut follower = Follower::new(&context.client, submitted.task.id, self.timeout);
        let mut answer = match (self.watch, self.logs, context.output.is_json()) {
            (true, true, _) => {
                follower.listen().await?;
                lines::print_with_logs(&mut follower, context).await?
            }
            (true, false, false) => {
                follower.listen().await?;
                watch::watch(&mut follower, context.output).await?
            }
            (_, _, _) => follower.wait().await?,
        };
        let reply = outcome::finished(&mut answer, context).await?;
        Ok(reply.end(exit_of(&answer.value, self.timeout)))
    }
}

fn shown(submitted: &Answer<SubmittedTask>, context: &Context) -> Reply {
    let SubmittedTask { task, created, .. } = &submitted.value;
    let done = match created {
        true => "created",
        false => "was there already, with this key and input",
    };
    let (id, release) = (task.id.to_string(), task.release());
    let sentence = || good(format_args!("task {id} {done}: {release}"));
    let reply = context.output.made(&submitted.text, &id, sentence);
    reply.next([format!("tasker task watch {id}")])
}
