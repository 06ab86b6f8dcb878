use super::text::{is_paused, pin_now, rollout_lines, rollout_now, with_lines};
use crate::client::pages;
use crate::paint::Tone;
use crate::pin_name::arguments;
use crate::{CliError, Context, units};
use tasker_domain::name::Name;
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::pin::{ListPins, Pin, Rollout};

pub(super) async fn run(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let query = NamespacePageQuery::of(namespace);
    let page = pages(&context.client, ListPins {}, query).await?;
    let pins = &page.value.items;
    let output = context.output;
    match output.is_quiet() {
        true => output.show(&page.text, || output.names(pins, of_pin))?,
        false => output.show(&page.text, || shown(context, pins))?,
    }
    output.next(next(pins));
    Ok(())
}

fn of_pin(pin: &Pin) -> String {
    arguments(pin.kind, &pin.namespace, &pin.target)
}

fn shown(context: &Context, pins: &[Pin]) -> String {
    let state = |rollout: &Rollout| {
        let tone = match is_paused(rollout) {
            true => Tone::Caution,
            false => Tone::Active,
        };
        context.output.paint.tone(tone, &rollout.state.to_string())
    };
    let table = context.output.columns(
        pins,
        [
            ("namespace", &|it| it.namespace.clone()),
            ("kind", &|it| it.kind.into_str().to_owned()),
            ("name", &full_name),
            ("requirement", &takes),
            ("rollout", &|it| {
                it.rollout.as_ref().map(state).unwrap_or_default()
            }),
            ("set", &|it| units::age(it.created_at)),
            ("by", &|it| it.created_by.clone()),
        ],
        "no pins",
    );
    with_lines(context, &table, pins, |pin| {
        pin.rollout.as_ref().map(rollout_lines).unwrap_or_default()
    })
}

fn next(pins: &[Pin]) -> Vec<String> {
    let paused = pins
        .iter()
        .filter(|pin| pin.rollout.as_ref().is_some_and(is_paused));
    match pins {
        [] => vec!["tasker pin set template NAMESPACE/NAME@VERSION".to_owned()],
        _ => paused
            .map(|pin| format!("tasker rollout history {}", of_pin(pin)))
            .collect(),
    }
}

/// `^1.0.0 (now 1.2.0) → =1.3.0 10 %`
fn takes(pin: &Pin) -> String {
    match &pin.rollout {
        Some(rollout) => format!(
            "{} → {} {}",
            pin_now(pin),
            rollout_now(rollout),
            rollout.percent
        ),
        None => pin_now(pin),
    }
}

fn full_name(pin: &Pin) -> String {
    match pin.target.contains('/') {
        true => pin.target.clone(),
        false => format!("{}/{}", pin.namespace, pin.target),
    }
}
