//! Runs one attempt of a handler as a test describes it.

use super::guests;
use crate::harness::kept_code_dir;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tasker_domain::digest::Digest;
use tasker_domain::grants::Grants;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::{Invocation, Lease, StepPlan};
use tasker_domain::limits::Limits;
use tasker_domain::outcome::{Failure, Outcome};
use tasker_domain::subscriber_event::SubscriberEvent;
use tasker_sandbox::{Compiler, Executed, HostServices, Prepared, Sandbox, SandboxConfig};

/// Invocations that the sandbox of the tests runs at once.
pub const MAX_CONCURRENT: usize = 64;

/// One sandbox for all tests, whose compiled code is kept for those of other processes.
pub fn sandbox() -> &'static Sandbox {
    static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
        Sandbox::new(SandboxConfig {
            cache_dir: kept_code_dir(),
            max_concurrent: MAX_CONCURRENT,
            compiler: Compiler::InProcess,
        })
        .unwrap()
    });
    &SANDBOX
}

/// The component, ready to run.
pub async fn prepared(bytes: &'static [u8]) -> Prepared {
    let load = async || Ok::<_, std::io::Error>(bytes.to_vec());
    sandbox().prepare(Digest::of(bytes), load).await.unwrap()
}

/// An attempt to be; what a test does not say is as in an ordinary step.
pub struct Attempt {
    pub plan: StepPlan,
    pub input: String,
    pub dependencies: Vec<(Arc<str>, Arc<str>)>,
    pub checkpoint: Option<String>,
    pub services: HostServices,
    pub event: Option<Arc<SubscriberEvent>>,
}

/// An attempt of this handler of the misbehaving component, with a short deadline.
pub fn attempt(handler: &str) -> Attempt {
    let plan = StepPlan {
        namespace: "orders".into(),
        name: "charge".into(),
        component: "misbehaving".into(),
        component_version_id: 1,
        digest: Digest::of(guests::misbehaving()),
        handler: handler.to_owned(),
        config: "{\"currency\":\"EUR\"}".to_owned(),
        max_attempts: 3,
        limits: Limits::default(),
        grants: Arc::new(Grants::default()),
        result_schema: None,
        event_schemas: Vec::new(),
        recording: None,
    };
    Attempt {
        plan,
        input: "{}".to_owned(),
        dependencies: Vec::new(),
        checkpoint: None,
        services: HostServices::default(),
        event: None,
    }
}

impl Attempt {
    pub fn input(mut self, json: &str) -> Self {
        self.input = json.to_owned();
        self
    }

    pub fn limits(mut self, set: impl FnOnce(&mut Limits)) -> Self {
        set(&mut self.plan.limits);
        self
    }

    pub fn deadline_ms(self, deadline_ms: u64) -> Self {
        self.limits(|limits| limits.deadline = Duration::from_millis(deadline_ms))
    }

    /// Grants these capabilities and no other.
    pub fn granted(mut self, capabilities: &[&str]) -> Self {
        let capabilities = capabilities.iter().map(|text| text.parse().unwrap());
        self.plan.grants = Arc::new(Grants::of(capabilities));
        self
    }

    /// Grants HTTP to these destinations and nothing else.
    pub fn http(self, targets: &[&str]) -> Self {
        let rules: Vec<String> = targets.iter().map(|it| format!("http {it}")).collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        self.granted(&rules)
    }

    pub fn invocation(self) -> Arc<Invocation> {
        Arc::new(Invocation {
            lease: Lease {
                task_id: TaskId::generate(),
                step_no: 2,
                attempt: 2,
            },
            step: Arc::new(self.plan),
            task_input: self.input.into(),
            dependencies: self.dependencies,
            checkpoint: self.checkpoint,
            correlation_id: "request-1".into(),
            caller: None,
            event: self.event,
        })
    }

    pub async fn run(self) -> Executed {
        self.run_in(guests::misbehaving()).await
    }

    /// Runs the handler of that name of another component.
    pub async fn run_in(self, component: &'static [u8]) -> Executed {
        let prepared = prepared(component).await;
        let services = self.services.clone();
        sandbox()
            .execute(&prepared, self.invocation(), services)
            .await
    }

    pub async fn failure(self) -> Failure {
        failure(self.run().await)
    }

    pub async fn result(self) -> String {
        match self.run().await.outcome {
            Outcome::Completed(result) => result,
            other => panic!("it did not complete: {other:?}"),
        }
    }
}

pub fn failure(executed: Executed) -> Failure {
    match executed.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("it did not fail: {other:?}"),
    }
}
