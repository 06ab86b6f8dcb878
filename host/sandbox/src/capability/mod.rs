//! What a guest may ask of the host: one file an interface, linked once for all attempts.

pub(super) mod context;
pub(super) mod events;
pub(super) mod http;
pub(super) mod kv;
pub(super) mod log;
pub(super) mod secrets;
pub(super) mod wasi;

use super::bindings::StepHandler;
use super::state::AttemptState;
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Result};

/// What a component exports. A later 1.x is found by this name as well.
pub(super) const CONTRACT_HANDLER: &str = "tasker:step/handler@1.0.0";
/// What it may export.
pub(super) const CONTRACT_DESCRIPTOR: &str = "tasker:step/descriptor@1.0.0";

/// The interfaces that a component may import, without their versions; told to those who import
/// another one.
pub(super) const PROVIDED: [&str; 35] = [
    "tasker:step/context",
    "tasker:step/events",
    "tasker:step/kv",
    "tasker:step/log",
    "tasker:step/secrets",
    "tasker:step/types",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// What an operator types to allow what was refused.
fn grant_command(namespace: &str, component: &str, capability: &str) -> String {
    match component.contains('/') {
        true => format!("tasker grant add {component} '{capability}' --in {namespace}"),
        false => format!("tasker grant add {namespace}/{component} '{capability}'"),
    }
}

impl AttemptState {
    /// Tells in the attempt's log what was refused, and how it would be allowed.
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
    StepHandler::add_to_linker::<_, HasSelf<AttemptState>>(&mut linker, |state| state)?;
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    http::request_parts::bound(&mut linker)?;
    http::error_code::link(&mut linker)?;
    Ok(linker)
}
