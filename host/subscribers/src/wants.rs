//! Which events a subscription is of.

use tasker_domain::ids::TaskId;
use tasker_domain::subscription::{TEST, subject};
use tasker_engine::subscription::DeliveryRow;
use tasker_engine::wanted_rows::{RowKind, WantedRows};
use tasker_events::filter::{Filter, parse_types};
use tasker_events::{Event, Wants};

/// Which events a subscription is of. Types that this release does not know match nothing.
pub(crate) fn wants(row: &DeliveryRow) -> Wants {
    let types = row.types.as_deref().map(parse_types);
    let is_unknown = matches!(types, Some(Err(_)));
    let filter = Filter {
        types: types.and_then(Result::ok).unwrap_or_default(),
        template: row.template.clone(),
        task: row.task_id.map(TaskId),
        step: row.step.clone(),
        handler: row.handler.clone(),
        tag: row.tag.clone(),
        ..Filter::default()
    };
    let since = row.since;
    let own = subject(&row.name);
    let is_test =
        move |event: &Event| event.name == TEST && event.data.subject.as_deref() == Some(&own);
    // A test is a change.
    let mut rows = WantedRows::of_kinds([RowKind::Change]);
    if !is_unknown {
        rows.add(&filter.rows());
    }
    Wants::new(rows, move |event| {
        let is_wanted = !is_unknown && filter.matches(event);
        since.is_none_or(|since| event.at >= since) && (is_wanted || is_test(event))
    })
}
