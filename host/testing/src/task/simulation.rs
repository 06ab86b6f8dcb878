//! A task from its submit to its end: what is due is run at once, and its end is reported when the virtual time is there.

use super::ended::{Ended, failure, of_fake};
use super::plan::plans;
use super::published;
use super::server::TaskError;
use super::services::OfDatabase;
use crate::case::{Buckets, Case, TaskCall};
use crate::fakes::{HttpFakes, Stored, VirtualClock, random_numbers};
use crate::observed::{End, Observed, ObservedStep};
use crate::tested::{Attempt, Tested, line, recorded};
use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::{Map, Value};
use sqlx::postgres::PgConnectOptions;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tasker_database::{Database, DatabaseError};
use tasker_domain::effects::Effects;
use tasker_domain::ids::{TaskId, WorkerId};
use tasker_domain::invocation::{Invocation, StepPlan};
use tasker_domain::order::Seek;
use tasker_domain::outcome::{FailureKind, Outcome, Retry};
use tasker_domain::state::{StepState, TaskState};
use tasker_domain::template::{MAX_STEPS, Template};
use tasker_engine::Engine;
use tasker_engine::claim::Claimed;
use tasker_engine::lease::WorkerFacts;
use tasker_engine::low_marks::LowMarks;
use tasker_engine::step_read::StepFilter;
use tasker_sandbox::{GuestClock as _, HostServices};

/// Steps of one claim, and the bytes that they bring.
const CLAIMED: usize = 256;
const CLAIMED_BYTES: u64 = 64 << 20;
/// The most attempts of a step: one that leaves checkpoints for ever ends its case.
const MAX_ATTEMPTS: u16 = 1_000;
/// Digits behind the second that the database keeps.
const MICROSECONDS: u16 = 6;

pub(super) struct Simulation<'a> {
    tested: &'a Tested,
    case: &'a Case,
    call: &'a TaskCall,
    template: &'a Template,
    options: PgConnectOptions,
    now: DateTime<Utc>,
    /// For which it is now.
    engine: Engine,
    worker: WorkerId,
    plans: Vec<Arc<StepPlan>>,
    http: Arc<HttpFakes>,
    /// Attempts by their ends.
    running: BTreeMap<(DateTime<Utc>, i16), Ended>,
    steps: Vec<ObservedStep>,
    /// In the order in which they failed.
    failed: Vec<usize>,
    observed: Observed,
    attempts: u64,
}

/// Runs the task of a case.
pub(super) async fn run(
    tested: &Tested,
    (case, call): (&Case, &TaskCall),
    template: &Template,
    options: PgConnectOptions,
) -> Result<Observed, TaskError> {
    let observed = Observed {
        end: End::Result(Value::Null),
        events: Vec::new(),
        requests: Vec::new(),
        kv: Buckets::new(),
        log: Vec::new(),
        elapsed: Duration::ZERO,
        steps: Vec::new(),
    };
    let input = match published::input(template, call) {
        Ok(input) => input,
        Err(wrong) => {
            let end = failure(FailureKind::Failed, "input_invalid", wrong, Retry::Never);
            let end = End::Failure(end);
            return Ok(Observed { end, ..observed });
        }
    };
    let now = case.fakes.clock.trunc_subsecs(MICROSECONDS);
    let engine = engine_at(&options, now);
    published::set_kv(&engine, &template.namespace, &case.fakes.kv).await?;
    let task = published::submit(&engine, tested, template, input).await?;
    let worker = engine
        .register_worker("test", 1, WorkerFacts::default())
        .await?;
    let plans = plans(tested, &case.call, template)?;
    let mut simulation = Simulation {
        tested,
        case,
        call,
        template,
        options,
        now,
        engine,
        worker,
        steps: plans.iter().map(|plan| unseen(plan)).collect(),
        plans,
        http: Arc::new(HttpFakes::new(case.fakes.http.clone())),
        running: BTreeMap::new(),
        failed: Vec::new(),
        observed,
        attempts: 0,
    };
    simulation.go_on_to_the_end().await?;
    simulation.finished(task).await
}

fn unseen(plan: &StepPlan) -> ObservedStep {
    ObservedStep {
        name: plan.name.to_string(),
        state: StepState::Waiting,
        attempts: 0,
        failed: 0,
        result: None,
        failure: None,
    }
}

/// An engine whose connections have this time.
fn engine_at(options: &PgConnectOptions, now: DateTime<Utc>) -> Engine {
    let options = options.clone().options([("tasker.now", now.to_rfc3339())]);
    Engine::new(Database::open(options, 1))
}

impl Simulation<'_> {
    async fn go_on_to_the_end(&mut self) -> Result<(), TaskError> {
        loop {
            while self.claim().await? {}
            let Some(next) = self.next_time().await? else {
                return Ok(());
            };
            if next > self.now {
                self.now = next;
                let before = std::mem::replace(&mut self.engine, engine_at(&self.options, next));
                before.close().await;
            }
            while let Some(ended) = self.running.first_entry() {
                if ended.key().0 > self.now {
                    break;
                }
                let ended = ended.remove();
                self.report(ended).await?;
            }
        }
    }

    /// Runs what is due; false if nothing is.
    async fn claim(&mut self) -> Result<bool, TaskError> {
        let (marks, turn) = (LowMarks::default(), (0, 0));
        let claims = self
            .engine
            .claim_ready(self.worker, CLAIMED, CLAIMED_BYTES, turn, &marks)
            .await?;
        let is_any = !claims.steps.is_empty();
        for claimed in claims.steps {
            let step = &self.steps[usize::from(claimed.lease.step_no.unsigned_abs())];
            if step.attempts >= MAX_ATTEMPTS {
                return Err(TaskError::Endless {
                    step: step.name.clone(),
                    attempts: MAX_ATTEMPTS,
                });
            }
            self.attempts += 1;
            self.attempt(claimed).await;
        }
        Ok(is_any)
    }

    /// When something happens next: an attempt ends, or a step is due.
    async fn next_time(&self) -> Result<Option<DateTime<Utc>>, TaskError> {
        let due: Option<DateTime<Utc>> =
            sqlx::query_scalar("select min(ready_at) from tasker.queue")
                .fetch_one(self.engine.database().pool())
                .await
                .map_err(DatabaseError::from)?;
        let due = due.filter(|due| *due > self.now);
        let ends = self.running.first_key_value().map(|((end, _), _)| *end);
        Ok(due.into_iter().chain(ends).min())
    }

    async fn attempt(&mut self, claimed: Claimed) {
        let lease = claimed.lease;
        let number = usize::from(lease.step_no.unsigned_abs());
        let plan = self.plans[number].clone();
        let before = self.steps[number].attempts;
        self.steps[number].attempts = before.saturating_add(1);
        let fake = self.call.steps.get(&*plan.name);
        let fake = fake.map(|fake| {
            let last = fake.attempts.len() - 1;
            &fake.attempts[usize::from(before).min(last)]
        });
        let (outcome, effects, takes) = match fake {
            Some(fake) => {
                let (outcome, takes) = of_fake(fake, &plan);
                (outcome, Effects::default(), takes)
            }
            None => {
                let invocation = Invocation {
                    lease,
                    step: plan,
                    task_input: claimed.input.into(),
                    dependencies: Vec::new(),
                    checkpoint: claimed.checkpoint,
                    correlation_id: claimed.correlation_id.into(),
                    caller: None,
                    event: None,
                };
                self.execute(invocation).await
            }
        };
        let takes = chrono::TimeDelta::from_std(takes).unwrap_or_default();
        let end = (self.now + takes).trunc_subsecs(MICROSECONDS);
        let ended = Ended {
            lease,
            outcome,
            effects,
        };
        self.running.insert((end, lease.step_no), ended);
    }

    /// Runs the handler; its outcome, what is recorded with it, and how long it took by its own clock.
    async fn execute(&mut self, invocation: Invocation) -> (Outcome, Effects, Duration) {
        let services = Arc::new(OfDatabase {
            engine: self.engine.for_guests(),
            stored: Stored {
                secrets: self.case.fakes.secrets.clone(),
                kv: Buckets::new(),
                results: BTreeMap::new(),
            },
        });
        let services = HostServices {
            ancestors: Some(services.clone()),
            secrets: Some(services.clone()),
            kv: Some(services),
            ..HostServices::default()
        };
        let clock = Arc::new(VirtualClock::new(self.now));
        let name = invocation.step.name.clone();
        let attempt = Attempt {
            invocation: Arc::new(invocation),
            clock: clock.clone(),
            http: self.http.clone(),
            random: random_numbers(&self.case.fakes.random, self.attempts),
        };
        let executed = self.tested.execute(attempt, services).await;
        let lines = executed
            .log
            .iter()
            .map(|it| format!("{name}: {}", line(it)));
        self.observed.log.extend(lines);
        let (outcome, effects) = recorded(executed);
        (outcome, effects, clock.elapsed())
    }

    async fn report(&mut self, ended: Ended) -> Result<(), TaskError> {
        if !ended.report(&self.engine, self.worker).await? {
            return Ok(());
        }
        let number = usize::from(ended.lease.step_no.unsigned_abs());
        let step = &mut self.steps[number];
        match ended.outcome {
            Outcome::Completed(result) => {
                step.result = serde_json::from_str(&result).ok();
            }
            Outcome::Failed(failure) | Outcome::GivenBack { failure, .. } => {
                step.failed = step.failed.saturating_add(1);
                step.failure = Some(failure);
                self.failed.push(number);
            }
            Outcome::Checkpointed(_) | Outcome::Quarantined => {}
        }
        self.observed.events.extend(ended.effects.events);
        Ok(())
    }

    /// What became of the task, as the database has it.
    async fn finished(mut self, task: TaskId) -> Result<Observed, TaskError> {
        let rows = self
            .engine
            .steps(task, &StepFilter::default(), Seek::lowest(MAX_STEPS as i64))
            .await?;
        for row in rows {
            self.steps[usize::from(row.step_no.unsigned_abs())].state = row.state;
        }
        let row = self.engine.task(task).await?;
        let row = row
            .ok_or_else(|| TaskError::Template("its task is gone".to_owned()))?
            .task;
        let elapsed = row.finished_at.map(|end| end - row.created_at);
        self.observed.elapsed = elapsed.and_then(|it| it.to_std().ok()).unwrap_or_default();
        self.observed.end = self.end(row.state);
        self.observed.kv = published::kv(&self.engine, &self.template.namespace).await?;
        self.observed.requests = self.http.sent();
        self.observed.steps = self.steps;
        self.engine.close().await;
        Ok(self.observed)
    }

    fn end(&self, state: TaskState) -> End {
        if state == TaskState::Complete {
            return End::Result(self.result());
        }
        let is_cause = |number: &&usize| self.steps[**number].state == StepState::Error;
        let cause = self.failed.iter().find(is_cause);
        let cause = cause.and_then(|number| self.steps[*number].failure.clone());
        End::Failure(cause.unwrap_or_else(|| {
            let message = format!("the task ended in the state {state}");
            failure(FailureKind::Host, "not_complete", message, Retry::Never)
        }))
    }

    /// The result of the sink, or where there are several an object of their results by step name.
    fn result(&self) -> Value {
        let ordered = self.template.ordered();
        let sinks = ordered.iter().filter(|step| step.is_sink);
        let results: Map<String, Value> = sinks
            .filter_map(|step| {
                let step = &self.steps[usize::from(step.no.unsigned_abs())];
                Some((step.name.clone(), step.result.clone()?))
            })
            .collect();
        match results.len() {
            1 => results
                .into_iter()
                .next()
                .map(|(_, it)| it)
                .unwrap_or_default(),
            _ => Value::Object(results),
        }
    }
}
