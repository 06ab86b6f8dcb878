//! From the module that a linker made to a component.

use super::super::Profile;
use anyhow::{Context as _, bail};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// The custom sections of debuggers.
const DEBUG: &str = ".debug_";
/// The custom section with the type of what every component exports.
const DESCRIBED: &str = "component-type:wit_descriptor";
/// The magic number and the version of a module.
const HEADER_BYTES: usize = 8;

/// The component of a module. One that is to be released has no debug sections; the names of functions stay, since the host shows
/// them where a handler traps.
pub fn component(module: &[u8], profile: Profile) -> anyhow::Result<Vec<u8>> {
    let module = Sections::read(module).context("the linker made no module")?;
    if !module.has_export {
        bail!(
            "its sources have neither TASKER_HANDLERS nor TASKER_SUBSCRIBERS, so that it exports nothing"
        );
    }
    let bytes = match profile {
        Profile::Optimized | Profile::Release => module.stripped,
        Profile::Debug | Profile::Dev => module.all,
    };
    let encoder = ComponentEncoder::default().validate(true);
    let mut encoder = encoder
        .module(&bytes)
        .context("it imports what no host provides")?;
    encoder.encode()
}

/// What is asked of the sections of a module.
struct Sections {
    all: Vec<u8>,
    stripped: Vec<u8>,
    has_export: bool,
}

impl Sections {
    fn read(module: &[u8]) -> anyhow::Result<Self> {
        let mut sections = Self {
            all: module.to_owned(),
            stripped: module.iter().copied().take(HEADER_BYTES).collect(),
            has_export: false,
        };
        let mut end = HEADER_BYTES;
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            let name = match &payload {
                Payload::CustomSection(section) => section.name(),
                _ => "",
            };
            sections.has_export |= name == DESCRIBED;
            let Some((_, range)) = payload.as_section() else {
                continue;
            };
            // A section begins where the one before it ends: with its kind and its length.
            let section = module.get(end..range.end);
            end = range.end;
            if !name.starts_with(DEBUG) {
                let section = section.context("a section ends beyond the module")?;
                sections.stripped.extend_from_slice(section);
            }
        }
        Ok(sections)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of custom sections with these names and one byte.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        for name in names {
            let length = u8::try_from(name.len()).unwrap();
            bytes.extend([0, length + 2, length]);
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(7);
        }
        bytes
    }

    #[test]
    fn debug_sections_are_left_out_of_what_is_released() {
        let sections = Sections::read(&module(&["a", ".debug_info", "name"])).unwrap();
        assert_eq!(sections.stripped, module(&["a", "name"]));
        assert!(!sections.has_export);
        assert!(Sections::read(&module(&[DESCRIBED])).unwrap().has_export);
    }

    #[test]
    fn a_module_that_exports_nothing_is_told_what_to_write() {
        let error = component(&module(&[]), Profile::Release).unwrap_err();
        assert!(error.to_string().contains("TASKER_HANDLERS"), "{error}");
        assert!(component(b"nothing", Profile::Release).is_err());
    }
}
