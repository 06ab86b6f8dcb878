//! `tasker step replay` and `tasker step export`: what they take, and the recording that they need.

use crate::local_sandbox::{LocalComponent, LocalSandbox, Replayable};
use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit, Problem, Result, sent_bytes};
use std::path::PathBuf;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::recording::Recording;
use tasker_wire::component::DownloadComponent;
use tasker_wire::recording::{AttemptRecording, RecordingQuery, ShowRecording};

/// An attempt that was recorded.
#[derive(Clone, Debug, clap::Args)]
pub struct RecordedAttempt {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    pub task: TaskId,
    /// The step's name.
    pub step: String,
    /// This attempt, from 1; without it the last that was recorded.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=2_147_483_647))]
    pub attempt: Option<u32>,
}

/// Run an attempt again, from what was recorded of it: here, offline, with the code that ran.
///
/// The attempt is one that `tasker record` had recorded, or one of a host with --record. Every answer of the host is the recorded one, also clocks and random
/// numbers, so that the same code ends in the same way, to the last byte; the command ends with 1 if it does not. Other code
/// (--component) is run as the case that `tasker step export` prints, and its differences are shown.
#[derive(Debug, clap::Args)]
pub struct Replay {
    #[command(flatten)]
    attempt: RecordedAttempt,
    /// Run this component instead of the one that ran.
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// The same as --output json.
    #[arg(long)]
    json: bool,
}

/// Print a case of `tasker test` that does what a recorded attempt did.
///
/// Redirect it to a file in the folder `tests` of the project: a failure in production becomes a test.
#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(flatten)]
    attempt: RecordedAttempt,
}

impl Replay {
    pub async fn run(self, context: &Context, sandbox: &dyn LocalSandbox) -> Result {
        let output = match self.json {
            true => context.output.as_json(),
            false => context.output,
        };
        let other = self.component.as_deref();
        let other = other.map(|path| LocalComponent::read(None, path).map(|it| it.bytes));
        let replayable = self.attempt.replayable(other.transpose()?, context).await?;
        let replayed = sandbox.replay(replayable).await?;
        let end = match replayed.is_same {
            true => Exit::Complete,
            false => Exit::Failed,
        };
        let reply = output.show(&replayed.json, || replayed.text);
        Ok(reply.end(Ok(end)))
    }
}

impl Export {
    pub async fn run(self, context: &Context, sandbox: &dyn LocalSandbox) -> Result {
        let recording = read(&self.attempt.answer(context).await?)?;
        let case = sandbox.case_of(&recording)?;
        context.output.print_exactly(&case)?;
        Ok(context.output.show("", String::new))
    }
}

impl RecordedAttempt {
    /// What is needed to run it again: with the code that ran, which the host is asked for, or with other bytes.
    pub async fn replayable(
        &self,
        other: Option<Vec<u8>>,
        context: &Context,
    ) -> Result<Replayable> {
        let answer = self.answer(context).await?;
        let recording = read(&answer)?;
        let bytes = match other {
            Some(bytes) => bytes,
            None => download(&answer, context).await?,
        };
        Ok(Replayable {
            is_same_code: Digest::of(&bytes) == recording.attempt.digest,
            recording,
            bytes,
        })
    }

    async fn answer(&self, context: &Context) -> Result<AttemptRecording> {
        let (id, step) = (self.task, self.step.clone());
        let query = RecordingQuery {
            attempt: self.attempt,
        };
        let call = context.call(ShowRecording { id, step }).query(&query);
        // To the last byte: nothing of it is shown as it is.
        Ok(call.await?)
    }
}

/// The recording, which can be replayed.
fn read(answer: &AttemptRecording) -> Result<Recording> {
    let refused = |why: String| Problem::bad_input(why);
    let recording: Recording = serde_json::from_value(answer.recording.clone()).map_err(|error| {
        let format = answer.format;
        refused(format!(
            "this program does not read recordings of the format {format}: {error}; use that of the release of the host"
        ))
    })?;
    recording
        .check()
        .map_err(|error| refused(error.to_string()))?;
    Ok(recording)
}

async fn download(answer: &AttemptRecording, context: &Context) -> Result<Vec<u8>> {
    let name = |text: &str| {
        let what = format!("the host names a component `{}`", text.escape_debug());
        text.parse()
            .map_err(|_| CliError::from(Problem::not_understood(what)))
    };
    let (namespace, component) = (name(&answer.namespace)?, name(&answer.component)?);
    let version = answer.version.clone();
    let call = context.call(DownloadComponent::at(namespace, component, version));
    let bytes = call.bytes().await?;
    sent_bytes::check(&bytes, answer.digest)?;
    Ok(bytes)
}
