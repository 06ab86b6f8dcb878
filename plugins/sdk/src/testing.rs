//! Handlers are plain functions: tests call them natively, with an attempt made up here.

use crate::context::{Answers, SecretError};
use crate::events::{EventError, Events};
use crate::kv::{Entries, KvError};
use crate::{Context, Event, Value};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// An attempt made up for a test.
///
/// ```
/// use tasker_sdk::prelude::*;
/// use tasker_sdk::testing::Attempt;
///
/// fn total(ctx: &Context) -> Result<u64, Failure> {
///     let shipping: u64 = ctx.config()?;
///     Ok(ctx.dependency::<u64>("price")? + shipping)
/// }
///
/// let ctx = Attempt::new().dependency("price", 100).config(5).context();
/// assert_eq!(total(&ctx).unwrap(), 105);
/// ```
#[derive(Clone, Debug)]
pub struct Attempt(MadeUp);

#[derive(Clone, Debug)]
pub(crate) struct MadeUp {
    step_name: String,
    attempt: u32,
    max_attempts: u32,
    remaining: Duration,
    task_input: String,
    dependencies: BTreeMap<String, String>,
    config: String,
    checkpoint: Option<String>,
    cancelled: bool,
    secrets: BTreeMap<String, String>,
    kv: RefCell<BTreeMap<(String, String), (String, u64)>>,
    events: RefCell<Vec<(String, String)>>,
}

impl Default for Attempt {
    fn default() -> Self {
        Self::new()
    }
}

impl Attempt {
    /// The first of three attempts of the step `step`, without input, config or dependencies,
    /// 30 seconds before its deadline.
    pub fn new() -> Self {
        Self(MadeUp {
            step_name: "step".to_owned(),
            attempt: 1,
            max_attempts: 3,
            remaining: Duration::from_secs(30),
            task_input: "{}".to_owned(),
            dependencies: BTreeMap::new(),
            config: "null".to_owned(),
            checkpoint: None,
            cancelled: false,
            secrets: BTreeMap::new(),
            kv: RefCell::default(),
            events: RefCell::default(),
        })
    }

    /// The step's name in its template.
    pub fn step_name(mut self, name: &str) -> Self {
        self.0.step_name = name.to_owned();
        self
    }

    /// Which attempt it is, from 1, of how many.
    pub fn attempt(mut self, attempt: u32, max_attempts: u32) -> Self {
        (self.0.attempt, self.0.max_attempts) = (attempt, max_attempts);
        self
    }

    /// How long until the host would end it.
    pub fn remaining(mut self, remaining: Duration) -> Self {
        self.0.remaining = remaining;
        self
    }

    /// The task's input.
    pub fn task_input(mut self, input: impl Serialize) -> Self {
        self.0.task_input = text(&input);
        self
    }

    /// The result of a step that this one depends on.
    pub fn dependency(mut self, step: &str, result: impl Serialize) -> Self {
        self.0.dependencies.insert(step.to_owned(), text(&result));
        self
    }

    /// The step's `config` in the template.
    pub fn config(mut self, config: impl Serialize) -> Self {
        self.0.config = text(&config);
        self
    }

    /// What the last attempt left behind.
    pub fn checkpoint(mut self, kept: impl Serialize) -> Self {
        self.0.checkpoint = Some(text(&kept));
        self
    }

    /// The task was cancelled: the next heartbeat says so.
    pub fn cancelled(mut self) -> Self {
        self.0.cancelled = true;
        self
    }

    /// A secret that the component was granted, also in clear.
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.0.secrets.insert(name.to_owned(), value.to_owned());
        self
    }

    /// What stands under a key of a bucket, which the component was granted like every other.
    pub fn kv(self, bucket: &str, key: &str, value: impl Serialize) -> Self {
        let written = self.0.kv_set(bucket, key, Some(&text(&value)));
        written.expect("what a test makes up is not refused");
        self
    }

    /// The context to hand to the handler.
    pub fn context(self) -> Context {
        Context::of(self.0)
    }
}

/// An event made up for a test of a subscriber, of a task of the namespace `test`.
pub fn event(event_type: &str, data: Value) -> Event {
    Event {
        id: "1-0".to_owned(),
        source: "/namespaces/test".to_owned(),
        event_type: event_type.to_owned(),
        subject: Some("task 00000000-0000-7000-8000-000000000000".to_owned()),
        time: "2026-01-31T12:00:00Z".to_owned(),
        sequence: "1".to_owned(),
        correlation_id: Some("test".to_owned()),
        attributes: BTreeMap::new(),
        data,
    }
}

/// The events that a handler sent, in order: names and payloads.
pub fn sent_events(ctx: &Context) -> Vec<(String, Value)> {
    let sent = ctx.source().events.borrow();
    let event = |(name, payload): &(String, String)| {
        let payload = serde_json::from_str(payload);
        (name.clone(), payload.expect("it was written as JSON"))
    };
    sent.iter().map(event).collect()
}

impl Answers for MadeUp {
    fn task_id(&self) -> String {
        "00000000-0000-7000-8000-000000000000".to_owned()
    }

    fn namespace(&self) -> String {
        "test".to_owned()
    }

    fn step_name(&self) -> String {
        self.step_name.clone()
    }

    fn attempt(&self) -> u32 {
        self.attempt
    }

    fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    fn idempotency_key(&self) -> String {
        format!("{}:{}", self.task_id(), self.step_name)
    }

    fn correlation_id(&self) -> String {
        "test".to_owned()
    }

    fn traceparent(&self) -> Option<String> {
        None
    }

    fn remaining_ms(&self) -> u64 {
        u64::try_from(self.remaining.as_millis()).unwrap_or(u64::MAX)
    }

    fn task_input(&self) -> String {
        self.task_input.clone()
    }

    fn dependency(&self, step: &str) -> Option<String> {
        self.dependencies.get(step).cloned()
    }

    fn config(&self) -> String {
        self.config.clone()
    }

    fn last_checkpoint(&self) -> Option<String> {
        self.checkpoint.clone()
    }

    fn heartbeat(&self, _progress: Option<&str>) -> bool {
        !self.cancelled
    }

    fn secret(&self, name: &str) -> Result<String, SecretError> {
        self.secret_in_clear(name)
            .map(|_| format!("tasker-secret-{:0>32}", self.secrets.len()))
    }

    fn secret_in_clear(&self, name: &str) -> Result<String, SecretError> {
        self.secrets.get(name).cloned().ok_or(SecretError::Unknown)
    }
}

impl Entries for MadeUp {
    fn kv_get(&self, bucket: &str, key: &str) -> Result<Option<(String, u64)>, KvError> {
        let place = (bucket.to_owned(), key.to_owned());
        Ok(self.kv.borrow().get(&place).cloned())
    }

    fn kv_set(&self, bucket: &str, key: &str, value: Option<&str>) -> Result<(), KvError> {
        let place = (bucket.to_owned(), key.to_owned());
        let mut kv = self.kv.borrow_mut();
        let before = kv.remove(&place).map_or(0, |(_, version)| version);
        kv.extend(value.map(|value| (place, (value.to_owned(), before + 1))));
        Ok(())
    }

    fn kv_compare_and_set(
        &self,
        bucket: &str,
        key: &str,
        expected: Option<u64>,
        value: &str,
    ) -> Result<(), KvError> {
        let found = self.kv_get(bucket, key)?.map(|(_, version)| version);
        match found == expected {
            true => self.kv_set(bucket, key, Some(value)),
            false => Err(KvError::Conflict),
        }
    }

    fn kv_keys(&self, bucket: &str, prefix: &str, limit: u32) -> Result<Vec<String>, KvError> {
        let kv = self.kv.borrow();
        let places = kv
            .keys()
            .filter(|(of, key)| of == bucket && key.starts_with(prefix));
        Ok(places
            .map(|(_, key)| key.clone())
            .take(limit as usize)
            .collect())
    }
}

impl Events for MadeUp {
    fn send_event(&self, name: &str, payload: &str) -> Result<(), EventError> {
        let event = (name.to_owned(), payload.to_owned());
        self.events.borrow_mut().push(event);
        Ok(())
    }
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what a test makes up can be written as JSON")
}
