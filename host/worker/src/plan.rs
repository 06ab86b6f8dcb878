//! From what was claimed to what can be run.

use super::declared_schemas::DeclaredSchemas;
use super::finished::Finished;
use super::held::TaskText;
use super::quarantine_set::QuarantineSet;
use super::unreadable::{UnreadableLocks, UnreadablePlan};
use schema_compat::Schema;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::attempt_rules::AttemptRules;
use tasker_domain::ids::LockId;
use tasker_domain::invocation::{Invocation, Lease, StepPlan};
use tasker_domain::limits::{Limit, LimitSettings, Limits};
use tasker_domain::outcome::Outcome;
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_engine::Engine;
use tasker_engine::bounded_map::{BoundedMap, at_most};
use tasker_engine::plan::StoredStep;

/// Locks whose steps a host keeps in memory.
const MAX_LOCKS: NonZeroUsize = at_most(1_024);
/// How often reading a plan is tried before the steps are given back.
const MAX_TRIES: u32 = 5;
/// Between these questions.
const RETRY_DELAY: Duration = Duration::from_millis(200);

/// By step number. A step that this host cannot read harms no other step of its lock.
type Plan = Arc<BTreeMap<i16, Result<Arc<StepPlan>, UnreadablePlan>>>;

/// A claimed step, with all that its attempt needs but the plan.
pub(super) struct NextStep {
    pub(super) lease: Lease,
    pub(super) lock_id: LockId,
    /// Of the task's namespace, read after the claim.
    pub(super) revision: i64,
    pub(super) task: Arc<TaskText>,
    /// JSON text.
    pub(super) checkpoint: Option<String>,
    /// The result (JSON text) of this parent, by number.
    pub(super) at_hand: Option<(i16, Arc<str>)>,
}

/// A claimed step after its plan was read.
pub(super) struct Assigned {
    pub(super) lease: Lease,
    pub(super) task: Arc<TaskText>,
    /// What to run; where it cannot be run, what to report instead.
    pub(super) invocation: Result<Invocation, Finished>,
}

/// The steps of locks, which never change, with what their namespace says of them, which may.
pub(super) struct PlanCache {
    plans: BoundedMap<LockId, CachedPlan>,
    limits: Limits,
    /// Where the host records more than its namespaces say.
    recording: Option<RecordingPolicy>,
    quarantine: QuarantineSet,
    unreadable: UnreadableLocks,
}

/// A plan, what it was made from, and the revision of its namespace under which it holds.
#[derive(Clone)]
struct CachedPlan {
    revision: i64,
    steps: Arc<[StoredStep]>,
    rules: Arc<AttemptRules>,
    plan: Plan,
}

impl PlanCache {
    pub(super) fn new(
        limits: Limits,
        recording: Option<RecordingPolicy>,
        quarantine: QuarantineSet,
    ) -> Self {
        Self {
            plans: BoundedMap::new(MAX_LOCKS),
            limits,
            recording,
            quarantine,
            unreadable: UnreadableLocks::default(),
        }
    }

    /// The assignment of each of the claimed steps, in the same order. What is wrong with one lock or
    /// namespace harms its own steps only.
    pub(super) async fn assign(&self, engine: &Engine, next: Vec<NextStep>) -> Vec<Assigned> {
        let mut assigned = Vec::with_capacity(next.len());
        let mut plans: HashMap<LockId, Result<Plan, UnreadablePlan>> = HashMap::new();
        for step in next {
            let lock = step.lock_id;
            let plan = match plans.entry(lock) {
                Entry::Occupied(read) => read.into_mut(),
                Entry::Vacant(place) => {
                    place.insert(self.plan_once_answered(engine, lock, step.revision).await)
                }
            };
            assigned.push(self.assigned(plan, step));
        }
        assigned
    }

    fn assigned(&self, plan: &Result<Plan, UnreadablePlan>, step: NextStep) -> Assigned {
        let (lease, lock, task) = (step.lease, step.lock_id, step.task.clone());
        let invocation = match plan {
            Ok(plan) => invocation(plan, step),
            Err(unreadable) => Err(unreadable.clone()),
        };
        let invocation = invocation.map_err(|unreadable| self.unrun(lease, lock, &unreadable));
        Assigned {
            lease,
            task,
            invocation,
        }
    }

    /// Reported instead of an attempt that cannot begin.
    fn unrun(&self, lease: Lease, lock: LockId, unreadable: &UnreadablePlan) -> Finished {
        let outcome = match unreadable {
            UnreadablePlan::Nowhere(_) => Outcome::Failed(unreadable.failure(lock)),
            UnreadablePlan::Here(_) | UnreadablePlan::Now(_) => Outcome::GivenBack {
                failure: unreadable.failure(lock),
                delay: self.unreadable.delay(lock),
            },
        };
        if let Outcome::Failed(failure) | Outcome::GivenBack { failure, .. } = &outcome {
            tracing::error!(task_id = %lease.task_id, step_no = lease.step_no, lock = lock.0,
                code = failure.code, message = failure.message, "a step cannot be run here");
        }
        Finished::unrun(lease, outcome)
    }

    async fn plan_once_answered(
        &self,
        engine: &Engine,
        lock: LockId,
        revision: i64,
    ) -> Result<Plan, UnreadablePlan> {
        let mut asked = 1;
        loop {
            match self.plan(engine, lock, revision).await {
                Err(error) if error.is_transient() && asked < MAX_TRIES => {
                    asked += 1;
                    tokio::time::sleep(RETRY_DELAY).await;
                }
                Err(error) => return Err(UnreadablePlan::of(&error)),
                Ok(plan) => {
                    if plan.values().all(Result::is_ok) {
                        self.unreadable.forget(lock);
                    }
                    return Ok(plan);
                }
            }
        }
    }

    /// The plan of the lock, under the rules of this revision of its namespace or of a later one.
    async fn plan(
        &self,
        engine: &Engine,
        lock: LockId,
        revision: i64,
    ) -> Result<Plan, DatabaseError> {
        let kept = self.plans.get(&lock);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.revision == revision) {
            return Ok(kept.plan.clone());
        }
        let steps = match &kept {
            Some(kept) => kept.steps.clone(),
            None => self.steps(engine, lock).await?,
        };
        let Some(first) = steps.first() else {
            return Ok(Plan::default());
        };
        let (revision, rules) = engine.attempt_rules(&first.namespace, revision).await?;
        let plan = match kept.filter(|kept| kept.rules == rules) {
            Some(kept) => kept.plan,
            None => self.made(&steps, &rules),
        };
        // What cannot be read now may be mended.
        if plan.values().all(Result::is_ok) {
            let kept = CachedPlan {
                revision,
                steps,
                rules,
                plan: plan.clone(),
            };
            self.plans.keep(lock, kept);
        }
        Ok(plan)
    }

    async fn steps(
        &self,
        engine: &Engine,
        lock: LockId,
    ) -> Result<Arc<[StoredStep]>, DatabaseError> {
        let steps = engine.steps_of_lock(lock).await?;
        let quarantined = steps.iter().filter(|step| step.is_quarantined);
        self.quarantine.add(quarantined.map(|step| step.digest));
        Ok(steps.into())
    }

    fn made(&self, steps: &[StoredStep], rules: &AttemptRules) -> Plan {
        let schemas = DeclaredSchemas::of(steps);
        let plan = steps.iter().map(|step| {
            let plan = self.step_plan(step, rules, &schemas);
            (step.step_no, plan.map(Arc::new))
        });
        Arc::new(plan.collect())
    }

    fn step_plan(
        &self,
        step: &StoredStep,
        rules: &AttemptRules,
        schemas: &DeclaredSchemas,
    ) -> Result<StepPlan, UnreadablePlan> {
        let result_schema = match &step.result_schema {
            Some(text) => Some(Arc::new(compiled(text, &step.name)?)),
            None => None,
        };
        let event_schemas = schemas.of_step(step)?;
        let said = said_limits(step)?;
        let step = step.clone();
        Ok(StepPlan {
            limits: rules.limits(&step.component, &self.limits, &said),
            grants: Arc::new(rules.grants(&step.component)),
            recording: self.recording.or_else(|| rules.recording(&step.component)),
            namespace: step.namespace.into(),
            name: step.name.into(),
            component: step.component.into(),
            component_version_id: step.component_version_id,
            digest: step.digest,
            handler: step.handler,
            config: step.config.unwrap_or_else(|| "null".to_owned()),
            max_attempts: step.max_attempts.unsigned_abs(),
            result_schema,
            event_schemas,
        })
    }
}

fn compiled(schema: &str, step: &str) -> Result<Schema, UnreadablePlan> {
    let unknown =
        |error: String| UnreadablePlan::Here(format!("result schema of step {step}: {error}"));
    let schema = serde_json::from_str(schema).map_err(|error| unknown(error.to_string()))?;
    Schema::compile(&schema).map_err(|errors| {
        let first = errors.first().map(ToString::to_string);
        unknown(first.unwrap_or_default())
    })
}

/// What the step says of limits, its timeout too.
fn said_limits(step: &StoredStep) -> Result<LimitSettings, UnreadablePlan> {
    let timeout_ms = u64::from(step.timeout_ms.unsigned_abs());
    let timeout = [(Limit::Timeout, timeout_ms)].into_iter().collect();
    let Some(text) = &step.limits else {
        return Ok(timeout);
    };
    let said: LimitSettings = serde_json::from_str(text)
        .map_err(|error| UnreadablePlan::Here(format!("limits of step {}: {error}", step.name)))?;
    Ok(said.or(&timeout))
}

fn invocation(plan: &Plan, step: NextStep) -> Result<Invocation, UnreadablePlan> {
    let no = step.lease.step_no;
    let missing = || UnreadablePlan::Nowhere(format!("it has no step {no}"));
    let name = |no: &i16| Some(plan.get(no)?.as_ref().ok()?.name.clone());
    let at_hand = step
        .at_hand
        .and_then(|(no, result)| Some((name(&no)?, result)));
    Ok(Invocation {
        lease: step.lease,
        step: plan.get(&no).ok_or_else(missing)?.clone()?,
        task_input: step.task.input.clone(),
        dependencies: at_hand.into_iter().collect(),
        checkpoint: step.checkpoint,
        correlation_id: step.task.correlation_id.clone(),
        caller: step.task.caller,
        event: None,
    })
}
