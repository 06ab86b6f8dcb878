//! `tasker status`

use super::{Context, Exit, Painted, Result, Table, units};
use tasker_domain::health::{HealthState, HealthUnit};
use tasker_wire::health::{PartStatus, Status};

/// Show how well the host and its database are, part by part. Exit code 1 where something is down.
#[derive(Debug, clap::Args)]
pub struct ShowCommand {}

pub async fn run(context: &Context) -> Result {
    let answer = context.client.ask_status().await?;
    let table = Table::new([
        ("part", &|it: &PartStatus| it.part.clone()),
        ("status", &|it| it.status.sign()),
        ("value", &value),
        ("why", &|it| it.why.clone()),
    ]);
    let reply = context.show(&answer, |status| match context.output.is_quiet() {
        true => table.names(&ill(status)),
        false => format!("{}\n\n{}", table.rows(&status.parts), overall(status)),
    });
    let end = match answer.value.status {
        HealthState::Ok | HealthState::Degraded => Exit::Complete,
        HealthState::Down => Exit::Failed,
    };
    let is_well = answer.value.status == HealthState::Ok;
    Ok(reply
        .next((!is_well).then_some("tasker doctor"))
        .end(Ok(end)))
}

/// The parts that are not as they should be.
fn ill(status: &Status) -> Vec<PartStatus> {
    let parts = status.parts.iter();
    let ill = parts.filter(|part| part.status != HealthState::Ok);
    ill.cloned().collect()
}

fn overall(status: &Status) -> String {
    format!("tasker {}: {}", status.version, status.status.sign())
}

fn value(part: &PartStatus) -> String {
    let Some(value) = part.value else {
        return String::new();
    };
    match part.unit {
        HealthUnit::Seconds if value < 1.0 => format!("{:.0} ms", value * 1_000.0),
        HealthUnit::Seconds => format!("{value:.0} s"),
        HealthUnit::Bytes => units::size(value as u64),
        HealthUnit::Count => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(value: Option<f64>, unit: HealthUnit) -> PartStatus {
        PartStatus {
            part: "queue".to_owned(),
            status: HealthState::Ok,
            value,
            unit,
            why: String::new(),
        }
    }

    #[test]
    fn values_have_their_units() {
        let shown = |number, unit| value(&part(Some(number), unit));
        assert_eq!(shown(0.0042, HealthUnit::Seconds), "4 ms");
        assert_eq!(shown(95.4, HealthUnit::Seconds), "95 s");
        assert_eq!(shown(3.0, HealthUnit::Count), "3");
        assert_eq!(
            shown(f64::from(2 << 20), HealthUnit::Bytes),
            units::size(2 << 20)
        );
        assert_eq!(value(&part(None, HealthUnit::Bytes)), "");
    }
}
