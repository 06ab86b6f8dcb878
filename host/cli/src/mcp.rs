//! `tasker mcp`

mod file;
mod local;
mod plan;
mod replay;

use super::client::read;
use super::local_sandbox::LocalSandbox;
use super::{CliError, Exit};
use super::{Context, Problem, Result};
use serde_json::Value;
use tasker_mcp::{McpError, Tools};
use tasker_wire::description::ShowOpenApi;

/// Serve the Model Context Protocol (MCP) over standard input and output, for agents and editors.
///
/// A client starts this command and is offered tools that read: tasks, errors, logs, reports, versions, plans, statistics.
/// They ask the host of --url with the permissions of the API key. Tools of this command read files of this machine: they plan
/// components and templates that are not published, and run recorded attempts again. Nothing is changed unless
/// --allow-changes is given.
#[derive(Debug, clap::Args)]
pub struct Mcp {
    /// Offer tools that change something too: submit, cancel, pin, roll out, roll back, yank, quarantine, drain.
    #[arg(long)]
    allow_changes: bool,
}

impl Mcp {
    /// Serves until the client closes standard input.
    pub async fn run(self, context: &Context, sandbox: &dyn LocalSandbox) -> Result {
        let document = context.call(ShowOpenApi {}).text().await?;
        let document: Value = read(&document)?;
        let tools = Tools::of(&document, self.allow_changes);
        let tools = tools.map_err(|unusable| Problem::not_understood(unusable.to_string()))?;
        let client = context.client.untyped();
        let (offered, calls) = tasker_mcp::local_tools(local::tools());
        tokio::select! {
            served = tasker_mcp::serve(client, tools, offered, env!("CARGO_PKG_VERSION")) => served.map_err(ended)?,
            never = local::answer(calls, context, sandbox) => match never {},
        }
        Ok(context.output.show("", String::new))
    }
}

fn ended(why: McpError) -> CliError {
    let problem = Problem::new(Exit::Failed, "mcp_ended", why.to_string());
    let help = "this command is started by a client of MCP, which speaks to it over standard input";
    CliError::from(problem.help(help))
}
