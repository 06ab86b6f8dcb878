//! The handlers of the conformance suite in Rust: `tests/languages/cases.json` says what each does.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher as _;
use std::time::{Duration, SystemTime};
use tasker_sdk::http;
use tasker_sdk::prelude::*;

mod keeps;

use keeps::keeps;

tasker_sdk::handlers! {
    #![capabilities("kv counters", "events orders")]
    #![events(
        /// An order was charged.
        "orders.charged" => Charged,
    )]

    /// Counts the items of an order.
    #[errors("nothing_ordered")]
    place_order,
    echo, about, depends, portions, fails, throws, crashes, prints, logs, secret, keeps, sends, beats, fetches, big,
    random, clock,
}

#[derive(Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Card,
    Cash,
}

/// A line of an order.
#[derive(Deserialize, JsonSchema)]
struct Line {
    #[allow(dead_code, reason = "only read")]
    sku: String,
    count: u32,
}

#[derive(Deserialize, JsonSchema)]
struct Order {
    /// What the order is called.
    id: String,
    kind: Kind,
    price: f64,
    lines: Vec<Line>,
    note: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Receipt {
    id: String,
    items: u32,
    total: f64,
    kind: Kind,
    note: Option<String>,
}

fn place_order(order: Order) -> Result<Receipt, Failure> {
    let items: u32 = order.lines.iter().map(|line| line.count).sum();
    if items == 0 {
        return Err(Failure::permanent(
            "nothing_ordered",
            "the order has no items",
        ));
    }
    Ok(Receipt {
        id: order.id,
        items,
        total: f64::from(items) * order.price,
        kind: order.kind,
        note: order.note,
    })
}

fn echo(input: Value) -> Result<Value, Failure> {
    Ok(input)
}

fn about(ctx: &Context) -> Result<Value, Failure> {
    let config: Value = ctx.config()?;
    Ok(json!({
        "task_id": ctx.task_id(),
        "namespace": ctx.namespace(),
        "step": ctx.step_name(),
        "attempt": ctx.attempt(),
        "max_attempts": ctx.max_attempts(),
        "key": ctx.idempotency_key(),
        "correlation_id": ctx.correlation_id(),
        "traceparent": ctx.traceparent(),
        "has_time": ctx.remaining() > Duration::ZERO,
        "input": ctx.task_input::<Value>()?,
        "config": if config.is_null() { json!({}) } else { config },
        "checkpoint": ctx.checkpoint::<Value>()?,
    }))
}

#[derive(Deserialize, JsonSchema)]
struct Depends {
    step: String,
}

fn depends(ctx: &Context, input: Depends) -> Result<Value, Failure> {
    ctx.dependency(&input.step)
}

fn portions(ctx: &Context) -> Result<Outcome<u32, u32>, Failure> {
    let done = ctx.checkpoint::<u32>()?.unwrap_or(0) + 1;
    Ok(match done {
        0..3 => Outcome::Checkpoint(done),
        _ => Outcome::Complete(done),
    })
}

#[derive(Deserialize, JsonSchema)]
struct Fails {
    how: String,
}

fn fails(input: Fails) -> Result<(), Failure> {
    Err(match input.how.as_str() {
        "permanent" => Failure::permanent("card_declined", "the bank said no"),
        "retryable" => Failure::retryable("upstream_down", "the upstream said 503"),
        "after" => {
            Failure::retry_after(Duration::from_millis(1_500), "rate_limited", "not so fast")
        }
        "unicode" => Failure::permanent("wrong_name", "ünïcödé 😀"),
        _ => Failure::permanent("card_declined", "the bank said no")
            .with_details(json!({"balance": 3})),
    })
}

#[derive(Debug)]
struct Empty(fmt::Error);

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the till is empty: nobody filled it")
    }
}

impl std::error::Error for Empty {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn throws() -> Result<(), Empty> {
    Err(Empty(fmt::Error))
}

fn crashes(input: Value) -> Result<u64, Failure> {
    Ok(input["coins"].as_u64().expect("there are coins"))
}

fn prints() -> Result<(), Failure> {
    println!("printed 1");
    eprintln!("complained");
    Ok(())
}

fn logs() -> Result<(), Failure> {
    trace!("traced");
    debug!("debugged");
    info!(order_id = 7, name = "ünïcödé"; "informed");
    warn!("warned");
    error!("erred");
    Ok(())
}

#[derive(Deserialize, JsonSchema)]
struct Secret {
    name: String,
    clear: bool,
}

fn secret(ctx: &Context, input: Secret) -> Result<String, Failure> {
    match input.clear {
        true => ctx.secret_in_clear(&input.name),
        false => ctx.secret(&input.name),
    }
}

#[derive(Serialize, JsonSchema)]
struct Charged {
    amount: u32,
}

#[derive(Deserialize, JsonSchema)]
struct Send {
    name: String,
    payload: Value,
}

fn sends(ctx: &Context, input: Send) -> Result<(), Failure> {
    match input.name.as_str() {
        "orders.charged" => ctx.send_event(&input.name, Charged { amount: 3 }),
        _ => ctx.send_event(&input.name, input.payload),
    }
}

fn beats(ctx: &Context) -> Result<(), Failure> {
    ctx.heartbeat(json!({"done": 0.5}))
}

#[derive(Deserialize, JsonSchema)]
struct Fetch {
    method: String,
    url: String,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    success: bool,
    max: Option<u32>,
}

fn fetches(input: Fetch) -> Result<Value, Failure> {
    let mut request = http::request(input.method, input.url).body(input.body);
    for (name, value) in input.headers {
        request = request.header(name, value);
    }
    if let Some(max) = input.max {
        request = request.max_body_bytes(max as usize);
    }
    let mut response = request.send()?;
    if input.success {
        response = response.success()?;
    }
    Ok(json!({
        "status": response.status(), "type": response.header("Content-Type"), "body": response.text()?,
    }))
}

#[derive(Deserialize, JsonSchema)]
struct Big {
    bytes: u32,
}

fn big(input: Big) -> Result<String, Failure> {
    Ok("x".repeat(input.bytes as usize))
}

fn random() -> Result<[u64; 2], Failure> {
    let number = || RandomState::new().hash_one(0);
    Ok([number(), number()])
}

fn clock() -> Result<u64, Failure> {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Ok(u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}
