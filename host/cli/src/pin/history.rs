use super::pinned::Pinned;
use super::text::{is_frozen, pinned, ramp_lines, with_lines};
use crate::client::pages;
use crate::{CliError, Context, units};
use tasker_domain::pin::{PastChange, standing};
use tasker_wire::page::PageQuery;
use tasker_wire::pin::{PinChange, ShowPinHistory};

/// Show the history of a pin, newest change first.
#[derive(Debug, clap::Args)]
pub struct History {
    #[command(flatten)]
    pinned: Pinned,
}

impl History {
    pub(super) async fn run(self, context: &Context) -> Result<(), CliError> {
        let history = self.pinned.endpoint(ShowPinHistory::at);
        let page = pages(&context.client, history, PageQuery::default()).await?;
        let changes = &page.value.items;
        context
            .output
            .show(&page.text, || shown(context, changes))?;
        if can_go_back(changes) {
            let rollback = format!("tasker pin rollback {}", self.pinned.arguments());
            context.output.next([rollback]);
        }
        Ok(())
    }
}

/// True where the newest change left something that can be taken back.
fn can_go_back(newest_first: &[PinChange]) -> bool {
    let newest = newest_first.first();
    let past = newest_first.iter().map(|change| PastChange {
        id: change.id,
        from: change.from().map(String::from),
        to: change.to().map(String::from),
        undid: change.undid(),
    });
    let past: Vec<_> = past.collect();
    newest.and_then(PinChange::ramp_to).is_some() || standing(&past).next().is_some()
}

/// A line a change, with the reason below it.
fn shown(context: &Context, changes: &[PinChange]) -> String {
    let table = context.output.columns(
        changes,
        [
            ("when", &|it| units::age(it.at)),
            ("by", &|it| it.actor.clone()),
            ("change", &|it| {
                it.action.trim_start_matches("pin.").to_owned()
            }),
            ("from", &|it| {
                pinned(it.from().as_ref(), it.ramp_from().as_ref())
            }),
            ("to", &|it| pinned(it.to().as_ref(), it.ramp_to().as_ref())),
        ],
        "no changes",
    );
    with_lines(context, &table, changes, below)
}

/// Why it was changed, and what watches the ramp that it made.
fn below(change: &PinChange) -> Vec<String> {
    let ramp = change.ramp_to();
    let ramp = ramp.filter(|ramp| ramp.guard.is_some() && !is_frozen(ramp));
    let guarded = ramp.as_ref().map(ramp_lines).unwrap_or_default();
    let reason = change.reason.lines().map(str::to_owned);
    reason.chain(guarded).collect()
}
