//! Events of attempts, as they are written with their ends.

use super::engine::Completed;

/// `tasker.event`: one of them as the database takes it.
#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "tasker.event")]
pub(crate) struct EventRow {
    attempt_ord: i32,
    name: String,
    payload: String,
}

impl EventRow {
    /// All events of a batch, each with the place of its attempt in it.
    pub(crate) fn of_batch(batch: &[Completed]) -> Vec<Self> {
        let numbered = (1..).zip(batch);
        let events = numbered.flat_map(|(attempt_ord, completed)| {
            completed.events.iter().map(move |event| Self {
                attempt_ord,
                name: event.name.to_string(),
                payload: event.payload.clone(),
            })
        });
        events.collect()
    }
}
