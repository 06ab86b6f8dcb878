//! `tasker events tail`

use super::Wanted;
use crate::client::read;
use crate::{Context, Exit, Problem, Result, Tone, json};
use serde_json::Value;
use std::time::{Duration, Instant};
use tasker_client::{ServerEvent, ServerEvents};
use tasker_wire::event::{CloudEvent, END, EventQuery, StreamEnd, StreamEvents};
use tokio::time::{sleep, timeout};

/// For how long a host that went away is asked again: another one may take its place.
const RECONNECT_FOR: Duration = Duration::from_secs(60);
const RECONNECT_INTERVAL: Duration = Duration::from_millis(500);
/// A stream that says nothing for so long is broken: hosts send a heartbeat more often.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Follow events as they happen, a line each; goes on where it was if the host restarts.
#[derive(Debug, clap::Args)]
pub struct Tail {
    #[command(flatten)]
    wanted: Wanted,
    /// End behind so many events.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: Option<u32>,
}

impl Tail {
    pub async fn run(self, context: &Context) -> Result {
        let mut query = self.wanted.query();
        query.limit = self.limit;
        let mut heard_at = None;
        loop {
            let ended = follow(&mut query, &mut heard_at, context).await;
            match ended {
                _ if query.limit == Some(0) => return Ok(context.output.show("", String::new)),
                Ok(reason) if reason == "access_changed" => {
                    let what = "the key was revoked, or permits something else now";
                    return Err(Problem::bad_input(what)
                        .help("set TASKER_TOKEN to another key")
                        .into());
                }
                Ok(_) => {}
                Err(error) if error.ends_with(Exit::Unreachable) && may_reconnect(heard_at) => {}
                Err(error) => return Err(error),
            }
            sleep(RECONNECT_INTERVAL).await;
        }
    }
}

/// Prints what comes until the stream ends; why it ended.
async fn follow(
    query: &mut EventQuery,
    heard_at: &mut Option<Instant>,
    context: &Context,
) -> Result<String> {
    let mut stream = context.call(StreamEvents {}).query(query).events().await?;
    while let Some(event) = next(&mut stream).await? {
        *heard_at = Some(Instant::now());
        if event.event == END {
            let end: StreamEnd = read(&event.data)?;
            query.from = Some(end.next);
            return Ok(end.reason);
        }
        if !event.data.is_empty() {
            context.output.print(&line(&event, context)?)?;
            query.limit = query.limit.map(|left| left.saturating_sub(1));
        }
        query.from = Some(event.id)
            .filter(|id| !id.is_empty())
            .or(query.from.take());
    }
    Ok("broken".to_owned())
}

async fn next(stream: &mut ServerEvents) -> Result<Option<ServerEvent>> {
    match timeout(SILENCE_MAX, stream.next()).await {
        Ok(event) => Ok(event?),
        Err(_) => Ok(None),
    }
}

fn may_reconnect(heard_at: Option<Instant>) -> bool {
    heard_at.is_some_and(|at| at.elapsed() < RECONNECT_FOR)
}

fn line(event: &ServerEvent, context: &Context) -> Result<String> {
    if context.output.is_json() {
        return Ok(json::escaped(&event.data));
    }
    let event: CloudEvent = read(&json::sanitized(&event.data))?;
    let at = event.time.format("%H:%M:%S%.3f");
    let name = event
        .r#type
        .strip_prefix("tasker.")
        .unwrap_or(&event.r#type);
    let tone = match name.rsplit('.').next().unwrap_or_default() {
        "completed" => Tone::Good,
        "failed" | "lost" | "quarantined" => Tone::Bad,
        "retry_scheduled" | "suspended" | "postponed" | "cancelled" => Tone::Caution,
        _ => Tone::Active,
    };
    let subject = event.subject.as_deref().unwrap_or_default();
    let why = Tone::Quiet.of(why(&event));
    Ok(
        format!("{} {} {subject} {why}", Tone::Quiet.of(at), tone.of(name))
            .trim_end()
            .to_owned(),
    )
}

/// What an event says beside its type and subject, in short.
pub fn why(event: &CloudEvent) -> String {
    let data: Value = serde_json::from_str(event.data.get()).unwrap_or_default();
    let error = &data["error"];
    for text in [&error["message"], &error["code"], &data["reason"]] {
        if let Some(text) = text.as_str() {
            return text.to_owned();
        }
    }
    match &data["payload"] {
        Value::Null => String::new(),
        payload => payload.to_string(),
    }
}
