//! What a component imports and exports, and whether this host has and knows it.

use super::contract::PROVIDED;
use super::linked::import_name;
use super::refusal::Refusal;
use tasker_domain::descriptor::SUBSCRIBER_EXPORT;
use wasmtime::component::Component;

/// Bytes that open every WebAssembly file.
const MAGIC: &[u8] = b"\0asm";
/// What follows the magic in a core module.
const CORE_MODULE: &[u8] = &[1, 0, 0, 0];
/// Characters of a wrong text that a refusal shows.
const SHOWN_CHARS: usize = 40;
/// How handlers are exported, up to the version.
const HANDLER: &str = "tasker:step/handler@";

/// How interfaces of WASI are named, and the versions of which one is provided.
const WASI: &str = "wasi:";
const WASI_VERSION: &str = "0.2.";

/// The outside of a component that this host can link.
pub(super) struct Surface {
    /// The interfaces that it imports, with versions.
    pub(super) imports: Vec<String>,
    /// What it exports, with versions.
    pub(super) exports: Vec<String>,
    /// The version of the contract that it was built against.
    pub(super) contract: String,
}

impl Surface {
    /// Of a component that is linked with so many libraries, whose imports are the host's.
    pub(super) fn of(component: &Component, libraries: usize) -> Result<Self, Refusal> {
        let surface = component.component_type();
        let engine = component.engine();
        let libraries: Vec<String> = (0..libraries).map(import_name).collect();
        let imports: Vec<String> = surface
            .imports(engine)
            .map(|(name, _)| name.to_owned())
            .filter(|name| !libraries.contains(name))
            .collect();
        refuse_unknown(&imports)?;
        let exports = surface.exports(engine);
        let exports: Vec<String> = exports.map(|(name, _)| name.to_owned()).collect();
        let contract = contract(&exports)?;
        Ok(Self {
            imports,
            exports,
            contract,
        })
    }
}

/// Refuses what is not even a component.
pub(super) fn refuse_other_files(bytes: &[u8]) -> Result<(), Refusal> {
    match bytes.strip_prefix(MAGIC) {
        _ if bytes.is_empty() => Err(Refusal::Empty),
        None => Err(Refusal::NotWasm {
            begins: beginning(&String::from_utf8_lossy(bytes)),
        }),
        Some(rest) if rest.starts_with(CORE_MODULE) => Err(Refusal::CoreModule),
        Some(_) => Ok(()),
    }
}

/// The first characters of a text, fit to be shown.
pub(super) fn beginning(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_CHARS).collect();
    shown.escape_debug().to_string()
}

fn refuse_unknown(imports: &[String]) -> Result<(), Refusal> {
    refuse_other_wasi(imports)?;
    let missing: Vec<String> = imports
        .iter()
        .filter(|name| !is_provided(name))
        .map(|name| format!("`{name}`"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::UnknownImports {
        missing: missing.join(", "),
        available: PROVIDED.join(", "),
    })
}

/// Another WASI than 0.2 has other interfaces, some under the same names.
fn refuse_other_wasi(imports: &[String]) -> Result<(), Refusal> {
    let is_other = |import: &&String| {
        let version = import.strip_prefix(WASI).and_then(|it| it.split_once('@'));
        version.is_some_and(|(_, version)| !version.starts_with(WASI_VERSION))
    };
    match imports.iter().find(is_other) {
        Some(import) => Err(Refusal::OtherWasi {
            found: format!("`{import}`"),
        }),
        None => Ok(()),
    }
}

fn is_provided(import: &str) -> bool {
    let name = import.split_once('@').map_or(import, |(name, _)| name);
    PROVIDED.contains(&name)
}

fn version_of<'a>(export: &'a str, interface: &'static str) -> Option<(&'static str, &'a str)> {
    Some((interface, export.strip_prefix(interface)?))
}

/// The version of the contract behind the handlers, or else the subscribers, among these exports.
fn contract(exports: &[String]) -> Result<String, Refusal> {
    let of = |interface| {
        exports
            .iter()
            .find_map(move |name| version_of(name, interface))
    };
    match of(HANDLER).or_else(|| of(SUBSCRIBER_EXPORT)) {
        Some((_, version)) if version.starts_with("1.") => Ok(version.to_owned()),
        Some((interface, version)) => Err(Refusal::OtherContract {
            found: format!("{interface}{version}"),
        }),
        None if exports.is_empty() => Err(Refusal::NoHandler {
            exports: "nothing".to_owned(),
        }),
        None => Err(Refusal::NoHandler {
            exports: exports.join(", "),
        }),
    }
}

/// True if a component with these exports has handlers.
pub(super) fn has_handlers(exports: &[String]) -> bool {
    exports.iter().any(|name| name.starts_with(HANDLER))
}
