//! Write Tasker step handlers, and subscribers to events, as plain typed functions.
//!
//! A handler takes what serde can read and returns what serde can write, or a [`Failure`].
//! [`handlers!`] exports any number of them as one WebAssembly component, described by the JSON
//! Schemas of their types:
//!
//! ```
//! use tasker_sdk::prelude::*;
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct Greet {
//!     name: String,
//! }
//!
//! #[derive(Serialize, JsonSchema)]
//! struct Greeting {
//!     text: String,
//! }
//!
//! fn greet(input: Greet) -> Result<Greeting, Failure> {
//!     if input.name.is_empty() {
//!         return Err(Failure::permanent("nobody", "there is no one to greet"));
//!     }
//!     Ok(Greeting { text: format!("Hello, {}!", input.name) })
//! }
//!
//! tasker_sdk::handlers! {
//!     /// Says hello.
//!     #[errors("nobody")]
//!     greet,
//! }
//! # fn main() {}
//! ```
//!
//! [`subscribers!`] exports functions that are called with the events of a namespace.
//!
//! The crate that holds them is a `cdylib`, built for `wasm32-wasip2`: `tasker new` writes one,
//! `tasker build` builds it. A fresh instance runs every attempt, so nothing is kept between two.

#![warn(missing_docs)]

#[rustfmt::skip]
pub mod bindings;
pub mod component;
mod context;
#[cfg(target_family = "wasm")]
pub mod entry;
mod events;
mod failure;
pub mod handler;
#[cfg(target_family = "wasm")]
mod host;
#[cfg(feature = "http")]
pub mod http;
mod json;
pub mod kv;
pub mod log;
mod macros;
mod outcome;
pub mod subscriber;
#[rustfmt::skip]
pub mod subscriber_bindings;
mod subscriber_macros;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

pub use component::Handlers;
pub use context::Context;
pub use failure::{Failure, INTERNAL, OrFail, Retry};
pub use outcome::{IntoOutcome, Outcome, TextOutcome};
pub use serde_json::{Value, json};
pub use subscriber::{Event, Subscribers};

/// Everything that most handlers need.
pub mod prelude {
    pub use crate::{
        Context, Event, Failure, OrFail, Outcome, Value, debug, error, info, trace, warn,
    };
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
    pub use serde_json::json;
}
