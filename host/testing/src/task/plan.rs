//! What the attempts of each step are given of the template, as a worker reads it of a lock.

use super::server::TaskError;
use crate::case::Call;
use crate::tested::Tested;
use schema_compat::Schema;
use std::sync::Arc;
use tasker_domain::declared_event::{DeclaredBy, EventSchemas};
use tasker_domain::grants::Grants;
use tasker_domain::invocation::StepPlan;
use tasker_domain::limits::{Limit, LimitSource, Limits};
use tasker_domain::template::{OrderedStep, Template};

/// One for each step, by its number.
pub(super) fn plans(
    tested: &Tested,
    call: &Call,
    template: &Template,
) -> Result<Vec<Arc<StepPlan>>, TaskError> {
    let grants = Arc::new(tested.grants(call));
    let of_template = EventSchemas::compile(DeclaredBy::Template, &template.events);
    let of_template = Arc::new(of_template.map_err(TaskError::Template)?);
    let mut event_schemas = tested.event_schemas.clone();
    event_schemas.push(of_template);
    let ordered = template.ordered();
    let plans = ordered.iter().map(|step| {
        let plan = plan(tested, step, (&grants, &event_schemas), template)?;
        Ok(Arc::new(plan))
    });
    plans.collect()
}

fn plan(
    tested: &Tested,
    ordered: &OrderedStep<'_>,
    (grants, event_schemas): (&Arc<Grants>, &[Arc<EventSchemas>]),
    template: &Template,
) -> Result<StepPlan, TaskError> {
    let (step, policy) = (ordered.step, &ordered.policy);
    let mut limits = Limits::of_host();
    let timeout_ms = u64::try_from(policy.timeout.as_millis()).unwrap_or(u64::MAX);
    let timeout = [(Limit::Timeout, timeout_ms)].into_iter().collect();
    limits.narrow(&policy.limits.or(&timeout), LimitSource::Step);
    let result_schema = match &step.result_schema {
        None => None,
        Some(schema) => {
            let schema = Schema::compile(schema);
            let first = |errors: Vec<schema_compat::SchemaError>| {
                let first = errors.first().map(ToString::to_string);
                TaskError::Template(first.unwrap_or_default())
            };
            Some(Arc::new(schema.map_err(first)?))
        }
    };
    Ok(StepPlan {
        namespace: template.namespace.as_str().into(),
        name: step.name.as_str().into(),
        component: step.handler.component.to_string().into(),
        component_version_id: 1,
        digest: tested.digest(),
        handler: step.handler.handler.to_string(),
        config: step.config.to_string(),
        max_attempts: policy.retry.max_attempts.into(),
        limits,
        grants: grants.clone(),
        result_schema,
        event_schemas: event_schemas.to_vec(),
        recording: None,
    })
}
