//! The commands that speak to a host over its API, or prepare what is uploaded to it: one file a command.

mod affected_pins;
mod archived;
mod audit;
mod because;
mod build;
mod changes;
mod client;
mod component;
mod confirm;
mod context;
mod convert;
mod definition;
pub mod dev;
mod document;
mod drawn;
mod events;
mod excerpt;
mod exit;
mod gc;
mod grant;
mod hidden;
mod hints;
mod host;
mod in_order;
mod input;
mod json;
mod json_changes;
mod key;
mod kv;
mod limit;
mod list;
pub mod local_sandbox;
mod mcp;
mod namespace;
mod new;
mod not_yet;
mod oci;
mod one_version;
mod only_if;
mod output;
mod paint;
mod pin;
mod pin_name;
mod place;
mod plan_text;
mod problem;
mod queue;
mod record;
mod reference;
mod references;
mod registry;
mod reply;
mod retention;
mod rollout;
mod rule_target;
#[cfg(test)]
mod samples;
mod scaffold;
mod secret;
mod sent_bytes;
mod share;
mod shell;
mod signing;
mod signing_key;
mod signing_policy;
mod stats;
mod status;
mod step;
mod subscription;
mod sync;
mod table;
mod task;
mod template;
mod token;
mod units;

pub use build::{BuiltComponent, HandlerProject, Profile};
pub use client::Client;
pub use exit::{Exit, table as exit_codes};
pub use gc::parse_age;
pub use output::{Format, Output, tell};
pub use paint::{Tone, When, plain};
pub use problem::{CliError, Problem};
pub use reply::Reply;
pub use tasker_wire::access::Access;
pub use tasker_wire::health;
pub use token::help as token_help;

use because::Because;
use clap::Subcommand;
use client::{Answer, Ask};
use confirm::Confirm;
use context::Context;
use definition::words;
use futures::future::LocalBoxFuture;
use in_order::InOrder;
use list::{InNamespace, Part};
use local_sandbox::LocalSandbox;
use one_version::{OneVersion, Told};
use only_if::OnlyIf;
use paint::{Painted, bad, good};
use problem::refuse;
use reference::{Reference, Target};
use shell::word;
use std::path::PathBuf;
use table::{Table, fields};

/// Where a host listens unless told otherwise.
pub const DEFAULT_URL: &str = "http://127.0.0.1:7710";

/// What every command takes.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Output format: tables and text, the unchanged JSON of the API, or (`task report`) markdown.
    #[arg(
        short,
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
    /// Print only names and ids: of what a list has, or of what was created; no suggestions.
    #[arg(short, long, global = true)]
    pub quiet: bool,
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
    /// Create components, templates and projects.
    #[command(subcommand)]
    New(new::Command),
    Build(build::Build),
    /// Convert task templates of other engines.
    #[command(subcommand)]
    Convert(convert::Command),
    /// Publish, inspect, call, compare, yank and quarantine components.
    #[command(subcommand)]
    Component(component::Command),
    /// Publish, inspect, compare and yank task templates.
    #[command(subcommand)]
    Template(template::Command),
    /// Pin the versions that new tasks use.
    #[command(subcommand)]
    Pin(pin::Command),
    /// Move a pin to another version by a share of new tasks (a canary), and roll back.
    #[command(subcommand)]
    Rollout(rollout::Command),
    /// Run, follow, cancel and migrate tasks.
    #[command(subcommand)]
    Task(task::Command),
    /// Show what the attempts of a step logged, and run them again.
    #[command(subcommand)]
    Step(step::Command),
    /// Show everything that is published.
    #[command(subcommand)]
    Registry(registry::Command),
    Gc(gc::Gc),
    /// Push components to OCI registries and pull them.
    #[command(subcommand)]
    Oci(oci::Command),
    Sync(sync::Sync),
    /// Create keys that sign components.
    #[command(subcommand)]
    SigningKey(signing_key::Command),
    /// Manage which signing keys a namespace accepts.
    #[command(subcommand)]
    SigningPolicy(signing_policy::Command),
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
    /// Manage which attempts are recorded, so that they can be run again.
    #[command(subcommand)]
    Record(record::Command),
    /// Show the queue of steps; pause, resume and weigh namespaces.
    #[command(subcommand)]
    Queue(queue::Command),
    /// List hosts, drain them before an upgrade, and resume them.
    #[command(subcommand)]
    Host(host::Command),
    /// Manage how long finished tasks are kept.
    #[command(subcommand)]
    Retention(retention::Command),
    /// Follow and list events, and describe their types.
    #[command(subcommand)]
    Events(events::Command),
    /// Deliver events to webhooks, components and NATS: add, show, pause, replay.
    #[command(subcommand)]
    Subscription(subscription::Command),
    Status(status::ShowCommand),
    /// Show statistics of what ran: performance, bottlenecks, errors.
    #[command(subcommand)]
    Stats(stats::Command),
    /// Show the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Key(key::Command),
    Mcp(mcp::Mcp),
}

impl Command {
    fn has_markdown(&self) -> bool {
        matches!(self, Self::Task(command) if command.has_markdown())
    }
}

/// What comes of a command.
pub type Result<T = Reply, E = CliError> = std::result::Result<T, E>;

/// Runs a command. In a box, so that the commands are compiled with this crate and not with every
/// program that has them.
pub fn run<'a>(
    command: Command,
    global: &'a Global,
    output: Output,
    sandbox: &'a dyn LocalSandbox,
) -> LocalBoxFuture<'a, Result<Exit>> {
    Box::pin(async move { dispatch(command, global, output, sandbox).await?.print() })
}

async fn dispatch(
    command: Command,
    global: &Global,
    output: Output,
    sandbox: &dyn LocalSandbox,
) -> Result {
    let context = || {
        let client = Client::new(global)?;
        Ok::<_, CliError>(Context { client, output })
    };
    if !command.has_markdown() {
        output.refuse_markdown()?;
    }
    match command {
        Command::New(command) => new::run(command, output, sandbox).await,
        Command::Build(build) => build.run(output).await,
        Command::Convert(command) => convert::run(command, &context()?),
        Command::Component(command) => component::run(command, &context()?, sandbox).await,
        Command::Template(command) => template::run(command, &context()?).await,
        Command::Pin(command) => pin::run(command, &context()?).await,
        Command::Rollout(command) => rollout::run(command, &context()?).await,
        Command::Task(command) => task::run(command, &context()?).await,
        Command::Step(command) => step::run(command, &context()?, sandbox).await,
        Command::Registry(command) => registry::run(command, &context()?).await,
        Command::Gc(gc) => gc.run(&context()?).await,
        Command::Oci(command) => oci::run(command, &context()?).await,
        Command::Sync(sync) => sync.run(&context()?).await,
        Command::SigningKey(command) => signing_key::run(command, output),
        Command::SigningPolicy(command) => signing_policy::run(command, &context()?).await,
        Command::Secret(command) => secret::run(command, &context()?).await,
        Command::Kv(command) => kv::run(command, &context()?).await,
        Command::Grant(command) => grant::run(command, &context()?).await,
        Command::Namespace(command) => namespace::run(command, &context()?).await,
        Command::Share(command) => share::run(command, &context()?).await,
        Command::Limit(command) => limit::run(command, &context()?).await,
        Command::Record(command) => record::run(command, &context()?).await,
        Command::Queue(command) => queue::run(command, &context()?).await,
        Command::Host(command) => host::run(command, &context()?).await,
        Command::Retention(command) => retention::run(command, &context()?).await,
        Command::Events(command) => events::run(command, &context()?).await,
        Command::Subscription(command) => subscription::run(command, &context()?).await,
        Command::Status(_) => status::run(&context()?).await,
        Command::Stats(command) => stats::run(command, &context()?).await,
        Command::Audit(command) => audit::run(command, &context()?).await,
        Command::Key(command) => key::run(command, &context()?).await,
        Command::Mcp(mcp) => mcp.run(&context()?, sandbox).await,
    }
}
