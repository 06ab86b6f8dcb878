//! Where a component comes from, as the tools that made it wrote into it.

use std::collections::BTreeSet;
use tasker_domain::descriptor::{Provenance, Tool};
use wasm_metadata::Producers;
use wasmparser::{ExportSectionReader, KnownCustom, Parser, Payload};

/// The most tools of a kind that are kept.
const MAX_TOOLS: usize = 32;
/// The longest name or version of a tool, in bytes.
const MAX_TOOL_BYTES: usize = 100;

/// The custom section with the commit of the source.
const COMMIT: &str = "revision";
/// The longest that is kept, in bytes: a hash of 256 bits as hexadecimal digits, and a mark behind it.
const MAX_COMMIT_BYTES: usize = 100;

/// How tools name what they link in that bring an interpreter: the component is written in the language
/// that it interprets, whatever the interpreter itself is written in.
const INTERPRETERS: [(&str, &str); 4] = [
    ("componentize_qjs", "JavaScript"),
    ("ComponentizeJS", "JavaScript"),
    ("componentize_py", "Python"),
    ("libcomponentize_py", "Python"),
];
/// A module that is smaller than the largest by this factor is an adapter, of whose language the author
/// knows nothing.
const ADAPTER_FACTOR: usize = 16;

#[derive(Default)]
struct Evidence {
    /// Of the component itself.
    languages: BTreeSet<Tool>,
    /// The bytes of each module, and the languages that it names.
    by_module: Vec<(usize, BTreeSet<Tool>)>,
    in_module: bool,
    interpreted: BTreeSet<Tool>,
    processed_by: BTreeSet<Tool>,
    sdks: BTreeSet<Tool>,
    modules: usize,
    module_bytes: usize,
    commit: Option<String>,
}

/// Reads the sections of an upload that was validated; `None` if they cannot be read, which is
/// nobody's mistake here.
pub(super) fn provenance_of(bytes: &[u8]) -> Option<Provenance> {
    let mut found = Evidence::default();
    for payload in Parser::new(0).parse_all(bytes) {
        found.add(&payload.ok()?)?;
    }
    let languages = found.all_languages();
    let listed = |tools: BTreeSet<Tool>| tools.into_iter().take(MAX_TOOLS).collect();
    Some(Provenance {
        languages: listed(languages),
        processed_by: listed(found.processed_by),
        sdks: listed(found.sdks),
        modules: found.modules,
        module_bytes: found.module_bytes,
        commit: found.commit,
    })
}

impl Evidence {
    /// The sections come in the order of the bytes, those of modules inside too.
    fn add(&mut self, payload: &Payload<'_>) -> Option<()> {
        if let Payload::ModuleSection {
            unchecked_range, ..
        } = payload
        {
            self.modules += 1;
            self.module_bytes += unchecked_range.len();
            self.by_module
                .push((unchecked_range.len(), BTreeSet::new()));
            self.in_module = true;
        }
        match payload {
            Payload::ExportSection(exports) => self.add_interpreters(exports.clone())?,
            Payload::End(_) => self.in_module = false,
            _ => {}
        }
        if let Payload::CustomSection(section) = payload
            && section.name() == COMMIT
            && !self.in_module
        {
            self.commit = commit(section.data());
        }
        if let Payload::CustomSection(section) = payload
            && let KnownCustom::Producers(_) = section.as_known()
        {
            let producers = Producers::from_bytes(section.data(), section.data_offset()).ok()?;
            self.add_languages(tools(&producers, "language"));
            self.processed_by.extend(tools(&producers, "processed-by"));
            self.sdks.extend(tools(&producers, "sdk"));
        }
        Some(())
    }

    fn add_languages(&mut self, languages: Vec<Tool>) {
        let found = match self.by_module.last_mut() {
            Some((_, of_module)) if self.in_module => of_module,
            _ => &mut self.languages,
        };
        found.extend(languages);
    }

    /// The linker exports addresses within each library under the library's name.
    fn add_interpreters(&mut self, exports: ExportSectionReader<'_>) -> Option<()> {
        for export in exports {
            self.interpreted.extend(interpreted_by(export.ok()?.name));
        }
        Some(())
    }

    /// The languages of the component's author.
    fn all_languages(&mut self) -> BTreeSet<Tool> {
        let tools = self.processed_by.iter().chain(&self.sdks);
        let by_tool = tools.filter_map(|tool| interpreted_by(&tool.name));
        let by_tool: Vec<Tool> = by_tool.collect();
        self.interpreted.extend(by_tool);
        if !self.interpreted.is_empty() {
            return std::mem::take(&mut self.interpreted);
        }
        let largest = self.by_module.iter().map(|(bytes, _)| *bytes).max();
        let largest = largest.unwrap_or_default();
        let mut all = std::mem::take(&mut self.languages);
        for (bytes, languages) in std::mem::take(&mut self.by_module) {
            if bytes * ADAPTER_FACTOR >= largest {
                all.extend(languages);
            }
        }
        all
    }
}

/// A text that a terminal may show; a section with anything else has none.
fn commit(data: &[u8]) -> Option<String> {
    let text = str::from_utf8(data).ok()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    let is_commit = is_plain && (1..=MAX_COMMIT_BYTES).contains(&text.len());
    is_commit.then(|| text.to_owned())
}

fn interpreted_by(name: &str) -> Option<Tool> {
    let found = INTERPRETERS
        .iter()
        .find(|(prefix, _)| name.starts_with(prefix));
    found.map(|(_, language)| Tool {
        name: (*language).to_owned(),
        version: String::new(),
    })
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
    fn the_tools_of_all_modules_are_reported_once_and_without_control_characters() {
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
        let provenance = provenance_of(&component).unwrap();
        let named = |tools: &[Tool]| tools.iter().map(|t| t.name.clone()).collect::<Vec<_>>();
        assert_eq!(named(&provenance.languages), ["Rust"]);
        assert_eq!(named(&provenance.processed_by), ["rustc"]);
        assert_eq!(
            (provenance.modules, provenance.module_bytes),
            (2, 2 * module.len())
        );
    }

    #[test]
    fn the_commit_is_that_of_the_component_if_a_terminal_may_show_it() {
        let with = |commit: &[u8]| {
            let length = |bytes: usize| u8::try_from(bytes).unwrap();
            let name = COMMIT.as_bytes();
            let mut section = vec![0, length(1 + name.len() + commit.len()), length(name.len())];
            section.extend([name, commit].concat());
            let module = [b"\0asm\x01\0\0\0", &section[..]].concat();
            let mut component = b"\0asm\x0d\0\x01\0".to_vec();
            component.extend([1, length(module.len())]);
            component.extend(module);
            let of_module = provenance_of(&component).unwrap().commit;
            component.extend(section);
            (of_module, provenance_of(&component).unwrap().commit)
        };
        assert_eq!(with(b"4f2a-dirty"), (None, Some("4f2a-dirty".to_owned())));
        for wrong in [&b""[..], b"a b", b"\x1b[31m", "é".as_bytes(), &[b'a'; 101]] {
            assert_eq!(with(wrong), (None, None));
        }
    }

    /// A component of these modules, which are preceded by their sections.
    fn component_of(modules: &[Vec<u8>]) -> Vec<u8> {
        let mut component = b"\0asm\x0d\0\x01\0".to_vec();
        for module in modules {
            let length = u32::try_from(module.len()).unwrap();
            component.push(1);
            let mut left = length;
            while left >= 0x80 {
                component.push(u8::try_from(left & 0x7f).unwrap() | 0x80);
                left >>= 7;
            }
            component.push(u8::try_from(left).unwrap());
            component.extend(module);
        }
        component
    }

    fn module_in(language: &str) -> Vec<u8> {
        let mut producers = Producers::empty();
        producers.add("language", language, "");
        producers.add_to_wasm(b"\0asm\x01\0\0\0").unwrap()
    }

    fn languages(component: &[u8]) -> Vec<String> {
        let provenance = provenance_of(component).unwrap();
        provenance.languages.into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn the_language_of_an_interpreter_or_of_an_adapter_is_not_the_components() {
        // An empty function, exported under the name of an interpreter's library.
        let name = b"componentize_qjs_runtime.wasm:memory_base";
        let mut interpreter = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07".to_vec();
        let length = u8::try_from(name.len()).unwrap();
        interpreter.extend([length + 4, 1, length]);
        interpreter.extend(name);
        interpreter.extend([0, 0, 0x0a, 4, 1, 2, 0, 0x0b]);
        let js = component_of(&[module_in("Rust"), interpreter]);
        assert_eq!(languages(&js), ["JavaScript"]);
        let mut large = module_in("C11");
        large.extend([0, 0xe8, 0x07, 1, b'n']);
        large.extend(vec![0; 998]);
        let c = component_of(&[large.clone(), module_in("Rust")]);
        assert_eq!(languages(&c), ["C11"]);
        assert_eq!(languages(&component_of(&[module_in("Rust")])), ["Rust"]);
    }

    #[test]
    fn a_broken_section_is_no_provenance() {
        assert_eq!(provenance_of(b"\0asm\x0d\0\x01\0\x07\xff"), None);
    }
}
