//! Handlers that have the host keep or lift as much as it lets them. Each goes on until the host ends it,
//! or completes with what it got.

use crate::exports::tasker::step::handler::{Failure, Outcome};
use crate::tasker::step::log::{Level, log};
use crate::tasker::step::{context, events, kv, secrets};
use std::hint::black_box;
use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{Fields, Method, OutgoingBody, OutgoingRequest, Scheme};
use wasip2::io::poll::poll;
use wasip2::random::random::get_random_bytes;

/// How many resources of one kind are asked for.
const MANY: usize = 1_000_000;
/// Nanoseconds that none of these lives.
const LONG_NS: u64 = 3_600_000_000_000;

/// Runs the hoarder of that name; `None` if there is none.
pub fn run(name: &str) -> Option<Result<Outcome, Failure>> {
    match name {
        "hoard_log_fields" => log_fields(),
        "hoard_log_message" => log(Level::Info, &large(), &[]),
        "hoard_progress" => _ = context::heartbeat(Some(&large())),
        "hoard_stdout" => stdout(),
        "hoard_names" => names(),
        "hoard_kv" => kv_values(),
        "hoard_events" => events_sent(),
        "hoard_random" => _ = black_box(get_random_bytes(1 << 30)),
        "hoard_fields" => fields(),
        "hoard_empty_fields" => _ = black_box(kept(|_| Fields::new())),
        "hoard_header" => header(),
        "hoard_pollables" => _ = black_box(kept(|_| subscribe_duration(LONG_NS))),
        "hoard_polls" => polls(),
        "hoard_methods" => _ = black_box(kept(method)),
        "hoard_bodies" => _ = black_box(kept(body)),
        "hoard_trailers" => _ = black_box(kept(trailers)),
        "hoard_exchanges" => _ = black_box(kept(|_| handle(request(), None))),
        "hoard_answer" => return Some(Ok(Outcome::FanOut(vec![String::new(); 2_700_000]))),
        "hoard_result" => return Some(Ok(Outcome::Complete(large()))),
        _ => return None,
    }
    Some(Ok(Outcome::Complete("null".to_owned())))
}

/// More than the host takes at once, and less than a half of what the guest has.
fn large() -> String {
    "x".repeat(40 << 20)
}

fn kept<T>(make: impl Fn(usize) -> T) -> Vec<T> {
    (0..MANY).map(make).collect()
}

fn log_fields() {
    let fields = vec![(String::new(), String::new()); 2_700_000];
    for _ in 0..10 {
        log(Level::Info, "", &fields);
    }
}

fn stdout() {
    let block = "y".repeat(4_095) + "\n";
    for _ in 0..20_000 {
        print!("{block}");
    }
}

fn names() {
    let name = large();
    _ = context::dependency(&name);
    _ = secrets::get(&name);
}

fn kv_values() {
    let value = format!("\"{}\"", "v".repeat(60 << 10));
    for key in 0..MANY {
        _ = black_box(kv::set("hoard", &key.to_string(), &value));
        if key == 200 {
            _ = kv::set("hoard", "large", &large());
        }
    }
}

fn events_sent() {
    let payload = format!("\"{}\"", "p".repeat(15 << 10));
    loop {
        _ = black_box(events::send("hoard.one", &payload));
    }
}

/// Kept without any grant of HTTP.
fn fields() {
    let value = vec![b'h'; 100_000];
    let list = [("x-hoard".to_owned(), value)];
    black_box(kept(|_| Fields::from_list(&list)));
}

fn header() {
    let fields = Fields::new();
    _ = fields.append("x-hoard", large().as_bytes());
    loop {
        _ = black_box(fields.append("x-hoard", b"h"));
    }
}

fn polls() {
    let pollable = subscribe_duration(1);
    let list = vec![&pollable; 2 * MANY];
    for _ in 0..10 {
        black_box(poll(&list));
    }
}

/// The first are longer than the host takes, the others as long as it takes.
fn method(index: usize) -> OutgoingRequest {
    let request = request();
    let long = "M".repeat(if index < 10 { 8 << 20 } else { 60 << 10 });
    _ = request.set_method(&Method::Other(long.clone()));
    _ = request.set_path_with_query(Some(&format!("/{long}")));
    _ = request.set_authority(Some(&long));
    request
}

fn request() -> OutgoingRequest {
    let request = OutgoingRequest::new(Fields::new());
    _ = request.set_scheme(Some(&Scheme::Http));
    _ = request.set_authority(Some("nowhere.example"));
    _ = request.set_path_with_query(Some("/"));
    request
}

fn body(_: usize) -> (OutgoingRequest, OutgoingBody) {
    let request = request();
    let body = request.body().expect("it is taken once");
    let stream = body.write().expect("it is taken once");
    while let Ok(bytes @ 1..) = stream.check_write() {
        if stream.write(&vec![b'b'; bytes as usize]).is_err() {
            break;
        }
    }
    drop(stream);
    (request, body)
}

fn trailers(_: usize) -> OutgoingRequest {
    let request = request();
    let body = request.body().expect("it is taken once");
    let list = [("x-hoard".to_owned(), vec![b't'; 100_000])];
    let trailers = Fields::from_list(&list).expect("they are small enough");
    _ = OutgoingBody::finish(body, Some(trailers));
    request
}
