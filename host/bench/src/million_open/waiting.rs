//! Open tasks that wait: each has failed once and is due again in a day.

use super::super::hosts::{Member, submit};
use super::WORKLOAD;
use std::time::Duration;
use tasker_domain::bounds::MAX_BATCH_TASKS;
use tasker_domain::ids::WorkerId;
use tasker_domain::outcome::{Failure, FailureKind, Retry};
use tasker_engine::lease::WorkerFacts;
use tasker_engine::low_marks::LowMarks;
use tasker_engine::report::FailedAttempt;

/// Bytes that a claim may bring.
const CLAIM_BYTES: u64 = 16 << 20;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Submits so many tasks and lets their steps fail, by the calls of a host.
pub(super) async fn fill(member: &Member, tasks: u32) -> anyhow::Result<()> {
    let engine = &member.host.engine;
    let worker = engine
        .register_worker("fill", 0, WorkerFacts::default())
        .await?;
    let mut left = tasks as usize;
    while left > 0 {
        let batch = left.min(MAX_BATCH_TASKS);
        let submits = vec![submit(WORKLOAD.name())?; batch];
        member.submit_all(submits, "waiting").await?;
        fail(member, worker, batch).await?;
        left -= batch;
    }
    engine.stop_worker(worker, "filled").await?;
    Ok(())
}

async fn fail(member: &Member, worker: WorkerId, tasks: usize) -> anyhow::Result<()> {
    let engine = &member.host.engine;
    let claimed = engine
        .claim_ready(worker, tasks, CLAIM_BYTES, (0, 0), &LowMarks::default())
        .await?;
    let failed = claimed
        .steps
        .iter()
        .enumerate()
        .map(|(no, step)| FailedAttempt {
            lease: step.lease,
            failure: failure(DAY + Duration::from_millis(no as u64)),
            usage: None,
        });
    engine
        .fail_steps(worker, &failed.collect::<Vec<_>>())
        .await?;
    anyhow::ensure!(claimed.steps.len() == tasks, "not every task was claimed");
    Ok(())
}

fn failure(retry_after: Duration) -> Failure {
    Failure {
        kind: FailureKind::Failed,
        code: "later".to_owned(),
        message: "to be tried again in a day".to_owned(),
        details: None,
        retry: Retry::After(retry_after),
        backtrace: Vec::new(),
    }
}
