//! A component's subscribers, run natively as the host runs them.

use tasker_sdk::json;
use tasker_sdk::prelude::*;
use tasker_sdk::testing::{Attempt, event};

tasker_sdk::subscribers! {
    #![capabilities("kv totals")]

    /// Sums amounts.
    ///
    /// By day.
    sums,

    checks => refuse_others,
}

#[derive(Deserialize)]
struct Charged {
    amount: u64,
}

fn sums(ctx: &Context, event: Event) -> Result<(), Failure> {
    let Charged { amount } = event.data_as()?;
    let totals = ctx.kv("totals");
    let before = totals.get::<u64>(event.day())?;
    totals.replace(
        event.day(),
        &before,
        &(before.value().unwrap_or(&0) + amount),
    )
}

fn refuse_others(event: Event) -> Result<(), std::fmt::Error> {
    match &*event.event_type {
        "orders.charged" => Ok(()),
        _ => Err(std::fmt::Error),
    }
}

#[test]
fn a_subscriber_adds_up_what_events_say() {
    let ctx = Attempt::new().context();
    for amount in [3, 4] {
        let event = event("orders.charged", json!({"amount": amount}));
        SUBSCRIBERS.handle("sums", &ctx, event).unwrap();
    }
    let total = ctx.kv("totals").get::<u64>("2026-01-31").unwrap();
    assert_eq!(total.into_value(), Some(7));
}

#[test]
fn data_that_does_not_fit_is_a_permanent_failure() {
    let ctx = Attempt::new().context();
    let failure = SUBSCRIBERS.handle("sums", &ctx, event("orders.charged", json!({})));
    let failure = failure.unwrap_err();
    let expected = ("invalid_event", tasker_sdk::Retry::Never);
    assert_eq!((failure.code(), failure.retry()), expected);
}

#[test]
fn an_error_of_any_type_is_a_failure() {
    let ctx = Attempt::new().context();
    let handled = |it| SUBSCRIBERS.handle("checks", &ctx, event(it, json!({})));
    assert!(handled("orders.charged").is_ok() && handled("other").is_err());
}

#[test]
fn a_subscriber_that_is_not_there_is_reported_with_those_that_are() {
    let ctx = Attempt::new().context();
    let failure = SUBSCRIBERS
        .handle("none", &ctx, event("x", json!({})))
        .unwrap_err();
    assert_eq!(failure.code(), "unknown_subscriber");
    assert!(
        failure.message().ends_with("it has sums, checks"),
        "{failure}"
    );
}

#[test]
fn a_component_describes_its_subscribers() {
    let descriptor: Value = SUBSCRIBERS.describe().parse().unwrap();
    assert_eq!(descriptor["handlers"], json!([]));
    assert_eq!(descriptor["capabilities"], json!(["kv totals"]));
    let sums = json!({"name": "sums", "description": "Sums amounts.\n\nBy day."});
    assert_eq!(descriptor["subscribers"][0], sums);
    assert_eq!(descriptor["subscribers"][1]["name"], "checks");
}
