//! `tasker audit …`

use super::{CliError, Context, Exit, list, units, view};
use crate::domain::name::Name;
use chrono::Utc;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Ls(Ls),
}

/// List who changed what, the newest first.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only changes in this namespace.
    #[arg(long)]
    namespace: Option<Name>,
    /// Only changes of this, for example: 'pin component charge'
    #[arg(long)]
    subject: Option<String>,
    /// Only this action, such as pin.set, or all of an object, such as pin.
    #[arg(long)]
    action: Option<String>,
    /// Only changes older than the one of this number.
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
    /// How many.
    #[arg(long, default_value_t = 50, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Ls(ls) => ls.run(context).await,
    }
}

impl Ls {
    async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let query = list::filters([
            ("namespace", self.namespace.map(String::from)),
            ("subject", self.subject),
            ("action", self.action),
            ("before", self.before.map(|id| id.to_string())),
            ("limit", Some(self.limit.to_string())),
        ]);
        let page = context
            .client
            .query::<view::Page<view::Change>>(&["audit"], &query)
            .await?;
        context.output.show(&page.text, || {
            let rows = page.value.items.iter().map(row).collect();
            context.output.table(
                ["id", "when", "who", "what", "namespace", "subject", "why"],
                rows,
                "no changes",
            )
        })?;
        if let Some(next) = page.value.next {
            context
                .output
                .next(&[format!("tasker audit ls --before {next}")]);
        }
        Ok(Exit::Complete)
    }
}

fn row(change: &view::Change) -> [String; 7] {
    [
        change.id.to_string(),
        units::ago(change.at, Utc::now()),
        change.actor.clone(),
        change.action.clone(),
        change.namespace.clone().unwrap_or_default(),
        change.subject.clone(),
        change.reason.clone(),
    ]
}
