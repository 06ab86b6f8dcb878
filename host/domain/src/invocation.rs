//! All that a sandbox run needs, by value.

use super::{
    declared_event::EventSchemas,
    digest::Digest,
    grants::Grants,
    ids::TaskId,
    limits::Limits,
    recording_rule::RecordingPolicy,
    subscriber_event::SubscriberEvent,
    trace_context::{SpanId, SpanOf, TraceId, TraceParent},
};
use schema_compat::Schema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The right of one worker to run one attempt. Every report carries it; a stale one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    pub task_id: TaskId,
    /// The step's number in its template, from 0, parents before children.
    pub step_no: i16,
    /// Numbered from 1.
    pub attempt: i32,
}

/// One attempt, ready to run.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub lease: Lease,
    /// What this step runs; the same for every task with the same lock.
    pub step: Arc<StepPlan>,
    /// The task's input as JSON text; of a subscriber's attempt the data of the event.
    pub task_input: Arc<str>,
    /// Results of earlier steps that are at hand: (step name, JSON text). The others are read when the
    /// handler asks for them.
    pub dependencies: Vec<(Arc<str>, Arc<str>)>,
    /// What the last attempt left with a checkpoint, as JSON text.
    pub checkpoint: Option<String>,
    /// The same from the request to every step of the task.
    pub correlation_id: Arc<str>,
    /// The trace context that came with the submit.
    pub caller: Option<TraceParent>,
    /// What a subscriber is called with, in place of a handler.
    pub event: Option<Arc<SubscriberEvent>>,
}

impl Invocation {
    /// The same for every attempt of this step or event, different for every other.
    pub fn idempotency_key(&self) -> String {
        let step = &self.step;
        match &self.event {
            Some(event) => format!("{}/{}:{}", step.namespace, step.name, event.id),
            None => format!("{}:{}", self.lease.task_id, step.name),
        }
    }

    /// The trace of the attempt and its span in it, whether or not they are recorded.
    pub fn trace(&self) -> (TraceId, SpanId) {
        let Lease {
            task_id,
            step_no,
            attempt,
        } = self.lease;
        let span = SpanOf::Attempt(task_id, step_no, attempt);
        (TraceId::of(task_id, self.caller), SpanId::of(span))
    }
}

/// What a lock says of one step; immutable, so that a worker may keep it. Of a subscriber, what is resolved for one
/// event: the step is the subscription, the handler the subscriber.
#[derive(Clone, Debug)]
pub struct StepPlan {
    pub namespace: Arc<str>,
    pub name: Arc<str>,
    /// As the task's namespace names it: `charge`, or `other/charge` of another namespace.
    pub component: Arc<str>,
    /// What runs, as the ledger names it.
    pub component_version_id: i32,
    /// The exact bytes to run.
    pub digest: Digest,
    /// The handler's name inside the component.
    pub handler: String,
    /// The step's `config` in the template, as JSON text; `null` where it has none.
    pub config: String,
    /// Attempts in all, the first included.
    pub max_attempts: u32,
    pub limits: Limits,
    pub grants: Arc<Grants>,
    /// The compiled `result_schema` of the step, if any.
    pub result_schema: Option<Arc<Schema>>,
    /// The schemas of events that its component and its template declare.
    pub event_schemas: Vec<Arc<EventSchemas>>,
    /// Which of its attempts are recorded; `None`: none are, and none pays for it.
    pub recording: Option<RecordingPolicy>,
}
