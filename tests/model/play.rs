//! Does each action to the database and to the model, and compares.

mod check;
mod hosts;
mod operations;

use super::action::{Action, Choice, HOSTS};
use super::definition::{self, number};
use super::reference::{Held, Key, Model};
use super::shape::Shape;
use crate::harness::{Advance, TestDatabase};
use sqlx::postgres::PgConnectOptions;
use std::time::Duration;
use tasker::domain::event::SentEvent;
use tasker::domain::ids::{LockId, TaskId, WorkerId};
use tasker::domain::invocation::Lease;
use tasker::domain::kv::{Expected, KvWrite};
use tasker::domain::outcome::{Failure, FailureKind, Retry};
use tasker::store::Store;
use tasker::store::engine::{Completed, Failed};
use tasker::store::kv::CompletedWithKv;

/// A worker without a heartbeat for this long is dead.
pub const DEAD_AFTER: Duration = Duration::from_secs(2);
/// A longer gap between its heartbeats interrupts a worker's series.
const GAP_MAX: Duration = Duration::from_secs(1);
const OVERDUE_GRACE: Duration = Duration::from_millis(500);

/// More than any backoff, timeout and heartbeat.
const LONG_MS: i64 = 60_000;
/// Rounds after which every task must be over: each completes a layer of steps.
const ROUNDS_MAX: usize = 40;

/// A report as it was made, so that it can be made again.
#[derive(Clone)]
enum Report {
    Complete(Vec<(Held, String)>, usize),
    Fail(Vec<Held>, Retry),
    Checkpoint(Vec<(Held, String)>),
    Write(Vec<(Held, String)>, u8, bool),
}

pub struct Play<'d> {
    pub(super) database: &'d TestDatabase,
    pub(super) ids: Vec<TaskId>,
    locks: Vec<[LockId; 2]>,
    pub(super) model: Model,
    /// One connection each, so that the turns are taken by different sessions.
    stores: Vec<Store>,
    workers: Vec<i32>,
    /// All leases that were ever given out.
    ever: Vec<Held>,
    newest: Option<(usize, i32, Report)>,
}

impl<'d> Play<'d> {
    pub async fn begin(database: &'d TestDatabase, shapes: &[Shape]) -> Self {
        let stores = stores(&database.options(), 0);
        let created = definition::create(&stores[0], shapes).await;
        let mut play = Self {
            database,
            ids: created.iter().map(|created| created.id).collect(),
            locks: created.iter().map(|created| created.locks).collect(),
            model: Model::new(shapes),
            stores,
            workers: vec![0; HOSTS],
            ever: Vec::new(),
            newest: None,
        };
        for host in 0..HOSTS {
            play.register(host).await;
        }
        play.compare().await;
        play
    }

    /// Does one thing and compares.
    pub async fn act(&mut self, action: &Action) {
        match action {
            Action::Claim { host, limit } => {
                self.report(*host, Report::Complete(Vec::new(), *limit))
                    .await;
            }
            Action::Complete {
                host,
                leases,
                claim,
            } => {
                let results = self.chosen(*host, *leases).into_iter().map(with_text);
                self.report(*host, Report::Complete(results.collect(), *claim))
                    .await;
            }
            Action::Fail {
                host,
                leases,
                retry,
            } => {
                let chosen = self.chosen(*host, *leases);
                self.report(*host, Report::Fail(chosen, *retry)).await;
            }
            Action::Checkpoint { host, leases } => {
                let left = self.chosen(*host, *leases).into_iter().map(with_text);
                self.report(*host, Report::Checkpoint(left.collect())).await;
            }
            Action::Write {
                host,
                leases,
                keys,
                is_checkpoint,
            } => {
                let ended = self.chosen(*host, *leases).into_iter().map(with_text);
                let report = Report::Write(ended.collect(), *keys, *is_checkpoint);
                self.report(*host, report).await;
            }
            Action::Quarantine { is_on } => self.quarantine(*is_on).await,
            Action::Park { host, leases } => self.park(*host, *leases).await,
            Action::Upgrade { task } => self.upgrade(task % self.ids.len()).await,
            Action::Repeat => {
                if let Some((host, worker, report)) = self.newest.clone() {
                    self.make(host, worker, &report).await;
                }
            }
            Action::Heartbeat { host, leases } => self.heartbeat(*host, *leases).await,
            Action::Recover { host, keep } => self.recover(*host, *keep).await,
            Action::Stop { host } => self.stop(*host).await,
            Action::Die { host } => self.register(*host).await,
            Action::Reap { host } => {
                let worker = self.workers[*host];
                let reaped = self.stores[*host].reap(WorkerId(worker), DEAD_AFTER).await;
                assert_eq!(reaped.unwrap(), self.model.reap(worker, millis(DEAD_AFTER)));
            }
            Action::ReapOverdue { host, known } => self.reap_overdue(*host, *known).await,
            Action::Jump { ms } => {
                self.model.now += ms;
                self.stores = stores(&self.database.options(), self.model.now);
            }
            Action::Cancel { task } => self.cancel(task % self.ids.len()).await,
        }
        self.compare().await;
    }

    /// Lets a new worker do all that is left.
    pub async fn bring_to_an_end(&mut self) {
        let (host, leases) = (0, Choice::ALL_HELD);
        let claim = 1_000;
        self.act(&Action::Die { host }).await;
        self.act(&Action::Quarantine { is_on: false }).await;
        for _ in 0..ROUNDS_MAX {
            if self.model.is_over() {
                return;
            }
            for ms in [LONG_MS, 900, 900, 900] {
                self.act(&Action::Jump { ms }).await;
                self.act(&Action::Heartbeat { host, leases }).await;
            }
            self.act(&Action::Reap { host }).await;
            self.act(&Action::Complete {
                host,
                leases,
                claim,
            })
            .await;
        }
        panic!(
            "after {ROUNDS_MAX} rounds there are open tasks: {:#?}",
            self.model.tasks
        );
    }

    async fn register(&mut self, host: usize) {
        let registered = self.stores[host].register_worker("model", 1).await;
        let WorkerId(worker) = registered.unwrap();
        self.model.register(worker);
        self.workers[host] = worker;
    }

    /// The leases that the choice names, each step once.
    fn chosen(&self, host: usize, choice: Choice) -> Vec<Held> {
        let held = self.model.held_by(self.workers[host]);
        let held = held.into_iter().enumerate();
        let mut chosen: Vec<Held> = held
            .filter(|(at, _)| Choice::names(choice.held, *at))
            .map(|(_, held)| held)
            .collect();
        for (at, old) in self.ever.iter().enumerate() {
            if Choice::names(choice.ever, at) && chosen.iter().all(|(key, _)| *key != old.0) {
                chosen.push(*old);
            }
        }
        chosen
    }

    async fn report(&mut self, host: usize, report: Report) {
        self.newest = Some((host, self.workers[host], report.clone()));
        self.make(host, self.workers[host], &report).await;
    }

    async fn make(&mut self, host: usize, worker: i32, report: &Report) {
        match report {
            Report::Complete(results, claim) => self.advance(host, worker, results, *claim).await,
            Report::Fail(failed, retry) => {
                let batch: Vec<Failed> = failed
                    .iter()
                    .map(|held| self.failed(*held, *retry))
                    .collect();
                let store = &self.stores[host];
                store.fail_steps(WorkerId(worker), &batch).await.unwrap();
                self.model.fail(worker, failed, *retry);
            }
            Report::Checkpoint(left) => {
                let batch = self.completed(left);
                let store = &self.stores[host];
                store
                    .checkpoint_steps(WorkerId(worker), &batch)
                    .await
                    .unwrap();
                self.model.checkpoint(worker, left);
            }
            Report::Write(ended, keys, is_checkpoint) => {
                for ended in ended {
                    self.write(host, worker, ended, *keys, *is_checkpoint).await;
                }
            }
        }
    }

    async fn write(
        &mut self,
        host: usize,
        worker: i32,
        ended: &(Held, String),
        keys: u8,
        is_checkpoint: bool,
    ) {
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
        let store = &self.stores[host];
        let due = store.complete_with_kv(WorkerId(worker), &with_kv).await;
        assert_eq!(due.unwrap(), None);
        self.model
            .write(worker, ended.clone(), &writes, is_checkpoint);
    }

    async fn advance(
        &mut self,
        host: usize,
        worker: i32,
        results: &[(Held, String)],
        claim: usize,
    ) {
        let batch = self.completed(results);
        let store = &self.stores[host];
        let claimed = store
            .advance(WorkerId(worker), &batch, claim)
            .await
            .unwrap();
        let due_before = self.model.due();
        self.model.complete(worker, results);
        self.check_claim(worker, &claimed, claim, &due_before);
        for claimed in claimed {
            let key = self.key(claimed.lease);
            let held = (key, self.model.claim(worker, key));
            assert_eq!(claimed.lease.attempt, held.1, "{held:?}");
            self.ever.push(held);
            self.check_parents(host, key).await;
            assert_eq!(
                claimed.checkpoint,
                self.model.step(key).checkpoint,
                "{held:?}"
            );
        }
    }

    fn lease(&self, ((task, no), attempt): Held) -> Lease {
        Lease {
            task_id: self.ids[task],
            step_no: number(no),
            attempt,
        }
    }

    fn key(&self, lease: Lease) -> Key {
        let task = self.ids.iter().position(|id| *id == lease.task_id).unwrap();
        (task, usize::try_from(lease.step_no).unwrap())
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

    fn failed(&self, held: Held, retry: Retry) -> Failed {
        let failure = Failure {
            kind: FailureKind::Failed,
            code: "failed".to_owned(),
            message: format!("{held:?}"),
            details: None,
            retry,
            backtrace: Vec::new(),
        };
        Failed {
            lease: self.lease(held),
            failure,
            usage: None,
        }
    }
}

/// Another text for each attempt.
fn with_text(held: Held) -> (Held, String) {
    (held, format!("\"{held:?}\""))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap()
}

/// Stores of one connection each, for which it is `now`.
fn stores(options: &PgConnectOptions, now: i64) -> Vec<Store> {
    let (minutes, ms) = (now / 60_000, now % 60_000);
    let (hours, days) = (minutes / 60 % 24, minutes / 60 / 24 + 1);
    assert!(days <= 31, "the play takes place in one month");
    let now = format!(
        "2026-01-{days:02}T{hours:02}:{:02}:{:02}.{:03}Z",
        minutes % 60,
        ms / 1_000,
        ms % 1_000
    );
    let options = options.clone().options([("tasker.now", now)]);
    (0..HOSTS)
        .map(|_| Store::open(options.clone(), 1))
        .collect()
}
