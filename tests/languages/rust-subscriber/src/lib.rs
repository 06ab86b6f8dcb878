//! The subscriber of the conformance suite in Rust: `tests/languages/cases.json` says what it does.

use tasker_sdk::prelude::*;

tasker_sdk::subscribers! {
    #![capabilities("kv counters")]

    /// Counts events by their type.
    counts,
}

fn counts(ctx: &Context, event: Event) -> Result<(), Failure> {
    if event.data["fail"] == true {
        return Err(Failure::permanent("refused", "not this one"));
    }
    let counters = ctx.kv("counters");
    let found = counters.get::<u64>(&event.event_type)?;
    let count = found.value().unwrap_or(&0) + 1;
    counters.replace(&event.event_type, &found, &count)?;
    let told = json!({
        "id": event.id, "subject": event.subject, "time": event.time, "attributes": event.attributes,
        "data": event.data,
    });
    counters.set("seen", &told)
}
