use super::pinned::{Pinned, PinnedAt};
use super::taken;
use super::text::{self, is_frozen, pin_now, ramp_lines, ramp_now};
use crate::paint::Tone;
use crate::shell::word;
use crate::{CliError, Context, Problem};
use serde_json::{Value, json};
use tasker_domain::guard::Guard;
use tasker_domain::ramp::Percent;
use tasker_wire::pin::{self as wire, FreezePin, NewRamp, Pin, RampPin, RollBackPin, ThawPin};
use tasker_wire::reason::OnlyReason;

/// Give a share of new tasks another version. Repeat to change the share; 100 completes the ramp.
#[derive(Debug, clap::Args)]
pub struct Ramp {
    #[command(flatten)]
    pinned: PinnedAt,
    /// Where to, in place of @VERSION: a version (1.5.0), or a range ('~1.5').
    #[arg(value_name = "VERSION")]
    to: Option<String>,
    /// Share of new tasks, from 0 to 100, with up to two decimals.
    #[arg(long)]
    percent: Percent,
    /// Thresholds beyond which the ramp rolls back or freezes automatically: any of
    /// window=5m, min_attempts=20, max_error_rate=0.05, max_trap_rate=0.01, max_p95_ratio=2,
    /// max_memory_ratio=2, max_cpu_ratio=2, action=rollback|freeze.
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = parse_limit)]
    guard: Vec<(String, Value)>,
    /// Remove the guard of the ramp.
    #[arg(long, conflicts_with = "guard")]
    no_guard: bool,
    /// Continue a frozen ramp; its guard counts tasks from now on.
    #[arg(long)]
    force: bool,
    /// Reason; recorded in the audit log.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// Undo the last change of a pin, or cancel its ramp.
#[derive(Debug, clap::Args)]
pub struct Rollback {
    #[command(flatten)]
    because: Because,
}

/// Pause a ramp; its guard is paused too.
#[derive(Debug, clap::Args)]
pub struct Freeze {
    #[command(flatten)]
    because: Because,
}

/// Resume a frozen ramp; its guard counts tasks from now on.
#[derive(Debug, clap::Args)]
pub struct Thaw {
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
struct Because {
    #[command(flatten)]
    pinned: Pinned,
    /// Reason; recorded in the audit log.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl Ramp {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let (pinned, to) = self.pinned.at(self.to)?;
        let body = NewRamp {
            to: to.clone(),
            percent: self.percent.as_f64(),
            guard: guard(self.guard, self.no_guard)?,
            force: self.force,
            reason: self.reason,
        };
        let call = context
            .client
            .call(pinned.endpoint(RampPin::at))
            .json(&body);
        let sentence = |pin: &Pin| match &pin.ramp {
            Some(ramp) => ramping(context, &pinned, pin, ramp),
            None => taken(&pinned, pin),
        };
        let pin = context.change(call, sentence).await?;
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
    match &pin.ramp {
        Some(ramp) if is_frozen(ramp) => vec![
            format!("tasker pin thaw {named}"),
            format!("tasker pin rollback {named}"),
        ],
        Some(_) => vec![
            format!("tasker pin ramp {named} {} --percent 100", word(to)),
            format!("tasker pin rollback {named}"),
        ],
        None => vec![format!("tasker pin history {named}")],
    }
}

impl Rollback {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let Because { pinned, reason } = self.because;
        let call = context.client.call(pinned.endpoint(RollBackPin::at));
        let sentence = |pin: &Pin| format!("{} again", taken(&pinned, pin));
        let call = call.json(&OnlyReason { reason });
        context.change(call, sentence).await?;
        let history = format!("tasker pin history {}", pinned.arguments());
        context.output.next([history]);
        Ok(())
    }
}

impl Freeze {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let Because { pinned, reason } = self.because;
        let call = context.client.call(pinned.endpoint(FreezePin::at));
        let sentence = |pin: &Pin| held(&pinned, pin, "stays");
        let call = call.json(&OnlyReason { reason });
        context.change(call, sentence).await?;
        let thaw = format!("tasker pin thaw {}", pinned.arguments());
        context.output.next([thaw]);
        Ok(())
    }
}

impl Thaw {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let Because { pinned, reason } = self.because;
        let call = context.client.call(pinned.endpoint(ThawPin::at));
        let sentence = |pin: &Pin| held(&pinned, pin, "may go on");
        let call = call.json(&OnlyReason { reason });
        context.change(call, sentence).await?;
        context.output.next(["tasker pin ls"]);
        Ok(())
    }
}

fn held(pinned: &Pinned, pin: &Pin, what: &str) -> String {
    let ramp = text::pinned(Some(&pin.requirement), pin.ramp.as_ref());
    let lines = pin.ramp.iter().flat_map(ramp_lines);
    let lines: String = lines.map(|line| format!("\n  {line}")).collect();
    format!("the ramp of the {pinned} {what}: {ramp}{lines}")
}

fn ramping(context: &Context, pinned: &Pinned, pin: &Pin, ramp: &wire::Ramp) -> String {
    let mut text = format!(
        "{} of new tasks in {} take the {pinned} at {}, the others at {}",
        ramp.percent,
        pin.namespace,
        ramp_now(ramp),
        pin_now(pin)
    );
    for line in ramp_lines(ramp) {
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
        assert!(refused("action=stop").contains("`rollback` or `freeze`"));
    }
}
