//! Tasks of all kinds, submitted steadily to hosts that may be gone.

use super::super::cell::Cell;
use super::super::hosts::{FIRST, publish_component, publish_template, submit};
use super::super::rollout::noted;
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tasker_client::Client;
use tasker_wire::reason::OnlyReason;
use tasker_wire::task::{CancelTask, SubmitTasks};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// The component that is put in quarantine now and then, and what distinguishes its bytes.
pub(super) const SUSPECT: &str = "suspect";
const SUSPECT_NOTE: u32 = u32::MAX;

/// A request to a host that is about to be killed gets no answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Who submit at the same time.
const SUBMITTERS: u32 = 4;

/// From one kind of task to the next.
const STRIDE: usize = 7;

/// Name, steps, and how many of twenty tasks are of it.
const TEMPLATES: [(&str, usize, &str); 6] = [
    (
        "steady",
        9,
        "
  - {name: s0, handler: basics/sum, config: {value: 1}}
  - {name: s1, handler: basics/sum, depends_on: [s0], config: {value: 2, of: [s0]}}
  - {name: s2, handler: basics/flaky, depends_on: [s1], config: {failures: 1}, retry: {max_attempts: 3, base: 50ms, max: 100ms}}
  - {name: s3, handler: basics/sum, depends_on: [s2], config: {value: 3, of: [s1]}}
  - {name: s4, handler: basics/sum, depends_on: [s3], config: {value: 4, of: [s3]}}
",
    ),
    (
        "fan",
        5,
        "
  - {name: a, handler: basics/sum, config: {value: 1}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2, of: [a]}}
  - {name: c, handler: basics/sleep, depends_on: [a], config: {ms: 30}}
  - {name: d, handler: basics/sum, depends_on: [b, c], config: {value: 10, of: [a, b]}}
",
    ),
    (
        "fails",
        1,
        "
  - {name: a, handler: basics/sum, config: {value: 1}}
  - {name: b, handler: basics/fail, depends_on: [a]}
",
    ),
    (
        CANCELLED,
        2,
        "
  - {name: a, handler: basics/sleep, config: {ms: 2000}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 1}}
",
    ),
    (
        "late",
        1,
        "
  - {name: a, handler: basics/flaky, config: {failures: 1}, retry: {max_attempts: 3, base: 20s, max: 20s}}
",
    ),
    (
        SUSPECT,
        2,
        "
  - {name: a, handler: suspect/sleep, config: {ms: 200}}
  - {name: b, handler: suspect/sum, depends_on: [a], config: {value: 1}}
",
    ),
];

/// Tasks of this template are cancelled while they nap, but for each second one.
const CANCELLED: &str = "nap";

/// Publishes the handlers that may be put in quarantine, and the templates.
pub(super) async fn publish(cell: &Cell, component: &[u8]) -> anyhow::Result<()> {
    let registry = &cell.member().registry;
    publish_component(registry, SUSPECT, &FIRST, noted(component, SUSPECT_NOTE)).await?;
    for (name, _, steps) in TEMPLATES {
        let yaml = format!(
            "namespace: bench\nname: {name}\nversion: 1.0.0\nidentity: unique\nsteps:{steps}"
        );
        publish_template(registry, name, &yaml).await?;
    }
    Ok(())
}

/// What came of submits.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Counted {
    pub(super) submitted: u64,
    /// No host took them: killed, or the code in quarantine.
    pub(super) refused: u64,
    pub(super) cancelled: u64,
}

/// The hosts of the moment.
type Clients = Arc<Mutex<Vec<Client>>>;

/// The submitters at work.
pub(super) struct Load {
    clients: Clients,
    stop: CancellationToken,
    submitting: Vec<JoinHandle<Counted>>,
}

impl Load {
    pub(super) fn begin(cell: &Cell, rate: u32) -> anyhow::Result<Self> {
        let clients = Arc::new(Mutex::new(clients(cell)?));
        let stop = CancellationToken::new();
        let every = Duration::from_secs(1) * SUBMITTERS / rate;
        let submit = |first: u32| {
            let (clients, stop) = (clients.clone(), stop.clone());
            tokio::spawn(submit_steadily(first as usize, clients, every, stop))
        };
        Ok(Self {
            submitting: (0..SUBMITTERS).map(submit).collect(),
            clients,
            stop,
        })
    }

    /// Hosts listen elsewhere now.
    pub(super) fn follow(&self, cell: &Cell) -> anyhow::Result<()> {
        *locked(&self.clients) = clients(cell)?;
        Ok(())
    }

    pub(super) async fn end(self) -> anyhow::Result<Counted> {
        self.stop.cancel();
        let mut all = Counted::default();
        for submitter in self.submitting {
            let counted = submitter.await?;
            all.submitted += counted.submitted;
            all.refused += counted.refused;
            all.cancelled += counted.cancelled;
        }
        Ok(all)
    }
}

fn locked(clients: &Clients) -> MutexGuard<'_, Vec<Client>> {
    clients.lock().unwrap_or_else(PoisonError::into_inner)
}

fn clients(cell: &Cell) -> anyhow::Result<Vec<Client>> {
    let build = |url: &str| anyhow::Ok(Client::builder(url)?.build()?);
    cell.processes.iter().map(|host| build(&host.url)).collect()
}

async fn submit_steadily(
    first: usize,
    clients: Clients,
    every: Duration,
    stop: CancellationToken,
) -> Counted {
    let mut turns = tokio::time::interval(every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let parts = |(name, parts, _): &(&'static str, usize, &str)| std::iter::repeat_n(*name, *parts);
    let mix: Vec<&str> = TEMPLATES.iter().flat_map(parts).collect();
    let mut counted = Counted::default();
    for no in (first..).step_by(SUBMITTERS as usize) {
        tokio::select! {
            _ = turns.tick() => {}
            () = stop.cancelled() => break,
        }
        let client = {
            let clients = locked(&clients);
            clients[no % clients.len()].clone()
        };
        // By a stride that has no part in common with the length, so that kinds alternate.
        let template = mix[no * STRIDE % mix.len()];
        let is_cancelled = template == CANCELLED && (no / mix.len()).is_multiple_of(2);
        let submitting = submit_one(&client, template, is_cancelled);
        match tokio::time::timeout(REQUEST_TIMEOUT, submitting).await {
            Ok(Ok(())) => {
                counted.submitted += 1;
                counted.cancelled += u64::from(is_cancelled);
            }
            _ => counted.refused += 1,
        }
    }
    counted
}

async fn submit_one(client: &Client, template: &str, is_cancelled: bool) -> anyhow::Result<()> {
    let submitted = client
        .call(SubmitTasks::one())
        .json(&submit(template)?)
        .await?;
    if is_cancelled {
        let id = submitted.task.id;
        let reason = OnlyReason::default();
        client.call(CancelTask { id }).json(&reason).await?;
    }
    Ok(())
}
