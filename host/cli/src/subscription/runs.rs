//! `tasker subscription runs`

use super::{Context, Of, Part, Result};
use crate::Ask as _;
use crate::step::logs::line;
use crate::table::{Table, fields};
use crate::units;
use chrono::TimeDelta;
use tasker_domain::sanitize::sanitize_line;
use tasker_wire::page::PageQuery;
use tasker_wire::subscription::{
    ListSubscriberRuns, LoggedSubscriberRun, ShowSubscriberRun, SubscriberRun,
};

#[derive(Debug, clap::Args)]
pub struct Runs {
    #[command(flatten)]
    of: Of,
    /// Show this run with what it logged.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["limit", "after", "all"])]
    run: Option<i64>,
    #[command(flatten)]
    part: Part,
}

impl Runs {
    pub(super) async fn run(self, context: &Context) -> Result {
        match self.run {
            Some(run) => self.show(run, context).await,
            None => self.list(context).await,
        }
    }

    async fn show(self, run: i64, context: &Context) -> Result {
        let at = |namespace, name| ShowSubscriberRun {
            namespace,
            name,
            run,
        };
        let answer = context.call(self.of.name.family_at(at)).ask().await?;
        Ok(context.show(&answer, text))
    }

    async fn list(self, context: &Context) -> Result {
        let name = self.of.name;
        let table = Table::new([
            ("run", &|it: &SubscriberRun| it.number.to_string()),
            ("at", &|it| units::age(it.at)),
            ("event", &|it| it.event_id.clone()),
            ("try", &|it| it.attempt.to_string()),
            ("version", &|it| format!("{}@{}", it.component, it.version)),
            ("took", &|it| milliseconds(it.usage.wall_ms)),
            ("lines", &|it| it.log_lines.to_string()),
            ("outcome", &outcome),
        ])
        .or("no runs");
        let endpoint = name.family_at(ListSubscriberRuns::at);
        let page = self
            .part
            .read(context, endpoint, PageQuery::default())
            .await?;
        let listed = context.listed(page, table);
        Ok(listed.next(|page| {
            let logged = page.items.iter().find(|it| it.log_lines > 0);
            let show =
                |it: &SubscriberRun| format!("tasker subscription runs {name} --run {}", it.number);
            logged.map(show).into_iter().collect()
        }))
    }
}

fn text(it: &LoggedSubscriberRun) -> String {
    let run = &it.run;
    let usage = &run.usage;
    let about = fields([
        ("run", run.number.to_string()),
        ("ended", units::age(run.at)),
        ("event", run.event_id.clone()),
        ("try", run.attempt.to_string()),
        ("version", format!("{}@{}", run.component, run.version)),
        ("rollouts", run.rollouts.join(", ")),
        ("outcome", outcome(run)),
        ("took", milliseconds(usage.wall_ms)),
        ("processor", milliseconds(usage.cpu_ms)),
        ("memory", units::size(usage.memory_kib << 10)),
        ("requests", usage.http_requests.to_string()),
    ]);
    let lines = it.lines.iter().map(|logged| line(logged, false));
    let lines: Vec<String> = lines.collect();
    units::paragraphs([about, lines.join("\n")])
}

fn outcome(run: &SubscriberRun) -> String {
    match &run.failure {
        None => "handled".to_owned(),
        Some(failure) => sanitize_line(&format!(
            "{}: {}: {}",
            failure.kind, failure.code, failure.message
        )),
    }
}

fn milliseconds(milliseconds: f64) -> String {
    units::span(TimeDelta::microseconds((milliseconds * 1e3) as i64))
}
