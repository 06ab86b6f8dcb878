use super::tree::{Fault, Source, Tree};

const FUNCTIONS: &str = "migrations/functions/";
const FUNCTION_LIST: &str = "host/database/src/migrate.rs";
const FIRST_MIGRATIONS: [&str; 5] = [
    "0001_definitions.sql",
    "0002_runtime.sql",
    "0003_workers.sql",
    "0004_operators.sql",
    "0005_subscriptions.sql",
];

/// Digits of a migration's moment, `YYYYMMDDHHMMSS`.
const MOMENT_DIGITS: usize = 14;

pub fn function_files(tree: &Tree) -> Vec<Fault> {
    function_sources(tree).flat_map(faults_of).collect()
}

fn faults_of(source: &Source) -> Vec<Fault> {
    let text = source.text.to_lowercase();
    let defined = text.matches("create or replace function").count();
    let expected = format!(
        "create or replace function tasker.{}(",
        function_name(source)
    );
    let rules = [
        (
            source.text.starts_with("-- "),
            "start with a comment: purpose, locks, idempotence, errors".to_owned(),
        ),
        (
            defined == 1,
            format!("defines {defined} functions: one a file, by `create or replace function`"),
        ),
        (
            text.contains(&expected),
            format!("the file is named after another function: write `{expected}…`"),
        ),
        (
            text.contains("set search_path = ''") || is_inlined(&text),
            "add `set search_path = ''`, and write every name in full".to_owned(),
        ),
        (
            !text.contains("drop function"),
            "replace functions, never drop them: hosts of the last version still call them"
                .to_owned(),
        ),
    ];
    rules
        .into_iter()
        .filter(|(kept, _)| !kept)
        .map(|(_, what)| source.fault(1, what))
        .collect()
}

/// A setting keeps a function from being inlined, so one that is meant to be has none; it says so.
fn is_inlined(text: &str) -> bool {
    text.contains("language sql stable\nas $$") && text.contains("it is inlined")
}

pub fn listed_in_migrate(tree: &Tree) -> Vec<Fault> {
    let list = tree.rust().find(|source| source.path == FUNCTION_LIST);
    let list = &list.expect("the migrations list the function files").text;
    function_sources(tree)
        .filter(|source| !list.contains(&format!("\"{}\"", stem(source))))
        .map(|source| {
            let what = format!(
                "is never applied: add \"{}\" to {FUNCTION_LIST}",
                stem(source)
            );
            source.fault(1, what)
        })
        .collect()
}

pub fn migration_names(tree: &Tree) -> Vec<Fault> {
    let migrations = tree.sql().filter(|source| {
        source.path.starts_with("migrations/") && !source.path.starts_with(FUNCTIONS)
    });
    migrations
        .filter(|source| !is_migration_name(file_name(source)))
        .map(|source| source.fault(1, "name it YYYYMMDDHHMMSS_verb_object.sql"))
        .collect()
}

fn is_migration_name(name: &str) -> bool {
    let (moment, rest) = name.split_once('_').unwrap_or_default();
    let dated = moment.len() == MOMENT_DIGITS && moment.bytes().all(|b| b.is_ascii_digit());
    FIRST_MIGRATIONS.contains(&name) || (dated && rest.contains('_'))
}

fn function_sources(tree: &Tree) -> impl Iterator<Item = &Source> {
    tree.sql()
        .filter(|source| source.path.starts_with(FUNCTIONS))
}

fn file_name(source: &Source) -> &str {
    source.path.rsplit('/').next().unwrap_or(&source.path)
}

/// `20_complete_steps` of `migrations/functions/20_complete_steps.sql`.
fn stem(source: &Source) -> &str {
    file_name(source).trim_end_matches(".sql")
}

fn function_name(source: &Source) -> &str {
    stem(source).split_once('_').map_or("", |(_, name)| name)
}
