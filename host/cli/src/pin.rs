//! `tasker pin …`

mod list;
mod pinned;
pub mod text;

pub use pinned::{Pinned, PinnedAt};

use super::{Because, Confirm, Context, InNamespace, OnlyIf, Result, units};
use tasker_wire::pin::{NewPin, Pin, RemovePin, SetPin, ShowPin};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Pin new tasks to a version or range; replaces an existing pin and its rollout.
    Set(Set),
    /// List pins, with their rollouts.
    Ls(InNamespace),
    /// Show a pin, with its rollout and its entity tag.
    Show(Pinned),
    /// Remove a pin; new tasks use the highest version that their template allows.
    Rm(Rm),
}

#[derive(Debug, clap::Args)]
pub struct Set {
    #[command(flatten)]
    pinned: PinnedAt,
    /// In place of @VERSION: an exact version ('=1.2.0') or a range, as Cargo writes it ('^1.2',
    /// '~1.2.3'; 1.2.0 means ^1.2.0).
    requirement: Option<String>,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    only_if: OnlyIf,
}

#[derive(Debug, clap::Args)]
pub struct Rm {
    #[command(flatten)]
    pinned: Pinned,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    only_if: OnlyIf,
    #[command(flatten)]
    confirm: Confirm,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Set(set) => set.run(context).await,
        Command::Ls(of) => list::run(of, context).await,
        Command::Show(pinned) => show(&pinned, context).await,
        Command::Rm(rm) => rm.run(context).await,
    }
}

impl Set {
    async fn run(self, context: &Context) -> Result {
        let (pinned, requirement) = self.pinned.at(self.requirement)?;
        let keep = to_keep(&pinned, &requirement);
        let reason = self.because.reason;
        let call = context.call(pinned.endpoint(SetPin::at));
        let call = self.only_if.on(call).json(&NewPin {
            requirement,
            reason,
        });
        let sentence = |pin: &Pin| format!("{}{keep}", taken(&pinned, pin));
        let reply = context.change(call, sentence).await?;
        Ok(reply.next([format!("tasker pin ls {}", pinned.namespace())]))
    }
}

async fn show(pinned: &Pinned, context: &Context) -> Result {
    let pin = context.ask(pinned.endpoint(ShowPin::at)).await?;
    let text = |pin: &Pin| {
        let mut lines = vec![taken(pinned, pin)];
        if let Some(rollout) = &pin.rollout {
            let to = text::rollout_now(rollout);
            lines.push(format!("{} of them at {to}", rollout.percent));
            lines.extend(text::rollout_lines(rollout));
        }
        lines.push(format!(
            "set {} by {}",
            units::age(pin.created_at),
            pin.created_by
        ));
        lines.push(format!("tag {}", pin.etag));
        lines.join("\n  ") + "\n"
    };
    let next = format!("tasker rollout history {}", pinned.arguments());
    Ok(context.show(&pin, text).next([next]))
}

/// How to have only the version that was written, since that is no requirement for it alone.
fn to_keep(pinned: &Pinned, requirement: &str) -> String {
    match semver::Version::parse(requirement.trim()) {
        Ok(version) => {
            let exactly = pinned.arguments_at(&version);
            format!("\n  to keep it at {version}: tasker pin set {exactly}")
        }
        Err(_) => String::new(),
    }
}

/// What new tasks take from now on, in a line.
pub fn taken(pinned: &Pinned, pin: &Pin) -> String {
    let (namespace, now) = (&pin.namespace, text::pin_now(pin));
    format!("new tasks in {namespace} take the {pinned} at {now}")
}

impl Rm {
    async fn run(self, context: &Context) -> Result {
        let (pinned, namespace) = (&self.pinned, self.pinned.namespace());
        let what = format!("remove the pin of the {pinned} in {namespace}");
        self.confirm.ask(&what)?;
        let call = context.call(pinned.endpoint(RemovePin::at));
        let call = self.only_if.on(call).query(&self.because.body());
        let sentence = format!("the {pinned} is no longer pinned in {namespace}");
        let reply = context.remove(call, sentence).await?;
        Ok(reply.next([format!("tasker rollout rollback {}", pinned.arguments())]))
    }
}
