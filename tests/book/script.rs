//! What a chapter presupposes: `tests/book/CHAPTER.sh`.
//!
//! The file is a script of sh that runs before the first command, with the functions of `prelude.sh`. Lines with a meaning
//! of their own:
//!
//! - `#+ FILE DESCRIPTOR`: a component with this descriptor, as JSON, is in the folder of the chapter under that name.
//! - `#? SERVICE`: `oci`, `nats` or `webhook`; what stands for it runs, and `$SERVICE_AT` says where.
//! - `#! CRATE`: the chapter builds a crate of this name, and so do others, into the same folder: one after the other.
//! - `#> COMMAND`: a section: what follows is run before that command of the chapter. Before COMMAND may stand `[exit CODE]`,
//!   what it ends with, and `[until TEXT]`, of one that does not end: it is interrupted when it has printed TEXT, and what
//!   follows is run again and again until then.

use super::places;
use serde_json::Value;
use std::path::Path;

#[derive(Default)]
pub struct Script {
    pub components: Vec<(String, Value)>,
    pub services: Vec<String>,
    pub crates: Vec<String>,
    pub preamble: String,
    pub sections: Vec<Section>,
}

/// What is to be done for one command.
#[derive(Default)]
pub struct Section {
    pub command: String,
    pub exit: Option<i32>,
    pub until: Option<String>,
    pub text: String,
}

impl Script {
    /// That of a chapter; an empty one if it has none.
    pub fn read(path: &str) -> Self {
        let name = Path::new(path).with_extension("sh");
        let name = name.file_name().unwrap().to_str().unwrap().to_lowercase();
        let text = std::fs::read_to_string(places::own_file(&name));
        Self::parse(&text.unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut script = Self::default();
        for line in text.lines() {
            if let Some(component) = line.strip_prefix("#+ ") {
                let (name, descriptor) = component.split_once(' ').unwrap();
                let descriptor = serde_json::from_str(descriptor);
                let descriptor = descriptor.unwrap_or_else(|error| panic!("{line}: {error}"));
                script.components.push((name.to_owned(), descriptor));
            } else if let Some(service) = line.strip_prefix("#? ") {
                script.services.push(service.to_owned());
            } else if let Some(name) = line.strip_prefix("#! ") {
                script.crates.push(name.to_owned());
            } else if let Some(head) = line.strip_prefix("#> ") {
                script.sections.push(Section::with_head(head));
            } else {
                let text = match script.sections.last_mut() {
                    Some(section) => &mut section.text,
                    None => &mut script.preamble,
                };
                text.push_str(line);
                text.push('\n');
            }
        }
        script
    }
}

impl Section {
    fn with_head(head: &str) -> Self {
        let mut section = Self::default();
        let mut rest = head;
        while let Some((option, after)) = option(rest) {
            match option.split_once(' ') {
                Some(("exit", code)) => section.exit = Some(code.parse().unwrap()),
                Some(("until", text)) => section.until = Some(text.to_owned()),
                _ => panic!("no option of a section: {option}"),
            }
            rest = after;
        }
        // As a file has it in one line.
        section.command = rest.replace("\\n", "\n");
        section
    }
}

fn option(head: &str) -> Option<(&str, &str)> {
    head.strip_prefix('[')?.split_once("] ")
}

#[test]
fn a_script_is_a_preamble_and_sections() {
    let text = "#+ a.wasm {\"handlers\":[]}\n#? oci\nfirst\n#> [exit 1] one 'x y'\n#> [until ready] two\nsecond\n";
    let script = Script::parse(text);
    assert_eq!(script.preamble, "first\n");
    assert_eq!(script.components[0].0, "a.wasm");
    assert_eq!(script.services, ["oci"]);
    let [one, two] = &script.sections[..] else {
        panic!("there are two");
    };
    assert_eq!((one.command.as_str(), one.exit), ("one 'x y'", Some(1)));
    assert_eq!(
        (two.until.as_deref(), two.text.as_str()),
        (Some("ready"), "second\n")
    );
}
