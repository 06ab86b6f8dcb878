//! What an attempt that did not fail asks of the host.

use crate::bindings::tasker::step::types as wit;
use crate::{Failure, json};
use schemars::{JsonSchema, Schema};
use serde::Serialize;

/// For handlers that do their work in portions: done, or call again from here.
///
/// A handler that always finishes returns its result as it is.
///
/// ```
/// use tasker_sdk::prelude::*;
///
/// fn import(ctx: &Context) -> Result<Outcome<u64, u64>, Failure> {
///     let done = ctx.checkpoint::<u64>()?.unwrap_or(0) + 1_000;
///     if done < 10_000 {
///         return Ok(Outcome::Checkpoint(done));
///     }
///     Ok(Outcome::Complete(done))
/// }
/// # import(&tasker_sdk::testing::Attempt::new().context()).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T, C> {
    /// Done, with this result.
    Complete(T),
    /// Not done: the host keeps this and calls again; it survives crashes and retries.
    Checkpoint(C),
}

/// An outcome as JSON text, as it crosses to the host.
pub type TextOutcome = Outcome<String, String>;

/// What a handler may return: any result that serde can write, or an [`Outcome`].
pub trait IntoOutcome {
    /// The same as JSON text.
    fn into_outcome(self) -> Result<TextOutcome, Failure>;

    /// The JSON Schema of the result.
    fn result_schema() -> Schema;
}

impl<T: Serialize + JsonSchema> IntoOutcome for T {
    fn into_outcome(self) -> Result<TextOutcome, Failure> {
        json::write("result", &self).map(Outcome::Complete)
    }

    fn result_schema() -> Schema {
        json::result_schema::<T>()
    }
}

impl<T: Serialize + JsonSchema, C: Serialize> IntoOutcome for Outcome<T, C> {
    fn into_outcome(self) -> Result<TextOutcome, Failure> {
        match self {
            Self::Complete(result) => json::write("result", &result).map(Outcome::Complete),
            Self::Checkpoint(kept) => json::write("checkpoint", &kept).map(Outcome::Checkpoint),
        }
    }

    fn result_schema() -> Schema {
        json::result_schema::<T>()
    }
}

impl From<TextOutcome> for wit::Outcome {
    fn from(outcome: TextOutcome) -> Self {
        match outcome {
            Outcome::Complete(result) => Self::Complete(result),
            Outcome::Checkpoint(kept) => Self::Checkpoint(kept),
        }
    }
}
