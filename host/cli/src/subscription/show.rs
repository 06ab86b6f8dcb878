//! `tasker subscription show`

use super::{Context, Reference, Result, state};
use crate::Ask as _;
use crate::table::fields;
use crate::units;
use chrono::TimeDelta;
use tasker_wire::subscription::{ShowSubscription, Subscription};

pub(super) async fn show(name: &Reference, context: &Context) -> Result {
    let answer = context.call(name.family_at(ShowSubscription::at)).ask();
    let answer = answer.await?;
    let reply = context.show(&answer, text);
    let has_dead = answer.value.dead_letters > 0;
    let has_run = answer.value.runs > 0;
    let next = [
        has_dead.then(|| format!("tasker subscription dead-letters {name}")),
        has_run.then(|| format!("tasker subscription runs {name}")),
    ];
    Ok(reply.next(next.into_iter().flatten()))
}

fn text(it: &Subscription) -> String {
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    let age = |at: Option<_>| at.map(units::age).unwrap_or_default();
    fields([
        ("subscription", format!("{}/{}", it.namespace, it.name)),
        ("to", it.to.clone()),
        ("types", it.types.clone().unwrap_or("all".to_owned())),
        ("template", own(&it.template)),
        (
            "task",
            it.task.map(|id| id.0.to_string()).unwrap_or_default(),
        ),
        ("step", own(&it.step)),
        ("handler", own(&it.handler)),
        ("tag", own(&it.tag)),
        ("secrets", it.secrets.join(", ")),
        (
            "batch",
            it.batch.map(|most| most.to_string()).unwrap_or_default(),
        ),
        ("state", state(it)),
        ("ended", own(&it.ended_reason)),
        ("host", it.host.clone().unwrap_or("none".to_owned())),
        ("lag", lag(it)),
        ("cursor", it.cursor.clone()),
        ("delivered", it.delivered.to_string()),
        ("last delivery", age(it.delivered_at)),
        ("failed tries", it.failures.to_string()),
        ("last error", own(&it.last_error)),
        ("at", age(it.last_error_at)),
        ("dead letters", dead_letters(it)),
        ("by", it.created_by.clone()),
    ])
}

/// How late it is, and how much there may be.
fn lag(it: &Subscription) -> String {
    let late = units::span(TimeDelta::milliseconds(it.lag_ms));
    format!("{late}, {} of the log", units::count(it.lag_rows, "row"))
}

fn dead_letters(it: &Subscription) -> String {
    match it.dropped {
        0 => it.dead_letters.to_string(),
        dropped => format!("{}, {dropped} older ones dropped", it.dead_letters),
    }
}
