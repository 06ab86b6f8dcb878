//! One handler for each thing that a guest should not do, and some that behave, straight against
//! the contract. The tests in `tests/sandbox` say what becomes of each.

wit_bindgen::generate!({
    path: "../../../wit",
    world: "described-step-handler",
});

mod fetch;
mod hoard;

use exports::tasker::step::{descriptor, handler};
use std::hint::black_box;
use tasker::step::context;
use tasker::step::log::{Level, log};
use tasker::step::types::{Failure, Outcome, Retry};

struct Handlers;

export!(Handlers);

const DESCRIPTOR: &str = r#"{
    "handlers": [
        {"name": "noop", "description": "Does nothing."},
        {"name": "echo", "input_schema": {"type": "object"}, "error_codes": ["none"]}
    ],
    "capabilities": ["http"],
    "from_a_later_version": true
}"#;

impl descriptor::Guest for Handlers {
    fn describe() -> String {
        DESCRIPTOR.to_owned()
    }
}

impl handler::Guest for Handlers {
    fn execute(name: String, input: String) -> Result<Outcome, Failure> {
        match name.as_str() {
            "noop" => complete("null"),
            "echo" => complete(&input),
            "about" => complete(&about()),
            "talks" => talks(),
            "logs_and_sleeps" => logs_and_sleeps(),
            "fetch" => fetch::status(input.trim_matches('"')),
            "request" => fetch::request(input.trim_matches('"')),
            "fetch_between" => fetch::between_bytes(input.trim_matches('"')),
            "fetch_connect" => fetch::connect(input.trim_matches('"')),
            "follow" => fetch::follow(input.trim_matches('"')),
            "fetch_flood" => fetch::flood(input.trim_matches('"')),
            "variable" => complete(&variable(input.trim_matches('"'))),
            "trap" => empty_till(),
            "exits" => std::process::exit(3),
            "endless_loop" => endless_loop(),
            "sleeps" => sleeps(),
            "memory_bomb" => memory_bomb(),
            "memory_refused" => memory_refused(),
            "stack_overflow" => complete(&deep_frames(1).to_string()),
            "wide_recursion" => complete(&wide_frames(1).to_string()),
            "deep_recursion" => complete(&deep_calls(1).to_string()),
            "oversized_result" => complete(&format!("\"{}\"", "x".repeat(2 << 20))),
            "log_flood" => log_flood(),
            "stdout_flood" => stdout_flood(),
            "host_call_flood" => host_call_flood(),
            "not_json" => complete("done"),
            "half_json" => complete("{\"a\": [1, 2"),
            "returns_failure_policy" => failure(Retry::Policy),
            "returns_failure_never" => failure(Retry::Never),
            "returns_failure_after" => failure(Retry::AfterMs(1_500)),
            "failure_with_bad_details" => failure_with_bad_details(),
            "checkpoint" => Ok(Outcome::Checkpoint("{\"page\": 3}".to_owned())),
            "choose" => Ok(Outcome::Choose(vec!["left".to_owned()])),
            "fan_out" => Ok(Outcome::FanOut(vec!["1".to_owned()])),
            "extension" => Ok(Outcome::Extension((
                "tasker.later".to_owned(),
                "{}".to_owned(),
            ))),
            "remembers" => remembers(),
            "heartbeat" => complete(&context::heartbeat(Some("{\"done\": 1}")).to_string()),
            "dependency" => {
                complete(&context::dependency(input.trim_matches('"')).unwrap_or("null".to_owned()))
            }
            "returns_code" => returns_code(input.trim_matches('"')),
            hoarder if hoarder.starts_with("hoard_") => {
                hoard::run(hoarder).expect("there is a hoarder of the name")
            }
            _ => Err(Failure {
                code: "unknown_handler".to_owned(),
                message: format!("there is no handler `{name}`"),
                details: None,
                retry: Retry::Policy,
            }),
        }
    }
}

fn complete(json: &str) -> Result<Outcome, Failure> {
    Ok(Outcome::Complete(json.to_owned()))
}

fn about() -> String {
    format!(
        r#"{{"task_id":"{}","namespace":"{}","step":"{}","attempt":{},"max_attempts":{},"key":"{}","correlation_id":"{}","remaining":{},"input":{},"config":{},"checkpoint":{}}}"#,
        context::task_id(),
        context::namespace(),
        context::step_name(),
        context::attempt(),
        context::max_attempts(),
        context::idempotency_key(),
        context::correlation_id(),
        context::remaining_ms() > 0,
        context::task_input(),
        context::config(),
        context::last_checkpoint().unwrap_or("null".to_owned()),
    )
}

fn talks() -> Result<Outcome, Failure> {
    println!("to stdout");
    eprintln!("to stderr");
    log(
        Level::Info,
        "to the log",
        &[("order".to_owned(), "7".to_owned())],
    );
    complete("null")
}

fn logs_and_sleeps() -> Result<Outcome, Failure> {
    let fields = [("order".to_owned(), "7".to_owned())];
    log(Level::Warn, "about to sleep", &fields);
    eprintln!("asleep");
    sleeps()
}

fn variable(name: &str) -> String {
    std::env::var(name).map_or("null".to_owned(), |value| format!("\"{value}\""))
}

#[inline(never)]
fn empty_till() -> ! {
    panic!("the till is empty")
}

fn endless_loop() -> ! {
    loop {
        black_box(0);
    }
}

fn sleeps() -> Result<Outcome, Failure> {
    std::thread::sleep(std::time::Duration::from_secs(3_600));
    complete("null")
}

fn memory_bomb() -> Result<Outcome, Failure> {
    let mut held: Vec<Vec<u8>> = Vec::new();
    loop {
        held.push(black_box(vec![1; 1 << 20]));
    }
}

/// Goes on with less, as a guest may.
fn memory_refused() -> Result<Outcome, Failure> {
    let mut held: Vec<u8> = Vec::new();
    let refused = held.try_reserve_exact(1 << 30).is_err();
    complete(if refused {
        "\"went on with less\""
    } else {
        "\"got it\""
    })
}

/// Fills the stack in linear memory.
#[expect(unconditional_recursion, reason = "it is the misbehaviour")]
#[inline(never)]
fn deep_frames(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    frame[1] + deep_frames(depth + 1) + frame[2]
}

/// Fills the stack in linear memory with a few frames.
#[expect(unconditional_recursion, reason = "it is the misbehaviour")]
#[inline(never)]
fn wide_frames(depth: u64) -> u64 {
    let frame = black_box([depth; 512]);
    frame[1] + wide_frames(depth + 1) + frame[2]
}

/// Fills the engine's stack, and none in linear memory.
#[inline(never)]
fn deep_calls(depth: u64) -> u64 {
    if depth == 0 {
        return 0;
    }
    deep_calls(depth + 1).rotate_left(3) ^ depth
}

fn log_flood() -> Result<Outcome, Failure> {
    for line in 0..10_000 {
        log(Level::Info, &format!("line {line} of far too many"), &[]);
    }
    complete("null")
}

fn stdout_flood() -> Result<Outcome, Failure> {
    let block = "y".repeat(4_096);
    for _ in 0..1_000 {
        print!("{block}");
    }
    complete("null")
}

fn host_call_flood() -> Result<Outcome, Failure> {
    loop {
        black_box(context::attempt());
    }
}

fn failure(retry: Retry) -> Result<Outcome, Failure> {
    Err(Failure {
        code: "card_declined".to_owned(),
        message: "the bank said no".to_owned(),
        details: Some("{\"bank\": \"first\"}".to_owned()),
        retry,
    })
}

fn returns_code(code: &str) -> Result<Outcome, Failure> {
    Err(Failure {
        code: code.to_owned(),
        message: "the bank said no".to_owned(),
        details: Some("{\"bank\": \"first\"}".to_owned()),
        retry: Retry::AfterMs(1_500),
    })
}

fn failure_with_bad_details() -> Result<Outcome, Failure> {
    Err(Failure {
        code: String::new(),
        message: "odd\0ly".to_owned(),
        details: Some("{not json".to_owned()),
        retry: Retry::Policy,
    })
}

/// Tells how often this instance was called before.
fn remembers() -> Result<Outcome, Failure> {
    static CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    complete(
        &CALLS
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .to_string(),
    )
}
