//! Subscribers that count, fail, trap and never end.

use std::hint::black_box;
use tasker_sdk::prelude::*;

/// What tests write over, so that two versions differ.
static LABEL: [u8; 9] = *b"label-one";

tasker_sdk::subscribers! {
    /// Counts events: all, by subject, and by the version that counts.
    count,
    /// Fails for good at `subject 2`, and at the first try of `subject 3`; counts the others.
    picky,
    /// Traps at `subject 2`, and as `label-bad` always; counts the others.
    trap,
    /// Computes without end at `subject 2`; counts the others.
    spin,
    /// Writes down what the context and the event say.
    tell,
    /// Sends an event, which no subscriber may.
    send,
}

fn add(ctx: &Context, key: &str) -> Result<(), Failure> {
    let counts = ctx.kv("counts");
    let before = counts.get::<u64>(key)?;
    counts.replace(key, &before, &(before.value().unwrap_or(&0) + 1))
}

fn count(ctx: &Context, event: Event) -> Result<(), Failure> {
    let label = String::from_utf8_lossy(black_box(&LABEL)).into_owned();
    add(ctx, "total")?;
    add(ctx, &label)?;
    add(ctx, event.subject.as_deref().unwrap_or("none"))
}

fn picky(ctx: &Context, event: Event) -> Result<(), Failure> {
    // Written before the failure, and so not at all.
    add(ctx, "tries")?;
    match (event.subject.as_deref(), ctx.attempt()) {
        (Some("subject 2"), _) => Err(Failure::permanent("refused", "not this one")),
        (Some("subject 3"), 1) => Err(Failure::retryable("later", "not yet")),
        _ => count(ctx, event),
    }
}

fn trap(ctx: &Context, event: Event) -> Result<(), Failure> {
    if event.subject.as_deref() == Some("subject 2") || black_box(&LABEL) == b"label-bad" {
        panic!("out of order");
    }
    count(ctx, event)
}

fn spin(ctx: &Context, event: Event) -> Result<(), Failure> {
    let mut turns = 0_u64;
    while event.subject.as_deref() == Some("subject 2") {
        turns = black_box(turns.wrapping_add(1));
    }
    count(ctx, event)
}

fn tell(ctx: &Context, event: Event) -> Result<(), Failure> {
    let told = json!({
        "task": ctx.task_id(), "step": ctx.step_name(), "namespace": ctx.namespace(),
        "attempt": ctx.attempt(), "max_attempts": ctx.max_attempts(), "key": ctx.idempotency_key(),
        "id": event.id, "source": event.source, "type": event.event_type, "subject": event.subject,
        "time": event.time, "sequence": event.sequence, "correlation_id": event.correlation_id,
        "attributes": event.attributes, "data": event.data,
    });
    ctx.kv("counts").set("told", &told)
}

fn send(ctx: &Context, _event: Event) -> Result<(), Failure> {
    ctx.send_event("orders.charged", json!({}))
}
