use crate::pin::Pinned;
use crate::pin::text::{is_paused, pinned as in_short, rollout_lines};
use crate::{Context, Result, Table, units};
use tasker_domain::pin::{PastChange, standing};
use tasker_wire::page::PageQuery;
use tasker_wire::pin::{PinChange, ShowPinHistory};

/// A line a change, with the reason below it.
pub(super) async fn run(pinned: &Pinned, context: &Context) -> Result {
    let history = pinned.endpoint(ShowPinHistory::at);
    let action = |it: &PinChange| it.action.trim_start_matches("pin.").to_owned();
    let table = Table::new([
        ("when", &|it: &PinChange| units::age(it.at)),
        ("by", &|it| it.actor.clone()),
        ("change", &action),
        ("from", &from),
        ("to", &to),
    ])
    .or("no changes");
    let changes = context.all(history, PageQuery::default()).await?;
    let reply = context.show(&changes, |page| table.with_lines(&below).rows(&page.items));
    let rollback = format!("tasker rollout rollback {}", pinned.arguments());
    Ok(reply.next(can_go_back(&changes.value.items).then_some(rollback)))
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

fn from(change: &PinChange) -> String {
    in_short(change.from().as_ref(), change.rollout_from().as_ref())
}

/// Where the versions and the share stay, what became of the rollout.
fn to(change: &PinChange) -> String {
    let rollout = change.rollout_to();
    let to = in_short(change.to().as_ref(), rollout.as_ref());
    match rollout {
        _ if to != from(change) => to,
        Some(rollout) => rollout.state.to_string(),
        None => "the same".to_owned(),
    }
}

/// Why it was changed, and what watches the rollout that it made.
fn below(change: &PinChange) -> Vec<String> {
    let rollout = change.rollout_to();
    let rollout = rollout.filter(|rollout| rollout.guard.is_some() && !is_paused(rollout));
    let guarded = rollout.as_ref().map(rollout_lines).unwrap_or_default();
    let reason = change.reason.lines().map(str::to_owned);
    reason.chain(guarded).collect()
}
