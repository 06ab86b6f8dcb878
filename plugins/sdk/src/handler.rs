//! A handler is a plain typed function; this is what makes it one.

use crate::{Context, Failure, IntoOutcome, TextOutcome, json};
use schemars::{JsonSchema, Schema, json_schema};
use serde::de::DeserializeOwned;

/// A function that [`handlers!`](crate::handlers) can export. Four shapes are handlers:
///
/// ```text
/// fn(Input) -> Result<Output, E>
/// fn(&Context, Input) -> Result<Output, E>
/// fn(&Context) -> Result<Output, E>
/// fn() -> Result<Output, E>
/// ```
///
/// `Input` is what serde can read and schemars can describe, `Output` the same for writing (or an
/// [`Outcome`](crate::Outcome) of it), `E` a [`Failure`] or any error that becomes one. `Shape` only tells the four
/// apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step handler",
    note = "write `fn(Input) -> Result<Output, Failure>`, with `&Context` first if it needs one",
    note = "`Input` derives `Deserialize` and `JsonSchema`, `Output` derives `Serialize` and `JsonSchema`"
)]
pub trait Handler<Shape> {
    /// Reads the input, calls the function and writes what it returned.
    fn run(&self, ctx: &Context, input: &str) -> Result<TextOutcome, Failure>;

    /// The JSON Schema of the input; of any input where the function takes none.
    fn input_schema(&self) -> Schema;

    /// The JSON Schema of the result.
    fn result_schema(&self) -> Schema;
}

/// Shape of `fn(Input)`.
#[derive(Debug)]
pub struct TakesInput<I>(I);
/// Shape of `fn(&Context, Input)`.
#[derive(Debug)]
pub struct TakesBoth<I>(I);
/// Shape of `fn(&Context)`.
#[derive(Debug)]
pub struct TakesContext;
/// Shape of `fn()`.
#[derive(Debug)]
pub struct TakesNothing;

impl<F, I, O, E> Handler<TakesInput<I>> for F
where
    F: Fn(I) -> Result<O, E>,
    I: DeserializeOwned + JsonSchema,
    O: IntoOutcome,
    E: Into<Failure>,
{
    fn run(&self, _ctx: &Context, input: &str) -> Result<TextOutcome, Failure> {
        self(json::read("input", input)?)
            .map_err(Into::into)?
            .into_outcome()
    }

    fn input_schema(&self) -> Schema {
        json::input_schema::<I>()
    }

    fn result_schema(&self) -> Schema {
        O::result_schema()
    }
}

impl<F, I, O, E> Handler<TakesBoth<I>> for F
where
    F: Fn(&Context, I) -> Result<O, E>,
    I: DeserializeOwned + JsonSchema,
    O: IntoOutcome,
    E: Into<Failure>,
{
    fn run(&self, ctx: &Context, input: &str) -> Result<TextOutcome, Failure> {
        self(ctx, json::read("input", input)?)
            .map_err(Into::into)?
            .into_outcome()
    }

    fn input_schema(&self) -> Schema {
        json::input_schema::<I>()
    }

    fn result_schema(&self) -> Schema {
        O::result_schema()
    }
}

impl<F, O, E> Handler<TakesContext> for F
where
    F: Fn(&Context) -> Result<O, E>,
    O: IntoOutcome,
    E: Into<Failure>,
{
    fn run(&self, ctx: &Context, _input: &str) -> Result<TextOutcome, Failure> {
        self(ctx).map_err(Into::into)?.into_outcome()
    }

    fn input_schema(&self) -> Schema {
        json_schema!(true)
    }

    fn result_schema(&self) -> Schema {
        O::result_schema()
    }
}

impl<F, O, E> Handler<TakesNothing> for F
where
    F: Fn() -> Result<O, E>,
    O: IntoOutcome,
    E: Into<Failure>,
{
    fn run(&self, _ctx: &Context, _input: &str) -> Result<TextOutcome, Failure> {
        self().map_err(Into::into)?.into_outcome()
    }

    fn input_schema(&self) -> Schema {
        json_schema!(true)
    }

    fn result_schema(&self) -> Schema {
        O::result_schema()
    }
}
