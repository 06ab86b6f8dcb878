//! `tasker template graph`

use crate::cli::reference::Reference;
use crate::cli::{CliError, Context, Exit};
use serde_json::json;

/// Draw the steps of a template and what they depend on.
#[derive(Debug, clap::Args)]
pub struct Graph {
    /// Which one, for example orders/fulfil or orders/fulfil@1.2.0; without a version the latest.
    #[arg(value_name = "NAMESPACE/NAME[@VERSION]")]
    template: Reference,
    /// In which language to write it.
    #[arg(long, value_enum, default_value_t)]
    format: Drawing,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Drawing {
    /// For Markdown and mermaid.live.
    #[default]
    Mermaid,
    /// For Graphviz: … | dot -Tsvg > graph.svg
    Dot,
}

impl Drawing {
    fn word(self) -> &'static str {
        match self {
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
        }
    }
}

impl Graph {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let Reference {
            namespace,
            name,
            version,
        } = &self.template;
        let version = version
            .as_ref()
            .map_or("latest".to_owned(), ToString::to_string);
        let path = [
            "namespaces",
            namespace.as_str(),
            "templates",
            name.as_str(),
            "versions",
            &version,
            "graph",
        ];
        let format = self.format.word();
        let graph = context
            .client
            .text(&path, &[("format", format.to_owned())])
            .await?;
        let answer = json!({ "format": format, "graph": graph });
        context.output.show(&answer.to_string(), || graph)?;
        Ok(Exit::Complete)
    }
}
