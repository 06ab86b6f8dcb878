//! The component that is tested, in a sandbox that reaches nothing.

use crate::case::{Buckets, Call, Callee, Case};
use crate::fakes::{
    AttemptHttp, ClosedHttp, HttpFakes, NoNames, SentRequest, Stored, VirtualClock, random_numbers,
};
use crate::observed::{End, Observed};
use chrono::{DateTime, SecondsFormat, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_domain::declared_event::{DeclaredBy, EventSchemas};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::effects::Effects;
use tasker_domain::grants::Grants;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::{Invocation, Lease, StepPlan};
use tasker_domain::kv::KvWrite;
use tasker_domain::limits::{Limit, LimitSource, Limits};
use tasker_domain::name::Name;
use tasker_domain::outcome::Outcome;
use tasker_domain::template::Policy;
use tasker_sandbox::{
    Compiler, Executed, GuestClock, GuestRandom, HostServices, HttpTransport, LogLine, Prepared,
    Sandbox, SandboxConfig, SandboxError,
};
use uuid::Uuid;

/// The task of every attempt, so that idempotency keys are the same in every run.
pub(crate) const TASK: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
/// Components whose compiled code is kept between runs.
const KEPT_CODE: usize = 16;

/// Where compiled code is kept, and what compiles it.
#[derive(Clone, Debug)]
pub struct TestedConfig {
    /// Of this user alone: whoever can write there can run code in this process.
    pub code_dir: PathBuf,
    pub compiler: Compiler,
    /// Attempts at the same time.
    pub max_concurrent: usize,
    pub network: Network,
}

/// Whether requests leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    Closed,
    /// Where the capabilities that are granted admit them.
    Open,
}

/// One attempt to be.
pub(crate) struct Attempt {
    pub(crate) invocation: Arc<Invocation>,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) http: Arc<HttpFakes>,
    pub(crate) random: GuestRandom,
}

/// The outcome, and the effects that are recorded with it.
pub(crate) fn recorded(executed: Executed) -> (Outcome, Effects) {
    let Executed {
        outcome, effects, ..
    } = executed;
    let effects = match outcome {
        Outcome::Completed(_) | Outcome::Checkpointed(_) => effects,
        Outcome::Failed(_) | Outcome::Quarantined | Outcome::GivenBack { .. } => Effects::default(),
    };
    (outcome, effects)
}

/// A component that is ready to be tested.
#[derive(Clone)]
pub struct Tested {
    pub(crate) sandbox: Sandbox,
    pub(crate) prepared: Prepared,
    network: Network,
    /// What it says of itself.
    pub descriptor: Arc<Descriptor>,
    pub(crate) namespace: Arc<str>,
    pub(crate) component: Arc<str>,
    /// Of the events that it declares.
    pub(crate) event_schemas: Vec<Arc<EventSchemas>>,
}

impl Tested {
    /// Inspects and compiles a component, which is called `namespace/name`.
    ///
    /// # Errors
    /// Where a host would refuse it, or the sandbox does not start.
    pub async fn open(
        config: TestedConfig,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Self, SandboxError> {
        let (namespace, component) = name.split_once('/').unwrap_or(("default", name));
        let network = config.network;
        let config = SandboxConfig {
            cache_dir: config.code_dir,
            max_concurrent: config.max_concurrent,
            compiler: config.compiler,
        };
        let sandbox = match network {
            Network::Closed => Sandbox::with_names(config, Arc::new(NoNames))?,
            Network::Open => Sandbox::new(config)?,
        };
        let bytes: Arc<[u8]> = bytes.into();
        let digest = Digest::of(&bytes);
        let load = async || Ok::<_, SandboxError>(bytes.to_vec());
        // From disk, where an earlier run has compiled it.
        let prepared = sandbox.prepare(digest, load).await?;
        let inspected = sandbox.inspect(bytes).await?;
        forget_old_code(&sandbox).await;
        // The inspection has compiled them.
        let events = &inspected.descriptor.events;
        let event_schemas = EventSchemas::compile(DeclaredBy::Component, events);
        let event_schemas = event_schemas.into_iter().map(Arc::new).collect();
        Ok(Self {
            event_schemas,
            sandbox,
            prepared,
            network,
            descriptor: Arc::new(inspected.descriptor),
            namespace: namespace.into(),
            component: component.into(),
        })
    }

    /// Runs the one attempt of a case. To be called on a runtime with one thread, which runs nothing besides: the
    /// virtual time goes on when everything on it waits.
    pub async fn run(&self, case: &Case) -> Observed {
        let fakes = &case.fakes;
        let stored = Arc::new(Stored {
            secrets: fakes.secrets.clone(),
            kv: fakes.kv.clone(),
            results: case.call.results.clone(),
        });
        let attempt = Attempt {
            invocation: Arc::new(self.invocation(&case.call, fakes.clock)),
            clock: Arc::new(VirtualClock::new(fakes.clock)),
            http: Arc::new(HttpFakes::new(fakes.http.clone())),
            random: random_numbers(&fakes.random, 0),
        };
        let services = HostServices {
            ancestors: Some(stored.clone()),
            secrets: Some(stored.clone()),
            kv: Some(stored.clone()),
            ..HostServices::default()
        };
        let (http, clock) = (attempt.http.clone(), attempt.clock.clone());
        let executed = self.execute(attempt, services).await;
        observed(executed, http.sent(), stored.kv.clone(), clock.elapsed())
    }

    /// Runs one attempt with the clock and the random numbers of this machine. Of an open network, the requests are not
    /// among what it returns.
    pub async fn call(
        &self,
        call: &Call,
        secrets: BTreeMap<Name, String>,
        kv: Buckets,
    ) -> Observed {
        let stored = Arc::new(Stored {
            secrets,
            kv,
            results: call.results.clone(),
        });
        let closed = match self.network {
            Network::Closed => Some(Arc::new(ClosedHttp::default())),
            Network::Open => None,
        };
        let services = HostServices {
            ancestors: Some(stored.clone()),
            secrets: Some(stored.clone()),
            kv: Some(stored.clone()),
            http: closed.clone().map(|http| http as Arc<dyn HttpTransport>),
            ..HostServices::default()
        };
        let invocation = Arc::new(self.invocation(call, Utc::now()));
        let began = Instant::now();
        let executed = self.sandbox.execute(&self.prepared, invocation, services);
        let executed = executed.await;
        let elapsed = began.elapsed();
        let refused = closed.map(|http| http.refused()).unwrap_or_default();
        observed(executed, refused, stored.kv.clone(), elapsed)
    }

    /// Runs an attempt with its own clock and random numbers, and with fakes of HTTP.
    pub(crate) async fn execute(&self, attempt: Attempt, services: HostServices) -> Executed {
        let http = AttemptHttp {
            fakes: attempt.http,
            clock: attempt.clock.clone(),
        };
        let services = HostServices {
            http: Some(Arc::new(http)),
            clock: Some(attempt.clock),
            random: Some(attempt.random),
            ..services
        };
        let executed = self
            .sandbox
            .execute(&self.prepared, attempt.invocation, services);
        executed.await
    }

    /// What the namespace grants: what the case says, else what the component requests.
    pub(crate) fn grants(&self, call: &Call) -> Grants {
        let requested = || self.descriptor.requested();
        Grants::of(call.grants.clone().unwrap_or_else(requested))
    }

    /// The digest of its bytes.
    pub(crate) fn digest(&self) -> Digest {
        self.prepared.digest()
    }

    fn invocation(&self, call: &Call, at: DateTime<Utc>) -> Invocation {
        let (input, event) = match &call.callee {
            Callee::Handler { input, .. } => (input, None),
            Callee::Subscriber { event, data, .. } => {
                let mut event = (**event).clone();
                if event.time.is_empty() {
                    event.time = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                }
                (data, Some(Arc::new(event)))
            }
            Callee::Task(call) => (&call.input, None),
        };
        Invocation {
            lease: Lease {
                task_id: TaskId(TASK),
                step_no: 0,
                attempt: i32::from(call.attempt),
            },
            step: Arc::new(self.plan(call)),
            task_input: input.to_string().into(),
            dependencies: Vec::new(),
            checkpoint: call.checkpoint.as_ref().map(ToString::to_string),
            correlation_id: "test".into(),
            caller: None,
            event,
        }
    }

    fn plan(&self, call: &Call) -> StepPlan {
        let mut limits = Limits::of_host();
        let timeout = Policy::default().timeout;
        let timeout_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        let usual = [(Limit::Timeout, timeout_ms)].into_iter().collect();
        limits.narrow(&call.limits.or(&usual), LimitSource::Step);
        StepPlan {
            namespace: self.namespace.clone(),
            name: call.callee.name().into(),
            component: self.component.clone(),
            component_version_id: 1,
            digest: self.prepared.digest(),
            handler: call.callee.name().to_owned(),
            config: call.config.to_string(),
            max_attempts: u32::from(call.max_attempts),
            limits,
            grants: Arc::new(self.grants(call)),
            result_schema: None,
            event_schemas: self.event_schemas.clone(),
            recording: None,
        }
    }
}

fn observed(
    executed: Executed,
    requests: Vec<SentRequest>,
    kv: Buckets,
    elapsed: Duration,
) -> Observed {
    let log = executed.log.iter().map(line).collect();
    let (outcome, effects) = recorded(executed);
    Observed {
        end: End::of(outcome),
        events: effects.events,
        requests,
        kv: written(kv, effects.writes),
        log,
        elapsed,
        steps: Vec::new(),
    }
}

async fn forget_old_code(sandbox: &Sandbox) {
    let mut kept = sandbox.kept_code().await;
    kept.sort_by_key(|code| std::cmp::Reverse(code.used_at));
    sandbox
        .drop_code(kept.split_off(KEPT_CODE.min(kept.len())))
        .await;
}

/// The entries after the writes.
pub(crate) fn written(mut kv: Buckets, writes: Vec<KvWrite>) -> Buckets {
    for write in writes {
        let bucket = kv.entry(write.bucket).or_default();
        match write.value {
            Some(value) => {
                let value = serde_json::from_str(&value).unwrap_or_default();
                bucket.insert(write.key, value);
            }
            None => {
                bucket.remove(&write.key);
            }
        }
    }
    kv
}

/// A line of a log as people read it.
pub(crate) fn line(line: &LogLine) -> String {
    let level: &str = line.level.into();
    let fields = line.fields.iter();
    let fields: String = fields
        .map(|(key, value)| format!(" {key}={value}"))
        .collect();
    format!("{level}: {}{fields}", line.message)
}
