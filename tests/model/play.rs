//! Does actions to the database and explains what came of them by the model.

mod call;
mod explain;
mod gate;
mod send;

use super::action::{Action, Choice, HOSTS};
use super::compare;
use super::definition::{self, number};
use super::reference::{Held, Model};
use super::shape::Shape;
use crate::harness::TestDatabase;
use call::Call;
use send::{Report, Request};
use sqlx::postgres::PgConnectOptions;
use std::time::Duration;
use tasker_database::Database;
use tasker_domain::ids::{LockId, TaskId, WorkerId};
use tasker_domain::invocation::Lease;
use tasker_engine::Engine;
use tasker_engine::lease::WorkerFacts;

/// A worker without a heartbeat for this long is dead.
const DEAD_AFTER: Duration = Duration::from_secs(2);
/// A longer gap between its heartbeats interrupts a worker's series.
const GAP_MAX: Duration = Duration::from_secs(1);
const OVERDUE_GRACE: Duration = Duration::from_millis(500);

/// More than any backoff, timeout and heartbeat.
const LONG_MS: i64 = 60_000;
/// Rounds after which every task must be over: each completes a layer of steps.
const ROUNDS_MAX: usize = 40;
/// Actions at once.
pub const MAX_CONCURRENT: usize = 3;

pub struct Play<'d> {
    pub(super) database: &'d TestDatabase,
    pub(super) ids: Vec<TaskId>,
    locks: Vec<[LockId; 2]>,
    pub(super) model: Model,
    /// One connection each, so that calls are made by different sessions.
    engines: Vec<Engine>,
    workers: Vec<i32>,
    /// All leases that were ever given out.
    ever: Vec<Held>,
    /// The newest report, so that it can be made again.
    newest: Option<Request>,
}

impl<'d> Play<'d> {
    pub async fn begin(database: &'d TestDatabase, shapes: &[Shape]) -> Self {
        let engines = engines(&database.options(), 0);
        let created = definition::create(&engines[0], shapes).await;
        let mut play = Self {
            database,
            ids: created.iter().map(|created| created.id).collect(),
            locks: created.iter().map(|created| created.locks).collect(),
            model: Model::new(shapes),
            engines,
            workers: vec![0; HOSTS],
            ever: Vec::new(),
            newest: None,
        };
        for host in 0..HOSTS {
            play.register(host).await;
        }
        play.at_once(&[], 0).await;
        play
    }

    /// Does one thing and compares.
    pub async fn act(&mut self, action: &Action) {
        self.at_once(std::slice::from_ref(action), 0).await;
    }

    /// Does up to [`MAX_CONCURRENT`] things at once, and compares with what the model comes to if it does their
    /// calls in one order or another. What the bits of `held_up` name is locked until all that can go on
    /// has ended: so the calls meet more often.
    pub async fn at_once(&mut self, actions: &[Action], held_up: u64) {
        let requests: Vec<Request> = actions.iter().filter_map(|it| self.request(it)).collect();
        let held_up = if requests.len() > 1 { held_up } else { 0 };
        let sequences = self.send_at_once(&requests, held_up).await;
        let seen = compare::read(self.database, &self.ids).await;
        self.model = explain::explain(&self.model, &sequences, &seen);
        for (engine, call) in sequences.iter().enumerate().flat_map(with_sequence) {
            self.keep_in_mind(engine, call).await;
        }
        for request in requests {
            if let Request::Report { .. } = request {
                self.newest = Some(request);
            }
        }
        for action in actions {
            self.go_on(action).await;
        }
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

    /// What an action asks the database for; nothing where it is not about the database.
    fn request(&self, action: &Action) -> Option<Request> {
        let report = |host: usize, report: Report| Request::Report {
            worker: self.workers[host],
            report,
        };
        let with_text = |host, choice| self.chosen(host, choice).into_iter().map(with_text);
        Some(match *action {
            Action::Claim { host, limit } => report(host, Report::Complete(Vec::new(), limit)),
            Action::Complete {
                host,
                leases,
                claim,
            } => report(
                host,
                Report::Complete(with_text(host, leases).collect(), claim),
            ),
            Action::Fail {
                host,
                leases,
                retry,
            } => report(host, Report::Fail(self.chosen(host, leases), retry)),
            Action::Checkpoint { host, leases } => {
                report(host, Report::Checkpoint(with_text(host, leases).collect()))
            }
            Action::Write {
                host,
                leases,
                keys,
                is_checkpoint,
            } => report(
                host,
                Report::Write(with_text(host, leases).collect(), keys, is_checkpoint),
            ),
            Action::Repeat => self.newest.clone()?,
            Action::Quarantine { is_on } => Request::Quarantine(is_on),
            Action::Migration { task } => Request::Migration(task % self.ids.len()),
            Action::Cancel { task } => Request::Cancel(task % self.ids.len()),
            Action::Suspend { host, leases } => {
                Request::Suspend(self.workers[host], self.chosen(host, leases))
            }
            Action::Heartbeat { host, leases } => {
                let worker = self.workers[host];
                let held = self.model.held_by(worker);
                Request::Heartbeat(worker, self.chosen(host, leases), held)
            }
            Action::Recover { host, keep } => {
                let keep = self.chosen(host, Choice { ever: 0, ..keep });
                Request::Recover(self.workers[host], keep)
            }
            Action::ReapOverdue { host, known } => {
                Request::ReapOverdue(self.workers[host], self.chosen(host, known))
            }
            Action::Reap { host } => Request::Reap(self.workers[host]),
            Action::Stop { host } => Request::Stop(self.workers[host]),
            Action::Die { .. } | Action::Jump { .. } => return None,
        })
    }

    /// What follows an action, when all that was done with it has ended.
    async fn go_on(&mut self, action: &Action) {
        match *action {
            Action::Jump { ms } => {
                self.model.now += ms;
                self.engines = engines(&self.database.options(), self.model.now);
            }
            Action::Die { host } => self.register(host).await,
            Action::Stop { host } | Action::Heartbeat { host, .. }
                if self.model.is_stopped(self.workers[host]) =>
            {
                self.register(host).await;
            }
            _ => {}
        }
    }

    /// Remembers the leases, and holds what their handlers would be told to the model.
    async fn keep_in_mind(&mut self, engine: usize, call: &Call) {
        for held in call.claimed() {
            self.ever.push(held);
            let (task, no) = held.0;
            for (parent, result) in self.model.results_of_parents(held.0) {
                let (id, name) = (self.ids[task], format!("s{parent}"));
                let told = self.engines[engine].ancestor_result(id, number(no), &name, 1 << 20);
                let told = told.await.unwrap().unwrap().result;
                assert_eq!(told.as_deref(), Some(&*result), "{parent} of {task}/{no}");
            }
        }
    }

    async fn register(&mut self, host: usize) {
        let registered = self.engines[host]
            .register_worker("model", 1, WorkerFacts::default())
            .await;
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

    fn lease(&self, ((task, no), attempt): Held) -> Lease {
        Lease {
            task_id: self.ids[task],
            step_no: number(no),
            attempt,
        }
    }

    fn leases(&self, held: &[Held]) -> Vec<Lease> {
        held.iter().map(|held| self.lease(*held)).collect()
    }

    fn held(&self, lease: Lease) -> Held {
        let task = self.ids.iter().position(|id| *id == lease.task_id).unwrap();
        let key = (task, usize::try_from(lease.step_no).unwrap());
        (key, lease.attempt)
    }
}

fn with_sequence((sequence, calls): (usize, &Vec<Call>)) -> impl Iterator<Item = (usize, &Call)> {
    calls.iter().map(move |call| (sequence, call))
}

/// Another text for each attempt.
fn with_text(held: Held) -> (Held, String) {
    (held, format!("\"{held:?}\""))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap()
}

/// Engines of one connection each, for which it is `now`.
fn engines(options: &PgConnectOptions, now: i64) -> Vec<Engine> {
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
    (0..MAX_CONCURRENT)
        .map(|_| Engine::new(Database::open(options.clone(), 1)))
        .collect()
}
