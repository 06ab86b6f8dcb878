//! Readers of the feed that go on at their cursors, whatever is killed.

use super::hosts::Urls;
use super::load::Acknowledged;
use crate::harness::{EventStream, client, wait_until};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two pages, and between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// What becomes of each task here.
pub const ALL: [&str; 3] = [
    "tasker.task.created",
    "tasker.task.started",
    "tasker.task.completed",
];

/// The types of the events of each task, in the order in which they came.
pub type Seen = Arc<Mutex<HashMap<String, Vec<String>>>>;

/// One reader by pages, and one by streams.
pub struct Readers {
    stop: CancellationToken,
    seen: [Seen; 2],
    reading: [JoinHandle<()>; 2],
}

impl Readers {
    pub fn begin(urls: &Urls) -> Self {
        let stop = CancellationToken::new();
        let seen = [Seen::default(), Seen::default()];
        let pages = by_pages(urls.clone(), seen[0].clone());
        let streams = by_streams(urls.clone(), seen[1].clone());
        let reading = [until(&stop, pages), until(&stop, streams)];
        Self {
            stop,
            seen,
            reading,
        }
    }

    /// Waits until both have the end of each task, and tells how many tasks each saw wrongly: an event that is
    /// missing, came twice, or in another order.
    pub async fn end(self, acknowledged: &[Acknowledged]) -> Value {
        let is_over = |seen: &Seen| tasks_without(&ALL[2..], seen, acknowledged) == 0;
        wait_until("both readers have the end of each task", async || {
            self.seen.iter().all(is_over).then_some(())
        })
        .await;
        self.stop.cancel();
        for reading in self.reading {
            reading.await.unwrap();
        }
        let [by_pages, by_streams] = self.seen.map(|seen| {
            let seen = seen.lock().unwrap();
            seen.values().filter(|types| types[..] != ALL).count()
        });
        json!({"tasks_seen_wrongly_by_pages": by_pages, "tasks_seen_wrongly_by_streams": by_streams})
    }
}

fn until(
    stop: &CancellationToken,
    reading: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    let stop = stop.clone();
    tokio::spawn(async move {
        stop.run_until_cancelled(reading).await;
    })
}

/// One host after the other.
fn next_url(urls: &Urls, turn: &mut usize) -> String {
    let urls = urls.lock().unwrap();
    *turn += 1;
    urls[*turn % urls.len()].clone()
}

/// How many tasks have none of these types.
pub fn tasks_without(types: &[&str], seen: &Seen, acknowledged: &[Acknowledged]) -> usize {
    let seen = seen.lock().unwrap();
    let lacks = |it: &&Acknowledged| {
        let own = seen.get(&it.task_id);
        !own.is_some_and(|own| own.iter().any(|it| types.contains(&it.as_str())))
    };
    acknowledged.iter().filter(lacks).count()
}

/// Notes an event of a task.
pub fn note(seen: &Seen, event: &Value) {
    let task = event["data"]["task_id"].as_str().unwrap().to_owned();
    let name = event["type"].as_str().unwrap().to_owned();
    seen.lock().unwrap().entry(task).or_default().push(name);
}

async fn by_pages(urls: Urls, seen: Seen) {
    let (client, mut turn, mut from) = (client(), 0, String::new());
    loop {
        let url = next_url(&urls, &mut turn);
        let url = format!("{url}/v1/events?types=task.*&limit=500{from}");
        let request = client.get(url).timeout(REQUEST_TIMEOUT).send();
        if let Ok(answer) = request.await
            && answer.status() == 200
            && let Ok(page) = answer.json::<Value>().await
        {
            for event in page["items"].as_array().unwrap() {
                note(&seen, event);
            }
            from = format!("&from={}", page["next"].as_str().unwrap());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn by_streams(urls: Urls, seen: Seen) {
    let (client, mut turn) = (client(), 0);
    let mut cursor = None;
    loop {
        let url = next_url(&urls, &mut turn);
        let request = client.get(format!("{url}/v1/events/stream?types=task.*"));
        let request = match &cursor {
            Some(cursor) => request.header("last-event-id", cursor),
            None => request.query(&[("from", "2000-01-01T00:00:00Z")]),
        };
        if let Ok(answer) = request.send().await
            && answer.status() == 200
        {
            let mut stream = EventStream::of(answer);
            while let Some(message) = stream.any().await {
                if message.event == "end" {
                    cursor = message.data["next"].as_str().map(str::to_owned);
                    break;
                }
                if !message.data.is_null() {
                    note(&seen, &message.data);
                }
                if !message.id.is_empty() {
                    cursor = Some(message.id);
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
