//! The commands of `tasker`, one file a command. Those that talk to a host do it over its API.

mod audit;
pub mod barred_pins;
mod bench;
mod build;
mod changes;
mod client;
mod compile_component;
mod component;
mod doctor;
mod drain;
mod excerpt;
mod exit;
mod gc;
mod grant;
mod hints;
mod input;
mod json;
mod key;
mod kv;
mod limit;
mod list;
mod namespace;
pub mod new;
mod not_yet;
mod oci;
mod one_version;
mod output;
mod paint;
mod pin;
mod place;
mod plan;
mod policy;
mod problem;
mod psql;
mod reference;
mod registry;
mod scaffold;
mod secret;
mod serve;
mod share;
mod shell;
mod sign;
mod signing;
mod step;
mod sync;
mod task;
mod template;
mod token;
mod units;
mod view;

pub use exit::Exit;
pub use problem::{CliError, Problem};

use clap::{CommandFactory as _, Parser, Subcommand};
use client::Client;
use output::{Format, Output};
use paint::When;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Where a host listens unless told otherwise.
pub const DEFAULT_URL: &str = "http://127.0.0.1:7710";

/// Run workflows whose step handlers are WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "tasker", version, after_help = exit::table(), max_term_width = 100)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Output format: text, or the JSON of the API, unchanged.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub output: Format,
    /// URL of the host (or TASKER_URL). The API key is read from TASKER_TOKEN; for a host on this machine
    /// also from the admin.key file in its data directory.
    #[arg(long, global = true, default_value_t = default_url())]
    pub url: String,
    /// Trust only the certificate authorities in this PEM file.
    #[arg(long, global = true, env = "TASKER_CA", value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Colour the output; `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: When,
    /// Suggest next commands (`next: …`); `auto`: on a terminal.
    #[arg(
        long,
        global = true,
        env = "TASKER_HINTS",
        hide_env_values = true,
        value_enum,
        default_value_t,
        value_name = "WHEN"
    )]
    pub hints: When,
    /// Log each request to standard error.
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

fn default_url() -> String {
    let set = std::env::var("TASKER_URL")
        .ok()
        .filter(|url| !url.is_empty());
    set.unwrap_or_else(|| DEFAULT_URL.to_owned())
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    New(new::New),
    Build(build::Build),
    /// Upload and inspect components.
    #[command(subcommand)]
    Component(component::Command),
    /// Register and inspect task templates.
    #[command(subcommand)]
    Template(template::Command),
    /// Pin the versions that new tasks use; ramp and roll back.
    #[command(subcommand)]
    Pin(pin::Command),
    /// Preview what publishing would change (a dry run).
    #[command(subcommand)]
    Plan(plan::Command),
    /// Show everything that is published, and what uses it.
    #[command(subcommand)]
    Registry(registry::Command),
    /// Show what references a version, and wait until nothing does.
    #[command(subcommand)]
    Drain(drain::Command),
    Gc(gc::Gc),
    /// Push components to OCI registries and pull them.
    #[command(subcommand)]
    Oci(oci::Command),
    Sync(sync::Sync),
    /// Sign components.
    #[command(subcommand)]
    Sign(sign::Command),
    /// Manage which signing keys a namespace accepts.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Manage secrets.
    #[command(subcommand)]
    Secret(secret::Command),
    /// Read, set and remove key-value entries of handlers.
    #[command(subcommand)]
    Kv(kv::Command),
    /// Manage capabilities of components: HTTP, secrets, kv, environment, events.
    #[command(subcommand)]
    Grant(grant::Command),
    /// Create and list namespaces.
    #[command(subcommand)]
    Namespace(namespace::Command),
    /// Manage which components other namespaces may use.
    #[command(subcommand)]
    Share(share::Command),
    /// Manage resource limits: memory, time, HTTP, results, logs.
    #[command(subcommand)]
    Limit(limit::Command),
    /// Run, follow and cancel tasks.
    #[command(subcommand)]
    Task(task::Command),
    /// Show the steps of a task.
    #[command(subcommand)]
    Step(step::Command),
    /// Show the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Key(key::Command),
    Bench(bench::Bench),
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
    CompileComponent(compile_component::Args),
}

/// What a command works with: the host and the way to tell the user.
pub(crate) struct Context {
    client: Client,
    output: Output,
}

impl Cli {
    /// Runs the command here and now, if it is one that must be alone in its process.
    pub fn without_runtime(&self) -> Option<ExitCode> {
        let Command::CompileComponent(args) = &self.command else {
            return None;
        };
        Some(args.run())
    }

    /// True where the command starts a PostgreSQL of its own.
    pub fn has_private_database(&self) -> bool {
        matches!(&self.command, Command::Serve(serve) if serve.has_private_database())
    }

    /// Runs the command; whatever goes wrong has been told on standard error when this returns.
    pub async fn run(self) -> Exit {
        let output = Output::new(self.global.output, self.global.color, self.global.hints);
        match dispatch(self.command, &self.global, output).await {
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
    let context = || {
        Ok::<_, CliError>(Context {
            client: Client::new(global)?,
            output,
        })
    };
    match command {
        Command::Serve(serve) => serve.run(output).await,
        Command::New(new) => new.run(output),
        Command::Build(build) => build.run(output).await,
        Command::Component(command) => component::run(command, &context()?).await,
        Command::Template(command) => template::run(command, &context()?).await,
        Command::Pin(command) => pin::run(command, &context()?).await,
        Command::Plan(command) => plan::run(command, &context()?).await,
        Command::Registry(command) => registry::run(command, &context()?).await,
        Command::Drain(command) => drain::run(command, &context()?).await,
        Command::Gc(gc) => gc.run(&context()?).await,
        Command::Oci(command) => oci::run(command, &context()?).await,
        Command::Sync(sync) => sync.run(&context()?).await,
        Command::Sign(command) => sign::run(command, output),
        Command::Policy(command) => policy::run(command, &context()?).await,
        Command::Secret(command) => secret::run(command, &context()?).await,
        Command::Kv(command) => kv::run(command, &context()?).await,
        Command::Grant(command) => grant::run(command, &context()?).await,
        Command::Namespace(command) => namespace::run(command, &context()?).await,
        Command::Share(command) => share::run(command, &context()?).await,
        Command::Limit(command) => limit::run(command, &context()?).await,
        Command::Task(command) => task::run(command, &context()?).await,
        Command::Step(command) => step::run(command, &context()?).await,
        Command::Audit(command) => audit::run(command, &context()?).await,
        Command::Key(command) => key::run(command, &context()?).await,
        Command::Bench(bench) => bench.run(output).await,
        Command::Doctor(args) => doctor::run(args, global, output).await,
        Command::Psql(args) => psql::run(args, output),
        Command::Completions { shell } => print_completions(shell, output),
        Command::Version => print_version(output),
        Command::CompileComponent(_) => unreachable!("`Cli::without_runtime` took it before"),
    }
}

fn print_completions(shell: clap_complete::Shell, output: Output) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tasker", &mut script);
    let script = String::from_utf8_lossy(&script);
    let answer = json!({ "shell": shell.to_string(), "script": script });
    output.show(&answer.to_string(), || script.clone().into_owned())?;
    Ok(Exit::Complete)
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
mod tests;
