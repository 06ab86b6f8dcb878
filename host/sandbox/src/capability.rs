//! What a guest may ask of the host: one file an interface, linked once for all attempts.

pub(super) mod clock;
pub(super) mod context;
pub(super) mod events;
pub(super) mod http;
pub(super) mod io;
pub(super) mod kv;
pub(super) mod log;
pub(super) mod secrets;
pub(super) mod wasi;

use super::bindings::Component;
use super::grant_command::grant_command;
use super::state::AttemptState;
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Result};

impl AttemptState {
    /// Writes to the attempt's log what was refused, and how it would be allowed.
    fn tell_refused(&self, what: &str, capability: &str) {
        let (namespace, component) = (
            &self.invocation.step.namespace,
            &self.invocation.step.component,
        );
        let command = grant_command(namespace, component, capability);
        let refused = format!(
            "{what} refused: namespace {namespace} grants no `{capability}` to {component}; an operator can: {command}"
        );
        self.log.refused(&refused);
    }
}

/// A linker with all capabilities.
pub(super) fn link(engine: &Engine) -> Result<Linker<AttemptState>> {
    let mut linker = Linker::new(engine);
    Component::add_to_linker::<_, HasSelf<AttemptState>>(&mut linker, |state| state)?;
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    clock::link(&mut linker)?;
    io::link(&mut linker)?;
    http::request_parts::bound(&mut linker)?;
    http::error_code::link(&mut linker)?;
    Ok(linker)
}
