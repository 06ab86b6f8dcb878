use crate::client::pages;
use crate::pin::Pinned;
use crate::pin::text::{is_paused, pinned as in_short, rollout_lines, with_lines};
use crate::{CliError, Context, units};
use tasker_domain::pin::{PastChange, standing};
use tasker_wire::page::PageQuery;
use tasker_wire::pin::{PinChange, ShowPinHistory};

pub(super) async fn run(pinned: &Pinned, context: &Context) -> Result<(), CliError> {
    let history = pinned.endpoint(ShowPinHistory::at);
    let page = pages(&context.client, history, PageQuery::default()).await?;
    let changes = &page.value.items;
    context
        .output
        .show(&page.text, || shown(context, changes))?;
    if can_go_back(changes) {
        let rollback = format!("tasker rollout rollback {}", pinned.arguments());
        context.output.next([rollback]);
    }
    Ok(())
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
    newest.and_then(PinChange::rollout_to).is_some() || standing(&past).next().is_some()
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
                in_short(it.from().as_ref(), it.rollout_from().as_ref())
            }),
            ("to", &|it| {
                in_short(it.to().as_ref(), it.rollout_to().as_ref())
            }),
        ],
        "no changes",
    );
    with_lines(context, &table, changes, below)
}

/// Why it was changed, and what watches the rollout that it made.
fn below(change: &PinChange) -> Vec<String> {
    let rollout = change.rollout_to();
    let rollout = rollout.filter(|rollout| rollout.guard.is_some() && !is_paused(rollout));
    let guarded = rollout.as_ref().map(rollout_lines).unwrap_or_default();
    let reason = change.reason.lines().map(str::to_owned);
    reason.chain(guarded).collect()
}
