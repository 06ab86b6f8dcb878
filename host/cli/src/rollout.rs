//! `tasker rollout …`

mod history;

use super::because::Because;
use super::paint::Tone;
use super::pin::text::{self, is_paused, pin_now, rollout_lines, rollout_now};
use super::pin::{Pinned, PinnedAt, taken};
use super::shell::word;
use super::{CliError, Context, Exit, Problem};
use serde_json::{Value, json};
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
    /// Show the history of a pin and of its rollouts, newest change first.
    History {
        #[command(flatten)]
        pinned: Pinned,
    },
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
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = parse_limit)]
    guard: Vec<(String, Value)>,
    /// Remove the guard of the rollout.
    #[arg(long, conflicts_with = "guard")]
    no_guard: bool,
    /// Continue a paused rollout; its guard counts tasks from now on.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
pub struct OfPin {
    #[command(flatten)]
    pinned: Pinned,
    #[command(flatten)]
    because: Because,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Start(start) => start.run(context).await?,
        Command::Pause(of) => {
            let sentence = |pinned: &Pinned, pin: &Pin| held(pinned, pin, "is paused");
            of.change(PauseRollout::at, sentence, "tasker rollout resume", context)
                .await?;
        }
        Command::Resume(of) => {
            let sentence = |pinned: &Pinned, pin: &Pin| held(pinned, pin, "goes on");
            of.change(
                ResumeRollout::at,
                sentence,
                "tasker rollout history",
                context,
            )
            .await?;
        }
        Command::Rollback(of) => {
            let sentence = |pinned: &Pinned, pin: &Pin| format!("{} again", taken(pinned, pin));
            of.change(RollBackPin::at, sentence, "tasker rollout history", context)
                .await?;
        }
        Command::History { pinned } => history::run(&pinned, context).await?,
    }
    Ok(Exit::Complete)
}

impl OfPin {
    /// Changes the rollout, and names the command to go on with.
    async fn change<E>(
        self,
        endpoint: impl FnOnce(Name, PinKind, String) -> E,
        sentence: impl FnOnce(&Pinned, &Pin) -> String,
        next: &str,
        context: &Context,
    ) -> Result<(), CliError>
    where
        E: Endpoint<Body = Json<OnlyReason>, Answer = Pin>,
    {
        let Self { pinned, because } = self;
        let call = context.client.call(pinned.endpoint(endpoint));
        let call = call.json(&because.body());
        context.change(call, |pin| sentence(&pinned, pin)).await?;
        context
            .output
            .next([format!("{next} {}", pinned.arguments())]);
        Ok(())
    }
}

impl Start {
    async fn run(self, context: &Context) -> Result<(), CliError> {
        let (pinned, to) = self.pinned.at(self.to)?;
        let body = NewRollout {
            to: to.clone(),
            percent: self.percent.as_f64(),
            guard: guard(self.guard, self.no_guard)?,
            force: self.force,
            reason: self.because.reason,
        };
        let call = context.client.call(pinned.endpoint(StartRollout::at));
        let sentence = |pin: &Pin| match &pin.rollout {
            Some(rollout) => rolling_out(context, &pinned, pin, rollout),
            None => taken(&pinned, pin),
        };
        let pin = context.change(call.json(&body), sentence).await?;
        context.output.next(next(&pinned, &to, &pin));
        Ok(())
    }
}

/// None where nothing is said of a guard, none inside where it goes.
fn guard(limits: Vec<(String, Value)>, is_none: bool) -> Result<Option<Option<Guard>>, CliError> {
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
        Some(_) => vec![format!("tasker rollout start {at} --percent 100"), rollback],
        None => vec![format!("tasker rollout history {named}")],
    }
}

fn held(pinned: &Pinned, pin: &Pin, what: &str) -> String {
    let rollout = text::pinned(Some(&pin.requirement), pin.rollout.as_ref());
    let lines = pin.rollout.iter().flat_map(rollout_lines);
    let lines: String = lines.map(|line| format!("\n  {line}")).collect();
    format!("the rollout of the {pinned} {what}: {rollout}{lines}")
}

fn rolling_out(context: &Context, pinned: &Pinned, pin: &Pin, rollout: &Rollout) -> String {
    let mut text = format!(
        "{} of new tasks in {} take the {pinned} at {}, the others at {}",
        rollout.percent,
        pin.namespace,
        rollout_now(rollout),
        pin_now(pin)
    );
    for line in rollout_lines(rollout) {
        text += &format!("\n  {}", context.output.paint.tone(Tone::Quiet, &line));
    }
    text
}
/// `name=value`, checked as the host would: any part of a guard, the others as usual.
fn parse_limit(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` has no `=`; write for example max_error_rate=0.02"))?;
    let number = serde_json::from_str(value).ok().filter(Value::is_number);
    let value = match name {
        "window" | "action" => json!(value),
        _ => number.unwrap_or_else(|| json!(value)),
    };
    let (name, alone) = (name.to_owned(), json!({ name: value }));
    let guard: Guard = serde_json::from_value(alone).map_err(|error| error.to_string())?;
    guard.checked().map_err(|error| error.to_string())?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_a_guard_is_a_number_or_a_text() {
        assert_eq!(
            parse_limit("max_error_rate=0.02"),
            Ok(("max_error_rate".to_owned(), json!(0.02)))
        );
        assert_eq!(
            parse_limit("window=10m"),
            Ok(("window".to_owned(), json!("10m")))
        );
        assert!(parse_limit("window").unwrap_err().contains("no `=`"));
    }

    #[test]
    fn what_is_no_limit_of_a_guard_is_told_before_the_host_is_asked() {
        let refused = |text: &str| parse_limit(text).unwrap_err();
        let unknown = refused("windo=5m");
        assert!(
            unknown.contains("`windo`") && unknown.contains("`window`"),
            "{unknown}"
        );
        assert!(
            refused("window=5").contains("unit"),
            "{}",
            refused("window=5")
        );
        assert!(refused("max_error_rate=5").contains("from 0 to 1"));
        assert!(refused("max_p95_ratio=0.5").contains("of at least 1"));
        assert!(refused("action=stop").contains("`rollback` or `pause`"));
    }
}
