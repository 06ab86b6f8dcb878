//! The template and the component as a case's database has them, and the task.

use super::server::TaskError;
use crate::case::{Buckets, TaskCall};
use crate::tested::{TASK, Tested};
use schema_compat::InputSchema;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::ids::{LockId, TaskId};
use tasker_domain::kv::{Expected, KvWrite};
use tasker_domain::name::Name;
use tasker_domain::queue_key::QueueLane;
use tasker_domain::resolve::VersionStatus;
use tasker_domain::tag::Tags;
use tasker_domain::template::{OrderedStep, Template};
use tasker_engine::Engine;
use tasker_engine::lock::LockEntry;
use tasker_engine::task::NewTask;
use tasker_registry::publish_template::stored_steps;
use tasker_registry::store::Store;
use tasker_registry::store::component::NewComponentVersion;
use tasker_registry::store::template::NewTemplateVersion;

/// What stands for the component in the database, which runs nothing of it.
const BYTES: &[u8] = b"the component that is tested";

/// The input as the host stores it, or what the template's schema finds wrong with it.
pub(super) fn input(template: &Template, call: &TaskCall) -> Result<String, String> {
    let Some(schema) = &template.input_schema else {
        return Ok(call.input.to_string());
    };
    let schema = InputSchema::compile(schema);
    let schema = schema.map_err(|errors| listed(errors.iter().map(ToString::to_string)))?;
    let accepted = schema.accept(call.input.clone());
    let wrong = |errors: Vec<schema_compat::InputError>| {
        listed(
            errors
                .iter()
                .map(|it| format!("/input{}: {}", it.path, it.message)),
        )
    };
    accepted.map(|input| input.to_string()).map_err(wrong)
}

fn listed(errors: impl Iterator<Item = String>) -> String {
    errors.collect::<Vec<_>>().join("; ")
}

/// Stores the template as publishing does, with all steps locked to the component that is tested, and submits the task.
pub(super) async fn submit(
    engine: &Engine,
    tested: &Tested,
    template: &Template,
    input: String,
) -> Result<TaskId, TaskError> {
    let store = Store::new(engine.clone());
    let component = component(&store, tested).await?;
    let ordered = template.ordered();
    let (mut steps, dependencies) = stored_steps(&ordered);
    for step in &mut steps {
        // A delay is the same in every run.
        step.jitter = 0.0;
    }
    let new = NewTemplateVersion {
        namespace: &template.namespace,
        name: &template.name,
        version: &template.version,
        digest: Digest::of(BYTES),
        source: "",
        definition: &json!({}),
        steps,
        dependencies,
        compat_report: None,
        actor: &Actor::host(),
    };
    let stored = store.publish_template(&new, &BTreeMap::new()).await?;
    let (row, _) = stored.ok_or_else(|| TaskError::Template("it was stored before".to_owned()))?;
    let lock_id = lock(engine, row.template_version_id, &ordered, component).await?;
    let priority = template.priority.unwrap_or_default();
    let task = NewTask {
        task_id: TaskId(TASK),
        namespace_id: row.namespace_id,
        template_id: row.template_id,
        template_version_id: row.template_version_id,
        lock_id,
        lane: QueueLane::of(priority, template.queue_key.as_ref(), &input),
        input,
        identity_key: None,
        correlation_id: "test".to_owned(),
        traceparent: None,
        tags: Tags::default(),
        is_watched: false,
    };
    engine.create_tasks(&[task]).await?;
    Ok(TaskId(TASK))
}

async fn component(store: &Store, tested: &Tested) -> Result<i32, TaskError> {
    let name = |text: &str| {
        let name = text.parse::<Name>();
        name.map_err(|error| TaskError::Template(error.to_string()))
    };
    let (namespace, component) = (name(&tested.namespace)?, name(&tested.component)?);
    let new = NewComponentVersion {
        namespace: &namespace,
        component: &component,
        version: &semver::Version::new(0, 0, 0),
        digest: Digest::of(BYTES),
        bytes: BYTES,
        descriptor: &json!({}),
        status: VersionStatus::Active,
        compat_report: None,
        unapproved: &[],
        decided_at: 0,
        actor: &Actor::host(),
    };
    let stored = store.publish_component(&new).await?;
    let (row, _) = stored.ok_or_else(|| TaskError::Template("it was stored before".to_owned()))?;
    Ok(row.component_version_id)
}

async fn lock(
    engine: &Engine,
    template_version_id: i32,
    steps: &[OrderedStep<'_>],
    component_version_id: i32,
) -> Result<LockId, TaskError> {
    let entries = steps.iter().map(|step| LockEntry {
        step_no: step.no,
        component_version_id,
        handler: step.step.handler.handler.to_string(),
    });
    let entries: Vec<LockEntry> = entries.collect();
    Ok(engine
        .intern_lock(template_version_id, &entries, &[])
        .await?)
}

/// Stores the entries that the case begins with.
pub(super) async fn set_kv(
    engine: &Engine,
    namespace: &Name,
    kv: &Buckets,
) -> Result<(), TaskError> {
    let store = Store::new(engine.clone());
    for (bucket, entries) in kv {
        for (key, value) in entries {
            let write = KvWrite {
                bucket: bucket.clone(),
                key: key.clone(),
                value: Some(value.to_string()),
                expected: Expected::Anything,
            };
            store.set_kv(namespace, &write, &Actor::host()).await?;
        }
    }
    Ok(())
}

/// All entries of the namespace.
pub(super) async fn kv(engine: &Engine, namespace: &Name) -> Result<Buckets, TaskError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select kv.bucket, kv.key, kv.value::text
         from tasker.kv join tasker.namespace n using (namespace_id) where n.name = $1",
    )
    .bind(namespace.as_str())
    .fetch_all(engine.database().pool())
    .await
    .map_err(tasker_database::DatabaseError::from)?;
    let mut buckets = Buckets::new();
    for (bucket, key, value) in rows {
        if let Ok(bucket) = bucket.parse::<Name>() {
            let value: Value = serde_json::from_str(&value).unwrap_or_default();
            buckets.entry(bucket).or_default().insert(key, value);
        }
    }
    Ok(buckets)
}
