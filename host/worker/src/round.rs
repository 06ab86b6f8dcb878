//! Calls to the database: report what ended, claim what is next. Each is one after the other and by
//! itself, so that no claim shares the fate of a report.

use super::Worker;
use super::finished::{Finished, Unrecorded};
use super::held::{HeldBytes, TaskText};
use super::leases::HeldLeases;
use super::plan::{Assigned, NextStep, PlanCache};
use super::queue_position::QueuePosition;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::{TaskId, WorkerId};
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};
use tasker_engine::claim::{Claimed, GivenBack};
use tasker_engine::kv::CompletedWithKv;
use tasker_engine::report::{Completed, FailedAttempt, Released, ReleasedStep};

/// The largest result that is handed on to the step that it releases, in bytes; larger ones are read
/// when its handler asks.
const AT_HAND_BYTES_MAX: usize = 64 << 10;

/// What a report brought.
pub(super) struct ReportAnswer {
    /// Steps that it released and claimed.
    pub(super) released: Vec<Assigned>,
    /// Other steps may have become ready.
    pub(super) is_more: bool,
    /// When the first of the steps that failed or were given back is due again.
    pub(super) due_in: Option<Duration>,
}

/// What a claim brought.
pub(super) struct Claims {
    pub(super) steps: Vec<Assigned>,
    /// When the next step is due; zero: now, but it was left.
    pub(super) due_in: Option<Duration>,
}

/// A batch by kind of outcome.
#[derive(Default)]
struct Sorted {
    completed: Vec<Completed>,
    checkpointed: Vec<Completed>,
    failed: Vec<FailedAttempt>,
    quarantined: Vec<Lease>,
    given_back: Vec<GivenBack>,
    with_kv: Vec<CompletedWithKv>,
}

/// Reports `batch` and claims up to `claim` of the steps that this releases. Repeatable as a whole: what
/// was recorded before an error is stale the second time.
pub(super) async fn report(
    worker: &Worker,
    id: WorkerId,
    plans: &PlanCache,
    leases: &HeldLeases,
    (batch, claim): (&[Arc<Unrecorded>], usize),
) -> Result<ReportAnswer, DatabaseError> {
    let sorted = sorted(batch);
    let mut due_in = report_unfinished(worker, id, &sorted).await?;
    for ended in &sorted.with_kv {
        worker.stats.count_call();
        let recorded = worker.engine.complete_with_kv(id, ended).await?;
        worker.notifications.hint_ended(&recorded.ended);
        due_in = [due_in, recorded.due_in].into_iter().flatten().min();
    }
    let mut released = Released::default();
    if !sorted.completed.is_empty() {
        worker.stats.count_call();
        let completing = worker.engine.complete_steps(id, &sorted.completed, claim);
        released = completing.await?;
        worker.notifications.hint_ended(&released.ended);
    }
    let is_more = !sorted.checkpointed.is_empty() || !sorted.with_kv.is_empty();
    // What this host would claim itself, others are to claim while it drains.
    let is_for_others = worker.stats.claiming().drain().is_asked() && (is_more || due_in.is_some());
    // Of a namespace with a limit, one that ended lets another run, here or on another host.
    let has_freed = worker.stats.is_limited() && released.steps.len() < batch.len();
    if released.is_left_ready || is_for_others || has_freed {
        worker.notifications.hint_ready();
    }
    let next = next_steps(batch, &sorted.completed, released.steps);
    // Before their plans are read, which may take longer than the database allows a call.
    leases.insert(next.iter().map(|step| step.lease));
    Ok(ReportAnswer {
        released: plans.assign(&worker.engine.for_guests(), next).await,
        is_more,
        due_in,
    })
}

/// Reports what will be tried again, and what failed. When the first of these is due.
async fn report_unfinished(
    worker: &Worker,
    id: WorkerId,
    sorted: &Sorted,
) -> Result<Option<Duration>, DatabaseError> {
    let (engine, stats) = (&worker.engine, &worker.stats);
    let mut due_in = sorted.given_back.iter().map(|given| given.delay).min();
    if !sorted.failed.is_empty() {
        stats.count_call();
        let recorded = engine.fail_steps(id, &sorted.failed).await?;
        worker.notifications.hint_ended(&recorded.ended);
        due_in = [due_in, recorded.due_in].into_iter().flatten().min();
    }
    if !sorted.checkpointed.is_empty() {
        stats.count_call();
        engine.checkpoint_steps(id, &sorted.checkpointed).await?;
    }
    if !sorted.quarantined.is_empty() {
        stats.count_call();
        engine.suspend_steps(id, &sorted.quarantined).await?;
    }
    if !sorted.given_back.is_empty() {
        stats.count_call();
        engine.give_back_steps(id, &sorted.given_back).await?;
    }
    Ok(due_in)
}

/// The released steps with what they have in common with those that were reported.
fn next_steps(
    batch: &[Arc<Unrecorded>],
    completed: &[Completed],
    released: Vec<ReleasedStep>,
) -> Vec<NextStep> {
    let tasks: HashMap<TaskId, &Arc<TaskText>> = batch
        .iter()
        .map(|ended| (ended.finished.lease.task_id, &ended.task))
        .collect();
    let next = released.into_iter().filter_map(|released| {
        let task_id = released.lease.task_id;
        Some(NextStep {
            lease: released.lease,
            lock_id: released.lock_id,
            revision: released.revision,
            task: (*tasks.get(&task_id)?).clone(),
            checkpoint: None,
            at_hand: at_hand(task_id, completed),
        })
    });
    next.collect()
}

/// The result that released a step of the task, if there is only one and it is small. With several reports
/// it is unknown which one released the step.
fn at_hand(task_id: TaskId, completed: &[Completed]) -> Option<(i16, Arc<str>)> {
    let mut of_task = completed.iter().filter(|it| it.lease.task_id == task_id);
    match (of_task.next(), of_task.next()) {
        (Some(only), None) if only.result.len() <= AT_HAND_BYTES_MAX => {
            Some((only.lease.step_no, only.result.as_str().into()))
        }
        _ => None,
    }
}

/// Claims up to `limit` steps that are due, with up to `bytes` of inputs and checkpoints. The namespaces
/// take turns.
pub(super) async fn claim(
    worker: &Worker,
    id: WorkerId,
    plans: &PlanCache,
    (leases, held): (&HeldLeases, &HeldBytes),
    (limit, bytes, queue): (usize, u64, &QueuePosition),
) -> Result<Claims, DatabaseError> {
    worker.stats.count_call();
    let (from, engine, started) = (queue.get(), &worker.engine, Instant::now());
    let claiming = engine.claim_ready(id, limit, bytes, (from.after, from.after_key), &from.marks);
    let claims = claiming.await?;
    worker.stats.count_claim(started.elapsed());
    worker.stats.set_limited(claims.is_limited);
    let delays = claims.steps.iter().map(|step| step.waited);
    delays.for_each(|waited| worker.stats.metrics().claim_delay.observe_time(waited));
    queue.advance(&from, &claims);
    leases.insert(claims.steps.iter().map(|step| step.lease));
    let next = claims.steps.into_iter().map(|step| next_step(step, held));
    Ok(Claims {
        steps: plans
            .assign(&worker.engine.for_guests(), next.collect())
            .await,
        due_in: claims.due_in,
    })
}

fn next_step(step: Claimed, held: &HeldBytes) -> NextStep {
    let checkpoint_bytes = step.checkpoint.as_ref().map_or(0, String::len);
    NextStep {
        lease: step.lease,
        lock_id: step.lock_id,
        revision: step.revision,
        task: Arc::new(TaskText::new(
            (step.input, step.correlation_id),
            step.traceparent,
            checkpoint_bytes,
            held,
        )),
        checkpoint: step.checkpoint,
        at_hand: None,
    }
}

fn sorted(batch: &[Arc<Unrecorded>]) -> Sorted {
    let mut sorted = Sorted::default();
    for ended in batch {
        let Finished {
            lease,
            outcome,
            usage,
            effects,
            ..
        } = &ended.finished;
        let (lease, usage) = (*lease, *usage);
        let ended = |result| Completed {
            lease,
            result,
            usage,
            events: effects.events.clone(),
        };
        let with_kv = |result, is_checkpoint| CompletedWithKv {
            completed: ended(result),
            is_checkpoint,
            writes: effects.writes.clone(),
        };
        match (outcome.clone(), effects.writes.is_empty()) {
            (Outcome::Completed(result), true) => sorted.completed.push(ended(result)),
            (Outcome::Completed(result), false) => sorted.with_kv.push(with_kv(result, false)),
            (Outcome::Checkpointed(result), true) => sorted.checkpointed.push(ended(result)),
            (Outcome::Checkpointed(result), false) => sorted.with_kv.push(with_kv(result, true)),
            (Outcome::Failed(failure), _) => sorted.failed.push(FailedAttempt {
                lease,
                failure,
                usage,
            }),
            (Outcome::Quarantined, _) => sorted.quarantined.push(lease),
            (Outcome::GivenBack { failure, delay }, _) => sorted.given_back.push(GivenBack {
                lease,
                delay,
                failure,
            }),
        }
    }
    sorted
}

/// What is reported instead of an outcome that the database refuses to record.
pub(super) fn refused(lease: Lease, error: &DatabaseError) -> Finished {
    let failure = Failure {
        kind: FailureKind::Host,
        code: "result_refused".to_owned(),
        message: format!(
            "the database does not accept the result of the handler: {}",
            ErrorChain(error)
        ),
        details: None,
        retry: Retry::Never,
        backtrace: Vec::new(),
    };
    Finished::unrun(lease, Outcome::Failed(failure))
}
