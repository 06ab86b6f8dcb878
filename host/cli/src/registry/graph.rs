//! `tasker registry graph`

use crate::{Context, Result};
use serde_json::json;
use tasker_domain::name::Name;
use tasker_domain::template::GraphFormat;
use tasker_wire::registry::{DrawRegistry, RegistryGraphQuery};

/// Print a graph of templates and the components that they run.
#[derive(Debug, clap::Args)]
pub struct Graph {
    /// Only the templates of this namespace.
    namespace: Option<Name>,
    /// Output language.
    #[arg(long, value_enum, default_value_t)]
    format: GraphFormat,
}

impl Graph {
    pub async fn run(self, context: &Context) -> Result {
        let Self { namespace, format } = self;
        let query = RegistryGraphQuery { namespace, format };
        let graph = context.call(DrawRegistry {}).query(&query).text().await?;
        let answer = json!({ "format": format, "graph": graph });
        Ok(context.output.show(answer, || graph))
    }
}
