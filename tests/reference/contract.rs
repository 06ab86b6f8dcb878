//! The contract between hosts and components, as `wit/` has it.

use super::{hold_chapter, prose, root};
use std::fs;

const INTRODUCTION: &str = "\
# WIT

What a component may import from a host, and what it exports. Each SDK brings the contract with bindings of its language;
[Handlers](../handlers.md) says how they are used, and `tasker component show` which interfaces a component has.

";

#[test]
fn the_chapter_on_the_contract_has_every_interface_and_world() {
    let source = fs::read_to_string(root().join("wit/step.wit")).unwrap();
    let mut chapter = INTRODUCTION.to_owned();
    // Items stand apart from each other by an empty line, and what is within them is indented.
    let mut items = 0;
    for item in items_of(&source) {
        let (comment, definition): (Vec<&str>, Vec<&str>) =
            item.iter().partition(|it| it.starts_with("///"));
        let Some(head) = definition.first() else {
            continue;
        };
        let comment: Vec<&str> = comment
            .iter()
            .map(|it| it.trim_start_matches("///").trim())
            .collect();
        let comment: String = comment
            .split(|it| it.is_empty())
            .map(|it| format!("{}\n\n", prose(&it.join(" "))))
            .collect();
        if head.starts_with("package") {
            chapter += &format!("{comment}```wit\n{head}\n```\n\n");
            continue;
        }
        items += 1;
        let title = head.trim_end_matches(" {");
        chapter += &format!(
            "## {title}\n\n{comment}```wit\n{}\n```\n\n",
            definition.join("\n")
        );
    }
    let at_the_margin = source
        .lines()
        .filter(|it| it.starts_with("interface ") || it.starts_with("world "));
    assert_eq!(items, at_the_margin.count());
    hold_chapter("wit.md", &chapter);
}

/// The lines of each item of the package, with its comment.
fn items_of(source: &str) -> Vec<Vec<&str>> {
    let mut items = vec![Vec::new()];
    for line in source.lines() {
        let is_between = line.is_empty()
            && items.last().is_some_and(|it: &Vec<&str>| {
                it.last()
                    .is_none_or(|it| *it == "}" || it.ends_with(';') && !it.starts_with(' '))
            });
        if is_between {
            items.push(Vec::new());
        } else if let Some(item) = items.last_mut() {
            item.push(line);
        }
    }
    items.retain(|it| !it.is_empty());
    items
}
