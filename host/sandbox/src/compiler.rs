//! From a component's bytes to machine code, within bounds of time and memory.
//!
//! The time and memory of a compiler cannot be predicted from its input, so a host has it
//! run in a child process: a component that is made to exhaust it ends the child and nothing else.

mod child;
mod functions;
mod inside;
mod pipe;

pub use inside::compile_within;

use super::SandboxError;
use super::engine;
use super::refusal::Refusal;
use bytes::Bytes;
use functions::Functions;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::{Config, Engine};

/// Code that one component may be compiled to, in bytes.
const MAX_CODE_BYTES: usize = 256 << 20;

/// Where components are compiled.
#[derive(Clone, Debug)]
pub enum Compiler {
    /// In a child process within these limits. The program is `tasker` itself, which speaks the
    /// other end of the pipe: see [`compile_within`].
    Child {
        program: PathBuf,
        limits: CompileLimits,
    },
    /// In this process, without limits: for components that are trusted, of which one version comes after the other.
    InProcess,
}

/// What compiling one component may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Processor time in whole seconds, all threads together. It may take twice as long by the
    /// clock on the wall.
    pub cpu: Duration,
    /// Address space in bytes, with the program itself.
    pub memory_bytes: u64,
}

/// The largest interpreters take 26 s of processor time and 360 MiB.
impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(40),
            memory_bytes: 1536 << 20,
        }
    }
}

impl CompileLimits {
    /// How long a child is waited for: where it is slow without computing, the machine is.
    fn wall(&self) -> Duration {
        self.cpu * 2
    }
}

impl Compiler {
    /// The settings of an engine that compiles so.
    pub(super) fn engine_settings(&self) -> wasmtime::Result<Config> {
        let mut config = engine::settings();
        if let Self::InProcess = self {
            config.enable_incremental_compilation(Arc::new(Functions::default()))?;
        }
        Ok(config)
    }

    /// A child process of the program that runs now.
    pub fn of_this_program(limits: CompileLimits) -> Self {
        Self::Child {
            program: this_program(),
            limits,
        }
    }

    /// The machine code of each of these, as an engine with these settings loads it. Blocks. The limits are for all together.
    pub(super) fn compile(
        &self,
        engine: &Engine,
        sources: &[Source<'_>],
    ) -> Result<Vec<Bytes>, SandboxError> {
        match self {
            Self::Child { program, limits } => child::compile(program, limits, sources),
            Self::InProcess => {
                let codes = sources.iter().map(|it| it.compile(engine));
                let codes: wasmtime::Result<_> = codes.collect();
                codes.map_err(|error| Refusal::of_compiler(error).into())
            }
        }
    }
}

/// What is compiled by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source<'a> {
    Component(&'a [u8]),
    /// A library that components are linked with.
    Module(&'a [u8]),
}

impl Source<'_> {
    fn compile(&self, engine: &Engine) -> wasmtime::Result<Bytes> {
        let code = match self {
            Self::Component(bytes) => engine.precompile_component(bytes),
            Self::Module(bytes) => engine.precompile_module(bytes),
        };
        code.map(Bytes::from)
    }
}

/// The kernel's name for this program leads to it even after its file was replaced.
fn this_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        return "/proc/self/exe".into();
    }
    std::env::current_exe().unwrap_or_else(|_| "tasker".into())
}

/// As many compilers at once as there are processors for each purpose: uploads that take long must
/// not hold up steps whose code this host has yet to compile.
pub(super) struct CompileQueue {
    uploads: Arc<Semaphore>,
    steps: Arc<Semaphore>,
}

/// What a component is compiled for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Upload,
    Step,
}

impl CompileQueue {
    pub(super) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            uploads: Arc::new(Semaphore::new(processors)),
            steps: Arc::new(Semaphore::new(processors)),
        }
    }

    /// The right to compile one component, for as long as it is held.
    pub(super) async fn acquire_slot(&self, purpose: Purpose) -> OwnedSemaphorePermit {
        let slots = match purpose {
            Purpose::Upload => &self.uploads,
            Purpose::Step => &self.steps,
        };
        let permit = slots.clone().acquire_owned().await;
        permit.expect("the semaphore is never closed")
    }
}
