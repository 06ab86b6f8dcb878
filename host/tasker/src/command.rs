//! The commands of the program.

mod compile_component;
mod dev;
mod doctor;
mod local_component;
mod psql;
mod recorded;
mod serve;
mod signals;
mod test;
mod this_machine;

pub use compile_component::CompileComponent;

use clap::{CommandFactory as _, Parser, Subcommand};
use serde_json::json;
use std::pin::Pin;
use std::process::ExitCode;
use tasker_cli::{CliError, Exit, Global, Output, exit_codes};
use this_machine::ThisMachine;

/// Run workflows whose step handlers are WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "tasker", version, after_help = exit_codes(), max_term_width = 100)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<serve::Serve>),
    Dev(dev::Dev),
    #[command(flatten)]
    OfClient(Box<tasker_cli::Command>),
    Test(test::Args),
    /// Check this machine and the host, and suggest fixes.
    Doctor(doctor::Args),
    /// Open psql on the database of this machine's host.
    Psql(psql::Args),
    /// Print a shell completion script, for example: tasker completions bash.
    Completions {
        shell: clap_complete::Shell,
    },
    /// Print the version of this program.
    Version,
    #[command(hide = true)]
    CompileComponent(CompileComponent),
}

impl Cli {
    /// Runs the command here and now, if it is one that must be alone in its process.
    pub fn without_runtime(&self) -> Option<ExitCode> {
        let Command::CompileComponent(args) = &self.command else {
            return None;
        };
        Some(args.run())
    }

    /// True if the command starts a PostgreSQL of its own.
    pub fn has_private_database(&self) -> bool {
        match &self.command {
            Command::Serve(serve) => serve.has_private_database(),
            // `test` does for cases of templates.
            Command::Dev(_) | Command::Test(_) => true,
            _ => false,
        }
    }

    /// Runs the command; errors have been printed on standard error when this returns. In a
    /// box, so that what it does is compiled with this crate.
    pub fn run(self) -> Pin<Box<dyn Future<Output = Exit>>> {
        Box::pin(self.end())
    }

    async fn end(self) -> Exit {
        let global = &self.global;
        let output = Output::new(global.output, global.color, global.hints).quiet(global.quiet);
        match dispatch(self.command, global, output).await {
            Ok(exit) => exit,
            Err(CliError::ClosedPipe) => Exit::Complete,
            Err(CliError::Problem(problem)) => {
                output.problem(&problem);
                problem.exit()
            }
        }
    }
}

async fn dispatch(command: Command, global: &Global, output: Output) -> Result<Exit, CliError> {
    if !matches!(command, Command::OfClient(_)) {
        output.refuse_markdown()?;
    }
    match command {
        Command::Serve(serve) => serve.run(output).await,
        Command::Dev(dev) => dev.run(global, output).await,
        Command::OfClient(command) => tasker_cli::run(*command, global, output, &ThisMachine).await,
        Command::Test(args) => test::run(args, output).await,
        Command::Doctor(args) => doctor::run(args, global, output).await,
        Command::Psql(args) => psql::run(args, output),
        Command::Completions { shell } => print_completions(shell, output),
        Command::Version => print_version(output),
        Command::CompileComponent(_) => unreachable!("`Cli::without_runtime` took it before"),
    }
}

fn print_completions(shell: clap_complete::Shell, output: Output) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut shown_commands(), "tasker", &mut script);
    let script = String::from_utf8_lossy(&script);
    let answer = json!({ "shell": shell.to_string(), "script": script });
    let reply = output.show(answer, || script.clone().into_owned());
    reply.print()
}

/// The commands that help shows.
fn shown_commands() -> clap::Command {
    let all = Cli::command();
    let shown = all
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let (shown, arguments): (Vec<_>, Vec<_>) = (
        shown.cloned().collect(),
        all.get_arguments().cloned().collect(),
    );
    clap::Command::new("tasker")
        .args(arguments)
        .subcommands(shown)
}

fn print_version(output: Output) -> Result<Exit, CliError> {
    let version = env!("CARGO_PKG_VERSION");
    match output.is_json() {
        true => output.print(&json!({ "version": version }).to_string())?,
        false => output.print(&format!("tasker {version}"))?,
    }
    Ok(Exit::Complete)
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests;
