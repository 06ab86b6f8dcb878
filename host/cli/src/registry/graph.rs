//! `tasker registry graph`

use crate::{CliError, Context, Exit, list};
use serde_json::json;
use tasker_domain::name::Name;

/// Print a graph of templates and the components that they run.
#[derive(Debug, clap::Args)]
pub struct Graph {
    /// Only the templates of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
    /// Output language.
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
        let query = list::filters([
            ("namespace", self.namespace.map(String::from)),
            ("format", Some(self.format.word().to_owned())),
        ]);
        let graph = context.client.text(&["registry", "graph"], &query).await?;
        let answer = json!({ "format": self.format.word(), "graph": graph });
        context.output.show(&answer.to_string(), || graph)?;
        Ok(Exit::Complete)
    }
}
