//! One attempt, from a fresh instance to its outcome.

use super::bindings::exports::tasker::step::{handler, subscriber};
use super::bindings::tasker::step::types::Retry;
use super::cache::Prepared;
use super::engine::EPOCH_TICK;
use super::journal::Replayed;
use super::log_line::LogLine;
use super::outcome;
use super::services::HostServices;
use super::slots::acquire_slot;
use super::state::AttemptState;
use super::stopped::Stopped;
use super::{Inner, Sandbox};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_domain::effects::Effects;
use tasker_domain::invocation::Invocation;
use tasker_domain::outcome::Outcome;
use tasker_domain::recording::Recording;
use tasker_domain::subscriber_event::SubscriberEvent;
use tasker_domain::usage::Usage;
use tokio::sync::Semaphore;
use wasmtime::component::{ComponentExportIndex, Instance};
use wasmtime::{CallHook, Result, Store, StoreContextMut, UpdateDeadline};

/// How long after its deadline a guest that computes may be caught computing, with a backtrace,
/// before the attempt is ended from outside, as one that waits for the host is.
const DEADLINE_GRACE: Duration = Duration::from_millis(3 * EPOCH_TICK.as_millis() as u64);

/// What came of an attempt.
#[derive(Debug)]
pub struct Executed {
    pub outcome: Outcome,
    /// The lines that no sink took, within the limit on log bytes; a note at the end states what was cut.
    pub log: Vec<LogLine>,
    /// To be recorded with its result or checkpoint, or not at all.
    pub effects: Effects,
    pub usage: Usage,
    /// What the attempt saw, where it is recorded and its handler came to an end.
    pub recording: Option<Recording>,
    /// Of a replay.
    pub replayed: Option<Replayed>,
}

impl Sandbox {
    /// Runs one attempt in a fresh instance: a handler, or a subscriber where the invocation has an event. Waits
    /// for a slot while `max_concurrent` others run, or [`SUBSCRIBER_SLOTS`](super::SUBSCRIBER_SLOTS) of subscribers;
    /// the deadline counts from then on. Dropping the future ends the guest.
    ///
    /// Must be called inside a tokio runtime. A guest that computes gives way to other tasks of the
    /// runtime every few milliseconds.
    pub async fn execute(
        &self,
        prepared: &Prepared,
        invocation: Arc<Invocation>,
        services: HostServices,
    ) -> Executed {
        let _slot = acquire_slot(self.inner.permits_of(&invocation)).await;
        let started = Instant::now();
        // Already set only if the attempt is run twice.
        services.begun.set(started).ok();
        let state = AttemptState::new(invocation, services, &self.inner.http, started);
        let mut store = self.inner.store(state);
        let meter = store.data().meter.clone();
        let answer = within_deadline(&mut store, async |store| call(store, prepared).await);
        let answer = meter.watch(answer).await;
        // A guest may return before it hears of its breach.
        let answer = answer.and_then(|answer| Ok(store.data().check_breach().map(|()| answer)?));
        let usage = store.data().usage(started.elapsed());
        let outcome = match answer {
            Ok(answer) => outcome::of_answer(answer, store.data()),
            Err(error) => outcome::of_end(&error, store.data()),
        };
        let log = store.data().log.take();
        let effects = store.data_mut().take_effects();
        let (journal, secrets) = (
            store.data().journal.clone(),
            store.data().attempt_secrets.clone(),
        );
        drop(store);
        let (recording, replayed) = match journal {
            Some(journal) => {
                journal.settle().await;
                journal.close(&outcome, &effects, &secrets)
            }
            None => (None, None),
        };
        Executed {
            outcome,
            log,
            effects,
            usage,
            recording,
            replayed,
        }
    }
}

impl Inner {
    /// Subscribers have slots of their own, so that neither they nor steps wait for the others.
    fn permits_of(&self, invocation: &Invocation) -> &Semaphore {
        match invocation.event {
            Some(_) => &self.subscribers,
            None => &self.permits,
        }
    }

    /// A store that holds the guest to its limits.
    pub(super) fn store(&self, state: AttemptState) -> Store<AttemptState> {
        let handles = state.limits().resources as usize;
        let mut store = Store::new(&self.engine, state);
        store.set_max_component_handles(handles);
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(at_epoch);
        store.call_hook(at_host_call);
        store
    }
}

/// Runs `body`; ends it where it still waits for the host after the deadline, or when its code is
/// quarantined.
pub(super) async fn within_deadline<T>(
    store: &mut Store<AttemptState>,
    body: impl AsyncFnOnce(&mut Store<AttemptState>) -> Result<T>,
) -> Result<T> {
    let end = store.data().deadline + DEADLINE_GRACE;
    let (deadline, clock) = (
        store.data().limits().deadline,
        store.data().services.clock.clone(),
    );
    let late = async {
        match &clock {
            Some(clock) => clock.reaches(deadline).await,
            None => std::future::pending().await,
        }
    };
    let quarantined = store.data().services.quarantined.clone();
    if quarantined.is_cancelled() {
        return Err(Stopped::Quarantined.into());
    }
    // The body comes first: a guest that computes is caught computing, by the epoch.
    tokio::select! {
        biased;
        answer = body(store) => answer,
        () = tokio::time::sleep_until(end.into()) => Err(Stopped::Waiting.into()),
        () = late => Err(Stopped::Waiting.into()),
        () = quarantined.cancelled() => Err(Stopped::Quarantined.into()),
    }
}

type Answer = Result<handler::Outcome, handler::Failure>;

async fn call(store: &mut Store<AttemptState>, prepared: &Prepared) -> Result<Answer> {
    store.data().handed.check()?;
    let invocation = store.data().invocation.clone();
    let (function, what) = match &invocation.event {
        Some(_) => (prepared.handle(), "subscriber"),
        None => (prepared.execute(), "handler"),
    };
    let Some(function) = function else {
        return Ok(Err(unknown(what, &invocation.step.handler)));
    };
    let instance = prepared.pre().instantiate_async(&mut *store).await?;
    match &invocation.event {
        Some(event) => handle(store, &instance, function, &invocation, event).await,
        None => execute(store, &instance, function, &invocation).await,
    }
}

async fn execute(
    store: &mut Store<AttemptState>,
    instance: &Instance,
    function: &ComponentExportIndex,
    invocation: &Invocation,
) -> Result<Answer> {
    let execute = instance.get_typed_func::<(&str, &str), (_,)>(&mut *store, function)?;
    let arguments = (&*invocation.step.handler, &*invocation.task_input);
    Ok(execute.call_async(store, arguments).await?.0)
}

async fn handle(
    store: &mut Store<AttemptState>,
    instance: &Instance,
    function: &ComponentExportIndex,
    invocation: &Invocation,
    event: &SubscriberEvent,
) -> Result<Answer> {
    type Handled = Result<(), handler::Failure>;
    let handle =
        instance.get_typed_func::<(&str, subscriber::Event), (Handled,)>(&mut *store, function)?;
    let event = subscriber::Event {
        id: event.id.clone(),
        source: event.source.clone(),
        event_type: event.event_type.clone(),
        subject: event.subject.clone(),
        time: event.time.clone(),
        sequence: event.sequence.clone(),
        correlation_id: event.correlation_id.clone(),
        attributes: event.attributes.clone(),
        data: invocation.task_input.to_string(),
    };
    let (handled,) = handle
        .call_async(store, (&*invocation.step.handler, event))
        .await?;
    Ok(handled.map(|()| handler::Outcome::Complete("null".to_owned())))
}

/// What a component says that has no handler or subscriber of that name; of one that exports none at all.
fn unknown(what: &str, name: &str) -> handler::Failure {
    handler::Failure {
        code: format!("unknown_{what}"),
        message: format!("the component exports no {what}, so it has no {what} `{name}`"),
        details: None,
        retry: Retry::Never,
    }
}

fn at_epoch(store: StoreContextMut<'_, AttemptState>) -> Result<UpdateDeadline> {
    let state = store.data();
    if state.services.quarantined.is_cancelled() {
        return Err(Stopped::Quarantined.into());
    }
    if Instant::now() >= state.deadline {
        return Err(Stopped::Computing.into());
    }
    state.check_breach()?;
    if state.meter.cpu_in_poll() > state.limits().cpu {
        return Err(Stopped::Cpu.into());
    }
    Ok(UpdateDeadline::Yield(1))
}

fn at_host_call(mut store: StoreContextMut<'_, AttemptState>, hook: CallHook) -> Result<()> {
    let state = store.data_mut();
    match hook {
        CallHook::CallingHost => {
            let left = state.host_calls_left.checked_sub(1);
            state.host_calls_left = left.ok_or(Stopped::HostCalls)?;
            state.in_host_since = Some(Instant::now());
            let call_bytes = state.call_bytes();
            store.set_hostcall_fuel(call_bytes);
        }
        CallHook::ReturningFromHost => {
            let since = state.in_host_since.take();
            state.in_host += since.map_or(Duration::ZERO, |since| since.elapsed());
            state.weigh_table().map_err(Stopped::from)?;
            state.check_breach()?;
            if let Some(journal) = &state.journal {
                journal.check().map_err(Stopped::from)?;
            }
        }
        CallHook::ReturningFromWasm => {
            let answer_bytes = state.answer_bytes();
            store.set_hostcall_fuel(answer_bytes);
        }
        CallHook::CallingWasm => {}
    }
    Ok(())
}
