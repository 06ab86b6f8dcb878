//! The subscribers of the component `demo/totals`.

use tasker_sdk::prelude::*;

/// The bucket of the totals.
const TOTALS: &str = "totals";

tasker_sdk::subscribers! {
    #![capabilities("kv totals")]

    /// Counts the events of each day by their type.
    totals,
}

fn totals(ctx: &Context, event: Event) -> Result<(), Failure> {
    let key = format!("{}/{}", event.day(), event.event_type);
    let totals = ctx.kv(TOTALS);
    let before = totals.get::<u64>(&key)?;
    totals.replace(&key, &before, &(before.value().unwrap_or(&0) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::{Attempt, event};

    #[test]
    fn events_are_counted_by_day_and_type() {
        let ctx = Attempt::new().context();
        for _ in 0..2 {
            totals(&ctx, event("tasker.task.completed", json!({}))).unwrap();
        }
        let key = "2026-01-31/tasker.task.completed";
        let total = ctx.kv(TOTALS).get::<u64>(key).unwrap();
        assert_eq!(total.into_value(), Some(2));
    }
}
