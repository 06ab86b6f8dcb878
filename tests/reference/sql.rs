//! Functions and tables of the database, as the migrations define and describe them.

use super::{cell, code, hold_chapter, prose, root, table};
use std::collections::BTreeMap;
use std::fs;

const INTRODUCTION: &str = "\
# SQL

All state is in the schema `tasker` of the database. Read it as you like, for example with `tasker psql`. Change it by the
API and the commands: only these functions change the state of a task or step, each in one transaction with its
transitions, and a host of the next release may replace them.

[Operations](../operations.md#health-and-monitoring) describes the views that are made for people.

## Tables

";

/// Words of comments in migrations that the glossary has replaced since: what was applied is not edited.
const REPLACED: [(&str, &str); 1] = [(" ramp", " rollout")];

/// Comments of the migrations, by what they stand above.
#[derive(Default)]
struct Comments {
    relations: BTreeMap<String, String>,
    columns: BTreeMap<String, String>,
}

#[test]
fn the_chapter_on_sql_has_every_table_and_function() {
    let schema = fs::read_to_string(root().join("tests/sql/schema.txt")).unwrap();
    let comments = comments();
    let mut text = INTRODUCTION.to_owned();
    let columns = columns(&schema);
    assert!(columns.len() > 30);
    for (name, columns) in columns {
        text += &format!("### tasker.{name}\n\n");
        if let Some(comment) = comments.relations.get(&name) {
            text += &format!("{}\n\n", prose(comment));
        }
        let rows: Vec<Vec<String>> = columns
            .into_iter()
            .map(|(column, kind)| {
                let comment = comments.columns.get(&format!("{name}.{column}"));
                let comment = comment.map(|it| cell(it)).unwrap_or_default();
                vec![code(&column), code(&kind), comment]
            })
            .collect();
        text += &table(&["column", "type", "meaning"], &rows);
        text.push('\n');
    }
    text += "## Functions\n\nIn the order of their layers: a function calls those above it.\n";
    text += &functions(&schema);
    hold_chapter("sql.md", &text);
}

type Columns = Vec<(String, String)>;

/// The columns of all tables, in their order.
fn columns(schema: &str) -> BTreeMap<String, Columns> {
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for line in schema.lines() {
        let Some((column, kind)) = line.split_once(' ') else {
            continue;
        };
        let Some((table, column)) = column.split_once('.') else {
            continue;
        };
        let columns = tables.entry(table.to_owned()).or_default();
        columns.push((column.to_owned(), kind.to_owned()));
    }
    tables
}

fn comments() -> Comments {
    let mut comments = Comments::default();
    for (_, text) in files("migrations") {
        let mut above: Vec<&str> = Vec::new();
        let mut table = String::new();
        for line in text.lines() {
            let trimmed = line.trim();
            if let Some(comment) = trimmed.strip_prefix("--") {
                above.push(comment.trim());
                continue;
            }
            let comment = in_words_of_today(&std::mem::take(&mut above).join(" "));
            if let Some(name) = defined(trimmed) {
                table = name.to_owned();
                if !comment.is_empty() {
                    comments.relations.insert(table.clone(), comment);
                }
                continue;
            }
            let column = trimmed.strip_prefix("add column ").unwrap_or(trimmed);
            let name = column.split(' ').next().unwrap_or_default();
            let behind = column
                .split_once(" -- ")
                .map(|(_, comment)| comment.to_owned());
            let comment = behind.unwrap_or(comment);
            if !comment.is_empty() && !table.is_empty() {
                comments
                    .columns
                    .entry(format!("{table}.{name}"))
                    .or_insert(comment);
            }
            if trimmed == ");" {
                table.clear();
            }
        }
    }
    comments
}

fn in_words_of_today(comment: &str) -> String {
    let replace = |text: String, (old, new): (&str, &str)| text.replace(old, new);
    REPLACED.into_iter().fold(comment.to_owned(), replace)
}

/// The table that a statement makes or changes.
fn defined(line: &str) -> Option<&str> {
    let starts = [
        "create table tasker.",
        "create unlogged table tasker.",
        "alter table tasker.",
    ];
    let rest = starts.iter().find_map(|start| line.strip_prefix(start))?;
    rest.split([' ', '(']).next()
}

fn functions(schema: &str) -> String {
    let signatures = schema
        .lines()
        .filter_map(|line| line.strip_prefix("function "));
    let signatures: Vec<&str> = signatures.collect();
    let mut text = String::new();
    for (file, source) in files("migrations/functions") {
        let name = file
            .trim_end_matches(".sql")
            .split_once('_')
            .unwrap()
            .1
            .to_owned();
        let header = source.lines().take_while(|line| line.starts_with("--"));
        let header: Vec<&str> = header
            .map(|line| line.trim_start_matches('-').trim())
            .collect();
        text += &format!("\n### tasker.{name}\n\n{}\n\n", prose(&header.join(" ")));
        let own: Vec<&&str> = signatures
            .iter()
            .filter(|it| it.split('(').next() == Some(name.as_str()))
            .collect();
        assert!(!own.is_empty(), "{name} is in no database");
        for signature in own {
            text += &format!("```text\n{signature}\n```\n");
        }
    }
    text
}

/// The SQL files of a folder, by name.
fn files(folder: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == "sql"));
    let named = files.map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    named.collect()
}
