//! Where a component comes from, as the tools that made it wrote into it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wasm_metadata::Producers;
use wasmparser::{KnownCustom, Parser, Payload};

/// The most tools of a kind that are kept.
const MAX_TOOLS: usize = 32;
/// The longest name or version of a tool, in bytes.
const MAX_TOOL_BYTES: usize = 100;

/// What the producers sections of a component and of the modules in it say, and what it consists of.
/// Nothing of it is checked: it is what the tools say of themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    pub languages: Vec<Tool>,
    /// Compilers and linkers.
    pub processed_by: Vec<Tool>,
    pub sdks: Vec<Tool>,
    /// Core modules inside.
    pub modules: usize,
    /// The bytes of these modules together.
    pub module_bytes: usize,
}

/// A language, compiler or SDK.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    /// May be empty.
    pub version: String,
}

#[derive(Default)]
struct Found {
    languages: BTreeSet<Tool>,
    processed_by: BTreeSet<Tool>,
    sdks: BTreeSet<Tool>,
    modules: usize,
    module_bytes: usize,
}

impl Provenance {
    /// Reads the sections of an upload that was validated; none where they cannot be read, which is
    /// nobody's mistake here.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let mut found = Found::default();
        for payload in Parser::new(0).parse_all(bytes) {
            found.add(&payload.ok()?)?;
        }
        let listed = |tools: BTreeSet<Tool>| tools.into_iter().take(MAX_TOOLS).collect();
        Some(Self {
            languages: listed(found.languages),
            processed_by: listed(found.processed_by),
            sdks: listed(found.sdks),
            modules: found.modules,
            module_bytes: found.module_bytes,
        })
    }
}

impl Found {
    /// The sections come in the order of the bytes, those of modules inside too.
    fn add(&mut self, payload: &Payload<'_>) -> Option<()> {
        if let Payload::ModuleSection {
            unchecked_range, ..
        } = payload
        {
            self.modules += 1;
            self.module_bytes += unchecked_range.len();
        }
        if let Payload::CustomSection(section) = payload
            && let KnownCustom::Producers(_) = section.as_known()
        {
            let producers = Producers::from_bytes(section.data(), section.data_offset()).ok()?;
            self.languages.extend(tools(&producers, "language"));
            self.processed_by.extend(tools(&producers, "processed-by"));
            self.sdks.extend(tools(&producers, "sdk"));
        }
        Some(())
    }
}

fn tools(producers: &Producers, field: &str) -> Vec<Tool> {
    let Some(field) = producers.get(field) else {
        return Vec::new();
    };
    let tool = |(name, version): (&String, &String)| Tool {
        name: printable(name),
        version: printable(version),
    };
    field.iter().take(MAX_TOOLS).map(tool).collect()
}

fn printable(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control()).collect();
    kept[..kept.floor_char_boundary(MAX_TOOL_BYTES)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tools_of_all_modules_are_told_once_and_without_control_characters() {
        let mut producers = Producers::empty();
        producers.add("language", "Rust\0", "");
        producers.add("processed-by", "rustc", "1.95.0");
        // An empty component, and in it an empty module.
        let module = producers.add_to_wasm(b"\0asm\x01\0\0\0").unwrap();
        let mut component = b"\0asm\x0d\0\x01\0".to_vec();
        for _ in 0..2 {
            component.extend([1, u8::try_from(module.len()).unwrap()]);
            component.extend(&module);
        }
        let provenance = Provenance::of(&component).unwrap();
        let named = |tools: &[Tool]| tools.iter().map(|t| t.name.clone()).collect::<Vec<_>>();
        assert_eq!(named(&provenance.languages), ["Rust"]);
        assert_eq!(named(&provenance.processed_by), ["rustc"]);
        assert_eq!(
            (provenance.modules, provenance.module_bytes),
            (2, 2 * module.len())
        );
    }

    #[test]
    fn a_broken_section_is_no_provenance() {
        assert_eq!(Provenance::of(b"\0asm\x0d\0\x01\0\x07\xff"), None);
    }
}
