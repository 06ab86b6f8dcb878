//! `tasker task run`

use super::follow::{Follower, exit_of};
use super::{report, watch};
use crate::paint::Tone;
use crate::reference::Reference;
use crate::view::Submitted;
use crate::{CliError, Context, Exit, Problem, exit, input, units};
use reqwest::Method;
use serde::Serialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// Submit a task, and follow it where --wait or --watch is given.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::table())]
pub struct Run {
    /// Which template, for example orders/fulfil.
    #[arg(value_name = "NAMESPACE/TEMPLATE")]
    template: Reference,
    /// Which version: exact (=1.2.0) or a range (^1.2); without it, as pinned, else the highest.
    #[arg(long, value_name = "REQUIREMENT")]
    version: Option<String>,
    /// JSON text, @FILE, or @- for standard input.
    #[arg(long, default_value = "{}")]
    input: String,
    /// Submitting again with the same key and input finds the same task.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Stands in every log line of this task.
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// Wait for the end and print the finished task.
    #[arg(long, group = "follow")]
    wait: bool,
    /// Show each step while the task runs.
    #[arg(long, group = "follow")]
    watch: bool,
    /// How long to follow at most, for example 30s or 5m; the task goes on.
    #[arg(long, requires = "follow", value_name = "DURATION", value_parser = units::parse_duration)]
    timeout: Option<Duration>,
}

#[derive(Serialize)]
struct Submit<'a> {
    namespace: &'a str,
    template: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    input: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'a str>,
}

impl Run {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let input = input::read_json("--input", &self.input)?;
        let submit = self.submit(&input)?;
        let submitted = context
            .client
            .send_json::<Submitted>(Method::POST, &["tasks"], &submit)
            .await?;
        match self.wait || self.watch {
            true => self.follow(&submitted.value, context).await,
            false => print(&submitted.text, &submitted.value, context),
        }
    }

    fn submit<'a>(&'a self, input: &'a RawValue) -> Result<Submit<'a>, CliError> {
        Ok(Submit {
            namespace: self.template.namespace.as_str(),
            template: self.template.name.as_str(),
            version: self.requirement()?,
            input,
            idempotency_key: self.idempotency_key.as_deref(),
            correlation_id: self.correlation_id.as_deref(),
        })
    }

    /// `orders/fulfil@1.2.0` means exactly that version.
    fn requirement(&self) -> Result<Option<String>, CliError> {
        match (&self.template.version, &self.version) {
            (Some(_), Some(_)) => Err(Problem::bad_input("the version is given twice")
                .help(format!(
                    "write {} with --version, or with @ alone",
                    self.template.family()
                ))
                .into()),
            (Some(exact), None) => Ok(Some(format!("={exact}"))),
            (None, requirement) => Ok(requirement.clone()),
        }
    }

    async fn follow(&self, submitted: &Submitted, context: &Context) -> Result<Exit, CliError> {
        let mut follower = Follower::new(&context.client, submitted.task.id, self.timeout);
        let mut answer = match self.watch && !context.output.is_json() {
            true => watch::watch(&mut follower, context.output).await?,
            false => follower.wait().await?,
        };
        report::finished(&mut answer, context).await?;
        exit_of(&answer.value, self.timeout)
    }
}

fn print(answer: &str, submitted: &Submitted, context: &Context) -> Result<Exit, CliError> {
    let task = &submitted.task;
    context.output.show(answer, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let (family, done) = (
            format!("{}/{}@{}", task.namespace, task.template, task.version),
            done(submitted),
        );
        format!("{mark} task {} {done}: {family}", task.id)
    })?;
    context
        .output
        .next(&[format!("tasker task watch {}", task.id)]);
    Ok(Exit::Complete)
}

fn done(submitted: &Submitted) -> &'static str {
    match submitted.created {
        true => "created",
        false => "was there already, with this key and input",
    }
}
