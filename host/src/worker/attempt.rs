//! One attempt, from its invocation to its outcome.

use super::Worker;
use super::round::Finished;
use super::watchdog::{self, OutageClock};
use crate::domain::chain::Chain;
use crate::domain::digest::Digest;
use crate::domain::effects::Effects;
use crate::domain::invocation::{Invocation, Lease};
use crate::domain::kv::KvEntry;
use crate::domain::name::Name;
use crate::domain::outcome::{Failure, FailureKind, Outcome, Retry};
use crate::domain::secret::SecretValue;
use crate::sandbox::{
    AncestorError, AncestorResults, KvEntries, KvUnavailable, LogLevel, LogLine, Prepared,
    SECRET_KEY_MISSING, SandboxError, SecretUnavailable, SecretValues, Surroundings,
};
use crate::store::backoff::Backoff;
use crate::store::engine::VersionUsage;
use crate::store::secret::SecretError;
use crate::store::{Store, StoreError};
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

/// How long to wait before a database that did not answer is asked again.
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(2);

/// When a step that needs a key which this host does not have may be claimed again, by any host.
const KEY_MISSING_DELAY: Duration = Duration::from_secs(5);

/// Runs the attempt and sends what came of it, in every case: also where the host itself panics.
pub(super) async fn run(
    worker: Worker,
    invocation: Arc<Invocation>,
    surroundings: Surroundings,
    outage: OutageClock,
    reports: UnboundedSender<Finished>,
) {
    let mut report = Report {
        lease: invocation.lease,
        ended: None,
        reports,
    };
    report.ended = Some(ended(&worker, invocation, surroundings, &outage).await);
}

/// What an attempt may ask of the database while it runs.
pub(super) fn surroundings(
    worker: &Worker,
    cancelled: CancellationToken,
    quarantined: CancellationToken,
    outage: &OutageClock,
) -> Surroundings {
    let store = worker.store.for_guests();
    Surroundings {
        ancestors: Some(Arc::new(StoredResults(store.clone(), outage.clone()))),
        secrets: Some(Arc::new(StoredSecrets(store.clone(), outage.clone()))),
        kv: Some(Arc::new(StoredEntries(store, outage.clone()))),
        cancelled: Some(cancelled),
        quarantined,
        begun: Arc::default(),
    }
}

/// What came of an attempt, where it ran what it used, and what it left.
type Ended = (Outcome, Option<VersionUsage>, Effects);

async fn ended(
    worker: &Worker,
    invocation: Arc<Invocation>,
    surroundings: Surroundings,
    outage: &OutageClock,
) -> Ended {
    let prepared = match prepare(worker, invocation.step.digest).await {
        Ok(prepared) => prepared,
        Err(error) => {
            let failure = host_failure("component_unusable", &error);
            return (Outcome::Failed(failure), None, Effects::default());
        }
    };
    let (begun, timeout) = (surroundings.begun.clone(), invocation.step.limits.deadline);
    let running = worker
        .sandbox
        .execute(&prepared, invocation.clone(), surroundings);
    let executed = tokio::select! {
        executed = running => executed,
        () = watchdog::expired(&begun, timeout + worker.config.deadline_grace) => {
            let outcome = watchdog::overdue(timeout);
            tell(&invocation, &outcome);
            return (outcome, None, Effects::default());
        }
    };
    worker.stats.count_attempt(executed.usage.wall);
    write_log(&invocation, &executed.log);
    let outcome = give_back_for_key(executed.outcome);
    let outcome = outage.forgive(outcome, executed.usage.wall, timeout);
    tell(&invocation, &outcome);
    let usage = VersionUsage {
        component_version_id: invocation.step.component_version_id,
        usage: executed.usage,
    };
    (outcome, Some(usage), executed.effects)
}

/// The component, ready to run: from memory, from disk, or compiled from the database's bytes.
pub(super) async fn prepare(worker: &Worker, digest: Digest) -> Result<Prepared, SandboxError> {
    let store = worker.store.for_guests();
    worker
        .sandbox
        .prepare(digest, async move || {
            let bytes = once_it_answers(|| store.component_bytes(digest)).await?;
            bytes.ok_or_else(|| {
                StoreError::Corrupt(format!("no component with the digest {digest}"))
            })
        })
        .await
}

/// Waits for a database that is lost, which is not the attempt's fault and must not count as one.
pub(super) async fn once_it_answers<T, Asking>(ask: impl Fn() -> Asking) -> Result<T, StoreError>
where
    Asking: Future<Output = Result<T, StoreError>>,
{
    let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
    loop {
        match ask().await {
            Err(error) if error.is_transient() => backoff.wait().await,
            answer => return answer,
        }
    }
}

/// Sends the outcome when it is dropped.
struct Report {
    lease: Lease,
    ended: Option<Ended>,
    reports: UnboundedSender<Finished>,
}

impl Drop for Report {
    fn drop(&mut self) {
        let lost = || {
            let failure = host_failure("host_panicked", "the host failed while it ran the attempt");
            (Outcome::Failed(failure), None, Effects::default())
        };
        let (outcome, usage, effects) = self.ended.take().unwrap_or_else(lost);
        // The receiver is gone when the worker has ended: then the lease is given back.
        self.reports
            .send(Finished {
                lease: self.lease,
                outcome,
                usage,
                effects,
            })
            .ok();
    }
}

fn host_failure(code: &str, why: impl std::fmt::Display) -> Failure {
    Failure {
        kind: FailureKind::Host,
        code: code.to_owned(),
        message: format!("{why:#}"),
        details: None,
        retry: Retry::Policy,
        backtrace: Vec::new(),
    }
}

/// Results of indirect dependencies, from the database.
struct StoredResults(Store, OutageClock);

impl AncestorResults for StoredResults {
    fn result<'a>(
        &'a self,
        lease: Lease,
        step: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, AncestorError>> {
        Box::pin(async move {
            let ask = || self.0.ancestor_result(lease.task_id, lease.step_no, step);
            self.1
                .during(once_it_answers(ask))
                .await
                .map_err(|error| AncestorError(Box::new(error)))
        })
    }
}

/// Values of secrets, from the database.
struct StoredSecrets(Store, OutageClock);

impl SecretValues for StoredSecrets {
    fn value<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        let ask = async move {
            let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
            loop {
                match self.0.secret_value(namespace, name).await {
                    Err(SecretError::Store(error)) if error.is_transient() => {
                        backoff.wait().await;
                    }
                    answer => return answer.map_err(unavailable),
                }
            }
        };
        Box::pin(self.1.during(ask))
    }
}

fn unavailable(error: SecretError) -> SecretUnavailable {
    if !error.is_of_host() {
        return SecretUnavailable::Unreadable(Box::new(error));
    }
    tracing::error!(error = %Chain(&error), "the step that asked for a secret is given back");
    SecretUnavailable::NoKey(Box::new(error))
}

/// A failure that is this host's alone uses up no attempt: another host may run the step.
fn give_back_for_key(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Failed(failure)
            if failure.kind == FailureKind::Host && failure.code == SECRET_KEY_MISSING =>
        {
            let delay = KEY_MISSING_DELAY;
            Outcome::GivenBack { failure, delay }
        }
        outcome => outcome,
    }
}

/// Entries of kv, from the database.
struct StoredEntries(Store, OutageClock);

impl KvEntries for StoredEntries {
    fn entry<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvEntry>, KvUnavailable>> {
        Box::pin(async move {
            let ask = || self.0.kv_entry(namespace, bucket, key);
            self.1
                .during(once_it_answers(ask))
                .await
                .map_err(|error| KvUnavailable(Box::new(error)))
        })
    }

    fn keys<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        Box::pin(async move {
            let ask = || self.0.kv_keys(namespace, bucket, prefix, limit);
            self.1
                .during(once_it_answers(ask))
                .await
                .map_err(|error| KvUnavailable(Box::new(error)))
        })
    }
}

fn write_log(invocation: &Invocation, log: &[LogLine]) {
    for line in log {
        let (task_id, step, attempt) = (
            invocation.lease.task_id,
            &*invocation.step.name,
            invocation.lease.attempt,
        );
        let correlation_id = &*invocation.correlation_id;
        let (source, message, fields) = (line.source, &line.message, &line.fields);
        macro_rules! write {
            ($level:ident) => {
                tracing::$level!(target: "tasker::handler", %task_id, step, attempt, correlation_id, ?source, ?fields, "{message}")
            };
        }
        match line.level {
            LogLevel::Trace => write!(trace),
            LogLevel::Debug => write!(debug),
            LogLevel::Info => write!(info),
            LogLevel::Warn => write!(warn),
            LogLevel::Error => write!(error),
        }
    }
}

fn tell(invocation: &Invocation, outcome: &Outcome) {
    let (task_id, step, attempt) = (
        invocation.lease.task_id,
        &*invocation.step.name,
        invocation.lease.attempt,
    );
    let correlation_id = &*invocation.correlation_id;
    match outcome {
        Outcome::Completed(_) => {
            tracing::debug!(%task_id, step, attempt, correlation_id, "step completed");
        }
        Outcome::Checkpointed(_) => {
            tracing::debug!(%task_id, step, attempt, correlation_id, "step left a checkpoint");
        }
        Outcome::Quarantined => {
            tracing::warn!(%task_id, step, attempt, correlation_id, "attempt ended: its code is quarantined");
        }
        Outcome::GivenBack { failure, .. } => tracing::warn!(
            %task_id, step, attempt, correlation_id, code = failure.code, message = failure.message,
            "attempt given back"
        ),
        Outcome::Failed(failure) => tracing::info!(
            %task_id, step, attempt, correlation_id, kind = ?failure.kind, code = failure.code,
            message = failure.message, "attempt failed"
        ),
    }
}
