//! Requests to the database, call by call.

use super::call::{Call, Taken};
use super::{DEAD_AFTER, GAP_MAX, OVERDUE_GRACE, Play};
use crate::model::definition;
use crate::model::reference::Held;
use serde_json::json;
use std::time::Duration;
use tasker_domain::actor::Actor;
use tasker_domain::event::SentEvent;
use tasker_domain::ids::WorkerId;
use tasker_domain::kv::{Expected, KvWrite};
use tasker_domain::outcome::{Failure, FailureKind, Retry};
use tasker_domain::requirement::QualifiedName;
use tasker_engine::Engine;
use tasker_engine::kv::CompletedWithKv;
use tasker_engine::lease::Holding;
use tasker_engine::low_marks::LowMarks;
use tasker_engine::migration::{Move, MoveBy};
use tasker_engine::report::{Completed, FailedAttempt};
use tasker_registry::availability::after_ineligible;
use tasker_registry::store::Store;

/// Bytes that a claim may bring: more than there are.
const CLAIM_BYTES: u64 = 16 << 20;

/// What the database is asked for. Tasks are named by their place in the case, workers by their number.
#[derive(Clone, Debug)]
pub enum Request {
    Report {
        worker: i32,
        report: Report,
    },
    Suspend(i32, Vec<Held>),
    /// With the leases that its worker asks about, and all that it holds.
    Heartbeat(i32, Vec<Held>, Vec<Held>),
    Recover(i32, Vec<Held>),
    Stop(i32),
    Reap(i32),
    ReapOverdue(i32, Vec<Held>),
    Quarantine(bool),
    Migration(usize),
    Cancel(usize),
}

/// A report as it was made, with JSON texts.
#[derive(Clone, Debug)]
pub enum Report {
    /// With how many steps are then claimed.
    Complete(Vec<(Held, String)>, usize),
    Fail(Vec<Held>, Retry),
    Checkpoint(Vec<(Held, String)>),
    /// The leases report one by one, each with writes to these keys, bit by bit; with its higher bits
    /// removals.
    Write(Vec<(Held, String)>, u8, bool),
}

impl Play<'_> {
    /// Makes the calls of a request one after the other.
    pub(super) async fn send(&self, engine: &Engine, request: &Request) -> Vec<Call> {
        let call = match request {
            Request::Report { worker, report } => {
                return self.report(engine, *worker, report).await;
            }
            Request::Heartbeat(worker, asked, held) => {
                return self.heartbeat(engine, *worker, (asked, held)).await;
            }
            Request::Suspend(worker, leases) => {
                let of = self.leases(leases);
                let suspended = engine.suspend_steps(WorkerId(*worker), &of).await.unwrap();
                Call::Suspend(*worker, leases.clone(), suspended)
            }
            Request::Recover(worker, keep) => {
                let id = WorkerId(*worker);
                let released = engine.release_steps(id, &self.leases(keep), "lost").await;
                Call::Recover(*worker, keep.clone(), released.unwrap())
            }
            Request::Stop(worker) => {
                let released = engine.stop_worker(WorkerId(*worker), "stopped").await;
                Call::Stop(*worker, released.unwrap())
            }
            Request::Reap(worker) => {
                let reaped = engine.reap(WorkerId(*worker), DEAD_AFTER).await;
                Call::Reap(*worker, reaped.unwrap())
            }
            Request::ReapOverdue(worker, known) => {
                let (id, leases) = (WorkerId(*worker), self.leases(known));
                let reaped = engine.reap_overdue(id, &leases, OVERDUE_GRACE).await;
                Call::ReapOverdue(*worker, known.clone(), reaped.unwrap())
            }
            Request::Quarantine(is_on) => quarantine(engine, *is_on).await,
            Request::Migration(task) => self.migrate(engine, *task).await,
            Request::Cancel(task) => {
                let ids = [self.ids[*task]];
                let cancelled = engine.cancel_tasks(&ids, "model", &Actor::host()).await;
                Call::Cancel(*task, !cancelled.unwrap().is_empty())
            }
        };
        vec![call]
    }

    async fn report(&self, engine: &Engine, worker: i32, report: &Report) -> Vec<Call> {
        let id = WorkerId(worker);
        match report {
            Report::Complete(results, claim) => {
                return self.complete(engine, worker, results, *claim).await;
            }
            Report::Fail(failed, retry) => {
                let batch: Vec<FailedAttempt> = failed
                    .iter()
                    .map(|held| self.failed(*held, *retry))
                    .collect();
                engine.fail_steps(id, &batch).await.unwrap();
                vec![Call::Fail(worker, failed.clone(), *retry)]
            }
            Report::Checkpoint(left) => {
                let batch = self.completed(left);
                engine.checkpoint_steps(id, &batch).await.unwrap();
                vec![Call::Checkpoint(worker, left.clone())]
            }
            Report::Write(ended, keys, is_checkpoint) => {
                let mut calls = Vec::new();
                for ended in ended {
                    let call = self.write(engine, worker, ended, *keys, *is_checkpoint);
                    calls.push(call.await);
                }
                calls
            }
        }
    }

    async fn complete(
        &self,
        engine: &Engine,
        worker: i32,
        results: &[(Held, String)],
        claim: usize,
    ) -> Vec<Call> {
        let (id, batch) = (WorkerId(worker), self.completed(results));
        let mut calls = Vec::new();
        let mut left = claim;
        if !results.is_empty() {
            let released = engine.complete_steps(id, &batch, claim).await.unwrap();
            left -= released.steps.len();
            let released = released
                .steps
                .iter()
                .map(|released| self.held(released.lease));
            calls.push(Call::Complete(worker, results.to_vec(), released.collect()));
        }
        let claims = engine
            .claim_ready(id, left, CLAIM_BYTES, (0, 0), &LowMarks::default())
            .await
            .unwrap();
        let is_left = claims.due_in == Some(Duration::ZERO);
        let claimed = claims.steps.into_iter().map(|claimed| Taken {
            held: self.held(claimed.lease),
            checkpoint: claimed.checkpoint,
        });
        calls.push(Call::Claim(worker, left, claimed.collect(), is_left));
        calls
    }

    async fn write(
        &self,
        engine: &Engine,
        worker: i32,
        ended: &(Held, String),
        keys: u8,
        is_checkpoint: bool,
    ) -> Call {
        let writes: Vec<_> = (0..4)
            .filter(|key| keys >> key & 1 == 1)
            .map(|key| {
                let value = (keys >> (key + 4) & 1 == 0).then(|| ended.1.clone());
                (format!("k{key}"), value)
            })
            .collect();
        let write = |(key, value): &(String, Option<String>)| KvWrite {
            bucket: "model".parse().unwrap(),
            key: key.clone(),
            value: value.clone(),
            expected: Expected::Anything,
        };
        let with_kv = CompletedWithKv {
            completed: self.completed(std::slice::from_ref(ended)).remove(0),
            is_checkpoint,
            writes: writes.iter().map(write).collect(),
        };
        let recorded = engine.complete_with_kv(WorkerId(worker), &with_kv).await;
        assert_eq!(recorded.unwrap().due_in, None);
        Call::Write {
            worker,
            ended: ended.clone(),
            writes,
            is_checkpoint,
        }
    }

    async fn heartbeat(
        &self,
        engine: &Engine,
        worker: i32,
        (asked, held): (&[Held], &[Held]),
    ) -> Vec<Call> {
        let (id, leases, held) = (WorkerId(worker), self.leases(asked), self.leases(held));
        let answer = engine
            .heartbeat(id, GAP_MAX, Holding::default(), Some(&held))
            .await
            .unwrap();
        let stale = engine.stale_leases(id, &leases).await.unwrap();
        let stale = stale.into_iter().map(|lease| self.held(lease)).collect();
        vec![
            Call::Heartbeat(worker, answer.is_alive()),
            Call::Stale(worker, asked.to_vec(), stale),
        ]
    }

    async fn migrate(&self, engine: &Engine, task: usize) -> Call {
        let [from, to] = self.locks[task];
        let moves = [Move {
            task_id: self.ids[task],
            from,
            to,
            detail: "{}".to_owned(),
        }];
        let template = QualifiedName {
            namespace: "model".parse().unwrap(),
            name: format!("shape{task}").parse().unwrap(),
        };
        let by = MoveBy {
            template: &template,
            actor: &Actor::host(),
            reason: "model",
        };
        let moved = engine.move_tasks(&moves, by, json!({})).await.unwrap();
        Call::Migration(task, moved == 1)
    }

    fn completed(&self, results: &[(Held, String)]) -> Vec<Completed> {
        let completed = |(held, result): &(Held, String)| Completed {
            lease: self.lease(*held),
            result: result.clone(),
            usage: None,
            events: vec![SentEvent {
                name: "model.left".parse().unwrap(),
                payload: result.clone(),
            }],
        };
        results.iter().map(completed).collect()
    }

    fn failed(&self, held: Held, retry: Retry) -> FailedAttempt {
        let failure = Failure {
            kind: FailureKind::Failed,
            code: "failed".to_owned(),
            message: format!("{held:?}"),
            details: None,
            retry,
            backtrace: Vec::new(),
        };
        FailedAttempt {
            lease: self.lease(held),
            failure,
            usage: None,
        }
    }
}

async fn quarantine(engine: &Engine, is_on: bool) -> Call {
    let store = Store::new(engine.clone());
    let (code, actor) = (definition::first_code(), Actor::host());
    if is_on {
        let quarantined = store.quarantine(code, &actor, "model", after_ineligible);
        quarantined.await.unwrap();
        return Call::Quarantine;
    }
    let released = store.release_quarantine(code, &actor, "model").await;
    Call::Release(released.unwrap().is_some())
}
