//! The part of the chapter on events that is made of the catalog, held fresh by a test.

use super::{PREDECESSOR, all};
use std::path::Path;

const BEGIN: &str = "<!-- From the catalog; renew with TASKER_RENEW_EVENTS=1. -->\n";
const END: &str = "<!-- To here. -->\n";
/// Set to anything, it makes the test write the chapter instead of comparing.
const RENEW: &str = "TASKER_RENEW_EVENTS";

fn tables() -> String {
    let mut text = "\n| type | when |\n|---|---|\n".to_owned();
    for known in all() {
        let (name, when) = (known.name, known.when);
        text += &format!("| `{name}` | {when} |\n");
    }
    text += "\n## Names in the predecessor\n\nFor those who come from Tasker in Ruby:\n\n| event there | here |\n|---|---|\n";
    for event in &PREDECESSOR {
        let names: Vec<String> = event
            .counterparts
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let here = match names.is_empty() {
            true => format!("none: {}", event.why_none),
            false => names.join(", "),
        };
        text += &format!(
            "| `{}` | {here} |
",
            event.name
        );
    }
    text + "\n"
}

#[test]
fn the_chapter_on_events_has_every_type() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/events.md");
    let chapter = std::fs::read_to_string(&file).expect("the chapter can be read");
    let (before, rest) = chapter.split_once(BEGIN).expect("it has the mark");
    let (_, after) = rest.split_once(END).expect("it has the mark");
    let fresh = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os(RENEW).is_some() {
        return std::fs::write(&file, &fresh).expect("the chapter can be written");
    }
    assert!(chapter == fresh, "renew it with {RENEW}=1");
}
