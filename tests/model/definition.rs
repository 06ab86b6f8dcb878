//! Publishes shapes straight into the store: no component is ever run here.

use super::shape::Shape;
use serde_json::json;
use tasker::domain::actor::Actor;
use tasker::domain::digest::Digest;
use tasker::domain::ids::TaskId;
use tasker::domain::name::Name;
use tasker::store::Store;
use tasker::store::component::{NewComponentVersion, VersionStatus};
use tasker::store::engine::NewTask;
use tasker::store::lock::LockEntry;
use tasker::store::template::{NewStepTemplate, NewTemplateVersion};

/// Creates one task of each shape; their ids.
pub async fn create(store: &Store, shapes: &[Shape]) -> Vec<TaskId> {
    let component = publish_component(store).await;
    let mut tasks = Vec::new();
    for (no, shape) in shapes.iter().enumerate() {
        tasks.push(new_task(store, &format!("shape{no}"), shape, component).await);
    }
    let created = store.create_tasks(&tasks).await.unwrap();
    assert!(created.iter().all(|created| created.created));
    created.iter().map(|created| created.task_id).collect()
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

async fn publish_component(store: &Store) -> i32 {
    let new = NewComponentVersion {
        namespace: &name("model"),
        component: &name("none"),
        version: &"1.0.0".parse().unwrap(),
        digest: Digest::of(b"none"),
        bytes: b"none",
        descriptor: &json!({}),
        status: VersionStatus::Active,
        verdict: None,
        unapproved: &[],
        actor: &Actor::host(),
    };
    let (row, _) = store.publish_component(&new).await.unwrap();
    row.component_version_id
}

async fn new_task(store: &Store, template: &str, shape: &Shape, component: i32) -> NewTask {
    let new = NewTemplateVersion {
        namespace: &name("model"),
        name: &name(template),
        version: &"1.0.0".parse().unwrap(),
        digest: Digest::of(template.as_bytes()),
        source: "",
        definition: &json!({}),
        steps: (0..shape.steps.len()).map(|no| step(shape, no)).collect(),
        dependencies: dependencies(shape),
        verdict: None,
        actor: &Actor::host(),
    };
    let (row, _) = store.publish_template(&new).await.unwrap();
    let entry = |no: usize| LockEntry {
        step_no: number(no),
        component_version_id: component,
        handler: "none".to_owned(),
    };
    let entries: Vec<LockEntry> = (0..shape.steps.len()).map(entry).collect();
    let lock = store
        .intern_lock(row.template_version_id, &entries, &[])
        .await;
    NewTask {
        task_id: TaskId::generate(),
        namespace_id: row.namespace_id,
        template_id: row.template_id,
        template_version_id: row.template_version_id,
        lock_id: lock.unwrap(),
        input: "{}".to_owned(),
        identity_key: None,
        correlation_id: "model".to_owned(),
        is_watched: false,
    }
}

fn step(shape: &Shape, no: usize) -> NewStepTemplate {
    let step = &shape.steps[no];
    NewStepTemplate {
        name: format!("s{no}"),
        parents: number(step.parents.len()),
        is_sink: shape.is_sink(no),
        max_attempts: step.max_attempts,
        backoff: step.backoff.as_str(),
        backoff_base_ms: step.base_ms,
        backoff_max_ms: step.max_ms,
        jitter: 0.0,
        timeout_ms: step.timeout_ms,
        limits: None,
        config: None,
        result_schema: None,
    }
}

fn dependencies(shape: &Shape) -> Vec<(i16, i16)> {
    let of = |(no, step): (usize, &super::shape::StepShape)| {
        let parents = step.parents.iter();
        let pairs: Vec<_> = parents
            .map(|parent| (number(*parent), number(no)))
            .collect();
        pairs
    };
    shape.steps.iter().enumerate().flat_map(of).collect()
}

/// A step's number as the database has it.
pub fn number(no: usize) -> i16 {
    i16::try_from(no).unwrap()
}
