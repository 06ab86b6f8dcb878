//! From the module that the linker of Go made to a component.

use anyhow::{Context as _, bail};
use std::path::Path;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What a module exports of the contract, and whether it imports HTTP.
#[derive(Debug, Default, PartialEq, Eq)]
struct Uses {
    handlers: bool,
    subscribers: bool,
    http: bool,
}

/// The component of a module, with the type of the world in `wit` that fits what it exports and imports.
pub fn component(module: &[u8], wit: &Path) -> anyhow::Result<Vec<u8>> {
    let uses = Uses::read(module).context("the linker made no module")?;
    let Some(world) = uses.world() else {
        bail!(
            "it registers nothing: import tasker/handler or tasker/subscriber in package main, and call Register in an init function"
        );
    };
    let mut contract = Resolve::default();
    let (package, _) = contract.push_path(wit)?;
    let world = contract.select_world(&[package], Some(&world))?;
    let mut typed = module.to_owned();
    embed_component_metadata(&mut typed, &contract, world, StringEncoding::UTF8)?;
    let encoder = ComponentEncoder::default().validate(true);
    let encoder = encoder
        .module(&typed)
        .context("it imports what no host provides")?;
    let mut encoder = encoder.adapter(
        WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
        WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
    )?;
    encoder.encode()
}

impl Uses {
    fn read(module: &[u8]) -> anyhow::Result<Self> {
        let mut uses = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let name = export?.name;
                        uses.handlers |= name.starts_with("tasker:step/handler@");
                        uses.subscribers |= name.starts_with("tasker:step/subscriber@");
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        uses.http |= import?.module.starts_with("wasi:http/");
                    }
                }
                _ => {}
            }
        }
        Ok(uses)
    }

    /// The name of the world; none where nothing is exported.
    fn world(&self) -> Option<String> {
        let exports = match (self.handlers, self.subscribers) {
            (true, true) => "handlers-and-subscribers",
            (true, false) => "handlers",
            (false, true) => "subscribers",
            (false, false) => return None,
        };
        let http = if self.http { "-http" } else { "" };
        Some(format!("{exports}{http}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_that_of_what_a_module_uses() {
        let uses = |handlers, subscribers, http| {
            let uses = Uses {
                handlers,
                subscribers,
                http,
            };
            uses.world()
        };
        assert_eq!(uses(true, false, false).as_deref(), Some("handlers"));
        assert_eq!(uses(false, true, true).as_deref(), Some("subscribers-http"));
        assert_eq!(uses(false, false, true), None);
    }

    #[test]
    fn a_module_that_exports_nothing_is_told_what_to_write() {
        let error = component(b"\0asm\x01\0\0\0", Path::new("wit")).unwrap_err();
        assert!(error.to_string().contains("tasker/handler"), "{error}");
        assert!(component(b"nothing", Path::new("wit")).is_err());
    }
}
