//! Components with subscribers: an event is an attempt in the sandbox, under the rules of the namespace.

mod host_side;
mod log;
mod quarantine;
mod run;

use super::super::components::Components;
use super::super::runs::Runs;
use super::{Failure, Handled, Message, Sent};
use host_side::HostSide;
use quarantine::Quarantine;
use std::sync::Arc;
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::{Invocation, Lease, StepPlan};
use tasker_domain::limits::LimitSettings;
use tasker_domain::name::Name;
use tasker_domain::outcome::{self, FailureKind, Outcome, Retry};
use tasker_domain::requirement::HandlerRef;
use tasker_domain::subscriber_event::SubscriberEvent;
use tasker_domain::subscription::MAX_RETRY_AFTER;
use tasker_engine::Engine;
use tasker_engine::subscription::DeliveryRow;
use tasker_engine::usage::VersionUsage;
use tasker_events::Event;
use tasker_events::cloud_event::cloud_event;
use tasker_registry::subscriber::ResolvedSubscriber;
use tasker_sandbox::{Executed, HostServices, Prepared, SandboxError};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

/// A subscriber, as a subscription names it.
pub(crate) struct Component {
    subscription_id: i32,
    /// Of the subscription.
    namespace: Name,
    subscription: String,
    subscriber: HandlerRef,
}

impl Component {
    /// Or why its namespace has no name of this release.
    pub(super) fn new(subscriber: HandlerRef, row: &DeliveryRow) -> Result<Self, String> {
        let namespace = row.namespace.parse();
        Ok(Self {
            subscription_id: row.subscription_id,
            namespace: namespace.map_err(|wrong| format!("{wrong}"))?,
            subscription: row.name.clone(),
            subscriber,
        })
    }
}

/// Runs all subscribers of a host.
pub(super) struct Runner {
    components: Option<Components>,
    engine: Engine,
    quarantine: Quarantine,
    runs: Arc<Runs>,
    /// Tries of an event, in all.
    max_attempts: u32,
}

impl Runner {
    pub(super) fn new(
        components: Option<Components>,
        engine: &Engine,
        runs: Arc<Runs>,
        max_attempts: i32,
    ) -> Self {
        Self {
            runs,
            components,
            quarantine: Quarantine::new(engine.clone()),
            engine: engine.clone(),
            max_attempts: max_attempts.unsigned_abs(),
        }
    }

    /// Runs it once.
    pub(super) async fn run(&self, to: &Component, message: &Message<'_>) -> Sent {
        let Some(components) = &self.components else {
            return Sent::Unable("this host runs no components".to_owned());
        };
        let resolved = components.registry.resolve_subscriber(
            &to.namespace,
            &to.subscriber,
            task_of(message.event()),
        );
        let resolved = match resolved.await {
            Ok(resolved) => resolved,
            Err(error) => return Sent::Unable(ErrorChain(&error).to_string()),
        };
        let prepared = match self.prepared(components, resolved.digest).await {
            Ok(prepared) => prepared,
            Err(error) => return Sent::Unable(unusable(to, &resolved, &error)),
        };
        let invocation = Arc::new(self.invocation(components, to, &resolved, message));
        let executed = self.execute(components, prepared, invocation.clone()).await;
        if components.log_handlers {
            log::write(&invocation, &executed.log);
        }
        if let Some(run) = run::of(to, &resolved, message, &executed) {
            self.runs.note(run);
        }
        sent(to, &resolved, executed)
    }

    async fn prepared(
        &self,
        components: &Components,
        digest: Digest,
    ) -> Result<Prepared, SandboxError> {
        if let Some(prepared) = components.sandbox.prepared(digest) {
            return Ok(prepared);
        }
        let engine = self.engine.for_maintenance();
        let load = async move || match engine.component_bytes(digest).await {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(format!("no component with the digest {digest}")),
            Err(error) => Err(ErrorChain(&error).to_string()),
        };
        components.sandbox.prepare(digest, load).await
    }

    /// On the threads of guests; dropped, it ends the guest.
    async fn execute(
        &self,
        components: &Components,
        prepared: Prepared,
        invocation: Arc<Invocation>,
    ) -> Executed {
        let database = Arc::new(HostSide::here(self.engine.for_guests()));
        let quarantined = self.quarantine.watch(prepared.digest());
        let services = HostServices {
            secrets: Some(database.clone()),
            kv: Some(database),
            quarantined: quarantined.token(),
            ..HostServices::default()
        };
        let sandbox = components.sandbox.clone();
        let running = async move { sandbox.execute(&prepared, invocation, services).await };
        let running = AbortOnDropHandle::new(components.sandbox.guest_threads().spawn(running));
        let executed = tokio::select! {
            executed = running => executed,
            never = quarantined.keep() => match never {},
        };
        executed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    fn invocation(
        &self,
        components: &Components,
        to: &Component,
        resolved: &ResolvedSubscriber,
        message: &Message<'_>,
    ) -> Invocation {
        let component = to.subscriber.component.to_string();
        let rules = &resolved.rules;
        let limits = rules.limits(&component, &components.limits, &LimitSettings::default());
        let plan = StepPlan {
            namespace: to.namespace.as_str().into(),
            name: to.subscription.as_str().into(),
            limits,
            grants: Arc::new(rules.grants(&component)),
            component: component.into(),
            component_version_id: resolved.component_version_id,
            digest: resolved.digest,
            handler: to.subscriber.handler.to_string(),
            config: "null".to_owned(),
            max_attempts: self.max_attempts,
            result_schema: None,
            event_schemas: Vec::new(),
            recording: None,
        };
        let event = cloud_event(message.event());
        Invocation {
            lease: Lease {
                task_id: TaskId(message.event().data.task_id.unwrap_or_default()),
                step_no: 0,
                attempt: message.attempt,
            },
            step: Arc::new(plan),
            task_input: event.data.get().into(),
            dependencies: Vec::new(),
            checkpoint: None,
            correlation_id: event.correlationid.clone().unwrap_or_default().into(),
            caller: None,
            event: Some(Arc::new(SubscriberEvent {
                id: event.id,
                source: event.source,
                event_type: event.r#type,
                subject: event.subject,
                time: event
                    .time
                    .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
                sequence: event.sequence,
                correlation_id: event.correlationid,
                attributes: attributes(event.dataschema, event.causationid),
            })),
        }
    }
}

fn attributes(schema: String, cause: Option<String>) -> Vec<(String, String)> {
    let schema = ("dataschema".to_owned(), schema);
    let cause = cause.map(|cause| ("causationid".to_owned(), cause));
    [schema].into_iter().chain(cause).collect()
}

/// Which decides the side of a rollout; what is of no task has one that is made from its position.
fn task_of(event: &Event) -> TaskId {
    let at = event.position;
    let own = || Uuid::from_u64_pair(at.seq.unsigned_abs(), u64::from(at.index));
    TaskId(event.data.task_id.unwrap_or_else(own))
}

fn release(to: &Component, resolved: &ResolvedSubscriber) -> String {
    let component = to.subscriber.component.qualified(&to.namespace);
    format!("{component}@{}", resolved.version)
}

fn unusable(to: &Component, resolved: &ResolvedSubscriber, error: &SandboxError) -> String {
    format!(
        "{} cannot run: {}",
        release(to, resolved),
        ErrorChain(error)
    )
}

fn sent(to: &Component, resolved: &ResolvedSubscriber, executed: Executed) -> Sent {
    let release = || release(to, resolved);
    match executed.outcome {
        Outcome::Completed(_) => Sent::Handled(Handled {
            writes: executed.effects.writes,
            usage: VersionUsage {
                component_version_id: resolved.component_version_id,
                usage: executed.usage,
            },
        }),
        Outcome::Failed(failure) => failed(&release(), failure),
        Outcome::Quarantined => Sent::Unable(format!("{} was quarantined while it ran", release())),
        Outcome::GivenBack { failure, .. } => {
            Sent::Unable(format!("{}: {}", release(), failure.message))
        }
        Outcome::Checkpointed(_) => Sent::Failed(Failure::of("a subscriber leaves no checkpoint")),
    }
}

/// What the host could not do is nobody's failure.
fn failed(release: &str, failure: outcome::Failure) -> Sent {
    let reason = format!("{release}: {}: {}", failure.code, failure.message);
    if failure.kind == FailureKind::Host {
        return Sent::Unable(reason);
    }
    let retry_after = match failure.retry {
        Retry::After(delay) => Some(delay.min(MAX_RETRY_AFTER)),
        Retry::Policy | Retry::Never => None,
    };
    Sent::Failed(Failure {
        is_permanent: failure.retry == Retry::Never,
        is_conflict: run::is_conflict(&failure),
        retry_after,
        ..Failure::of(reason)
    })
}
