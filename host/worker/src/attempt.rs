//! One attempt, from its invocation to its outcome.

use super::Worker;
use super::finished::Finished;
use super::handler_log::HandlerLog;
use super::host_side::HostSide;
use super::watchdog::OutageClock;
use std::sync::Arc;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::invocation::{Invocation, Lease};
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};
use tasker_engine::usage::VersionUsage;
use tasker_sandbox::{Executed, HostServices, RecordingUse, SandboxError, is_of_this_host};
use tasker_telemetry::{AttributeValue, OpenSpan, SpanKind};
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

/// The name of the span of a run in the sandbox.
const SANDBOX_SPAN: &str = "sandbox";

/// How long a step that this host cannot run is first left to other hosts; the time grows with each try.
const LEFT_FIRST: Duration = Duration::from_secs(1);

/// Runs the attempt and sends its outcome in every case, also if the host itself panics. To be
/// spawned on the guests' threads.
pub(super) async fn run(
    worker: Worker,
    host: HostSide,
    invocation: Arc<Invocation>,
    services: HostServices,
    outage: OutageClock,
    reports: UnboundedSender<Finished>,
) {
    let mut report = OutcomeSender {
        lease: invocation.lease,
        ended: None,
        reports,
    };
    let step = invocation.step.clone();
    let finished = ended(&worker, &host, invocation, services, &outage).await;
    let usage = finished.usage.as_ref().map(|used| &used.usage);
    let metrics = worker.stats.metrics();
    metrics.count(&step.namespace, &finished.outcome, usage);
    report.ended = Some(finished);
}

/// What an attempt may ask of the database while it runs, and where its log goes.
pub(super) fn services(
    worker: &Worker,
    host: &HostSide,
    invocation: &Arc<Invocation>,
    cancelled: CancellationToken,
    quarantined: CancellationToken,
) -> HostServices {
    let database = Arc::new(host.clone());
    HostServices {
        ancestors: Some(database.clone()),
        secrets: Some(database.clone()),
        kv: Some(database),
        log: Some(HandlerLog::of(
            invocation,
            &worker.stores.logs,
            worker.config.log_handlers,
        )),
        cancelled: Some(cancelled),
        quarantined,
        begun: Arc::default(),
        trace: worker.tracer.attempt(invocation.lease, invocation.caller),
        recording: recording_use(invocation),
        ..HostServices::default()
    }
}

/// Where no rule is about the component, nothing is computed.
fn recording_use(invocation: &Invocation) -> RecordingUse {
    let Lease {
        task_id,
        step_no,
        attempt,
    } = invocation.lease;
    match invocation.step.recording {
        Some(policy) if policy.records(task_id, step_no, attempt) => RecordingUse::Record,
        Some(_) | None => RecordingUse::None,
    }
}

async fn ended(
    worker: &Worker,
    host: &HostSide,
    invocation: Arc<Invocation>,
    services: HostServices,
    outage: &OutageClock,
) -> Finished {
    let lease = invocation.lease;
    let prepared = match host.prepare(worker, invocation.step.digest).await {
        Ok(prepared) => prepared,
        Err(error) => {
            let outcome = unusable(&error);
            tell(&invocation, &outcome);
            return Finished::unrun(lease, outcome);
        }
    };
    let timeout = invocation.step.limits.deadline;
    let trace = services.trace.as_ref();
    let span = trace.and_then(|trace| trace.begin(SANDBOX_SPAN, SpanKind::Internal));
    let executed = worker
        .sandbox
        .execute(&prepared, invocation.clone(), services)
        .await;
    if let Some(span) = span {
        end_span(span, &invocation, &executed);
    }
    worker.stats.count_attempt(executed.usage.wall);
    if let Some(recording) = executed.recording
        && let Some(policy) = invocation.step.recording
        && policy.keeps(recording.end.is_failure())
    {
        let dropped = worker.engine.dropped_recordings();
        worker.stores.recordings.take(recording, dropped);
    }
    let outcome = give_back_for_host(executed.outcome);
    let usage = VersionUsage {
        component_version_id: invocation.step.component_version_id,
        usage: executed.usage,
    };
    let finished = Finished {
        usage: Some(usage),
        effects: executed.effects,
        ..Finished::unrun(lease, outcome)
    };
    let finished = outage.forgive(finished, executed.usage.wall, timeout);
    tell(&invocation, &finished.outcome);
    finished
}

/// Ends the span of a run in the sandbox.
fn end_span(mut span: OpenSpan, invocation: &Invocation, executed: &Executed) {
    let (step, usage) = (&invocation.step, &executed.usage);
    span.add([
        ("tasker.component", (&*step.component).into()),
        (
            "tasker.component.digest",
            step.digest.to_string().as_str().into(),
        ),
        ("tasker.handler", step.handler.as_str().into()),
        (
            "tasker.cpu_seconds",
            AttributeValue::Fraction(usage.cpu.as_secs_f64()),
        ),
    ]);
    if let Outcome::Failed(failure) = &executed.outcome {
        span.add([("error.type", failure.code.as_str().into())]);
        span.fail(&failure.message);
    }
    span.end();
}

/// Sends the outcome when it is dropped.
struct OutcomeSender {
    lease: Lease,
    ended: Option<Finished>,
    reports: UnboundedSender<Finished>,
}

impl Drop for OutcomeSender {
    fn drop(&mut self) {
        let lost = || {
            let why = "the host failed while it ran the attempt";
            let failure = host_failure("host_panicked", why.to_owned());
            // More often than not this is the host's trouble, but a handler may be what brings it about.
            Finished::unrun(self.lease, Outcome::Failed(failure.clone()))
                .forgiven(failure, LEFT_FIRST)
        };
        let finished = self.ended.take().unwrap_or_else(lost);
        // The receiver is gone when the worker has ended: then the lease is given back.
        self.reports.send(finished).ok();
    }
}

fn host_failure(code: &str, message: String) -> Failure {
    Failure {
        kind: FailureKind::Host,
        code: code.to_owned(),
        message,
        details: None,
        retry: Retry::Policy,
        backtrace: Vec::new(),
    }
}

/// The outcome of a step whose component is not ready to run.
fn unusable(error: &SandboxError) -> Outcome {
    let failure = host_failure("component_unusable", ErrorChain(error).to_string());
    match error.is_of_host() && !is_gone(error) {
        true => left_to_others(failure),
        false => Outcome::Failed(failure),
    }
}

/// True if no host can have the component's bytes.
fn is_gone(error: &SandboxError) -> bool {
    let SandboxError::Load(why) = error else {
        return false;
    };
    matches!(why.downcast_ref(), Some(DatabaseError::Corrupt(_)))
}

/// A failure that is this host's alone uses up no attempt: another host may run the step.
fn give_back_for_host(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Failed(failure) if is_of_this_host(&failure) => left_to_others(failure),
        outcome => outcome,
    }
}

fn left_to_others(failure: Failure) -> Outcome {
    let delay = LEFT_FIRST;
    Outcome::GivenBack { failure, delay }
}

fn tell(invocation: &Invocation, outcome: &Outcome) {
    let (task_id, step, attempt) = (
        invocation.lease.task_id,
        &*invocation.step.name,
        invocation.lease.attempt,
    );
    let correlation_id = &*invocation.correlation_id;
    let (trace_id, span_id) = invocation.trace();
    match outcome {
        Outcome::Completed(_) => {
            tracing::debug!(%task_id, step, attempt, correlation_id, %trace_id, %span_id, "step completed");
        }
        Outcome::Checkpointed(_) => {
            tracing::debug!(%task_id, step, attempt, correlation_id, %trace_id, %span_id, "step left a checkpoint");
        }
        Outcome::Quarantined => {
            tracing::warn!(%task_id, step, attempt, correlation_id, %trace_id, %span_id, "attempt ended: its code is quarantined");
        }
        Outcome::GivenBack { failure, .. } => tracing::warn!(
            %task_id, step, attempt, correlation_id, %trace_id, %span_id, code = failure.code, message = failure.message,
            "attempt given back"
        ),
        Outcome::Failed(failure) => tracing::info!(
            %task_id, step, attempt, correlation_id, %trace_id, %span_id, kind = ?failure.kind, code = failure.code,
            message = failure.message, "attempt failed"
        ),
    }
}
