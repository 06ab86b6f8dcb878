//! Looks an upload over, once, before anyone can run it.

use super::bindings::exports::tasker::step::handler;
use super::capability::{CONTRACT_DESCRIPTOR, PROVIDED};
use super::descriptor::{Described, Descriptor, HandlerDescription};
use super::execute::within_deadline;
use super::refusal::Refusal;
use super::state::AttemptState;
use super::verdict;
use super::{Prepared, Sandbox, Surroundings};
use crate::domain::digest::Digest;
use crate::domain::grants::Grants;
use crate::domain::ids::TaskId;
use crate::domain::invocation::{Invocation, Lease, StepPlan};
use crate::domain::limits::Limits;
use crate::domain::outcome::Failure;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;
use uuid::Uuid;
use wasmtime::component::Component;
use wasmtime::{Engine, Store};

/// Bytes that open every WebAssembly file.
const MAGIC: &[u8] = b"\0asm";
/// What follows the magic in a core module.
const CORE_MODULE: &[u8] = &[1, 0, 0, 0];
/// Characters of a wrong upload that a refusal shows.
const SHOWN_CHARS: usize = 40;

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
    /// Where the upload cannot run here, with words for its author.
    pub async fn inspect(&self, bytes: impl Into<Arc<[u8]>>) -> Result<Inspected, Refusal> {
        let bytes = bytes.into();
        refuse_other_files(&bytes)?;
        let digest = Digest::of(&bytes);
        let prepared = self.compile_checked(digest, bytes).await?;
        let component = prepared.pre().component();
        let (imports, contract) = (imports(component), contract(component)?);
        let described = self.describe(&prepared).await?;
        let (handlers, capabilities) = match described {
            Some(described) => (Some(checked(described.handlers)?), described.capabilities),
            None => (None, Vec::new()),
        };
        Ok(Inspected {
            digest,
            descriptor: Descriptor {
                contract,
                handlers,
                capabilities,
                imports,
            },
        })
    }

    /// Tells unknown imports and a missing handler apart from what else may go wrong at linking.
    async fn compile_checked(&self, digest: Digest, bytes: Arc<[u8]>) -> Result<Prepared, Refusal> {
        let again = bytes.clone();
        match self.compile(digest, bytes).await {
            Err(refusal @ (Refusal::Link(_) | Refusal::NoHandler { .. })) => {
                Err(self.explain(refusal, &again))
            }
            other => other,
        }
    }

    fn explain(&self, refusal: Refusal, bytes: &[u8]) -> Refusal {
        let Ok(component) = Component::from_binary(&self.inner.engine, bytes) else {
            return refusal;
        };
        let explained = known_imports(&component).and_then(|()| contract(&component).map(drop));
        explained.err().unwrap_or(refusal)
    }

    async fn describe(&self, prepared: &Prepared) -> Result<Option<Described>, Refusal> {
        let _permit = self
            .inner
            .permits
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let invocation = Arc::new(describing(prepared.digest()));
        let state = AttemptState::new(
            invocation,
            Surroundings::default(),
            self.inner.http.clone(),
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
        let described = serde_json::from_str(&text);
        described.map(Some).map_err(|source| Refusal::Descriptor {
            begins: beginning(&text),
            source,
        })
    }
}

/// Starts an instance and checks the type of its handler.
async fn start(
    store: &mut Store<AttemptState>,
    prepared: &Prepared,
) -> wasmtime::Result<wasmtime::component::Instance> {
    let instance = prepared.pre().instantiate_async(&mut *store).await?;
    type Answer = (Result<handler::Outcome, handler::Failure>,);
    instance.get_typed_func::<(&str, &str), Answer>(store, prepared.execute())?;
    Ok(instance)
}

fn failed(error: &wasmtime::Error, store: &Store<AttemptState>) -> Box<Failure> {
    Box::new(verdict::of_error(error, store.data()))
}

fn describe_index(component: &Component) -> Option<wasmtime::component::ComponentExportIndex> {
    let descriptor = component.get_export_index(None, CONTRACT_DESCRIPTOR)?;
    component.get_export_index(Some(&descriptor), "describe")
}

/// `describe` runs with the default limits and no grants, for a step that no task has.
fn describing(digest: Digest) -> Invocation {
    Invocation {
        lease: Lease {
            task_id: TaskId(Uuid::nil()),
            step_no: 0,
            attempt: 1,
        },
        step: Arc::new(StepPlan {
            namespace: "".into(),
            name: "describe".into(),
            digest,
            handler: String::new(),
            config: "null".to_owned(),
            max_attempts: 1,
            limits: Limits::default(),
            grants: Arc::new(Grants::default()),
            result_schema: None,
        }),
        task_input: "null".into(),
        dependencies: Vec::new(),
        checkpoint: None,
        correlation_id: "".into(),
    }
}

fn refuse_other_files(bytes: &[u8]) -> Result<(), Refusal> {
    match bytes.strip_prefix(MAGIC) {
        _ if bytes.is_empty() => Err(Refusal::Empty),
        None => Err(Refusal::NotWasm {
            begins: beginning(&String::from_utf8_lossy(bytes)),
        }),
        Some(rest) if rest.starts_with(CORE_MODULE) => Err(Refusal::CoreModule),
        Some(_) => Ok(()),
    }
}

fn beginning(text: &str) -> String {
    text.chars()
        .take(SHOWN_CHARS)
        .collect::<String>()
        .escape_debug()
        .to_string()
}

fn imports(component: &Component) -> Vec<String> {
    let engine = component.engine();
    component
        .component_type()
        .imports(engine)
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn known_imports(component: &Component) -> Result<(), Refusal> {
    let missing: Vec<String> = imports(component)
        .into_iter()
        .filter(|name| !is_provided(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    Err(Refusal::UnknownImports {
        missing,
        available: PROVIDED.join(", "),
    })
}

fn is_provided(import: &str) -> bool {
    let name = import.split_once('@').map_or(import, |(name, _)| name);
    PROVIDED.contains(&name)
}

/// The version of the contract behind the handler that a component exports.
fn contract(component: &Component) -> Result<String, Refusal> {
    let exports = exports(component, component.engine());
    let handler = exports
        .iter()
        .find_map(|name| name.strip_prefix("tasker:step/handler@"));
    match handler {
        Some(version) if version.split('.').next() == Some("1") => Ok(version.to_owned()),
        Some(version) => Err(Refusal::OtherContract {
            found: format!("tasker:step/handler@{version}"),
        }),
        None => Err(Refusal::NoHandler {
            exports: told(&exports),
        }),
    }
}

fn exports(component: &Component, engine: &Engine) -> Vec<String> {
    component
        .component_type()
        .exports(engine)
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn told(exports: &[String]) -> String {
    if exports.is_empty() {
        String::new()
    } else {
        format!(" (it exports {})", exports.join(", "))
    }
}

fn checked(handlers: Vec<HandlerDescription>) -> Result<Vec<HandlerDescription>, Refusal> {
    let mut names = HashSet::new();
    for handler in &handlers {
        if !names.insert(&handler.name) {
            return Err(Refusal::HandlerTwice(handler.name.to_string()));
        }
        check_schema(handler, "input_schema", handler.input_schema.as_ref())?;
        check_schema(handler, "result_schema", handler.result_schema.as_ref())?;
    }
    Ok(handlers)
}

fn check_schema(
    handler: &HandlerDescription,
    which: &'static str,
    schema: Option<&serde_json::Value>,
) -> Result<(), Refusal> {
    let Some(schema) = schema else { return Ok(()) };
    let built = jsonschema::validator_for(schema).map(drop);
    built.map_err(|error| Refusal::Schema {
        handler: handler.name.to_string(),
        which,
        reason: error.to_string(),
    })
}
