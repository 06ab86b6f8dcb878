//! The reference part of the documentation: made from the code, and held fresh.

mod bounds;
mod cases;
mod cli;
mod configuration;
mod contract;
mod graphql;
mod problems;
mod rest;
mod schemas;
mod sql;
mod template;

use std::fs;
use std::path::{Path, PathBuf};

/// Set to anything, it makes the tests write the chapters instead of comparing them.
const RENEW: &str = "TASKER_RENEW_DOCS";
/// The first line of a chapter that is made.
const MADE: &str =
    "<!-- Made from the code by tests/reference.rs; renew it with TASKER_RENEW_DOCS=1. -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Fails where a file of the reference is not this text.
fn hold(name: &str, fresh: &str) {
    let file = root().join("host/docs/reference").join(name);
    if std::env::var_os(RENEW).is_some() {
        return fs::write(&file, fresh).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == fresh, "renew {name} with {RENEW}=1");
}

/// Holds a chapter, which begins with its title.
fn hold_chapter(name: &str, text: &str) {
    hold(name, &format!("{MADE}{}\n", text.trim_end()));
}

/// A text in a paragraph of Markdown, on one line: nothing but what is within backticks is markup.
fn prose(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = words.split('`').enumerate();
    let parts = parts.map(|(number, part)| match number % 2 {
        0 => part.replace('<', "&lt;").replace('*', "\\*"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// The same in a cell of a table.
fn cell(text: &str) -> String {
    prose(text).replace('|', "\\|")
}

/// A text as code in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// A table with these columns.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&it| it.to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(head.len()));
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{rule}{rows}", line(&head))
}

#[test]
fn a_text_is_no_markup() {
    assert_eq!(prose("a *b* <c>\n  `d*`"), "a \\*b\\* &lt;c> `d*`");
    assert_eq!(cell("a|b"), "a\\|b");
    let made = table(&["a", "b"], &[vec!["c".into(), "d".into()]]);
    assert_eq!(made, "| a | b |\n|---|---|\n| c | d |\n");
}
