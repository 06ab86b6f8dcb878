use super::text::{is_paused, pin_now, rollout_lines, rollout_now};
use crate::pin_name::arguments;
use crate::{Context, InNamespace, Result, Table, Tone, units};
use tasker_wire::pin::{ListPins, Pin, Rollout};

pub(super) async fn run(of: InNamespace, context: &Context) -> Result {
    let table = Table::new([
        ("namespace", &|it: &Pin| it.namespace.clone()),
        ("kind", &|it| it.kind.into_str().to_owned()),
        ("name", &full_name),
        ("requirement", &takes),
        ("rollout", &|it| {
            it.rollout.as_ref().map(state).unwrap_or_default()
        }),
        ("set", &|it| units::age(it.created_at)),
        ("by", &|it| it.created_by.clone()),
    ])
    .or("no pins");
    let lines = |pin: &Pin| pin.rollout.as_ref().map(rollout_lines).unwrap_or_default();
    let table = table.named(&of_pin).with_lines(&lines);
    let pins = context
        .list(&of.order, ListPins {}, of.query(), table)
        .await?;
    Ok(pins.next(|page| next(&page.items)))
}

fn of_pin(pin: &Pin) -> String {
    arguments(pin.kind, &pin.namespace, &pin.target)
}

fn state(rollout: &Rollout) -> String {
    let tone = match is_paused(rollout) {
        true => Tone::Caution,
        false => Tone::Active,
    };
    tone.of(rollout.state)
}

fn next(pins: &[Pin]) -> Vec<String> {
    if pins.is_empty() {
        return vec!["tasker pin set template NAMESPACE/NAME@VERSION".to_owned()];
    }
    let is_paused = |pin: &&Pin| pin.rollout.as_ref().is_some_and(is_paused);
    let paused = pins.iter().filter(is_paused);
    let history = paused.map(|pin| format!("tasker rollout history {}", of_pin(pin)));
    history.collect()
}

/// `^1.0.0 (now 1.2.0) → =1.3.0 10 %`
fn takes(pin: &Pin) -> String {
    let (now, rollout) = (pin_now(pin), pin.rollout.as_ref());
    let rollout = rollout.map(|to| format!(" → {} {}", rollout_now(to), to.percent));
    now + &rollout.unwrap_or_default()
}

fn full_name(pin: &Pin) -> String {
    match pin.target.contains('/') {
        true => pin.target.clone(),
        false => format!("{}/{}", pin.namespace, pin.target),
    }
}
