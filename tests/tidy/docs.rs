//! Documentation: links lead somewhere, the README stays a front page, the glossary is kept to.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::tree::{Fault, Source, Tree, root};

const README_LINES_MAX: usize = 150;
const GLOSSARY_HEAD: &str = "| word | meaning | not |";
/// Where doc comments are help texts.
const COMMANDS: [&str; 2] = ["host/cli/src/", "host/tasker/src/command/"];

pub fn readme(documents: &Tree) -> Vec<Fault> {
    let readme = document(documents, "README.md");
    let lines = readme.text.lines().count();
    let is_long = lines > README_LINES_MAX;
    let what = format!("{lines} lines, at most {README_LINES_MAX} are allowed: host/docs has room");
    Vec::from_iter(is_long.then(|| readme.fault(README_LINES_MAX, what)))
}

pub fn links(documents: &Tree) -> Vec<Fault> {
    let of_document = |source: &Source| -> Vec<Fault> {
        let targets = prose(source).flat_map(|(line, text)| {
            let after = text.split("](").skip(1);
            after.filter_map(move |rest| Some((line, rest.split_once(')')?.0)))
        });
        let broken = targets.filter(|(_, target)| !is_found(source, target));
        let fault = |(line, target): (usize, &str)| {
            source.fault(line, format!("the link `{target}` leads nowhere"))
        };
        broken.map(fault).collect()
    };
    documents.files.iter().flat_map(of_document).collect()
}

fn is_found(source: &Source, target: &str) -> bool {
    if target.contains("://") {
        return true;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let from = root().join(&source.path);
    let at = match file {
        "" => from,
        file => from.with_file_name("").join(file),
    };
    at.exists() && (heading.is_empty() || has_heading(&at, heading))
}

fn has_heading(file: &Path, wanted: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut headings = text.lines().filter(|line| line.starts_with('#'));
    headings.any(|line| anchor(line.trim_start_matches('#').trim()) == wanted)
}

/// As GitHub makes it of a heading.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase().replace(' ', "-");
    lower
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect()
}

/// One row of the glossary.
struct Entry<'a> {
    line: usize,
    word: &'a str,
    synonyms: Vec<&'a str>,
}

fn glossary(documents: &Tree) -> Vec<Entry<'_>> {
    let text = &document(documents, "ARCHITECTURE.md").text;
    let lines = (1..).zip(text.lines());
    let table = lines.skip_while(|(_, line)| *line != GLOSSARY_HEAD).skip(2);
    let rows = table.take_while(|(_, line)| line.starts_with('|'));
    rows.map(|(line, row)| entry(line, row)).collect()
}

fn entry(line: usize, row: &str) -> Entry<'_> {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let synonyms = cells[3].split(", ").filter(|synonym| !synonym.is_empty());
    Entry {
        line,
        word: cells[1],
        synonyms: synonyms.collect(),
    }
}

/// Words of the glossary that stand there twice, or that no code uses.
pub fn glossary_words(documents: &Tree, sources: &Tree) -> Vec<Fault> {
    let architecture = document(documents, "ARCHITECTURE.md");
    let flat = |text: &str| text.to_lowercase().replace([' ', '_'], "");
    let code: String = sources.files.iter().map(|it| flat(&it.code)).collect();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    let entries = glossary(documents);
    assert!(
        !entries.is_empty(),
        "the glossary begins with {GLOSSARY_HEAD}"
    );
    for Entry { line, word, .. } in entries {
        if !seen.insert(word.to_lowercase()) {
            faults.push(architecture.fault(line, format!("`{word}` stands in the glossary twice")));
        }
        if !code.contains(&flat(word)) {
            faults.push(architecture.fault(line, format!("no code uses the word `{word}`")));
        }
    }
    faults
}

/// Replaced words in documentation, help texts and errors.
pub fn synonyms(documents: &Tree, sources: &Tree) -> Vec<Fault> {
    let entries = glossary(documents);
    let rows: Vec<usize> = entries.iter().map(|entry| entry.line).collect();
    let rows = &rows;
    let mut faults = Vec::new();
    let documented = documents.files.iter().flat_map(|source| {
        let is_glossary = source.path == "ARCHITECTURE.md";
        let told = prose(source).filter(move |(line, _)| !is_glossary || !rows.contains(line));
        told.map(move |(line, text)| (source, line, text))
    });
    let told = sources.rust().flat_map(|source| {
        let told = errors(source).chain(help(source));
        told.map(move |(line, text)| (source, line, text))
    });
    for (source, line, text) in documented.chain(told) {
        for Entry { word, synonyms, .. } in &entries {
            for synonym in synonyms.iter().filter(|it| has_phrase(text, it)) {
                let what = format!("`{synonym}`: the glossary's word is `{word}`");
                faults.push(source.fault(line, what));
            }
        }
    }
    faults
}

fn errors(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let starts = source.text.match_indices("#[error(");
    starts.filter(|_| !source.is_test()).map(|(at, _)| {
        let message = source.text[at..].split('"').nth(1);
        (source.line_of(at), message.unwrap_or_default())
    })
}

fn help(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let is_command = COMMANDS.iter().any(|at| source.path.starts_with(at));
    let lines = (1..).zip(source.text.lines());
    lines.filter(move |(_, line)| is_command && line.trim_start().starts_with("///"))
}

/// True if the phrase stands in the text as whole words, in any case.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let text = text.to_lowercase();
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !before.is_some_and(in_word) && !after.is_some_and(in_word)
    })
}

/// The numbered lines outside of fences.
fn prose(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    (1..).zip(source.text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        !is_fenced && !is_fence
    })
}

fn document<'a>(documents: &'a Tree, path: &str) -> &'a Source {
    let found = documents.files.iter().find(|source| source.path == path);
    found.unwrap_or_else(|| panic!("{path} is missing"))
}

#[test]
fn a_phrase_is_found_as_whole_words() {
    assert!(has_phrase("Its Verdict, then", "verdict"));
    assert!(!has_phrase("the column `verdict_at`", "verdict"));
    assert_eq!(
        anchor("Version numbers are checked!"),
        "version-numbers-are-checked"
    );
}
