use super::pinned::{Pinned, PinnedAt};
use super::told;
use crate::client::Answer;
use crate::paint::Tone;
use crate::shell::word;
use crate::{CliError, Context, view};
use reqwest::Method;
use serde_json::{Map, Value, json};
use tasker_domain::guard::Guard;
use tasker_domain::ramp::Percent;

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
        let (pinned, to) = self.pinned.clone().at(self.to.clone())?;
        let pin = post(context, &pinned, "ramp", &self.body(&to)).await?;
        let pinned = &pinned;
        context.output.show(&pin.text, || match &pin.value.ramp {
            Some(ramp) => ramping(context, pinned, &pin.value, ramp),
            None => told(context, pinned, &pin.value, ""),
        })?;
        context.output.next(&next(pinned, &to, &pin.value));
        Ok(())
    }

    fn body(&self, to: &str) -> Value {
        let mut body = json!({
            "to": to, "percent": self.percent, "force": self.force, "reason": self.reason,
        });
        if self.no_guard {
            body["guard"] = Value::Null;
        } else if !self.guard.is_empty() {
            body["guard"] = Value::Object(self.guard.iter().cloned().collect::<Map<_, _>>());
        }
        body
    }
}

fn next(pinned: &Pinned, to: &str, pin: &view::Pin) -> Vec<String> {
    let named = pinned.arguments();
    match &pin.ramp {
        Some(ramp) if ramp.is_frozen() => vec![
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
        let pin = post(context, &pinned, "rollback", &json!({ "reason": reason })).await?;
        context
            .output
            .show(&pin.text, || told(context, &pinned, &pin.value, " again"))?;
        context
            .output
            .next(&[format!("tasker pin history {}", pinned.arguments())]);
        Ok(())
    }
}

impl Freeze {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let Because { pinned, reason } = self.because;
        held(context, &pinned, &reason, "freeze", "stays").await?;
        context
            .output
            .next(&[format!("tasker pin thaw {}", pinned.arguments())]);
        Ok(())
    }
}

impl Thaw {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let Because { pinned, reason } = self.because;
        held(context, &pinned, &reason, "thaw", "may go on").await?;
        context.output.next(&["tasker pin ls".to_owned()]);
        Ok(())
    }
}

async fn held(
    context: &Context,
    pinned: &Pinned,
    reason: &str,
    action: &str,
    what: &str,
) -> Result<(), CliError> {
    let pin = post(context, pinned, action, &json!({ "reason": reason })).await?;
    context.output.show(&pin.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let ramp = view::pinned(Some(&pin.value.requirement), pin.value.ramp.as_ref());
        let lines = pin.value.ramp.iter().flat_map(view::Ramp::lines);
        let lines: String = lines.map(|line| format!("\n  {line}")).collect();
        format!("{mark} the ramp of the {pinned} {what}: {ramp}{lines}")
    })
}

async fn post(
    context: &Context,
    pinned: &Pinned,
    action: &str,
    body: &Value,
) -> Result<Answer<view::Pin>, CliError> {
    let target = pinned.target();
    let path = [&pinned.path(&target)[..], &[action]].concat();
    context.client.send_json(Method::POST, &path, body).await
}

fn ramping(context: &Context, pinned: &Pinned, pin: &view::Pin, ramp: &view::Ramp) -> String {
    let mark = context.output.paint.tone(Tone::Good, "✔");
    let (namespace, percent) = (&pin.namespace, ramp.percent);
    let mut text = format!(
        "{mark} {percent} % of new tasks in {namespace} take the {pinned} at {}, the others at {}",
        ramp.now(),
        pin.now()
    );
    for line in ramp.lines() {
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
        assert!(refused("max_p95_ratio=0.5").contains("from 1 on"));
        assert!(refused("action=stop").contains("`rollback` or `freeze`"));
    }
}
