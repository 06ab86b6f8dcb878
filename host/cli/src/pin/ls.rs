use super::with_lines;
use crate::paint::Tone;
use crate::{CliError, Context, list, units, view};
use chrono::Utc;
use tasker_domain::name::Name;

/// List the pins, with their ramps.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only those of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
}

impl Ls {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let query = list::filters([("namespace", self.namespace.map(String::from))]);
        let page = list::all::<view::Pin>(&context.client, &["pins"], &query).await?;
        context.output.show(&page.text, || {
            let rows = page.value.items.iter().map(|pin| row(context, pin));
            let table = context.output.table(
                [
                    "namespace",
                    "kind",
                    "name",
                    "requirement",
                    "ramp",
                    "set",
                    "by",
                ],
                rows.collect(),
                "no pins",
            );
            let ramp = |place: usize| page.value.items.get(place)?.ramp.as_ref();
            with_lines(context, &table, |place| {
                ramp(place).map(view::Ramp::lines).unwrap_or_default()
            })
        })?;
        context.output.next(&next(&page.value.items));
        Ok(())
    }
}

fn next(pins: &[view::Pin]) -> Vec<String> {
    let frozen = pins
        .iter()
        .filter(|pin| pin.ramp.as_ref().is_some_and(view::Ramp::is_frozen));
    match pins {
        [] => vec!["tasker pin set template NAMESPACE/NAME@VERSION".to_owned()],
        _ => frozen
            .map(|pin| format!("tasker pin history {}", arguments(pin)))
            .collect(),
    }
}

fn row(context: &Context, pin: &view::Pin) -> [String; 7] {
    let state = match &pin.ramp {
        Some(ramp) if ramp.is_frozen() => context.output.paint.tone(Tone::Caution, &ramp.state),
        Some(ramp) => context.output.paint.tone(Tone::Active, &ramp.state),
        None => String::new(),
    };
    [
        pin.namespace.clone(),
        pin.kind.clone(),
        full_name(pin),
        takes(pin),
        state,
        units::ago(pin.created_at, Utc::now()),
        pin.created_by.clone(),
    ]
}

/// `^1.0.0 (now 1.2.0) → =1.3.0 10 %`
fn takes(pin: &view::Pin) -> String {
    match &pin.ramp {
        Some(ramp) => format!("{} → {} {} %", pin.now(), ramp.now(), ramp.percent),
        None => pin.now(),
    }
}

fn full_name(pin: &view::Pin) -> String {
    match pin.target.contains('/') {
        true => pin.target.clone(),
        false => format!("{}/{}", pin.namespace, pin.target),
    }
}

fn arguments(pin: &view::Pin) -> String {
    let own = format!("{} {}", pin.kind, full_name(pin));
    match pin.target.contains('/') {
        true => format!("{own} --in {}", pin.namespace),
        false => own,
    }
}
