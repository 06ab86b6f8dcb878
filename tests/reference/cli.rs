//! Every command with its arguments, as the program has them.

use super::{cell, code, hold_chapter, prose, table};
use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory as _};
use tasker::command::Cli;

const HEAD: [&str; 2] = ["argument", "meaning"];
const INTRODUCTION: &str = "\
# Commands

Every command has `--help`, which says the same, and `--output json`. [API and commands](../rest.md#commands) says how
commands are named, how they ask before they remove something, and what their exit codes mean.
";

#[test]
fn the_chapter_on_commands_has_every_command() {
    let mut program = Cli::command();
    program.build();
    let mut text = INTRODUCTION.to_owned();
    text += "\n## Options of every command\n\n";
    text += &arguments(&program, |it| it.is_global_set());
    for command in shown(&program) {
        text += &format!("\n## {}\n\n", name(command));
        describe(command, &mut text);
        below(command, &mut text);
    }
    let count = text.matches("\n### ").count();
    assert!(count > 80, "only {count} commands were found");
    hold_chapter("cli.md", &text);
}

/// The commands below a command.
fn below(command: &Command, text: &mut String) {
    for inner in shown(command) {
        *text += &format!("\n### {}\n\n", name(inner));
        describe(inner, text);
        below(inner, text);
    }
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    let all = command.get_subcommands();
    all.filter(|it| !it.is_hide_set() && it.get_name() != "help")
}

fn name(command: &Command) -> String {
    command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned()
}

fn describe(command: &Command, text: &mut String) {
    let about = command.get_long_about().or(command.get_about());
    for paragraph in plain(about).split("\n\n").filter(|it| !it.is_empty()) {
        *text += &format!("{}\n\n", prose(paragraph));
    }
    if command.has_subcommands() {
        return;
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    *text += &format!("```text\n{usage}\n```\n\n");
    *text += &arguments(command, |it| !it.is_global_set());
}

/// The arguments of a command as a table; nothing where it has none.
fn arguments(command: &Command, is_wanted: fn(&Arg) -> bool) -> String {
    let all = command.get_arguments().filter(|it| !it.is_hide_set());
    let own =
        all.filter(|it| is_wanted(it) && !["help", "version"].contains(&it.get_id().as_str()));
    let rows: Vec<Vec<String>> = own.map(|it| vec![argument(it), meaning(it)]).collect();
    match rows.is_empty() {
        true => String::new(),
        false => table(&HEAD, &rows),
    }
}

/// As it is written.
pub fn argument(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let values: Vec<String> = match argument.get_action().takes_values() {
        true => names.iter().map(ToString::to_string).collect(),
        false => Vec::new(),
    };
    let values = values.join(" ");
    let mut forms = Vec::new();
    forms.extend(argument.get_short().map(|it| format!("-{it}")));
    forms.extend(argument.get_long().map(|it| format!("--{it}")));
    let written = match (forms.as_slice(), values.as_str()) {
        ([], values) => values.to_owned(),
        (forms, "") => forms.join(", "),
        (forms, values) => format!("{} {values}", forms.join(", ")),
    };
    code(&written)
}

/// What it means, with what it is without being given.
pub fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help());
    let mut meaning = sentence(cell(&plain(help)));
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|it| !it.is_hide_set() && argument.get_action().takes_values())
        .map(|it| code(it.get_name()))
        .collect();
    if !values.is_empty() && values.len() < 20 {
        meaning += &format!(" One of {}.", values.join(", "));
    }
    let defaults = argument.get_default_values().iter();
    let defaults: Vec<String> = defaults.map(|it| code(&it.to_string_lossy())).collect();
    if !defaults.is_empty() && argument.get_action().takes_values() {
        meaning += &format!(" By default {}.", defaults.join(", "));
    }
    if let Some(variable) = argument.get_env() {
        meaning += &format!(" Also `{}`.", variable.to_string_lossy());
    }
    meaning.trim_start().to_owned()
}

/// With a full stop, which the help of one sentence does not have.
fn sentence(text: String) -> String {
    match text.is_empty() || text.ends_with(['.', ']']) {
        true => text,
        false => text + ".",
    }
}

/// The text without colours.
fn plain(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}
