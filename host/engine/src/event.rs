//! Events of attempts, as they are written with their ends.

use tasker_domain::event::SentEvent;

/// `tasker.event`: one of them as the database takes it.
#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "tasker.event")]
pub(crate) struct EventRow {
    attempt_ord: i32,
    name: String,
    payload: String,
}

impl EventRow {
    /// All events of a batch of attempts, each with the place of its attempt in it.
    pub(crate) fn of_batch<'e>(batch: impl Iterator<Item = &'e [SentEvent]>) -> Vec<Self> {
        let numbered = (1..).zip(batch);
        let events = numbered.flat_map(|(attempt_ord, events)| {
            events.iter().map(move |event| Self {
                attempt_ord,
                name: event.name.to_string(),
                payload: event.payload.clone(),
            })
        });
        events.collect()
    }
}
