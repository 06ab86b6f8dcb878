//! Handlers that use secrets, kv and events, straight against the contract, and some that try to tell
//! what they must not.

wit_bindgen::generate!({
    path: "../../../wit",
    world: "step-handler",
});

mod forms;
mod kept;
mod send;
mod told;

use exports::tasker::step::handler;
use tasker::step::log::{Level, log};
use tasker::step::secrets::{self, Error};
use tasker::step::types::{Failure, Outcome, Retry};
use tasker::step::{context, types};

struct Handlers;

export!(Handlers);

impl handler::Guest for Handlers {
    /// The input is a JSON string of words, the name of a secret first.
    fn execute(name: String, input: String) -> Result<Outcome, Failure> {
        let words: Vec<&str> = input.trim_matches('"').split(' ').collect();
        let secret = words[0];
        match name.as_str() {
            "asks" => complete(&told(secrets::get(secret))),
            "asks_twice" => complete(&(token(secret) == token(secret)).to_string()),
            "reveals" => complete(&told(secrets::reveal(secret))),
            "sends" => send::header(words[1], &format!("Bearer {}", token(secret))),
            "sends_basic" => {
                let credentials = forms::base64(format!("{}:", token(secret)).as_bytes());
                send::header(words[1], &format!("Basic {credentials}"))
            }
            "posts" => {
                let body = format!("{{\"key\":\"{}\"}}", token(secret));
                send::body(words[1], "application/json", &body)
            }
            "tells" => tells(&clear(secret)),
            "fails" => fails(&clear(secret)),
            "checkpoints" => checkpoints(&clear(secret)),
            "counts" => kept::counts(words[0], words[1]),
            "keeps" => kept::keeps(words[0], words[1]),
            "keeps_secret" => kept::keeps_secret(words[0], &clear(words[1])),
            "keeps_and_fails" => kept::keeps_and_fails(words[0], words[1]),
            "keeps_on" => kept::keeps_on(words[0], words[1]),
            "is_refused" => kept::is_refused(words[0], words[1]),
            "sends_events" => told::sends(words[0]),
            "sends_events_on" => told::sends_on(words[0]),
            "sends_an_event_and_fails_once" => told::sends_and_fails_once(words[0]),
            "floods_with_events" => told::floods(words[0], words[1], words[2]),
            "sends_an_event_of_a_secret" => told::sends_secret(words[0], &clear(words[1])),
            "is_refused_events" => told::is_refused(words[0]),
            "sends_and_keeps" => {
                told::sends(words[0])?;
                kept::counts(words[1], words[2])
            }
            "panics" => panic!("the key is {}", clear(secret)),
            _ => Err(failure("unknown_handler", &name)),
        }
    }
}

fn token(secret: &str) -> String {
    secrets::get(secret).expect("it was granted")
}

fn clear(secret: &str) -> String {
    secrets::reveal(secret).expect("it was granted in clear")
}

fn complete(json: &str) -> Result<Outcome, Failure> {
    Ok(Outcome::Complete(json.to_owned()))
}

fn told(answer: Result<String, Error>) -> String {
    match answer {
        Ok(text) => format!("{{\"length\":{}}}", text.len()),
        Err(Error::Unknown) => "\"unknown\"".to_owned(),
        Err(Error::NotGranted) => "\"not granted\"".to_owned(),
        Err(Error::Extension((name, _))) => format!("\"{name}\""),
    }
}

/// Everywhere that a handler may leave something, in every form.
fn tells(clear: &str) -> Result<Outcome, Failure> {
    println!("stdout {clear}");
    eprintln!("stderr {clear}");
    print!("{clear}");
    let fields = forms::all(clear)
        .into_iter()
        .map(|form| ("form".to_owned(), form));
    log(
        Level::Info,
        &format!("log {clear}"),
        &fields.collect::<Vec<_>>(),
    );
    context::heartbeat(Some(&format!("\"{clear}\"")));
    let forms: Vec<String> = forms::all(clear)
        .iter()
        .map(|form| forms::json(form))
        .collect();
    complete(&format!(
        "{{\"told\":[{}],{}:1}}",
        forms.join(","),
        forms::json(clear)
    ))
}

fn fails(clear: &str) -> Result<Outcome, Failure> {
    Err(Failure {
        code: format!("key_{clear}"),
        message: format!("{clear} was declined; {}", forms::base64(clear.as_bytes())),
        details: Some(format!("{{\"key\":{}}}", forms::json(clear))),
        retry: Retry::Never,
    })
}

fn checkpoints(clear: &str) -> Result<Outcome, Failure> {
    match context::last_checkpoint() {
        None => Ok(Outcome::Checkpoint(format!("[{}]", forms::json(clear)))),
        Some(kept) => complete(&kept),
    }
}

pub(crate) fn failure(code: &str, message: &str) -> types::Failure {
    Failure {
        code: code.to_owned(),
        message: message.to_owned(),
        details: None,
        retry: Retry::Never,
    }
}
