//! `tasker registry …`

mod graph;
mod stats;
mod tree;
mod uses;

use crate::{CliError, Context, Exit};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Tree(tree::Tree),
    Uses(uses::Uses),
    Graph(graph::Graph),
    /// Show counts and sizes of what is published.
    Stats,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Tree(tree) => tree.run(context).await,
        Command::Uses(uses) => uses.run(context).await,
        Command::Graph(graph) => graph.run(context).await,
        Command::Stats => stats::run(context).await,
    }
}
