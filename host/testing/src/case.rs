//! Cases as values: what is called, what stands in for the world, what is expected.

use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tasker_domain::capability::Capability;
use tasker_domain::limits::LimitSettings;
use tasker_domain::name::Name;
use tasker_domain::state::StepState;
use tasker_domain::subscriber_event::SubscriberEvent;
use tasker_domain::template::Position;

/// One test of a handler, a subscriber or a template.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file that it stands in.
    pub file: PathBuf,
    /// Unique in its file.
    pub name: String,
    /// Where it begins.
    pub at: Position,
    pub call: Call,
    pub fakes: Fakes,
    pub expect: Expect,
}

impl Case {
    /// The name of its file without the extension, and its own.
    pub fn id(&self) -> String {
        format!("{}: {}", self.file_stem(), self.name)
    }

    /// The name of its file without the extension.
    pub fn file_stem(&self) -> String {
        let stem = self.file.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }
}

/// What is called: one attempt, or a task.
#[derive(Clone, Debug)]
pub struct Call {
    pub callee: Callee,
    /// The `config` of the step.
    pub config: Value,
    /// Results of earlier steps, by their names.
    pub results: BTreeMap<String, Value>,
    /// What the attempt before left.
    pub checkpoint: Option<Value>,
    /// From 1.
    pub attempt: u16,
    pub max_attempts: u16,
    /// What the namespace grants; none: what the component requests.
    pub grants: Option<Vec<Capability>>,
    pub limits: LimitSettings,
}

/// What is called, and with what.
#[derive(Clone, Debug)]
pub enum Callee {
    Handler {
        name: String,
        input: Value,
    },
    Subscriber {
        name: String,
        event: Box<SubscriberEvent>,
        data: Value,
    },
    /// A whole task.
    Task(Box<TaskCall>),
}

/// A task of a template, whose steps are the component's handlers or what the case says of them.
#[derive(Clone, Debug)]
pub struct TaskCall {
    /// The file of the template, from the folder of the project.
    pub template: PathBuf,
    pub input: Value,
    /// By their names.
    pub steps: BTreeMap<String, StepFake>,
}

/// What a step does in place of its handler.
#[derive(Clone, Debug)]
pub struct StepFake {
    /// Its attempts; at least one, and the last is repeated.
    pub attempts: Vec<FakeAttempt>,
}

/// One attempt in place of a handler.
#[derive(Clone, Debug)]
pub struct FakeAttempt {
    pub end: FakeEnd,
    /// How long it takes.
    pub takes: Duration,
}

/// How an attempt ends in place of a handler.
#[derive(Clone, Debug)]
pub enum FakeEnd {
    Result(Value),
    Checkpoint(Value),
    Failure {
        code: String,
        message: String,
        retry: ExpectedRetry,
    },
}

impl Callee {
    pub fn name(&self) -> &str {
        match self {
            Self::Handler { name, .. } | Self::Subscriber { name, .. } => name,
            Self::Task(call) => call.template.to_str().unwrap_or_default(),
        }
    }
}

/// Buckets by name, each with its entries by key.
pub type Buckets = BTreeMap<Name, BTreeMap<String, Value>>;

/// What stands in for the world.
#[derive(Clone, Debug)]
pub struct Fakes {
    pub http: Vec<HttpFake>,
    pub secrets: BTreeMap<Name, String>,
    pub kv: Buckets,
    /// When the attempt begins.
    pub clock: DateTime<Utc>,
    pub random: Random,
}

/// Where random numbers come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Random {
    /// Made from this number.
    Seed(u64),
    /// Those of a recorded attempt, whose seed this is in hex.
    Recorded(String),
}

impl Default for Random {
    fn default() -> Self {
        Self::Seed(0)
    }
}

/// What answers requests.
#[derive(Clone, Debug)]
pub struct HttpFake {
    /// In upper case; none: any.
    pub method: Option<String>,
    /// With `*` for any characters.
    pub url: String,
    /// The body of the request; none: any.
    pub body: Option<Body>,
    /// How many requests it answers; none: all.
    pub times: Option<u16>,
    /// Until the response, or the failure.
    pub delay: Duration,
    pub answer: Answer,
}

/// A body of a request or response.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Json(Value),
    Text(String),
}

/// How a fake answers.
#[derive(Clone, Debug)]
pub enum Answer {
    Reply {
        status: u16,
        headers: Vec<(String, String)>,
        body: Option<Body>,
    },
    Failure(HttpFailureKind),
}

/// How a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpFailureKind {
    ConnectionRefused,
    ConnectionTimeout,
    ResponseTimeout,
    /// The connection ends within the body of the response.
    Incomplete,
}

/// What is expected. What is `None` is not compared.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    pub end: Option<ExpectedEnd>,
    pub events: Option<Vec<ExpectedEvent>>,
    pub requests: Option<Vec<ExpectedRequest>>,
    /// The entries afterwards; null where there is to be none.
    pub kv: Buckets,
    /// Texts that lines of the log contain, in this order.
    pub log: Vec<String>,
    /// Everything is compared with what a file has.
    pub snapshot: bool,
    /// Of a task: its steps, by their names.
    pub steps: BTreeMap<String, ExpectedStep>,
    /// Of a task: the time from its submit to its end.
    pub elapsed: Option<Duration>,
}

/// A step, as far as it is said.
#[derive(Clone, Debug, Default)]
pub struct ExpectedStep {
    pub state: Option<StepState>,
    /// How many there were.
    pub attempts: Option<u16>,
    pub result: Option<Value>,
    /// Of the last attempt that failed.
    pub failure: Option<ExpectedFailure>,
}

/// How the attempt is to end.
#[derive(Clone, Debug)]
pub enum ExpectedEnd {
    Result(Value),
    Checkpoint(Value),
    Failure(ExpectedFailure),
}

/// A failure, as far as it is said.
#[derive(Clone, Debug, Default)]
pub struct ExpectedFailure {
    pub code: Option<String>,
    /// Contained in the message.
    pub message: Option<String>,
    pub details: Option<Value>,
    pub retry: Option<ExpectedRetry>,
}

/// When a failed attempt may be followed by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedRetry {
    Policy,
    Never,
    After(Duration),
}

#[derive(Clone, Debug)]
pub struct ExpectedEvent {
    pub name: String,
    /// None: any.
    pub payload: Option<Value>,
}

#[derive(Clone, Debug, Default)]
pub struct ExpectedRequest {
    pub method: Option<String>,
    /// With `*` for any characters.
    pub url: String,
    /// These among others.
    pub headers: Vec<(String, String)>,
    pub body: Option<Body>,
}
