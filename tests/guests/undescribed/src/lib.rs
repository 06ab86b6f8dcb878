//! The least that a component must have: one handler, of any name, that returns its input.

wit_bindgen::generate!({
    path: "../../../wit",
    world: "step-handler",
});

use exports::tasker::step::handler::{Failure, Guest, Outcome};

struct Handler;

export!(Handler);

impl Guest for Handler {
    fn execute(_name: String, input: String) -> Result<Outcome, Failure> {
        Ok(Outcome::Complete(input))
    }
}
