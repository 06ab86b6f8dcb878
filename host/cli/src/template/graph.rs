//! `tasker template graph`

use super::check::parse;
use crate::reference::{Reference, ReferenceError};
use crate::{CliError, Context, Exit, input};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tasker_domain::template::{GraphFormat, graph};
use tasker_wire::template::{DrawTemplate, GraphQuery, LATEST};

/// Print the dependency graph of a template.
#[derive(Debug, clap::Args)]
pub struct Graph {
    /// A template's YAML, or a published one such as orders/fulfil or orders/fulfil@1.2.0.
    #[arg(value_name = "FILE|NAMESPACE/NAME[@VERSION]")]
    template: Source,
    /// Output language.
    #[arg(long, value_enum, default_value_t)]
    format: GraphFormat,
}

/// Where the template is.
#[derive(Clone, Debug)]
enum Source {
    File(PathBuf),
    Published(Reference),
}

impl FromStr for Source {
    type Err = ReferenceError;

    /// What exists as a file is one, and so is what is called like one.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let path = Path::new(text);
        let is_file = path.is_file()
            || path
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml");
        match is_file {
            true => Ok(Self::File(path.to_owned())),
            false => text.parse().map(Self::Published),
        }
    }
}

impl Graph {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let graph = match &self.template {
            Source::File(file) => self.draw(file)?,
            Source::Published(reference) => self.ask(reference, context).await?,
        };
        let answer = json!({ "format": self.format, "graph": graph });
        context.output.show(&answer.to_string(), || graph)?;
        Ok(Exit::Complete)
    }

    fn draw(&self, file: &Path) -> Result<String, CliError> {
        let template = parse(file, &input::read_text(file)?)?;
        Ok(graph::draw(&template, self.format))
    }

    /// The latest version where none is named.
    async fn ask(&self, reference: &Reference, context: &Context) -> Result<String, CliError> {
        let version = reference.version.as_ref();
        let version = version.map_or_else(|| LATEST.to_owned(), ToString::to_string);
        let of = |namespace, name| DrawTemplate::at(namespace, name, version);
        let call = context.client.call(reference.family_at(of));
        let format = self.format;
        Ok(call.query(&GraphQuery { format }).text().await?)
    }
}
