//! Why an upload is refused, and what to do.

use std::fmt;
use std::time::Duration;
use tasker_domain::bounds::{MAX_DECLARED_EVENTS, MAX_REQUESTED, MAX_SUBSCRIBERS};
use tasker_domain::capability::CapabilityError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::outcome::Failure;

/// An upload that is not a component that this host can run. What is said is for its author.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(
        "the upload is empty; send the bytes of a component, such as `target/wasm32-wasip2/release/my_handlers.wasm`"
    )]
    Empty,
    #[error(
        "the upload is not WebAssembly: it begins with `{begins}`; build a component, with Rust by `cargo build --release --target wasm32-wasip2`, and send the `.wasm` file"
    )]
    NotWasm { begins: String },
    #[error(
        "the upload is a core module, not a component; build for the target wasm32-wasip2, or wrap it: `wasm-tools component new module.wasm -o component.wasm`"
    )]
    CoreModule,
    #[error("the component is invalid, or uses a feature that this host does not support")]
    Compile(#[source] wasmtime::Error),
    #[error(
        "the component is asynchronous, as of WASI 0.3, which this host does not run yet: build it for WASI 0.2 (with Rust: `--target wasm32-wasip2`; with componentize-qjs: `--sync`), and its WIT without `async`, `future` and `stream`"
    )]
    Async(#[source] wasmtime::Error),
    #[error(
        "the component has {found} {what}; the limit is {most}: split it, or remove unused parts"
    )]
    Excess {
        what: &'static str,
        found: String,
        most: String,
    },
    #[error(
        "compiling the component takes more than {0}: split it, remove unused parts, or raise the limits with `tasker serve --compile-cpu-limit` and `--compile-memory-limit`"
    )]
    CompileLimit(CompileBound),
    #[error(
        "the compiler crashed on the component ({how}): the component or the compiler is faulty; build it again, with a newer toolchain if possible"
    )]
    CompilerCrash { how: String },
    #[error(
        "the component exports no handler: `tasker:step/handler@1.1.0` is missing, and so is `tasker:step/subscriber@1.1.0`; it exports {exports}; build it with an SDK, or against the world `step-handler` or `subscriber-component` of the contract"
    )]
    NoHandler {
        /// What it exports instead, or `nothing`.
        exports: String,
    },
    #[error(
        "the component was built against `{found}`, this host runs `tasker:step/handler@1`; build it against version 1 of the contract"
    )]
    OtherContract { found: String },
    #[error(
        "the component imports {missing}, which this host does not have; a component may import {available}"
    )]
    UnknownImports { missing: String, available: String },
    #[error(
        "the component imports {found} where this host has WASI 0.2, up to {WASI}: build it for WASI 0.2 (with Rust: `--target wasm32-wasip2`; with componentize-qjs: `--sync`)"
    )]
    OtherWasi { found: String },
    #[error(
        "the component imports a part of WASI that this host lacks or has with another type: it has WASI {WASI}; build the component with a toolchain for that version or an older 0.2"
    )]
    NewerWasi(#[source] wasmtime::Error),
    #[error(
        "the component imports or exports something with another type than on this host; it may have been built against a newer 1.x contract: build it against 1.1.0 or earlier, or update the host"
    )]
    Link(#[source] wasmtime::Error),
    #[error("the component could not be started: {}", .0.message)]
    Start(Box<Failure>),
    #[error("the component's `describe` failed: {}", .0.message)]
    Describe(Box<Failure>),
    #[error("the component's `describe` returned {found} bytes; the limit is {most}")]
    DescriptorSize { found: usize, most: usize },
    #[error("the component's `describe` did not return a descriptor; it begins with `{begins}`")]
    Descriptor {
        begins: String,
        source: serde_json::Error,
    },
    #[error("the component requests an unknown capability: {0}")]
    Capability(#[from] CapabilityError),
    #[error("the component requests {0} capabilities; the limit is {MAX_REQUESTED}")]
    TooManyRequested(usize),
    #[error("the component declares {0} events; the limit is {MAX_DECLARED_EVENTS}")]
    TooManyEvents(usize),
    #[error("the component declares an event whose schema is not a JSON Schema: {0}")]
    EventSchema(String),
    #[error("the component describes the handler `{0}` twice; give each its own name")]
    HandlerTwice(String),
    #[error("the component describes the subscriber `{0}` twice; give each its own name")]
    SubscriberTwice(String),
    #[error("the component describes {0} subscribers; the limit is {MAX_SUBSCRIBERS}")]
    TooManySubscribers(usize),
    #[error(
        "the component describes {0}, but does not export `tasker:step/{0}`; export it or leave them out of `describe`"
    )]
    NotExported(&'static str),
    #[error("the `{which}` of handler `{handler}` is not a JSON Schema: {reason}")]
    Schema {
        handler: String,
        which: &'static str,
        reason: String,
    },
}

/// The version of WASI that this host has.
const WASI: &str = "0.2.12";
/// The words of the validator for asynchronous components.
const ASYNC_WORDS: &str = "component model async";

impl Refusal {
    /// What an error of the validator or of the compiler means.
    pub(super) fn of_compiler(error: wasmtime::Error) -> Self {
        match mentions(&error, ASYNC_WORDS) {
            true => Self::Async(error),
            false => Self::Compile(error),
        }
    }

    /// What an error of the linker means.
    pub(super) fn of_linker(error: wasmtime::Error) -> Self {
        match mentions(&error, "`wasi:") {
            true => Self::NewerWasi(error),
            false => Self::Link(error),
        }
    }

    /// The refusal and its causes in one line.
    pub fn chain(&self) -> String {
        ErrorChain(self).to_string()
    }
}

fn mentions(error: &wasmtime::Error, words: &str) -> bool {
    error.chain().any(|cause| cause.to_string().contains(words))
}

/// What compiling a component took too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileBound {
    /// Processor time.
    Cpu(Duration),
    /// Time by the clock on the wall.
    Wall(Duration),
    /// Address space, in bytes.
    Memory(u64),
    /// Machine code, in bytes.
    Code(usize),
}

impl fmt::Display for CompileBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu(limit) => write!(f, "{} s of processor time", limit.as_secs()),
            Self::Wall(limit) => write!(f, "{} s", limit.as_secs()),
            Self::Memory(bytes) => write!(f, "{} MiB of memory", bytes >> 20),
            Self::Code(bytes) => write!(f, "{} MiB of machine code", bytes >> 20),
        }
    }
}
