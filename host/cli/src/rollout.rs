//! `tasker rollout …`

mod figures;
mod history;

use super::pin::text::{self, is_paused, pin_now, rollout_lines, rollout_now};
use super::pin::{Pinned, PinnedAt, taken};
use super::{Ask as _, Because, Context, OnlyIf, Problem, Result, Tone, units, word};
use serde_json::Value;
use tasker_domain::guard::Guard;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::rollout::Percent;
use tasker_wire::endpoint::{Endpoint, Json};
use tasker_wire::pin::{
    NewRollout, PauseRollout, Pin, ResumeRollout, RollBackPin, Rollout, StartRollout,
};
use tasker_wire::reason::OnlyReason;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Start(Start),
    /// Pause a rollout: its share stays, and its guard is paused too.
    Pause(OfPin),
    /// Resume a paused rollout; its guard counts tasks from now on.
    Resume(OfPin),
    /// Cancel a rollout; without one, undo the last change of the pin, also its removal.
    Rollback(OfPin),
    /// Show what the guard compares: attempts of the tasks on the rollout, and of the others.
    Figures(Pinned),
    /// Show the history of a pin and of its rollouts, newest change first.
    History(Pinned),
}

/// Give a share of new tasks another version (a canary).
///
/// Repeat it to change the share; at 100 percent the rollout is complete, and the pin has the new version.
#[derive(Debug, clap::Args)]
pub struct Start {
    #[command(flatten)]
    pinned: PinnedAt,
    /// In place of @VERSION: a version (1.5.0) or a range ('~1.5').
    #[arg(value_name = "VERSION")]
    to: Option<String>,
    /// Share of new tasks, from 0 to 100, with up to two decimals.
    #[arg(long)]
    percent: Percent,
    /// Thresholds beyond which the rollout rolls back or pauses automatically: any of
    /// window=5m, min_attempts=20, max_error_rate=0.05, max_trap_rate=0.01, max_p95_ratio=2,
    /// max_memory_ratio=2, max_cpu_ratio=2, action=rollback|pause.
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = Guard::parse_setting)]
    guard: Vec<(String, Value)>,
    /// Remove the guard of the rollout.
    #[arg(long, conflicts_with = "guard")]
    no_guard: bool,
    /// Continue a paused rollout; its guard counts tasks from now on.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    only_if: OnlyIf,
}

#[derive(Debug, clap::Args)]
pub struct OfPin {
    #[command(flatten)]
    pinned: Pinned,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    only_if: OnlyIf,
}

pub async fn run(command: Command, context: &Context) -> Result {
    let (history, resume) = ("tasker rollout history", "tasker rollout resume");
    match command {
        Command::Start(start) => start.run(context).await,
        Command::Pause(of) => {
            let sentence = |pinned: &Pinned, pin: &Pin| held(pinned, pin, "is paused");
            of.change(PauseRollout::at, sentence, resume, context).await
        }
        Command::Resume(of) => {
            let sentence = |pinned: &Pinned, pin: &Pin| held(pinned, pin, "goes on");
            of.change(ResumeRollout::at, sentence, history, context)
                .await
        }
        Command::Rollback(of) => {
            let sentence = |pinned: &Pinned, pin: &Pin| format!("{} again", taken(pinned, pin));
            of.change(RollBackPin::at, sentence, history, context).await
        }
        Command::Figures(pinned) => figures::run(&pinned, context).await,
        Command::History(pinned) => history::run(&pinned, context).await,
    }
}

impl OfPin {
    /// Changes the rollout, and names the command to go on with.
    async fn change<E>(
        self,
        endpoint: impl FnOnce(Name, PinKind, String) -> E,
        sentence: impl FnOnce(&Pinned, &Pin) -> String,
        next: &str,
        context: &Context,
    ) -> Result
    where
        E: Endpoint<Body = Json<OnlyReason>, Answer = Pin>,
    {
        let Self {
            pinned,
            because,
            only_if,
        } = self;
        let call = only_if.on(context.call(pinned.endpoint(endpoint)));
        let call = call.json(&because.body());
        let reply = context.change(call, |pin| sentence(&pinned, pin)).await?;
        Ok(reply.next([format!("{next} {}", pinned.arguments())]))
    }
}

impl Start {
    async fn run(self, context: &Context) -> Result {
        let (pinned, to) = self.pinned.at(self.to)?;
        let body = NewRollout {
            to: to.clone(),
            percent: self.percent.as_f64(),
            guard: guard(self.guard, self.no_guard)?,
            force: self.force,
            reason: self.because.reason,
        };
        let call = context.call(pinned.endpoint(StartRollout::at));
        let pin = self.only_if.on(call).json(&body).ask().await?;
        let reply = context.done(&pin, |pin| match &pin.rollout {
            Some(rollout) => rolling_out(&pinned, pin, rollout),
            None => taken(&pinned, pin),
        });
        Ok(reply.next(next(&pinned, &to, &pin.value)))
    }
}

/// None where nothing is said of a guard, none inside where it goes.
fn guard(limits: Vec<(String, Value)>, is_none: bool) -> Result<Option<Option<Guard>>> {
    if is_none {
        return Ok(Some(None));
    }
    if limits.is_empty() {
        return Ok(None);
    }
    let guard = serde_json::from_value(Value::Object(limits.into_iter().collect()));
    let guard = guard.map_err(|error| Problem::bad_input(error.to_string()))?;
    Ok(Some(Some(guard)))
}

fn next(pinned: &Pinned, to: &str, pin: &Pin) -> Vec<String> {
    let named = pinned.arguments();
    let at = match to.strip_prefix('=').map(str::parse) {
        Some(Ok(version)) => pinned.arguments_at(&version),
        Some(Err(_)) | None => format!("{named} {}", word(to)),
    };
    let rollback = format!("tasker rollout rollback {named}");
    match &pin.rollout {
        Some(rollout) if is_paused(rollout) => {
            vec![format!("tasker rollout resume {named}"), rollback]
        }
        Some(_) => vec![
            format!("tasker rollout start {at} --percent 100"),
            format!("tasker rollout figures {named}"),
            rollback,
        ],
        None => vec![format!("tasker rollout history {named}")],
    }
}

fn held(pinned: &Pinned, pin: &Pin, what: &str) -> String {
    let rollout = text::pinned(Some(&pin.requirement), pin.rollout.as_ref());
    let lines = pin.rollout.iter().flat_map(rollout_lines);
    let first = format!("the rollout of the {pinned} {what}: {rollout}");
    units::joined([first].into_iter().chain(lines), "\n  ")
}

fn rolling_out(pinned: &Pinned, pin: &Pin, rollout: &Rollout) -> String {
    let (percent, namespace) = (rollout.percent, &pin.namespace);
    let (to, others) = (rollout_now(rollout), pin_now(pin));
    let lines = rollout_lines(rollout).into_iter();
    let first = format!(
        "{percent} of new tasks in {namespace} take the {pinned} at {to}, the others at {others}"
    );
    let lines = lines.map(|line| Tone::Quiet.of(line));
    units::joined([first].into_iter().chain(lines), "\n  ")
}
