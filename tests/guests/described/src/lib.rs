//! Handlers that return their input; one named `sends` sends an event before. Tests write the descriptor
//! that they want over the empty one, which leaves room for it.

wit_bindgen::generate!({
    path: "../../../wit",
    world: "described-step-handler",
});

use exports::tasker::step::{descriptor, handler};
use handler::{Failure, Outcome};
use std::hint::black_box;
use tasker::step::events;

struct Handler;

export!(Handler);

/// What tests look for.
const EMPTY: &[u8] = br#"{"handlers":[]}"#;
/// The most bytes of a descriptor.
const ROOM: usize = 4_096;

static DESCRIPTOR: [u8; ROOM] = {
    let mut room = [b' '; ROOM];
    let mut at = 0;
    while at < EMPTY.len() {
        room[at] = EMPTY[at];
        at += 1;
    }
    room
};

impl descriptor::Guest for Handler {
    fn describe() -> String {
        let text = String::from_utf8_lossy(black_box(&DESCRIPTOR));
        text.trim_end().to_owned()
    }
}

impl handler::Guest for Handler {
    fn execute(name: String, input: String) -> Result<Outcome, Failure> {
        if name == "sends" {
            // It is checked against its schema by the host.
            let _ = events::send("orders.charged", &input);
        }
        Ok(Outcome::Complete(input))
    }
}
