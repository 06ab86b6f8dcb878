//! `tasker plan …`

mod component;
mod template;
mod text;

use crate::{CliError, Context, Exit};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Component(component::Component),
    Template(template::Template),
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Component(component) => component.run(context).await,
        Command::Template(template) => template.run(context).await,
    }
}
