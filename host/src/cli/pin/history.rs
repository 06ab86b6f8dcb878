use super::pinned::Pinned;
use crate::cli::paint::Tone;
use crate::cli::{CliError, Context, list, units, view};
use chrono::Utc;

/// Show who changed a pin, when, why, from what to what; the newest change first.
#[derive(Debug, clap::Args)]
pub struct History {
    #[command(flatten)]
    pinned: Pinned,
}

impl History {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let target = self.pinned.target();
        let path = [&self.pinned.path(&target)[..], &["history"]].concat();
        let page = list::all::<view::PinChange>(&context.client, &path, &[]).await?;
        context
            .output
            .show(&page.text, || shown(context, &page.value.items))?;
        context
            .output
            .next(&[format!("tasker pin rollback {}", self.pinned.arguments())]);
        Ok(())
    }
}

/// A line a change, with the reason below it.
fn shown(context: &Context, changes: &[view::PinChange]) -> String {
    let rows = changes.iter().map(row).collect();
    let headings = ["when", "by", "change", "from", "to"];
    let table = context.output.table(headings, rows, "no changes");
    let mut lines: Vec<String> = Vec::new();
    for (place, line) in table.lines().enumerate() {
        lines.push(line.to_owned());
        let change = place.checked_sub(1).and_then(|at| changes.get(at));
        let reason = change.map_or("", |change| change.reason.as_str());
        let quiet = |line: &str| context.output.paint.tone(Tone::Quiet, &format!("  {line}"));
        lines.extend(reason.lines().map(quiet));
    }
    lines.join("\n")
}

fn row(change: &view::PinChange) -> [String; 5] {
    let action = change.action.trim_start_matches("pin.");
    [
        units::ago(change.at, Utc::now()),
        change.actor.clone(),
        action.to_owned(),
        view::pinned(change.from.as_ref(), change.ramp_from.as_ref()),
        view::pinned(change.to.as_ref(), change.ramp_to.as_ref()),
    ]
}
