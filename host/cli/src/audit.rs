//! `tasker audit …`

mod change;

use super::client::directed;
use super::shell::{argument, option};
use super::{Ask as _, Context, InOrder, Result, Table, units};
use tasker_domain::name::Name;
use tasker_wire::audit::{AuditEntry, AuditQuery, ListAudit};

/// Changes that are listed unless told otherwise.
const DEFAULT_LIMIT: u32 = 50;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Ls(Ls),
}

/// List changes, newest first.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only changes in this namespace, or in several with commas between them.
    #[arg(value_name = "NAMESPACE", value_delimiter = ',')]
    namespaces: Vec<Name>,
    /// Only changes of this subject, for example: 'pin component charge'
    #[arg(long)]
    subject: Option<String>,
    /// Only this action, such as pin.set, or all of an object, such as pin; or several with commas between them.
    #[arg(long, value_name = "ACTION", value_delimiter = ',')]
    action: Vec<String>,
    /// Only changes before this id.
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
    /// Continue after this cursor, the end of another page.
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    #[command(flatten)]
    order: InOrder,
    /// How many to list.
    #[arg(long, default_value_t = DEFAULT_LIMIT, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
}

pub async fn run(Command::Ls(ls): Command, context: &Context) -> Result {
    ls.run(context).await
}

impl Ls {
    async fn run(self, context: &Context) -> Result {
        let query = AuditQuery {
            namespaces: self.namespaces.clone(),
            subject: self.subject.clone(),
            actions: self.action.clone(),
            before: self.before,
            after: self.after.clone(),
            limit: Some(self.limit),
        };
        let change = |it: &AuditEntry| change::made(&it.action, it.detail.as_ref());
        let table = Table::new([
            ("id", &|it: &AuditEntry| it.id.to_string()),
            ("when", &|it| units::age(it.at)),
            ("who", &|it| it.actor.clone()),
            ("what", &|it| it.action.clone()),
            ("namespace", &|it| it.namespace.clone().unwrap_or_default()),
            ("subject", &|it| it.subject.clone()),
            ("why", &|it| it.reason.clone()),
            ("change", &change),
        ])
        .or(self.nothing());
        let direction = self.order.of::<ListAudit>()?;
        let call = directed(context.call(ListAudit {}), direction);
        let page = call.query(&query).ask().await?;
        let changes = context.listed(page, table);
        Ok(changes.next(|page| page.next.iter().map(|after| self.behind(after)).collect()))
    }

    fn nothing(&self) -> &'static str {
        match self.subject {
            Some(_) => {
                "no changes of that subject; it is written as the list has it, for example 'pin component charge'"
            }
            None => "no changes",
        }
    }

    /// The same for what is behind a page.
    fn behind(&self, after: &str) -> String {
        let limit = (self.limit != DEFAULT_LIMIT).then_some(self.limit);
        let listed = |values: String| Some(values).filter(|values| !values.is_empty());
        [
            "tasker audit ls".to_owned(),
            argument(listed(units::joined(
                self.namespaces.iter().map(Name::as_str),
                ",",
            ))),
            option("subject", self.subject.as_ref()),
            option("action", listed(self.action.join(","))),
            self.order.option(),
            option("before", self.before),
            option("limit", limit),
            option("after", Some(after)),
        ]
        .concat()
    }
}
