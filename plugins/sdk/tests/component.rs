//! A component's handlers, run natively as the host runs them.

use std::num::ParseIntError;
use tasker_sdk::json;
use tasker_sdk::prelude::*;
use tasker_sdk::testing::Attempt;

tasker_sdk::handlers! {
    #![capabilities("http", "events orders")]
    #![events(
        /// An order was charged.
        "orders.charged" => Number,
        "orders.done" => (),
    )]

    /// Doubles the input.
    ///
    /// Up to 64 bits.
    #[errors("overflow")]
    double,

    scale => scaled_by_config,
    count,
    nothing,
    portion,
    parse,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Number {
    value: u64,
}

fn double(Number { value }: Number) -> Result<u64, Failure> {
    value
        .checked_mul(2)
        .ok_or_else(|| Failure::permanent("overflow", "too much"))
}

fn scaled_by_config(ctx: &Context, Number { value }: Number) -> Result<u64, Failure> {
    Ok(value * ctx.config::<u64>()?)
}

fn count(ctx: &Context) -> Result<u32, Failure> {
    Ok(ctx.attempt())
}

fn nothing() -> Result<(), Failure> {
    Ok(())
}

fn portion(ctx: &Context) -> Result<Outcome<&'static str, u8>, Failure> {
    Ok(match ctx.checkpoint::<u8>()? {
        Some(_) => Outcome::Complete("done"),
        None => Outcome::Checkpoint(1),
    })
}

fn parse(text: String) -> Result<u8, ParseIntError> {
    text.parse()
}

fn run(name: &str, attempt: Attempt, input: &str) -> Result<Outcome<String, String>, Failure> {
    HANDLERS.execute(name, &attempt.context(), input)
}

fn complete(result: &str) -> Result<Outcome<String, String>, Failure> {
    Ok(Outcome::Complete(result.to_owned()))
}

#[test]
fn a_function_of_any_shape_is_a_handler() {
    assert_eq!(
        run("double", Attempt::new(), r#"{"value": 4}"#),
        complete("8")
    );
    assert_eq!(
        run("scale", Attempt::new().config(3), r#"{"value": 4}"#),
        complete("12")
    );
    assert_eq!(
        run("count", Attempt::new().attempt(2, 3), "{}"),
        complete("2")
    );
    assert_eq!(run("nothing", Attempt::new(), "{}"), complete("null"));
}

#[test]
fn work_in_portions_continues_from_its_checkpoint() {
    assert_eq!(
        run("portion", Attempt::new(), "{}"),
        Ok(Outcome::Checkpoint("1".to_owned()))
    );
    assert_eq!(
        run("portion", Attempt::new().checkpoint(1), "{}"),
        complete("\"done\"")
    );
}

#[test]
fn an_error_of_any_type_ends_as_a_failure() {
    assert_eq!(
        run("parse", Attempt::new(), "\"300\"").unwrap_err().code(),
        tasker_sdk::INTERNAL
    );
}

#[test]
fn input_that_does_not_fit_is_a_permanent_failure() {
    let failure = run("double", Attempt::new(), r#"{"value": -1}"#).unwrap_err();
    assert_eq!(
        (failure.code(), failure.retry()),
        ("invalid_input", tasker_sdk::Retry::Never)
    );
    assert!(
        failure
            .message()
            .starts_with("the input is wrong at `value`: "),
        "{failure}"
    );
}

#[test]
fn a_handler_that_is_not_there_is_reported_with_those_that_are() {
    let failure = run("triple", Attempt::new(), "{}").unwrap_err();
    assert_eq!(failure.code(), "unknown_handler");
    assert!(
        failure
            .message()
            .ends_with("it has double, scale, count, nothing, portion, parse"),
        "{failure}"
    );
}

#[test]
fn a_component_describes_itself() {
    let descriptor: Value = HANDLERS.describe().parse().unwrap();
    let double = &descriptor["handlers"][0];
    assert_eq!(descriptor["capabilities"], json!(["http", "events orders"]));
    let charged = &descriptor["events"]["orders.charged"];
    assert_eq!(charged["description"], "An order was charged.");
    assert_eq!(charged["schema"]["required"], json!(["value"]));
    assert_eq!(
        descriptor["events"]["orders.done"]["schema"]["type"],
        "null"
    );
    assert_eq!(double["name"], "double");
    assert_eq!(
        double["description"],
        "Doubles the input.\n\nUp to 64 bits."
    );
    assert_eq!(double["error_codes"], json!(["overflow"]));
    assert_eq!(double["input_schema"]["required"], json!(["value"]));
    assert_eq!(double["result_schema"]["type"], "integer");
    assert_eq!(descriptor["handlers"][3]["input_schema"], json!(true));
}
