//! `tasker subscription dead-letters`

use super::{Because, Context, Of, Part, Result};
use crate::table::Table;
use crate::units;
use tasker_wire::page::PageQuery;
use tasker_wire::subscription::{
    DeadLetter, ListDeadLetters, RedeliverDeadLetters, Redelivering, Redelivery,
};

#[derive(Debug, clap::Args)]
pub struct DeadLetters {
    #[command(flatten)]
    of: Of,
    /// Deliver them once more: this one, or without an id all.
    #[arg(long, value_name = "ID", num_args = 0..=1, conflicts_with_all = ["limit", "after", "all"])]
    replay: Option<Option<i64>>,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    because: Because,
}

impl DeadLetters {
    pub(super) async fn run(self, context: &Context) -> Result {
        match self.replay {
            Some(id) => self.replay(id, context).await,
            None => self.list(context).await,
        }
    }

    async fn replay(self, id: Option<i64>, context: &Context) -> Result {
        let name = self.of.name;
        let body = Redelivery {
            id,
            reason: self.because.reason,
        };
        let call = context.call(name.family_at(RedeliverDeadLetters::at));
        let sentence = |asked: &Redelivering| match asked.dead_letters {
            0 => format!("{name} has no dead letters"),
            1 => "1 dead letter is delivered once more".to_owned(),
            many => format!("{many} dead letters are delivered once more"),
        };
        let reply = context.change(call.json(&body), sentence).await?;
        Ok(reply.next([format!("tasker subscription dead-letters {name}")]))
    }

    async fn list(self, context: &Context) -> Result {
        let name = self.of.name;
        let table = Table::new([
            ("id", &|it: &DeadLetter| it.id.to_string()),
            ("at", &|it| units::age(it.at)),
            ("type", &|it| it.r#type.clone()),
            ("event", &|it| it.event_id.clone()),
            ("attempts", &|it| it.attempts.to_string()),
            ("reason", &|it| match it.is_replaying {
                true => format!("{}; waits to be delivered once more", it.reason),
                false => it.reason.clone(),
            }),
        ])
        .or("no dead letters");
        let endpoint = name.family_at(ListDeadLetters::at);
        let query = PageQuery::default();
        let page = self.part.read(context, endpoint, query).await?;
        let listed = context.listed(page, table);
        Ok(listed.next(|page| match page.items.is_empty() {
            true => Vec::new(),
            false => vec![format!("tasker subscription dead-letters {name} --replay")],
        }))
    }
}
