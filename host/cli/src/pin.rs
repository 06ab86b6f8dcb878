//! `tasker pin …`

mod history;
mod ls;
mod pinned;
mod ramp;

use super::paint::Tone;
use super::{CliError, Context, Exit, view};
use pinned::{Pinned, PinnedAt};
use reqwest::Method;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Pin new tasks to a version or range; replaces an existing pin.
    Set {
        #[command(flatten)]
        pinned: PinnedAt,
        /// In place of @VERSION: an exact version ('=1.2.0') or a range, as Cargo writes it ('^1.2',
        /// '~1.2.3'; 1.2.0 means ^1.2.0).
        requirement: Option<String>,
        /// Reason; recorded in the audit log.
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
    },
    Ramp(ramp::Ramp),
    Rollback(ramp::Rollback),
    Freeze(ramp::Freeze),
    Thaw(ramp::Thaw),
    History(history::History),
    Ls(ls::Ls),
    /// Remove a pin; new tasks use the highest version that their template allows.
    Rm {
        #[command(flatten)]
        pinned: Pinned,
        /// Reason; recorded in the audit log.
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
    },
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Set {
            pinned,
            requirement,
            reason,
        } => {
            let (pinned, requirement) = pinned.at(requirement)?;
            set(&pinned, &requirement, &reason, context).await?;
        }
        Command::Ramp(ramp) => ramp.run(context).await?,
        Command::Rollback(rollback) => rollback.run(context).await?,
        Command::Freeze(freeze) => freeze.run(context).await?,
        Command::Thaw(thaw) => thaw.run(context).await?,
        Command::History(history) => history.run(context).await?,
        Command::Ls(ls) => ls.run(context).await?,
        Command::Rm { pinned, reason } => rm(&pinned, reason, context).await?,
    }
    Ok(Exit::Complete)
}

async fn set(
    pinned: &Pinned,
    requirement: &str,
    reason: &str,
    context: &Context,
) -> Result<(), CliError> {
    let target = pinned.target();
    let body = json!({ "requirement": requirement, "reason": reason });
    let pin = context
        .client
        .send_json::<view::Pin>(Method::PUT, &pinned.path(&target), &body)
        .await?;
    context.output.show(&pin.text, || {
        told(context, pinned, &pin.value, "") + &to_keep(pinned, requirement)
    })?;
    context
        .output
        .next(&[format!("tasker pin ls --namespace {}", pinned.namespace())]);
    Ok(())
}

/// How to have only the version that was written, since that is no requirement for it alone.
fn to_keep(pinned: &Pinned, requirement: &str) -> String {
    match semver::Version::parse(requirement.trim()) {
        Ok(version) => format!(
            "\n  to keep it at {version}: tasker pin set {}",
            pinned.arguments_at(&version)
        ),
        Err(_) => String::new(),
    }
}

/// What new tasks take from now on, in a line.
fn told(context: &Context, pinned: &Pinned, pin: &view::Pin, end: &str) -> String {
    let mark = context.output.paint.tone(Tone::Good, "✔");
    let (namespace, now) = (&pin.namespace, pin.now());
    format!("{mark} new tasks in {namespace} take the {pinned} at {now}{end}")
}

/// A table with lines of its own below each row, set in and quiet.
fn with_lines(context: &Context, table: &str, below: impl Fn(usize) -> Vec<String>) -> String {
    let quiet = |line: String| context.output.paint.tone(Tone::Quiet, &format!("  {line}"));
    let mut lines: Vec<String> = Vec::new();
    for (place, line) in table.lines().enumerate() {
        lines.push(line.to_owned());
        let row = place.checked_sub(1).map(&below).unwrap_or_default();
        lines.extend(row.into_iter().map(quiet));
    }
    lines.join("\n")
}

async fn rm(pinned: &Pinned, reason: String, context: &Context) -> Result<(), CliError> {
    let (target, query) = (pinned.target(), [("reason", reason)]);
    let answer = context
        .client
        .delete_with(&pinned.path(&target), &query)
        .await?;
    let answer = if answer.is_empty() {
        json!({ "removed": true }).to_string()
    } else {
        answer
    };
    context.output.show(&answer, || {
        let (mark, namespace) = (
            context.output.paint.tone(Tone::Good, "✔"),
            pinned.namespace(),
        );
        format!("{mark} the {pinned} is no longer pinned in {namespace}")
    })?;
    context
        .output
        .next(&[format!("tasker pin rollback {}", pinned.arguments())]);
    Ok(())
}
