//! An upgrade request by request, until it is done.

use super::{Component, Upgraded};
use crate::client::Answer;
use crate::output::{Output, tell};
use crate::{CliError, Context, units};
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;

/// How often the sign of life turns.
const TURN_INTERVAL: Duration = Duration::from_millis(100);

/// Sends the body until the host says that the upgrade is done; the answer is that of all requests
/// together. Where one fails, what moved before stays so, and this is said.
pub(super) async fn all(
    context: &Context,
    path: &[&str],
    mut body: Value,
) -> Result<Answer<Upgraded>, CliError> {
    let progress = Progress::new(context.output);
    let first = ask(context, path, &body).await?;
    if first.value.next.is_none() {
        return Ok(first);
    }
    let mut value = first.value;
    while let Some(next) = value.next.take() {
        progress.show(&value);
        body["after"] = next.into();
        let part = ask(context, path, &body).await;
        let part = part.inspect_err(|_| progress.broken_off(&value))?;
        value = value.and(part.value);
    }
    let text = serde_json::to_string(&value).expect("it is of strings and numbers");
    Ok(Answer { text, value })
}

async fn ask(context: &Context, path: &[&str], body: &Value) -> Result<Answer<Upgraded>, CliError> {
    let client = &context.client;
    client.send_json(Method::POST, path, body).await
}

impl Upgraded {
    /// Both together.
    fn and(mut self, part: Self) -> Self {
        for component in part.components {
            match self.components.iter_mut().find(|it| it.is_same(&component)) {
                Some(known) => known.add(component),
                None => self.components.push(component),
            }
        }
        Self {
            looked_at: self.looked_at + part.looked_at,
            matched: self.matched + part.matched,
            tasks: self.tasks + part.tasks,
            next: part.next,
            ..self
        }
    }
}

impl Component {
    fn is_same(&self, other: &Self) -> bool {
        let change = |it: &Self| {
            let Self {
                namespace,
                component,
                from,
                to,
                ..
            } = it;
            [namespace, component, from, to].map(String::clone)
        };
        change(self) == change(other)
    }

    fn add(&mut self, other: Self) {
        self.tasks += other.tasks;
        self.steps += other.steps;
    }
}

/// How far it got, on a terminal; gone when dropped.
struct Progress {
    bar: ProgressBar,
    output: Output,
}

impl Progress {
    fn new(output: Output) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}");
        let style = style.expect("the template is written here");
        let bar = match output.is_json() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new_spinner().with_style(style),
        };
        bar.enable_steady_tick(TURN_INTERVAL);
        Self { bar, output }
    }

    fn show(&self, upgraded: &Upgraded) {
        let looked_at = units::count(upgraded.looked_at, "open task");
        self.bar.set_message(match upgraded.matched {
            0 => format!("looked at {looked_at}"),
            _ if upgraded.dry_run => format!("looked at {looked_at}"),
            _ => format!("{} of {looked_at} moved", upgraded.tasks),
        });
    }

    /// Says what stays, before what went wrong is told.
    fn broken_off(&self, upgraded: &Upgraded) {
        self.bar.finish_and_clear();
        if upgraded.tasks > 0 && !upgraded.dry_run && !self.output.is_json() {
            let moved = units::count(upgraded.tasks, "task");
            tell(&format!(
                "{moved} moved; the same command again goes on with the others\n"
            ));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
