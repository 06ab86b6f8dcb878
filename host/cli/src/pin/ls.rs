use super::text::{is_frozen, pin_now, ramp_lines, ramp_now, with_lines};
use crate::client::pages;
use crate::paint::Tone;
use crate::pin_name::arguments;
use crate::{CliError, Context, units};
use tasker_domain::name::Name;
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::pin::{ListPins, Pin, Ramp};

/// List the pins, with their ramps.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only those of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
}

impl Ls {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let query = NamespacePageQuery::of(self.namespace);
        let page = pages(&context.client, ListPins {}, query).await?;
        let pins = &page.value.items;
        context.output.show(&page.text, || shown(context, pins))?;
        context.output.next(next(pins));
        Ok(())
    }
}

fn shown(context: &Context, pins: &[Pin]) -> String {
    let state = |ramp: &Ramp| {
        let tone = match is_frozen(ramp) {
            true => Tone::Caution,
            false => Tone::Active,
        };
        context.output.paint.tone(tone, &ramp.state.to_string())
    };
    let table = context.output.columns(
        pins,
        [
            ("namespace", &|it| it.namespace.clone()),
            ("kind", &|it| it.kind.into_str().to_owned()),
            ("name", &full_name),
            ("requirement", &takes),
            ("ramp", &|it| {
                it.ramp.as_ref().map(state).unwrap_or_default()
            }),
            ("set", &|it| units::age(it.created_at)),
            ("by", &|it| it.created_by.clone()),
        ],
        "no pins",
    );
    with_lines(context, &table, pins, |pin| {
        pin.ramp.as_ref().map(ramp_lines).unwrap_or_default()
    })
}

fn next(pins: &[Pin]) -> Vec<String> {
    let frozen = pins
        .iter()
        .filter(|pin| pin.ramp.as_ref().is_some_and(is_frozen));
    match pins {
        [] => vec!["tasker pin set template NAMESPACE/NAME@VERSION".to_owned()],
        _ => frozen
            .map(|pin| arguments(pin.kind, &pin.namespace, &pin.target))
            .map(|pin| format!("tasker pin history {pin}"))
            .collect(),
    }
}

/// `^1.0.0 (now 1.2.0) → =1.3.0 10 %`
fn takes(pin: &Pin) -> String {
    match &pin.ramp {
        Some(ramp) => format!("{} → {} {}", pin_now(pin), ramp_now(ramp), ramp.percent),
        None => pin_now(pin),
    }
}

fn full_name(pin: &Pin) -> String {
    match pin.target.contains('/') {
        true => pin.target.clone(),
        false => format!("{}/{}", pin.namespace, pin.target),
    }
}
