//! Every command in the documentation is one of these commands, with arguments that it takes.

use super::*;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_command_of_the_documentation_is_understood() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document can be read");
        for line in commands(&text) {
            count += 1;
            if let Err(error) = Cli::try_parse_from(words(&line))
                && error.use_stderr()
            {
                wrong.push(format!("{}: {line}\n{error}", document.display()));
            }
        }
    }
    assert!(count > 100, "only {count} commands were found");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What an empty page has its reader type.
#[test]
fn every_command_of_the_web_interface_is_understood() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/web/pages");
    let mut count = 0;
    for entry in fs::read_dir(pages).expect("the pages are there") {
        let path = entry.expect("an entry can be read").path();
        let text = fs::read_to_string(&path).unwrap_or_default();
        let shown = text.split("command=\"").skip(1);
        let shown = shown.filter_map(|rest| rest.split('"').next());
        for line in shown.flat_map(|line| line.split(" && ")) {
            let Some(line) = line.strip_prefix("tasker ") else {
                continue;
            };
            count += 1;
            let line = format!("tasker {line}");
            let parsed = Cli::try_parse_from(words(&line));
            assert!(
                parsed.is_ok(),
                "{}: {line}: {:?}",
                path.display(),
                parsed.err()
            );
        }
    }
    assert!(count > 10, "only {count} commands were found");
}

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut documents = vec![root.join("README.md")];
    collect(&root.join("host/docs"), &mut documents);
    documents
}

/// The chapters below a folder.
fn collect(folder: &Path, documents: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the chapters are there") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, documents);
        } else if path.extension().is_some_and(|it| it == "md") {
            documents.push(path);
        }
    }
}

/// The lines `$ tasker …`, also with variables before it.
fn commands(text: &str) -> impl Iterator<Item = String> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("$ "));
    let command = |line: &str| {
        let is_variable = |word: &&str| word.contains('=');
        let words: Vec<&str> = line.split(' ').skip_while(is_variable).collect();
        words.join(" ")
    };
    lines
        .map(command)
        .filter(|line| line.starts_with("tasker "))
}

/// As a shell reads the line, up to a comment, a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        let begins = words.last().is_some_and(String::is_empty);
        match (c, quote) {
            ('#' | '|' | '>' | '<', None) if begins => break,
            (' ', None) if begins => {}
            (' ', None) => words.push(String::new()),
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (c, _) => words.last_mut().expect("there is one").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
