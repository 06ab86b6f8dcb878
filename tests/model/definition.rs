//! Publishes shapes straight into the database: no component is ever run here.

use super::reference::queue_key;
use super::shape::Shape;
use serde_json::json;
use std::collections::BTreeMap;
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::ids::{LockId, TaskId};
use tasker_domain::name::Name;
use tasker_domain::priority::Priority;
use tasker_domain::queue_key::{QueueKey, QueueLane};
use tasker_domain::resolve::VersionStatus;
use tasker_domain::tag::Tags;
use tasker_engine::Engine;
use tasker_engine::lock::LockEntry;
use tasker_engine::task::NewTask;
use tasker_registry::store::Store;
use tasker_registry::store::component::NewComponentVersion;
use tasker_registry::store::template::{NewStepTemplate, NewTemplateVersion};

/// The bytes that tasks are created with, and those that they may be moved to.
const CODE: [&[u8]; 2] = [b"none", b"other"];

/// A task, and the locks with the one code and with the other.
pub struct Created {
    pub id: TaskId,
    pub locks: [LockId; 2],
}

/// What the tasks are created with.
pub fn first_code() -> Digest {
    Digest::of(CODE[0])
}

/// Creates one task of each shape.
pub async fn create(engine: &Engine, shapes: &[Shape]) -> Vec<Created> {
    let store = &Store::new(engine.clone());
    let components = [
        publish_component(store, "1.0.0", CODE[0], 0).await,
        publish_component(store, "2.0.0", CODE[1], 1).await,
    ];
    let (mut tasks, mut locks) = (Vec::new(), Vec::new());
    for (no, shape) in shapes.iter().enumerate() {
        let (task, of_task) = new_task(store, no, shape, components).await;
        tasks.push(task);
        locks.push(of_task);
    }
    let created = engine.create_tasks(&tasks).await.unwrap();
    assert!(created.iter().all(|created| created.created));
    let ids = created.iter().map(|created| created.task_id);
    ids.zip(locks)
        .map(|(id, locks)| Created { id, locks })
        .collect()
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

async fn publish_component(store: &Store, version: &str, bytes: &[u8], revision: i64) -> i32 {
    let new = NewComponentVersion {
        namespace: &name("model"),
        component: &name("none"),
        version: &version.parse().unwrap(),
        digest: Digest::of(bytes),
        bytes,
        descriptor: &json!({}),
        status: VersionStatus::Active,
        compat_report: None,
        unapproved: &[],
        decided_at: revision,
        actor: &Actor::host(),
    };
    let published = store.publish_component(&new).await.unwrap();
    let (row, _) = published.unwrap();
    row.component_version_id
}

async fn new_task(
    store: &Store,
    no: usize,
    shape: &Shape,
    components: [i32; 2],
) -> (NewTask, [LockId; 2]) {
    let template = format!("shape{no}");
    let key: QueueKey = "key".parse().unwrap();
    let input = json!({ "key": queue_key(no) }).to_string();
    let new = NewTemplateVersion {
        namespace: &name("model"),
        name: &name(&template),
        version: &"1.0.0".parse().unwrap(),
        digest: Digest::of(template.as_bytes()),
        source: "",
        definition: &json!({}),
        steps: (0..shape.steps.len()).map(|no| step(shape, no)).collect(),
        dependencies: dependencies(shape),
        compat_report: None,
        actor: &Actor::host(),
    };
    let published = store
        .publish_template(&new, &BTreeMap::new())
        .await
        .unwrap();
    let (row, _) = published.expect("nothing was decided");
    let version = row.template_version_id;
    let locks = [
        lock(store, version, shape, components[0]).await,
        lock(store, version, shape, components[1]).await,
    ];
    let task = NewTask {
        task_id: TaskId::generate(),
        namespace_id: row.namespace_id,
        template_id: row.template_id,
        template_version_id: row.template_version_id,
        lock_id: locks[0],
        input: input.clone(),
        identity_key: None,
        correlation_id: "model".to_owned(),
        traceparent: None,
        tags: Tags::default(),
        lane: QueueLane::of(Priority::default(), Some(&key), &input),
        is_watched: false,
    };
    (task, locks)
}

async fn lock(store: &Store, version: i32, shape: &Shape, component: i32) -> LockId {
    let entry = |no: usize| LockEntry {
        step_no: number(no),
        component_version_id: component,
        handler: "none".to_owned(),
    };
    let entries: Vec<LockEntry> = (0..shape.steps.len()).map(entry).collect();
    store
        .engine()
        .intern_lock(version, &entries, &[])
        .await
        .unwrap()
}

fn step(shape: &Shape, no: usize) -> NewStepTemplate {
    let step = &shape.steps[no];
    NewStepTemplate {
        name: format!("s{no}"),
        parents: step.parents.len().try_into().unwrap(),
        is_sink: shape.is_sink(no),
        max_attempts: step.max_attempts,
        backoff: step.backoff.into_str(),
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
