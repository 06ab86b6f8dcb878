//! Submits a task of the template `shop/charge`, waits for its end and prints its result.

use serde_json::{Value, json};
use std::error::Error;
use std::time::Duration;
use tasker_client::Client;
use tasker_wire::task::{ShowTask, SubmitTasks, WaitQuery};

/// Of the host at this URL, with an API key.
pub async fn run_task(url: &str, key: &str) -> Result<Value, Box<dyn Error>> {
    let client = Client::builder(url)?.token(key).build()?;
    let submit = json!({"namespace": "shop", "template": "charge", "input": {"amount": 3}});
    let submit = serde_json::from_value(submit)?;
    let id = client.call(SubmitTasks::one()).json(&submit).await?.task.id;
    let wait = WaitQuery {
        wait_ms: 30_000,
        since: None,
    };
    loop {
        let task = client
            .call(ShowTask::at(id))
            .query(&wait)
            .hold(Duration::from_secs(30))
            .await?;
        if task.finished_at.is_some() {
            return Ok(serde_json::to_value(task.result)?);
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| std::env::var(name);
    println!(
        "{}",
        run_task(&variable("TASKER_URL")?, &variable("TASKER_TOKEN")?).await?
    );
    Ok(())
}
