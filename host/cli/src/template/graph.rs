//! `tasker template graph`

use super::check::parse;
use crate::reference::ReferenceError;
use crate::{Context, Reference, Result, input};
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
        match path.is_file() || input::is_yaml(path) {
            true => Ok(Self::File(path.to_owned())),
            false => text.parse().map(Self::Published),
        }
    }
}

impl Graph {
    pub async fn run(self, context: &Context) -> Result {
        let graph = match &self.template {
            Source::File(file) => {
                let template = parse(file, &input::read_text(file)?)?;
                graph::draw(&template, self.format)
            }
            Source::Published(reference) => self.ask(reference, context).await?,
        };
        let answer = json!({ "format": self.format, "graph": graph });
        Ok(context.output.show(answer, || graph))
    }

    /// The latest version where none is named.
    async fn ask(&self, reference: &Reference, context: &Context) -> Result<String> {
        let (version, format) = (reference.version.as_ref(), self.format);
        let version = version.map_or_else(|| LATEST.to_owned(), ToString::to_string);
        let of = |namespace, name| DrawTemplate::at(namespace, name, version);
        let call = context.call(reference.family_at(of));
        Ok(call.query(&GraphQuery { format }).text().await?)
    }
}
