//! `tasker stats …`

mod bars;
mod errors;
mod groups;

use super::units::{self, Ago};
use super::{Ask as _, Context, Result, Tone};
use bars::sparkline;
use chrono::{DateTime, Utc};
use tasker_domain::analytics::GroupBy;
use tasker_domain::name::Name;
use tasker_wire::analytics::{
    Bottlenecks, Errors, Performance, PerformanceQuery, ShowBottlenecks, ShowErrors,
    ShowPerformance, Window, WindowQuery,
};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Performance(ShowTimes),
    /// Show where time goes: slow steps, long waits, retries, errors.
    Bottlenecks(Of),
    /// Show failed attempts by code and shape of the message.
    Errors(Of),
}

/// Which statistics.
#[derive(Debug, clap::Args)]
pub struct Of {
    /// Only of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
    /// Only of templates of this name.
    #[arg(long)]
    template: Option<Name>,
    /// How far back, for example 30m, 24h or 7d.
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    since: Ago,
    /// How many to list, up to 500.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: Option<u32>,
}

/// Show throughput, success, and how long tasks, attempts and claims took.
#[derive(Debug, clap::Args)]
pub struct ShowTimes {
    #[command(flatten)]
    of: Of,
    /// What to divide by.
    #[arg(long, value_enum, default_value_t)]
    by: GroupBy,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Performance(show) => {
            let query = PerformanceQuery {
                since: Some(show.of.since.time()),
                namespace: show.of.namespace,
                template: show.of.template,
                until: None,
                limit: show.of.limit,
                by: show.by,
            };
            let answer = context.call(ShowPerformance {}).query(&query).ask().await?;
            Ok(context.show(&answer, |found| performance(found, show.by)))
        }
        Command::Bottlenecks(of) => {
            let call = context.call(ShowBottlenecks {});
            let answer = call.query(&of.query()).ask().await?;
            Ok(context.show(&answer, bottlenecks))
        }
        Command::Errors(of) => {
            let call = context.call(ShowErrors {});
            let answer = call.query(&of.query()).ask().await?;
            let last = answer.value.groups.first().map(|it| it.task_id);
            let next = last.map(|id| format!("tasker task report {id}"));
            Ok(context.show(&answer, errors).next(next))
        }
    }
}

impl Of {
    fn query(self) -> WindowQuery {
        WindowQuery {
            since: Some(self.since.time()),
            namespace: self.namespace,
            template: self.template,
            until: None,
            limit: self.limit,
        }
    }
}

fn performance(found: &Performance, by: GroupBy) -> String {
    units::paragraphs([
        window(&found.window),
        throughput(found),
        groups::table(&found.groups, by),
    ])
}

fn bottlenecks(found: &Bottlenecks) -> String {
    units::paragraphs([
        window(&found.window),
        headed("MOST TIME IN ATTEMPTS", groups::slowest(&found.slowest)),
        headed(
            "LONGEST WAITS FOR A SLOT",
            groups::waits(&found.longest_waits),
        ),
        headed("MOST FAILED ATTEMPTS", groups::retries(&found.most_retries)),
        headed("ERRORS", errors::table(&found.errors)),
    ])
}

fn errors(found: &Errors) -> String {
    units::paragraphs([window(&found.window), errors::table(&found.groups)])
}

/// Of which time, how finely it is counted, and how far.
fn window(window: &Window) -> String {
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let unit = match window.minutes {
        1 => "minute",
        60 => "hour",
        _ => "day",
    };
    let as_of = match window.as_of {
        Some(as_of) if window.is_behind => format!("still counting, up to {}", time(as_of)),
        Some(as_of) => format!("counted up to {}", units::age(as_of)),
        None => "nothing is counted yet; a host with a worker counts every 5 s".to_owned(),
    };
    let (since, until) = (time(window.since), time(window.until));
    Tone::Quiet.of(format_args!("{since} to {until}, by the {unit}; {as_of}"))
}

/// Tasks over time, and how many succeeded.
fn throughput(found: &Performance) -> String {
    let parts = &found.throughput;
    let ended = |it: &tasker_wire::analytics::Throughput| it.complete + it.failed + it.cancelled;
    let all: u64 = parts.iter().map(ended).sum();
    if all == 0 {
        return "no task ended".to_owned();
    }
    let complete: u64 = parts.iter().map(|it| it.complete).sum();
    let unit = i64::from(found.window.minutes) * 60;
    let since = found.window.since.timestamp();
    let length = (found.window.until.timestamp() - since) / unit;
    let mut counts = vec![0; usize::try_from(length).unwrap_or_default()];
    for part in parts {
        let place = usize::try_from((part.at.timestamp() - since) / unit);
        if let Some(count) = place.ok().and_then(|place| counts.get_mut(place)) {
            *count += ended(part);
        }
    }
    let share = 100.0 * complete as f64 / all as f64;
    let tasks = units::count(all, "task");
    format!(
        "{}\n{tasks} ended, {share:.1} % complete",
        Tone::Active.of(sparkline(&counts))
    )
}

/// A text under its heading; empty where there is none.
fn headed(heading: &str, text: String) -> String {
    match text.is_empty() {
        true => text,
        false => format!("{}\n{text}", Tone::Strong.of(heading)),
    }
}
