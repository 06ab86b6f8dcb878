//! Compiled code by digest: in memory, on disk, else compiled.

mod code;
mod disk;
mod files;
mod libraries;

use super::compiler::{CompileQueue, Compiler, Purpose};
use super::refusal::Refusal;
use super::slots::acquire_slot;
use super::state::AttemptState;
use super::surface::Surface;
use super::{Inner, Sandbox, SandboxError};
use code::Code;
use disk::DiskCache;
pub use files::KeptCode;
use libraries::Libraries;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tasker_domain::digest::Digest;
use tokio::sync::{OnceCell, Semaphore};
use wasmtime::component::{ComponentExportIndex, InstancePre};
use wasmtime::{Engine, Module};

/// Components whose code is kept in memory; the one that was not used for longest goes first.
const COMPONENTS_IN_MEMORY: NonZeroUsize = NonZeroUsize::new(256).expect("256 is not 0");

/// A component that is compiled and linked. Cheap to clone; keeps its code alive.
#[derive(Clone)]
pub struct Prepared {
    inner: Arc<PreparedInner>,
}

struct PreparedInner {
    digest: Digest,
    pre: InstancePre<AttemptState>,
    /// What it is linked with: shared with other components for as long as one is alive.
    libraries: Vec<Arc<Module>>,
    /// Runs a handler; `None` if the component has none.
    execute: Option<ComponentExportIndex>,
    /// Runs a subscriber; `None` if the component has none.
    handle: Option<ComponentExportIndex>,
}

impl Prepared {
    /// The digest of the component's bytes.
    pub fn digest(&self) -> Digest {
        self.inner.digest
    }

    pub(super) fn pre(&self) -> &InstancePre<AttemptState> {
        &self.inner.pre
    }

    /// What it imports and exports.
    pub(super) fn surface(&self) -> Result<Surface, Refusal> {
        Surface::of(self.pre().component(), self.inner.libraries.len())
    }

    pub(super) fn execute(&self) -> Option<&ComponentExportIndex> {
        self.inner.execute.as_ref()
    }

    pub(super) fn handle(&self) -> Option<&ComponentExportIndex> {
        self.inner.handle.as_ref()
    }
}

pub(super) struct CodeCache {
    memory: Mutex<LruCache<Digest, Arc<OnceCell<Prepared>>>>,
    libraries: Libraries,
    disk: DiskCache,
    compiler: Compiler,
    queue: CompileQueue,
    /// Limits concurrent loads of bytes: each may keep a connection for long.
    loading: Semaphore,
}

impl CodeCache {
    pub(super) fn open(
        engine: &Engine,
        dir: PathBuf,
        compiler: Compiler,
    ) -> Result<Self, SandboxError> {
        let disk = DiskCache::open(engine, &dir)
            .map_err(|source| SandboxError::CacheDir { path: dir, source })?;
        Ok(Self {
            memory: Mutex::new(LruCache::new(COMPONENTS_IN_MEMORY)),
            libraries: Libraries::default(),
            disk,
            compiler,
            queue: CompileQueue::new(),
            loading: Semaphore::new(1),
        })
    }

    fn cell(&self, digest: Digest) -> Arc<OnceCell<Prepared>> {
        let mut memory = self
            .memory
            .lock()
            .expect("nobody panics while holding the cache");
        memory.get_or_insert(digest, Arc::default).clone()
    }

    /// The files of compiled code.
    pub(super) fn kept(&self) -> std::io::Result<Vec<KeptCode>> {
        self.disk.list()
    }

    /// Whether what was compiled last was written to files.
    pub(super) fn is_written(&self) -> bool {
        self.disk.is_written()
    }

    /// Bytes that are free where the files are.
    pub(super) fn space(&self) -> std::io::Result<u64> {
        self.disk.space()
    }

    /// Keeps nothing of a component that turned out to be none for this host, so that uploads that
    /// are refused fill neither memory nor disk. Blocks.
    pub(super) fn forget(&self, digest: Digest) {
        self.memory
            .lock()
            .expect("nobody panics while holding the cache")
            .pop(&digest);
        self.disk.forget(digest);
    }
}

impl Sandbox {
    /// The component with this digest, where it is in memory.
    pub fn prepared(&self, digest: Digest) -> Option<Prepared> {
        let prepared = self.inner.cache.cell(digest).get().cloned();
        if prepared.is_some() {
            self.inner.code_metrics.in_memory.add(1);
        }
        prepared
    }

    /// The component with this digest, from memory, from disk, or compiled from the bytes that
    /// `load` gives, which is asked by one caller at a time. Calls for one digest at the same time compile
    /// it once.
    ///
    /// # Errors
    /// Where `load` fails, gives bytes with another digest, or bytes that don't run here.
    pub async fn prepare<Load, Loading, E>(
        &self,
        digest: Digest,
        load: Load,
    ) -> Result<Prepared, SandboxError>
    where
        Load: FnOnce() -> Loading,
        Loading: Future<Output = Result<Vec<u8>, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let cell = self.inner.cache.cell(digest);
        if let Some(prepared) = cell.get() {
            return Ok(prepared.clone());
        }
        cell.get_or_try_init(|| self.read_or_compile(digest, load))
            .await
            .cloned()
    }

    /// The files of compiled code; `None` if they cannot be listed.
    pub async fn kept_code(&self) -> Vec<KeptCode> {
        let listed = self
            .on_blocking_thread(|inner| inner.cache.disk.list())
            .await;
        listed.unwrap_or_else(|error| {
            tracing::warn!(%error, "compiled code cannot be listed");
            Vec::new()
        })
    }

    /// Removes these files, libraries that no component is linked with any more, and what was never finished. Instances that run continue; a later
    /// request compiles the component again.
    pub async fn drop_code(&self, going: Vec<KeptCode>) {
        let dropped = self.on_blocking_thread(move |inner| {
            for code in &going {
                inner.cache.disk.remove(code);
            }
            inner.cache.disk.remove_unneeded()
        });
        if let Err(error) = dropped.await {
            tracing::warn!(%error, "compiled code of libraries cannot be listed");
        }
    }

    async fn read_or_compile<Load, Loading, E>(
        &self,
        digest: Digest,
        load: Load,
    ) -> Result<Prepared, SandboxError>
    where
        Load: FnOnce() -> Loading,
        Loading: Future<Output = Result<Vec<u8>, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if let Some(code) = self.stored(digest).await {
            return Ok(self.inner.link(digest, code)?);
        }
        let loading = acquire_slot(&self.inner.cache.loading).await;
        let bytes = load()
            .await
            .map_err(|error| SandboxError::Load(error.into()))?;
        drop(loading);
        let found = Digest::of(&bytes);
        if found != digest {
            return Err(SandboxError::WrongBytes {
                wanted: digest.to_string(),
                found: found.to_string(),
            });
        }
        let code = self.compiled(digest, bytes.into(), Purpose::Step).await?;
        Ok(self.inner.link(digest, code)?)
    }

    /// What an upload's bytes compile to; kept in memory and on disk. Bytes that were compiled here before, under
    /// another version or name, are not compiled again.
    pub(super) async fn compile(
        &self,
        digest: Digest,
        bytes: Arc<[u8]>,
    ) -> Result<Prepared, SandboxError> {
        let cell = self.inner.cache.cell(digest);
        let compile = async || {
            let code = match self.stored(digest).await {
                Some(code) => code,
                None => self.compiled(digest, bytes, Purpose::Upload).await?,
            };
            Ok(self.inner.link(digest, code)?)
        };
        cell.get_or_try_init(compile).await.cloned()
    }

    /// The component with this digest, where its compiled code is on disk.
    async fn stored(&self, digest: Digest) -> Option<Code> {
        let stored = self
            .on_blocking_thread(move |inner| inner.stored(digest))
            .await;
        let found = match &stored {
            Some(_) => &self.inner.code_metrics.on_disk,
            None => &self.inner.code_metrics.nowhere,
        };
        found.add(1);
        stored
    }

    /// Waits for a slot, which the work keeps until it is finished, even if its caller is gone.
    async fn compiled(
        &self,
        digest: Digest,
        bytes: Arc<[u8]>,
        purpose: Purpose,
    ) -> Result<Code, SandboxError> {
        let waiting = self.inner.code_metrics.wait();
        let slot = self.inner.cache.queue.acquire_slot(purpose).await;
        drop(waiting);
        self.on_blocking_thread(move |inner| {
            let (_slot, began) = (slot, Instant::now());
            let compiled = inner.compile(digest, &bytes);
            let code = &inner.code_metrics;
            code.compile_duration.observe_time(began.elapsed());
            if compiled.is_err() {
                code.compile_failures.add(1);
            }
            compiled
        })
        .await
    }

    pub(super) async fn on_blocking_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> T {
        let inner = self.inner.clone();
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}
