//! Looks an upload over, once, before anyone can run it.

use super::bindings::exports::tasker::step::{handler, subscriber};
use super::contract::CONTRACT_DESCRIPTOR;
use super::descriptor::Described;
use super::execute::within_deadline;
use super::outcome;
use super::provenance::provenance_of;
use super::refusal::Refusal;
use super::slots::acquire_slot;
use super::state::AttemptState;
use super::surface::{Surface, beginning, has_handlers, refuse_other_files};
use super::{HostServices, Prepared, Sandbox, SandboxError};
use std::sync::Arc;
use std::time::Instant;
use tasker_domain::declared_event::DeclaredEvents;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::grants::Grants;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::{Invocation, Lease, StepPlan};
use tasker_domain::limits::{Limit, Limits};
use tasker_domain::outcome::Failure;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;
use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, Instance};

/// The longest descriptor, in bytes of JSON text.
const MAX_DESCRIPTOR_BYTES: usize = 1 << 20;

/// An upload that this host can run.
#[derive(Clone, Debug)]
pub struct Inspected {
    pub digest: Digest,
    pub descriptor: Descriptor,
}

impl Sandbox {
    /// Compiles and links an upload, starts an instance and asks it for its descriptor. What was
    /// compiled is kept for [`prepare`](Self::prepare).
    ///
    /// # Errors
    /// Where the upload cannot run here, with words for its author; then nothing of it is kept.
    pub async fn inspect(&self, bytes: impl Into<Arc<[u8]>>) -> Result<Inspected, SandboxError> {
        let bytes = bytes.into();
        refuse_other_files(&bytes)?;
        let digest = Digest::of(&bytes);
        let inspected = self.inspect_as(digest, bytes).await;
        if let Err(SandboxError::Refused(_)) = &inspected {
            self.on_blocking_thread(move |inner| inner.cache.forget(digest))
                .await;
        }
        inspected
    }

    async fn inspect_as(
        &self,
        digest: Digest,
        bytes: Arc<[u8]>,
    ) -> Result<Inspected, SandboxError> {
        let prepared = self.compile(digest, bytes.clone()).await?;
        let Surface {
            imports,
            exports,
            contract,
        } = prepared.surface()?;
        let described = self.describe_among_guests(&prepared).await?;
        let undescribed = Descriptor {
            contract,
            // None where it exports none.
            handlers: (!has_handlers(&exports)).then(Vec::new),
            subscribers: None,
            capabilities: Vec::new(),
            events: DeclaredEvents::new(),
            imports,
            exports,
            provenance: provenance_of(&bytes),
        };
        let descriptor = match described {
            Some(described) => with_description(undescribed, &described)?,
            None => undescribed,
        };
        Ok(Inspected { digest, descriptor })
    }

    async fn describe_among_guests(
        &self,
        prepared: &Prepared,
    ) -> Result<Option<Described>, Refusal> {
        let (sandbox, prepared) = (self.clone(), prepared.clone());
        let describing = async move { sandbox.describe(&prepared).await };
        // Ended with this call.
        let describing = AbortOnDropHandle::new(self.guest_threads().spawn(describing));
        let described = describing.await;
        described.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    async fn describe(&self, prepared: &Prepared) -> Result<Option<Described>, Refusal> {
        let _slot = acquire_slot(&self.inner.inspections).await;
        let invocation = Arc::new(describing(prepared.digest()));
        let state = AttemptState::new(
            invocation,
            HostServices::default(),
            &self.inner.http,
            Instant::now(),
        );
        let mut store = self.inner.store(state);
        let started = within_deadline(&mut store, async |store| start(store, prepared).await).await;
        let instance = started.map_err(|error| Refusal::Start(failed(&error, &store)))?;
        let Some(describe) = describe_index(prepared.pre().component()) else {
            return Ok(None);
        };
        let text = within_deadline(&mut store, async |store| {
            let describe = instance.get_typed_func::<(), (String,)>(&mut *store, &describe)?;
            Ok(describe.call_async(store, ()).await?.0)
        });
        let text = text
            .await
            .map_err(|error| Refusal::Describe(failed(&error, &store)))?;
        if text.len() > MAX_DESCRIPTOR_BYTES {
            return Err(Refusal::DescriptorSize {
                found: text.len(),
                most: MAX_DESCRIPTOR_BYTES,
            });
        }
        let described = serde_json::from_str(&text);
        described.map(Some).map_err(|source| Refusal::Descriptor {
            begins: beginning(&text),
            source,
        })
    }
}

/// What is known of a component, with what it says of itself.
fn with_description(known: Descriptor, described: &Described) -> Result<Descriptor, Refusal> {
    let (handlers, subscribers) = (described.handlers()?, described.subscribers()?);
    if !handlers.is_empty() && !has_handlers(&known.exports) {
        return Err(Refusal::NotExported("handler"));
    }
    if subscribers.as_ref().is_some_and(|them| !them.is_empty()) && !known.has_subscribers() {
        return Err(Refusal::NotExported("subscriber"));
    }
    Ok(Descriptor {
        handlers: Some(handlers),
        subscribers: subscribers.filter(|_| known.has_subscribers()),
        capabilities: described.capabilities()?,
        events: described.events()?,
        ..known
    })
}

/// Starts an instance and checks the types of its handler and its subscriber.
async fn start(store: &mut Store<AttemptState>, prepared: &Prepared) -> wasmtime::Result<Instance> {
    let instance = prepared.pre().instantiate_async(&mut *store).await?;
    if let Some(execute) = prepared.execute() {
        type Answer = (Result<handler::Outcome, handler::Failure>,);
        instance.get_typed_func::<(&str, &str), Answer>(&mut *store, execute)?;
    }
    if let Some(handle) = prepared.handle() {
        type Answer = (Result<(), handler::Failure>,);
        instance.get_typed_func::<(&str, subscriber::Event), Answer>(&mut *store, handle)?;
    }
    Ok(instance)
}

fn failed(error: &wasmtime::Error, store: &Store<AttemptState>) -> Box<Failure> {
    Box::new(outcome::of_error(error, store.data()))
}

fn describe_index(component: &Component) -> Option<ComponentExportIndex> {
    let descriptor = component.get_export_index(None, CONTRACT_DESCRIPTOR)?;
    component.get_export_index(Some(&descriptor), "describe")
}

/// How long a component may take to start and to describe itself: what it says is a constant.
const DESCRIBE_DEADLINE_MS: u64 = 10_000;

/// `describe` runs with the default limits and no grants, for a step that no task has.
fn describing(digest: Digest) -> Invocation {
    let mut limits = Limits::default();
    limits.set(Limit::Timeout, DESCRIBE_DEADLINE_MS);
    Invocation {
        lease: Lease {
            task_id: TaskId(Uuid::nil()),
            step_no: 0,
            attempt: 1,
        },
        step: Arc::new(StepPlan {
            namespace: "".into(),
            name: "describe".into(),
            component: "".into(),
            component_version_id: 0,
            digest,
            handler: String::new(),
            config: "null".to_owned(),
            max_attempts: 1,
            limits,
            grants: Arc::new(Grants::default()),
            result_schema: None,
            event_schemas: Vec::new(),
            recording: None,
        }),
        task_input: "null".into(),
        dependencies: Vec::new(),
        checkpoint: None,
        correlation_id: "".into(),
        caller: None,
        event: None,
    }
}
