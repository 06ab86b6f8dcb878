//! How much a component declares, counted before anything is compiled.
//!
//! A declaration takes a byte or two of an upload and far more memory of its reader. The counts are at the
//! start of each section, so this reads little and stores nothing. It trusts the declared counts: a count
//! that is too large is refused.

use super::refusal::Refusal;
use wasmparser::{BinaryReaderError, Parser, Payload};

/// Components and modules in each other. Tools that compose components nest them three or four deep.
const MAX_NESTING: usize = 16;
/// Bytes of one function: half a second of compiling, since no two threads can share it.
const MAX_FUNCTION_BYTES: usize = 2 << 20;

/// What is counted over a component with everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Modules,
    Components,
    Instances,
    Memories,
    Tables,
    Functions,
    Globals,
    Segments,
    Types,
    Names,
}

/// The name and the bound of each, in the same order. Interpreters, which are the largest things
/// that people upload, hold some 30 modules and 30,000 functions.
const BOUNDS: [(&str, u64); 10] = [
    ("core modules", 256),
    ("components", 256),
    ("instances", 1_024),
    ("memories", 256),
    ("tables", 1_024),
    ("functions", 200_000),
    ("globals", 50_000),
    ("data and element segments", 100_000),
    ("types", 100_000),
    ("imports, exports and aliases", 200_000),
];

/// Refuses a component that declares more than any that is meant to run.
pub(super) fn refuse_excess(bytes: &[u8]) -> Result<(), Refusal> {
    let mut counts = [0; BOUNDS.len()];
    let mut nesting: usize = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(malformed)?;
        nesting = nesting_after(&payload, nesting)?;
        if let Payload::CodeSectionEntry(body) = &payload {
            let bytes = body.range().len();
            bounded("bytes in one function", bytes, MAX_FUNCTION_BYTES)?;
        }
        if let Some((part, count)) = declared(&payload) {
            let (what, most) = BOUNDS[part as usize];
            counts[part as usize] += u64::from(count);
            bounded(what, counts[part as usize], most)?;
        }
    }
    Ok(())
}

fn malformed(error: BinaryReaderError) -> Refusal {
    Refusal::of_compiler(wasmtime::Error::msg(error.to_string()))
}

fn nesting_after(payload: &Payload<'_>, before: usize) -> Result<usize, Refusal> {
    let after = match payload {
        Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => before + 1,
        Payload::End(_) => before.saturating_sub(1),
        _ => before,
    };
    bounded("components inside each other", after, MAX_NESTING)?;
    Ok(after)
}

fn bounded<N: PartialOrd + ToString>(what: &'static str, found: N, most: N) -> Result<(), Refusal> {
    if found <= most {
        return Ok(());
    }
    Err(Refusal::Excess {
        what,
        found: found.to_string(),
        most: most.to_string(),
    })
}

/// What a section declares and how many.
fn declared(payload: &Payload<'_>) -> Option<(Part, u32)> {
    use Payload as P;
    Some(match payload {
        P::ModuleSection { .. } => (Part::Modules, 1),
        P::ComponentSection { .. } => (Part::Components, 1),
        P::InstanceSection(section) => (Part::Instances, section.count()),
        P::ComponentInstanceSection(section) => (Part::Instances, section.count()),
        P::MemorySection(section) => (Part::Memories, section.count()),
        P::TableSection(section) => (Part::Tables, section.count()),
        P::FunctionSection(section) => (Part::Functions, section.count()),
        P::ComponentCanonicalSection(section) => (Part::Functions, section.count()),
        P::GlobalSection(section) => (Part::Globals, section.count()),
        P::TagSection(section) => (Part::Globals, section.count()),
        P::DataSection(section) => (Part::Segments, section.count()),
        P::ElementSection(section) => (Part::Segments, section.count()),
        P::TypeSection(section) => (Part::Types, section.count()),
        P::CoreTypeSection(section) => (Part::Types, section.count()),
        P::ComponentTypeSection(section) => (Part::Types, section.count()),
        P::ImportSection(section) => (Part::Names, section.count()),
        P::ExportSection(section) => (Part::Names, section.count()),
        P::ComponentAliasSection(section) => (Part::Names, section.count()),
        P::ComponentImportSection(section) => (Part::Names, section.count()),
        P::ComponentExportSection(section) => (Part::Names, section.count()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_bound() {
        assert_eq!(Part::Names as usize + 1, BOUNDS.len());
        assert_eq!(BOUNDS[Part::Memories as usize].0, "memories");
        assert_eq!(BOUNDS[Part::Types as usize].0, "types");
    }
}
