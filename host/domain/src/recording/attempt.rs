//! What an attempt was called with, as it is recorded.

use super::RECORDING_FORMAT;
use crate::capability::Capability;
use crate::declared_event::{DeclaredBy, DeclaredEvents, EventSchemas};
use crate::digest::Digest;
use crate::grants::Grants;
use crate::invocation::{Invocation, Lease, StepPlan};
use crate::limits::Limits;
use schema_compat::Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Why a recording cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableRecording {
    #[error(
        "the recording has the format {0} and this program reads {RECORDING_FORMAT}; use a program of the release of the host"
    )]
    Format(u32),
    #[error("the recording is incomplete and cannot be replayed: {0}")]
    Incomplete(String),
    #[error("the recording is damaged: {0}")]
    Damaged(String),
}

/// An invocation as it is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedAttempt {
    pub lease: Lease,
    pub namespace: String,
    pub step: String,
    /// As the task's namespace names it.
    pub component: String,
    pub component_version_id: i32,
    /// The exact bytes that ran.
    pub digest: Digest,
    pub handler: String,
    /// JSON text.
    pub config: String,
    pub max_attempts: u32,
    pub limits: Limits,
    pub grants: Vec<Capability>,
    pub result_schema: Option<Value>,
    pub event_schemas: Vec<RecordedSchemas>,
    /// JSON text.
    pub input: String,
    /// Results of earlier steps that were at hand: name and JSON text.
    pub dependencies: Vec<(String, String)>,
    /// JSON text.
    pub checkpoint: Option<String>,
    pub correlation_id: String,
}

/// The events that one declarer declares, as far as they have schemas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedSchemas {
    pub by: DeclaredBy,
    pub events: DeclaredEvents,
}

impl RecordedAttempt {
    pub fn of(invocation: &Invocation) -> Self {
        let step = &invocation.step;
        let dependencies = invocation.dependencies.iter();
        let schemas = step.event_schemas.iter().map(|schemas| RecordedSchemas {
            by: schemas.declared_by(),
            events: schemas.sources().collect(),
        });
        Self {
            lease: invocation.lease,
            namespace: step.namespace.to_string(),
            step: step.name.to_string(),
            component: step.component.to_string(),
            component_version_id: step.component_version_id,
            digest: step.digest,
            handler: step.handler.clone(),
            config: step.config.clone(),
            max_attempts: step.max_attempts,
            limits: step.limits.clone(),
            grants: step.grants.capabilities(),
            result_schema: step.result_schema.as_ref().map(|it| it.source().clone()),
            event_schemas: schemas.collect(),
            input: invocation.task_input.to_string(),
            dependencies: dependencies
                .map(|(name, text)| (name.to_string(), text.to_string()))
                .collect(),
            checkpoint: invocation.checkpoint.clone(),
            correlation_id: invocation.correlation_id.to_string(),
        }
    }

    /// The invocation again.
    ///
    /// # Errors
    /// Where a schema does not compile, which did as it was recorded.
    pub fn invocation(&self) -> Result<Invocation, UnusableRecording> {
        let damaged = |what: String| UnusableRecording::Damaged(what);
        let result_schema = self.result_schema.as_ref().map(|schema| {
            let compiled = Schema::compile(schema);
            compiled.map_err(|_| damaged("its result schema does not compile".to_owned()))
        });
        let schemas = self.event_schemas.iter().map(|schemas| {
            let compiled = EventSchemas::compile(schemas.by, &schemas.events);
            compiled.map(Arc::new).map_err(damaged)
        });
        let dependencies = self.dependencies.iter();
        let dependencies =
            dependencies.map(|(name, text)| (name.as_str().into(), text.as_str().into()));
        let plan = StepPlan {
            namespace: self.namespace.as_str().into(),
            name: self.step.as_str().into(),
            component: self.component.as_str().into(),
            component_version_id: self.component_version_id,
            digest: self.digest,
            handler: self.handler.clone(),
            config: self.config.clone(),
            max_attempts: self.max_attempts,
            limits: self.limits.clone(),
            grants: Arc::new(Grants::of(self.grants.clone())),
            result_schema: result_schema.transpose()?.map(Arc::new),
            event_schemas: schemas.collect::<Result<_, _>>()?,
            recording: None,
        };
        Ok(Invocation {
            lease: self.lease,
            step: Arc::new(plan),
            task_input: self.input.as_str().into(),
            dependencies: dependencies.collect(),
            checkpoint: self.checkpoint.clone(),
            correlation_id: self.correlation_id.as_str().into(),
            caller: None,
            event: None,
        })
    }

    /// About how many bytes it has.
    pub fn bytes(&self) -> usize {
        let dependencies = self.dependencies.iter();
        let dependencies = dependencies.map(|(name, text)| name.len() + text.len());
        let checkpoint = self.checkpoint.as_ref().map_or(0, String::len);
        self.input.len() + self.config.len() + checkpoint + dependencies.sum::<usize>()
    }

    /// The same without what the attempt was given.
    pub(super) fn emptied(self) -> Self {
        Self {
            config: "null".to_owned(),
            grants: Vec::new(),
            result_schema: None,
            event_schemas: Vec::new(),
            input: "null".to_owned(),
            dependencies: Vec::new(),
            checkpoint: None,
            ..self
        }
    }
}

impl Grants {
    /// The capabilities that give these rights.
    pub fn capabilities(&self) -> Vec<Capability> {
        let http = self.http.iter().cloned();
        let secrets = self.secrets.iter().cloned();
        let kv = self.kv.iter().cloned();
        let env = self.env.iter().cloned();
        let events = self.events.iter().cloned();
        let http = http.map(|rule| Capability::Http(Some(rule)));
        http.chain(secrets.map(Capability::Secret))
            .chain(kv.map(Capability::Kv))
            .chain(env.map(|(name, value)| Capability::Env(name, Some(value))))
            .chain(events.map(Capability::Events))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;
    use crate::limits::{Limit, LimitSource};
    use serde_json::json;

    fn invocation() -> Invocation {
        let mut limits = Limits::of_host();
        let said = [(Limit::Timeout, 1_500)].into_iter().collect();
        limits.narrow(&said, LimitSource::Step);
        let grants = [
            "http GET api.example.com",
            "secret stripe clear",
            "kv counters read",
            "env LEVEL=info",
            "events orders",
        ];
        let grants = grants.map(|text| text.parse::<Capability>().unwrap());
        let events = json!({"orders.charged": {"schema": {"type": "object"}}});
        let events = serde_json::from_value(events).unwrap();
        let plan = StepPlan {
            namespace: "orders".into(),
            name: "charge".into(),
            component: "charge".into(),
            component_version_id: 7,
            digest: Digest::of(b"x"),
            handler: "charge".to_owned(),
            config: "{\"a\": 1.50}".to_owned(),
            max_attempts: 3,
            limits,
            grants: Arc::new(Grants::of(grants)),
            result_schema: Some(Arc::new(
                Schema::compile(&json!({"type": "object"})).unwrap(),
            )),
            event_schemas: vec![Arc::new(
                EventSchemas::compile(DeclaredBy::Template, &events).unwrap(),
            )],
            recording: None,
        };
        Invocation {
            lease: Lease {
                task_id: TaskId::generate(),
                step_no: 1,
                attempt: 2,
            },
            step: Arc::new(plan),
            task_input: "{\"n\": 12345678901234567890123}".into(),
            dependencies: vec![("reserve".into(), "[1]".into())],
            checkpoint: Some("1".to_owned()),
            correlation_id: "request-1".into(),
            caller: None,
            event: None,
        }
    }

    #[test]
    fn an_invocation_is_the_same_after_it_was_recorded() {
        let recorded = RecordedAttempt::of(&invocation());
        let text = serde_json::to_string(&recorded).unwrap();
        let read: RecordedAttempt = serde_json::from_str(&text).unwrap();
        assert_eq!(read, recorded);
        let again = RecordedAttempt::of(&read.invocation().unwrap());
        assert_eq!(again, recorded);
    }
}
