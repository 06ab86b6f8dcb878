//! `tasker pin …`

mod history;
mod ls;
mod pinned;
mod ramp;
mod text;

use super::{CliError, Context, Exit};
use pinned::{Pinned, PinnedAt};
use tasker_wire::pin::{NewPin, Pin, RemovePin, SetPin};
use tasker_wire::reason::OnlyReason;

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
            set(&pinned, requirement, reason, context).await?;
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
    requirement: String,
    reason: String,
    context: &Context,
) -> Result<(), CliError> {
    let keep = to_keep(pinned, &requirement);
    let call = context.client.call(pinned.endpoint(SetPin::at));
    let call = call.json(&NewPin {
        requirement,
        reason,
    });
    let sentence = |pin: &Pin| format!("{}{keep}", taken(pinned, pin));
    context.change(call, sentence).await?;
    let ls = format!("tasker pin ls --namespace {}", pinned.namespace());
    context.output.next([ls]);
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
fn taken(pinned: &Pinned, pin: &Pin) -> String {
    let (namespace, now) = (&pin.namespace, text::pin_now(pin));
    format!("new tasks in {namespace} take the {pinned} at {now}")
}

async fn rm(pinned: &Pinned, reason: String, context: &Context) -> Result<(), CliError> {
    let call = context.client.call(pinned.endpoint(RemovePin::at));
    let namespace = pinned.namespace();
    let sentence = format!("the {pinned} is no longer pinned in {namespace}");
    let call = call.query(&OnlyReason { reason });
    context.remove(call, &sentence).await?;
    let rollback = format!("tasker pin rollback {}", pinned.arguments());
    context.output.next([rollback]);
    Ok(())
}
