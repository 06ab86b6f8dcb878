//! `tasker registry …`

mod graph;
mod stats;
mod tree;

use crate::{Context, Result};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Tree(tree::Tree),
    Graph(graph::Graph),
    /// Show counts and sizes of what is published.
    Stats,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Tree(tree) => tree.run(context).await,
        Command::Graph(graph) => graph.run(context).await,
        Command::Stats => stats::run(context).await,
    }
}
