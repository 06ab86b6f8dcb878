//! A receiver of webhooks that fails now and then, whatever else is killed.

use super::load::Acknowledged;
use super::readers::{ALL, Seen, note, tasks_without};
use crate::harness::{client, wait_up_to};
use crate::webhooks::receiver::{Receiver, Reply};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

/// One answer of so many is a failure.
const FAILS_EVERY: usize = 500;
/// A host that is killed keeps its subscriptions for 30 seconds, and what came meanwhile is delivered one by one.
const PATIENCE: Duration = Duration::from_secs(300);

/// A subscription to the events of all tasks.
pub struct Webhook {
    /// Each event when it was accepted the first time.
    seen: Seen,
    _receiver: Receiver,
}

impl Webhook {
    pub async fn begin(url: &str) -> Self {
        let seen = Seen::default();
        let (accepted, known) = (seen.clone(), Mutex::<HashSet<String>>::default());
        let receiver = Receiver::answering(move |number, request| {
            if number % FAILS_EVERY == FAILS_EVERY - 1 {
                return Reply::status("503 Service Unavailable");
            }
            if known.lock().unwrap().insert(request.id().to_owned()) {
                note(&accepted, &request.event());
            }
            Reply::ok()
        })
        .await;
        let namespace = format!("{url}/v1/namespaces/crash");
        let secret = client()
            .put(format!("{namespace}/secrets/signing"))
            .header("content-type", "application/octet-stream")
            .body("a secret to sign with");
        assert!(secret.send().await.unwrap().status().is_success());
        let body = json!({
            "to": receiver.url(), "secrets": ["signing"], "types": "task.*",
            "from": "2000-01-01T00:00:00Z",
        });
        let subscription = client()
            .put(format!("{namespace}/subscriptions/hook"))
            .json(&body);
        assert!(subscription.send().await.unwrap().status().is_success());
        Self {
            seen,
            _receiver: receiver,
        }
    }

    /// Waits until it has the end of each task, and tells how many tasks it saw wrongly: an event that is missing, or
    /// was accepted in another order the first time.
    pub async fn end(self, acknowledged: &[Acknowledged]) -> Value {
        let what = "the webhook has the end of each task";
        wait_up_to(PATIENCE, what, async || {
            (tasks_without(&ALL[2..], &self.seen, acknowledged) == 0).then_some(())
        })
        .await;
        let seen = self.seen.lock().unwrap();
        let wrong = seen.values().filter(|types| types[..] != ALL).count();
        json!({"tasks_seen_wrongly_by_webhook": wrong})
    }
}
