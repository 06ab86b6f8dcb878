//! The subscribers of the component `demo/daily`.

use std::time::Duration;
use tasker_sdk::http;
use tasker_sdk::prelude::*;

/// The bucket of the totals, ...
const TOTALS: &str = "totals";
/// ... and the one where an operator sets the URL of the chat, under this key.
const SETTINGS: &str = "settings";
const CHAT: &str = "chat";

tasker_sdk::subscribers! {
    #![capabilities("http", "kv settings read", "kv totals")]

    /// Counts the tasks of each day that completed or failed.
    totals,

    /// Posts to a chat when a task failed.
    announce,
}

/// The tasks of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Day {
    completed: u64,
    failed: u64,
}

/// What a chat takes.
#[derive(Debug, PartialEq, Serialize)]
struct Message {
    text: String,
}

fn totals(ctx: &Context, event: Event) -> Result<(), Failure> {
    let totals = ctx.kv(TOTALS);
    let before = totals.get::<Day>(event.day())?;
    let mut day = before.value().copied().unwrap_or_default();
    match &*event.event_type {
        "tasker.task.completed" => day.completed += 1,
        "tasker.task.failed" => day.failed += 1,
        // Of no interest here.
        _ => return Ok(()),
    }
    totals.replace(event.day(), &before, &day)
}

fn announce(ctx: &Context, event: Event) -> Result<(), Failure> {
    let Some(chat) = ctx.kv(SETTINGS).get::<String>(CHAT)?.into_value() else {
        let missing = "set the URL of the chat: tasker kv set demo/settings chat '\"https://…\"'";
        return Err(Failure::retryable("no_chat", missing));
    };
    let request = http::post(chat)
        // A request may be repeated after a crash; the key is the same then.
        .header("idempotency-key", ctx.idempotency_key())
        .timeout(Duration::from_secs(5))
        .json(&message(&event))?;
    request.send()?.success()?;
    Ok(())
}

fn message(event: &Event) -> Message {
    let text = |member: &str| event.data[member].as_str().unwrap_or("?");
    Message {
        text: format!("{} failed: task {}", text("template"), text("task_id")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::{Attempt, event};

    #[test]
    fn tasks_are_counted_by_day_and_end() {
        let ctx = Attempt::new().context();
        for what in ["completed", "failed", "completed", "created"] {
            let event = event(&format!("tasker.task.{what}"), json!({}));
            totals(&ctx, event).unwrap();
        }
        let day = ctx.kv(TOTALS).get::<Day>("2026-01-31").unwrap();
        let expected = Day {
            completed: 2,
            failed: 1,
        };
        assert_eq!(day.into_value(), Some(expected));
    }

    #[test]
    fn the_message_names_template_and_task() {
        let data = json!({"template": "orders", "task_id": "7"});
        let message = message(&event("tasker.task.failed", data));
        assert_eq!(message.text, "orders failed: task 7");
    }

    #[test]
    fn without_a_chat_the_event_is_tried_again() {
        let ctx = Attempt::new().context();
        let failure = announce(&ctx, event("tasker.task.failed", json!({}))).unwrap_err();
        assert_eq!(failure.code(), "no_chat");
    }
}
