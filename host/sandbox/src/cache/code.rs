//! What a component is compiled to: found, or compiled and kept, and linked.

use super::disk::{self, Linked as LinkedCode};
use super::{Prepared, PreparedInner};
use crate::compiler::Source;
use crate::contract::{CONTRACT_HANDLER, CONTRACT_SUBSCRIBER};
use crate::linked::{self, Linked};
use crate::refusal::Refusal;
use crate::shape;
use crate::state::AttemptState;
use crate::surface::Surface;
use crate::{Inner, SandboxError};
use bytes::Bytes;
use std::sync::Arc;
use tasker_domain::digest::Digest;
use wasmtime::Module;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre};

/// What is compiled of a component.
pub(super) struct Code {
    component: Component,
    /// In the order of its imports.
    libraries: Vec<Arc<Module>>,
}

impl Inner {
    /// From files, with the libraries that are in memory already. Blocks.
    pub(super) fn stored(&self, digest: Digest) -> Option<Code> {
        let kept = self.cache.disk.component(&self.engine, digest)?;
        let libraries = kept.libraries.iter().map(|it| self.library(*it));
        Some(Code {
            component: kept.component,
            libraries: libraries.collect::<Option<_>>()?,
        })
    }

    /// A library that was compiled for this component or another one.
    fn library(&self, digest: Digest) -> Option<Arc<Module>> {
        let libraries = &self.cache.libraries;
        libraries.get(digest).or_else(|| {
            let module = self.cache.disk.library(&self.engine, digest)?;
            Some(libraries.add(digest, Arc::new(module)))
        })
    }

    /// Compiles the component and those of its libraries that are not found, and keeps them. Blocks.
    pub(super) fn compile(&self, digest: Digest, bytes: &[u8]) -> Result<Code, SandboxError> {
        shape::refuse_excess(bytes)?;
        let linked = Linked::of(bytes);
        let libraries = linked.libraries.iter();
        let found: Vec<_> = libraries.map(|it| self.library(it.digest)).collect();
        let missing = linked.libraries.iter().zip(&found);
        let missing = missing.filter(|(_, found)| found.is_none());
        let sources: Vec<Source<'_>> = missing
            .map(|(library, _)| Source::Module(library.bytes))
            .chain([Source::Component(&linked.program)])
            .collect();
        let codes = self.cache.compiler.compile(&self.engine, &sources)?;
        let code = self.keep(digest, &linked, found, &codes);
        Ok(code.map_err(Refusal::of_compiler)?)
    }

    /// Loads what was compiled, the libraries that were not found in their order and the component last, and keeps it.
    fn keep(
        &self,
        digest: Digest,
        linked: &Linked<'_>,
        found: Vec<Option<Arc<Module>>>,
        codes: &[Bytes],
    ) -> wasmtime::Result<Code> {
        let (program, compiled) = codes.split_last().expect("a component has code");
        let component = disk::load_component(&self.engine, program)?;
        let mut compiled = compiled.iter();
        let mut libraries = Vec::new();
        for (library, found) in linked.libraries.iter().zip(found) {
            let (module, code) = match found {
                Some(module) => (module, None),
                None => {
                    let code = compiled.next().expect("each source has code");
                    let module = disk::load_library(&self.engine, code)?;
                    (Arc::new(module), Some(&code[..]))
                }
            };
            libraries.push(LinkedCode {
                digest: library.digest,
                module,
                code,
            });
        }
        self.cache.disk.keep(digest, &libraries, program);
        let shared = &self.cache.libraries;
        let libraries = libraries.into_iter();
        Ok(Code {
            component,
            libraries: libraries
                .map(|it| shared.add(it.digest, it.module))
                .collect(),
        })
    }

    /// Ready to be instantiated.
    pub(super) fn link(&self, digest: Digest, code: Code) -> Result<Prepared, Refusal> {
        let component = &code.component;
        Surface::of(component, code.libraries.len())?;
        let pre = self.instantiate_pre(&code).map_err(Refusal::of_linker)?;
        let inner = PreparedInner {
            digest,
            pre,
            execute: function(component, CONTRACT_HANDLER, "execute")?,
            handle: function(component, CONTRACT_SUBSCRIBER, "handle")?,
            libraries: code.libraries,
        };
        Ok(Prepared {
            inner: Arc::new(inner),
        })
    }

    fn instantiate_pre(&self, code: &Code) -> wasmtime::Result<InstancePre<AttemptState>> {
        if code.libraries.is_empty() {
            return self.linker.instantiate_pre(&code.component);
        }
        let mut linker = self.linker.clone();
        for (no, library) in code.libraries.iter().enumerate() {
            let name = linked::import_name(no);
            linker.root().module(&name, library)?;
        }
        linker.instantiate_pre(&code.component)
    }
}

/// The function of an exported interface; `None` if the component does not export the interface.
fn function(
    component: &Component,
    interface: &str,
    name: &str,
) -> Result<Option<ComponentExportIndex>, Refusal> {
    let Some(interface) = component.get_export_index(None, interface) else {
        return Ok(None);
    };
    match component.get_export_index(Some(&interface), name) {
        Some(function) => Ok(Some(function)),
        None => Err(Refusal::NoHandler {
            exports: format!("an interface without `{name}`"),
        }),
    }
}
