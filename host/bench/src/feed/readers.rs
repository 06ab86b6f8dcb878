//! Readers of streams, as other programs would be.

use crate::hosts::Member;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tasker_client::{Client, ServerEvents};
use tasker_domain::ids::TaskId;
use tasker_domain::permission::Permissions;
use tasker_wire::event::{END, EventQuery, ListEvents, StreamEnd, StreamEvents};
use tasker_wire::key::{CreateKey, NewKey};
use tasker_wire::task::{ListTasks, TaskQuery};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Readers of one key: a caller has no more streams.
const PER_KEY: usize = 100;

/// Nothing more comes once nothing came for so long.
const QUIET: Duration = Duration::from_secs(2);

/// Readers that run until they are asked for what they read.
pub(super) struct Readers {
    tasks: JoinSet<anyhow::Result<(Vec<f64>, u64)>>,
    delivered: Arc<AtomicU64>,
    stop: CancellationToken,
}

/// What all of them read.
pub(super) struct Read {
    pub(super) delays_ms: Vec<f64>,
    pub(super) cut_off: u64,
    /// When the last event came, to within a few milliseconds.
    pub(super) until: Instant,
}

/// What a reader looks at.
#[derive(Deserialize)]
struct Event {
    time: DateTime<Utc>,
}

impl Readers {
    /// One for each template; returns once all streams are open.
    pub(super) async fn start(
        member: &Member,
        templates: impl Iterator<Item = String>,
        types: Option<&str>,
    ) -> anyhow::Result<Self> {
        let mut readers = Self {
            tasks: JoinSet::new(),
            delivered: Arc::default(),
            stop: CancellationToken::new(),
        };
        let mut client = admin(member)?;
        for (no, template) in templates.enumerate() {
            if no % PER_KEY == 0 {
                client = another_key(member).await?;
            }
            let query = EventQuery {
                types: types.map(str::to_owned),
                template: Some(template.parse()?),
                ..EventQuery::default()
            };
            let stream = client.call(StreamEvents {}).query(&query).events().await?;
            let (delivered, stop) = (readers.delivered.clone(), readers.stop.clone());
            let reading = read(client.clone(), query, stream, delivered, stop);
            readers.tasks.spawn(reading);
        }
        Ok(readers)
    }

    /// Waits until nothing more comes, and ends the readers.
    pub(super) async fn until_quiet(mut self) -> anyhow::Result<Read> {
        let (mut seen, mut until) = (0, Instant::now());
        while until.elapsed() < QUIET {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let delivered = self.delivered.load(Ordering::Relaxed);
            if delivered != seen {
                (seen, until) = (delivered, Instant::now());
            }
        }
        self.stop.cancel();
        let (mut delays_ms, mut cut_off) = (Vec::new(), 0);
        while let Some(read) = self.tasks.join_next().await {
            let (delays, cut) = read.context("a reader ended")??;
            delays_ms.extend(delays);
            cut_off += cut;
        }
        Ok(Read {
            delays_ms,
            cut_off,
            until,
        })
    }
}

/// How many events the newest task of a template has.
pub(super) async fn of_one_task(
    member: &Member,
    template: &str,
    types: Option<&str>,
) -> anyhow::Result<u64> {
    let client = admin(member)?;
    let query = TaskQuery {
        templates: vec![template.parse()?],
        limit: Some(1),
        ..TaskQuery::default()
    };
    let tasks = client.call(ListTasks {}).query(&query).await?;
    let task = tasks.items.first().context("no task was run")?;
    let mut query = EventQuery {
        types: types.map(str::to_owned),
        task: Some(task.id),
        limit: Some(500),
        ..EventQuery::default()
    };
    let mut count = 0;
    loop {
        let page = client.call(ListEvents {}).query(&query).await?;
        count += page.items.len() as u64;
        if page.is_end {
            return Ok(count);
        }
        query.from = Some(page.next);
    }
}

/// Reads until `stop`, from the cursor on where the stream was ended; how late each event was, and how often it was ended.
async fn read(
    client: Client,
    mut query: EventQuery,
    mut stream: ServerEvents,
    delivered: Arc<AtomicU64>,
    stop: CancellationToken,
) -> anyhow::Result<(Vec<f64>, u64)> {
    let (mut delays_ms, mut cut_off) = (Vec::new(), 0);
    loop {
        let next = tokio::select! {
            next = stream.next() => next?,
            () = stop.cancelled() => return Ok((delays_ms, cut_off)),
        };
        let event = next.context("a stream broke off")?;
        if event.event == END {
            let end: StreamEnd = serde_json::from_str(&event.data)?;
            anyhow::ensure!(end.reason == "too_slow", "a stream ended: {}", end.reason);
            cut_off += 1;
            query.from = Some(end.next);
            stream = client.call(StreamEvents {}).query(&query).events().await?;
        } else if !event.data.is_empty() {
            let event: Event = serde_json::from_str(&event.data)?;
            let delay = Utc::now() - event.time;
            delays_ms.push(delay.as_seconds_f64() * 1e3);
            delivered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn admin(member: &Member) -> anyhow::Result<Client> {
    let first = member.host.first_key.as_ref();
    let key = first.context("the host has no key")?.key.reveal();
    Ok(Client::builder(&member.host.url())?.token(&key).build()?)
}

/// A client with a key of its own, that is another caller.
async fn another_key(member: &Member) -> anyhow::Result<Client> {
    let new = NewKey {
        name: format!("reader-{}", TaskId::generate().0).parse()?,
        permissions: Permissions::all(),
        expires_in_s: None,
        max_requests_per_minute: None,
    };
    let created = admin(member)?.call(CreateKey {}).json(&new).await?;
    let client = Client::builder(&member.host.url())?;
    Ok(client.token(&created.key).build()?)
}
