//! What a host and the commands can be configured with.

use super::cli::{argument, meaning};
use super::{cell, code, hold_chapter, root, table};
use clap::CommandFactory as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tasker::command::Cli;

const INTRODUCTION: &str = "\
# Configuration

A host has options and environment variables, and no file of settings. What belongs to a namespace (pins, grants, limits,
retention, secrets, subscriptions) is in the database, and is changed by [commands](cli.md) or by
[a folder](../gitops.md).

## Options of `tasker serve`

";

/// Variables that are no other form of an option.
const VARIABLES: [(&str, &str, &str); 12] = [
    ("`TASKER_URL`", "commands", "The host, as `--url` names it."),
    (
        "`TASKER_TOKEN`",
        "commands",
        "A key or a JSON Web Token. Without it, the admin key in the data directory of this machine.",
    ),
    (
        "`TASKER_ADMIN_KEY`",
        "hosts",
        "The admin key of a database that has none yet: `tk_…`, 55 characters.",
    ),
    (
        "`TASKER_SECRET_KEY`",
        "hosts",
        "The keys that secrets are encrypted with, where `--secret-key-file` names no file: 32 bytes each, in base64 or hex, one a line.",
    ),
    (
        "`TASKER_PG_BINDIR`",
        "hosts",
        "The folder with the programs of the private PostgreSQL.",
    ),
    (
        "`XDG_DATA_HOME`",
        "hosts, commands",
        "The folder that has the data directory `tasker`; `~/.local/share` without it.",
    ),
    (
        "`RUST_LOG`",
        "hosts",
        "Which lines the log has, such as `tasker=debug`.",
    ),
    (
        "`NO_COLOR`",
        "commands",
        "Set to anything, it turns colours off.",
    ),
    (
        "`OTEL_EXPORTER_OTLP_ENDPOINT`",
        "hosts",
        "The collector of traces, metrics and logs; [OpenTelemetry](../tracing.md) has the other variables.",
    ),
    (
        "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`",
        "hosts, commands",
        "Credentials for [archives](../operations.md#archives) in an object store.",
    ),
    (
        "`AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`",
        "hosts, commands",
        "Where the object store is.",
    ),
    (
        "`AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`",
        "hosts, commands",
        "A web identity in place of credentials.",
    ),
];

#[test]
fn the_chapter_on_configuration_has_every_option_and_variable() {
    let mut program = Cli::command();
    program.build();
    let serve = program.find_subcommand("serve").unwrap();
    let options = serve
        .get_arguments()
        .filter(|it| !it.is_hide_set() && !it.is_global_set() && it.get_id() != "help");
    let rows: Vec<Vec<String>> = options.map(|it| vec![argument(it), meaning(it)]).collect();
    let mut text = INTRODUCTION.to_owned() + &table(&["option", "meaning"], &rows);
    text += "\n## Variables of options\n\n";
    text += &table(&["variable", "option"], &of_options(&program));
    text += "\n## Other variables\n\n";
    let rows: Vec<Vec<String>> = VARIABLES
        .iter()
        .map(|(name, of, meaning)| {
            vec![(*name).to_owned(), (*of).to_owned(), link_or_cell(meaning)]
        })
        .collect();
    text += &table(&["variable", "of", "meaning"], &rows);
    for variable in read_by_the_source() {
        let is_known = text.contains(&format!("`{variable}`"));
        assert!(is_known, "{variable} is read, and is not in the chapter");
    }
    hold_chapter("configuration.md", &text);
}

fn link_or_cell(meaning: &str) -> String {
    match meaning.contains("](") {
        true => meaning.to_owned(),
        false => cell(meaning),
    }
}

/// The variables that stand for options, of all commands.
fn of_options(program: &clap::Command) -> Vec<Vec<String>> {
    let serve = program.find_subcommand("serve").unwrap();
    let all = program.get_arguments().map(|it| ("every command", it));
    let all = all.chain(serve.get_arguments().map(|it| ("`tasker serve`", it)));
    let rows = all.filter_map(|(of, it)| {
        let variable = it.get_env()?.to_string_lossy().into_owned();
        Some(vec![
            code(&variable),
            format!("`--{}` of {of}", it.get_long()?),
        ])
    });
    let rows: BTreeSet<Vec<String>> = rows.collect();
    let is_general = |row: &Vec<String>| row[1].ends_with("every command");
    let general: BTreeSet<String> = rows
        .iter()
        .filter(|it| is_general(it))
        .map(|it| it[0].clone())
        .collect();
    let kept = rows
        .into_iter()
        .filter(|it| is_general(it) || !general.contains(&it[0]));
    kept.collect()
}

/// The names of our own variables that the program reads.
fn read_by_the_source() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in [
        "tasker",
        "cli",
        "domain",
        "engine",
        "embedded-postgres",
        "api",
        "registry",
    ] {
        collect(&root().join("host").join(part).join("src"), &mut found);
    }
    assert!(found.contains("TASKER_TOKEN"), "{found:?}");
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("documented.rs")
        {
            let text = fs::read_to_string(path).unwrap();
            let program = text.split("#[cfg(test)]").next().unwrap_or_default();
            let quoted = program.split('"').skip(1).step_by(2);
            let is_name = |it: &&str| {
                it.starts_with("TASKER_")
                    && !it.starts_with("TASKER_RENEW_")
                    && it.len() > 8
                    && it.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
            };
            found.extend(quoted.filter(is_name).map(str::to_owned));
        }
    }
}
