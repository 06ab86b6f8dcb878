//! Groups of errors as a table.

use super::bars::bar;
use crate::{Table, Tone, units};
use tasker_wire::analytics::ErrorGroup;

pub fn table(groups: &[ErrorGroup]) -> String {
    let most = groups.iter().map(|it| it.count).max().unwrap_or_default() as f64;
    Table::new([
        (
            "count",
            &(|it: &ErrorGroup| it.count.to_string()) as &dyn Fn(&ErrorGroup) -> String,
        ),
        ("", &|it| Tone::Bad.of(bar(it.count as f64, most))),
        ("code", &|it| it.code.clone()),
        ("last", &|it| units::age(it.last_at)),
        ("step", &|it| units::joined(&it.steps, ", ")),
        ("last task", &|it| it.task_id.to_string()),
        ("message", &|it| it.message.clone()),
    ])
    .or("no attempt failed")
    .rows(groups)
}
