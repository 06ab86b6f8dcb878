//! `tasker template ls`

use crate::view::FamilyLine;
use crate::{CliError, Context, Exit, list, units};
use chrono::Utc;
use tasker_domain::name::Name;

/// List the templates.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only those of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
}

impl Ls {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let query = list::filters([("namespace", self.namespace.map(String::from))]);
        let page = list::all::<FamilyLine>(&context.client, &["templates"], &query).await?;
        context.output.show(&page.text, || {
            let rows = page.value.items.iter().map(row).collect();
            context.output.table(
                ["template", "latest", "versions", "unavailable", "created"],
                rows,
                "no templates yet",
            )
        })?;
        context.output.next(&[match page.value.items.first() {
            Some(line) => format!("tasker template show {}/{}", line.namespace, line.name),
            None => "tasker template push FILE".to_owned(),
        }]);
        Ok(Exit::Complete)
    }
}

fn row(line: &FamilyLine) -> [String; 5] {
    [
        format!("{}/{}", line.namespace, line.name),
        line.latest.clone().unwrap_or_else(|| "none".to_owned()),
        line.versions.to_string(),
        line.unavailable(),
        units::ago(line.created_at, Utc::now()),
    ]
}
