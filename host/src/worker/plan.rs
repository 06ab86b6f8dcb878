//! From what was claimed to what can be run.

use super::barred::Barred;
use super::rules::{Rules, RulesCache};
use crate::domain::ids::LockId;
use crate::domain::invocation::{Invocation, StepPlan};
use crate::domain::limits::{Limit, LimitSource, Limits};
use crate::domain::template::Schema;
use crate::store::engine::Claimed;
use crate::store::plan::StoredStep;
use crate::store::{Store, StoreError};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

/// Locks whose steps a host keeps in memory.
const MAX_LOCKS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

type Plan = Arc<[Arc<StepPlan>]>;

/// The steps of locks, which never change, with what their namespace grants and limits, which may.
pub(super) struct PlanCache {
    plans: Mutex<LruCache<LockId, Kept>>,
    rules: RulesCache,
    limits: Limits,
    barred: Barred,
}

/// A plan, and what it was made from.
#[derive(Clone)]
struct Kept {
    steps: Arc<[StoredStep]>,
    rules: Arc<Rules>,
    plan: Plan,
}

impl PlanCache {
    pub(super) fn new(limits: Limits, barred: Barred) -> Self {
        Self {
            plans: Mutex::new(LruCache::new(MAX_LOCKS)),
            rules: RulesCache::default(),
            limits,
            barred,
        }
    }

    /// Everything that the claimed steps need, in the same order.
    pub(super) async fn invocations(
        &self,
        store: &Store,
        claimed: Vec<Claimed>,
    ) -> Result<Vec<Invocation>, StoreError> {
        let mut invocations = Vec::with_capacity(claimed.len());
        let mut last: Option<(LockId, Plan)> = None;
        for step in claimed {
            let plan = match last.take() {
                Some((lock, plan)) if lock == step.lock_id => plan,
                _ => self.plan(store, &step).await?,
            };
            last = Some((step.lock_id, plan.clone()));
            invocations.push(invocation(&plan, step)?);
        }
        Ok(invocations)
    }

    /// The plan of the step's lock, under the rules that stood when the step was claimed or later.
    async fn plan(&self, store: &Store, step: &Claimed) -> Result<Plan, StoreError> {
        let kept = self.kept(step.lock_id);
        let steps = match &kept {
            Some(kept) => kept.steps.clone(),
            None => store.steps_of_lock(step.lock_id).await?.into(),
        };
        let namespace = steps.first().map_or("", |step| &step.namespace);
        let rules = self.rules.of(store, namespace, step.generation).await?;
        if let Some(kept) = kept
            && Arc::ptr_eq(&kept.rules, &rules)
        {
            return Ok(kept.plan);
        }
        let quarantined = steps.iter().filter(|step| step.is_quarantined);
        self.barred.add(quarantined.map(|step| step.digest));
        let plan: Plan = steps
            .iter()
            .map(|step| self.step_plan(step.clone(), &rules).map(Arc::new))
            .collect::<Result<_, _>>()?;
        let kept = Kept {
            steps,
            rules,
            plan: plan.clone(),
        };
        let mut plans = self.plans.lock().expect("no holder panics");
        plans.put(step.lock_id, kept);
        Ok(plan)
    }

    fn kept(&self, lock: LockId) -> Option<Kept> {
        let mut plans = self.plans.lock().expect("no holder panics");
        plans.get(&lock).cloned()
    }

    /// The least of what the host, the namespace, its rule for the component and the step say.
    fn limits(&self, step: &StoredStep, rules: &Rules) -> Limits {
        let mut limits = self.limits.clone();
        rules.narrow(&mut limits, &step.component);
        let timeout_ms = u64::try_from(step.timeout.as_millis()).unwrap_or(u64::MAX);
        let timeout = [(Limit::Timeout, timeout_ms)].into_iter().collect();
        limits.narrow(&step.limits.or(&timeout), LimitSource::Step);
        limits
    }

    fn step_plan(&self, step: StoredStep, rules: &Rules) -> Result<StepPlan, StoreError> {
        let result_schema = match &step.result_schema {
            Some(text) => Some(Arc::new(compiled(text, &step.name)?)),
            None => None,
        };
        let grants = Arc::new(rules.grants(&step.component));
        let limits = self.limits(&step, rules);
        Ok(StepPlan {
            namespace: step.namespace.into(),
            name: step.name.into(),
            component: step.component.into(),
            component_version_id: step.component_version_id,
            digest: step.digest,
            handler: step.handler,
            config: step.config.unwrap_or_else(|| "null".to_owned()),
            max_attempts: step.max_attempts.unsigned_abs(),
            limits,
            grants,
            result_schema,
        })
    }
}

fn compiled(schema: &str, step: &str) -> Result<Schema, StoreError> {
    let corrupt =
        |error: String| StoreError::Corrupt(format!("result schema of step {step}: {error}"));
    let schema = serde_json::from_str(schema).map_err(|error| corrupt(error.to_string()))?;
    Schema::compile(&schema).map_err(|errors| {
        let first = errors.first().map(ToString::to_string);
        corrupt(first.unwrap_or_default())
    })
}

fn invocation(plan: &Plan, step: Claimed) -> Result<Invocation, StoreError> {
    let no = step.lease.step_no;
    let missing =
        |no: i16| StoreError::Corrupt(format!("lock {} has no step {no}", step.lock_id.0));
    let at = |no: i16| {
        usize::try_from(no)
            .ok()
            .and_then(|at| plan.get(at))
            .ok_or_else(|| missing(no))
    };
    let parent = |(no, result): (i16, String)| at(no).map(|parent| (parent.name.clone(), result));
    Ok(Invocation {
        lease: step.lease,
        step: at(no)?.clone(),
        task_input: step.input.into(),
        dependencies: step
            .parents
            .into_iter()
            .map(parent)
            .collect::<Result<_, _>>()?,
        checkpoint: step.checkpoint,
        correlation_id: step.correlation_id.into(),
    })
}
