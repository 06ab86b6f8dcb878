//! The commands that speak to a host over its API, or prepare what is uploaded to it: one file a command.

pub mod affected_pins;
mod audit;
mod build;
mod changes;
mod client;
mod component;
mod definition;
mod drain;
mod excerpt;
mod exit;
mod gc;
mod grant;
mod hidden;
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
mod pin_name;
mod place;
mod plan;
mod policy;
mod problem;
mod reference;
mod registry;
mod resource;
#[cfg(test)]
mod samples;
mod scaffold;
mod secret;
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

pub use client::Client;
pub use exit::{Exit, table as exit_codes};
pub use gc::parse_age;
pub use output::{Format, Output, tell};
pub use paint::{Paint, Tone, When};
pub use problem::{CliError, Problem};
pub use tasker_wire::access::Access;
pub use tasker_wire::health;
pub use token::help as token_help;

use clap::Subcommand;
use futures::future::LocalBoxFuture;
use std::path::PathBuf;

/// Where a host listens unless told otherwise.
pub const DEFAULT_URL: &str = "http://127.0.0.1:7710";

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

/// The commands that speak to a host, or prepare what is uploaded to it.
#[derive(Debug, Subcommand)]
pub enum Command {
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
}

/// What a command works with: the host and the way to tell the user.
pub struct Context {
    client: Client,
    output: Output,
}

/// Runs a command. In a box, so that the commands are compiled with this crate and not with every
/// program that has them.
pub fn run(
    command: Command,
    global: &Global,
    output: Output,
) -> LocalBoxFuture<'_, Result<Exit, CliError>> {
    Box::pin(dispatch(command, global, output))
}

async fn dispatch(command: Command, global: &Global, output: Output) -> Result<Exit, CliError> {
    let context = || {
        Ok::<_, CliError>(Context {
            client: Client::new(global)?,
            output,
        })
    };
    match command {
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
    }
}
