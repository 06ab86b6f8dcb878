//! `tasker pin …`

mod list;
mod pinned;
pub mod text;

pub use pinned::{Pinned, PinnedAt};

use super::because::Because;
use super::confirm::Confirm;
use super::{CliError, Context, Exit};
use tasker_domain::name::Name;
use tasker_wire::pin::{NewPin, Pin, RemovePin, SetPin};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Pin new tasks to a version or range; replaces an existing pin and its rollout.
    Set {
        #[command(flatten)]
        pinned: PinnedAt,
        /// In place of @VERSION: an exact version ('=1.2.0') or a range, as Cargo writes it ('^1.2',
        /// '~1.2.3'; 1.2.0 means ^1.2.0).
        requirement: Option<String>,
        #[command(flatten)]
        because: Because,
    },
    /// List pins, with their rollouts.
    Ls {
        /// Only pins of this namespace.
        namespace: Option<Name>,
    },
    /// Remove a pin; new tasks use the highest version that their template allows.
    Rm {
        #[command(flatten)]
        pinned: Pinned,
        #[command(flatten)]
        because: Because,
        #[command(flatten)]
        confirm: Confirm,
    },
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Set {
            pinned,
            requirement,
            because,
        } => {
            let (pinned, requirement) = pinned.at(requirement)?;
            set(&pinned, requirement, because, context).await?;
        }
        Command::Ls { namespace } => list::run(namespace, context).await?,
        Command::Rm {
            pinned,
            because,
            confirm,
        } => rm(&pinned, because, confirm, context).await?,
    }
    Ok(Exit::Complete)
}

async fn set(
    pinned: &Pinned,
    requirement: String,
    Because { reason }: Because,
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
    let ls = format!("tasker pin ls {}", pinned.namespace());
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
pub fn taken(pinned: &Pinned, pin: &Pin) -> String {
    let (namespace, now) = (&pin.namespace, text::pin_now(pin));
    format!("new tasks in {namespace} take the {pinned} at {now}")
}

async fn rm(
    pinned: &Pinned,
    because: Because,
    confirm: Confirm,
    context: &Context,
) -> Result<(), CliError> {
    let namespace = pinned.namespace();
    confirm.ask(&format!("remove the pin of the {pinned} in {namespace}"))?;
    let call = context.client.call(pinned.endpoint(RemovePin::at));
    let sentence = format!("the {pinned} is no longer pinned in {namespace}");
    context
        .remove(call.query(&because.body()), &sentence)
        .await?;
    let rollback = format!("tasker rollout rollback {}", pinned.arguments());
    context.output.next([rollback]);
    Ok(())
}
