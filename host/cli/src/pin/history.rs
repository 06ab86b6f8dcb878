use super::pinned::Pinned;
use super::with_lines;
use crate::{CliError, Context, list, units, view};
use chrono::Utc;
use tasker_domain::pin::{PastChange, standing};

/// Show the history of a pin, newest change first.
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
        if can_go_back(&page.value.items) {
            context
                .output
                .next(&[format!("tasker pin rollback {}", self.pinned.arguments())]);
        }
        Ok(())
    }
}

/// True where the newest change left something that can be taken back.
fn can_go_back(newest_first: &[view::PinChange]) -> bool {
    let has_ramp = newest_first
        .first()
        .is_some_and(|newest| newest.ramp_to.is_some());
    let past = newest_first.iter().map(|change| PastChange {
        id: change.id,
        from: change.from.clone(),
        to: change.to.clone(),
        undid: change.undid,
    });
    let past: Vec<_> = past.collect();
    has_ramp || standing(&past).next().is_some()
}

/// A line a change, with the reason below it.
fn shown(context: &Context, changes: &[view::PinChange]) -> String {
    let rows = changes.iter().map(row).collect();
    let headings = ["when", "by", "change", "from", "to"];
    let table = context.output.table(headings, rows, "no changes");
    with_lines(context, &table, |place| {
        changes.get(place).map(below).unwrap_or_default()
    })
}

/// Why it was changed, and what watches the ramp that it made.
fn below(change: &view::PinChange) -> Vec<String> {
    let ramp = change
        .ramp_to
        .as_ref()
        .filter(|ramp| ramp.guard.is_some() && !ramp.is_frozen());
    let guarded = ramp.map(view::Ramp::lines).unwrap_or_default();
    let reason = change.reason.lines().map(str::to_owned);
    reason.chain(guarded).collect()
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
