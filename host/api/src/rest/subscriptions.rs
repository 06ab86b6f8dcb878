//! Subscriptions: set, list, show, pause, resume, replay, remove; their dead letters.

use super::super::Api;
use super::super::access::Access;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::events::parse_from;
use super::reason::check_reason;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::precondition::Precondition;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::subscription::{MAX_BATCH, MAX_SIGNING_SECRETS, Target};
use tasker_egress::check_target;
use tasker_events::Position;
use tasker_events::filter::parse_types;
use tasker_events::page::From;
use tasker_registry::store::subscription::{
    DeadLetterRow, Definition, Start, SubscriptionChange, SubscriptionRow,
};
use tasker_wire::endpoint::Endpoint;
use tasker_wire::subscription::{
    DeadLetter, ListDeadLetters, ListSubscriptions, MoveSubscription, NewSubscription,
    PauseSubscription, RedeliverDeadLetters, Redelivering, RemoveSubscription, ResumeSubscription,
    SetSubscription, ShowSubscription, Subscription, TestSubscription,
};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .on(list)
        .on(show)
        .on(set)
        .on(remove)
        .on(pause)
        .on(resume)
        .on(replay)
        .on(test)
        .on(list_dead_letters)
        .on(redeliver)
}

async fn list(api: Api, mut call: Call<ListSubscriptions>) -> Answer<ListSubscriptions> {
    let (limit, seek) = call.page::<QualifiedName>()?;
    let namespaces = &call.query.namespaces;
    let seek = seek.map(QualifiedName::parts);
    let rows = api.registry.list_subscriptions(namespaces, seek);
    let cursor = |row: &SubscriptionRow| format!("{}/{}", row.namespace, row.name);
    let total = call
        .total(api.store.count_subscriptions(namespaces))
        .await?;
    let page = limit.page(rows.await?, cursor, |row| subscription(row, None));
    Ok(Reply::ok(Page { total, ..page }))
}

async fn show(api: Api, call: Call<ShowSubscription>) -> Answer<ShowSubscription> {
    let ShowSubscription { namespace, name } = &call.path;
    let row = api.registry.subscription(namespace, name).await?;
    Ok(answer(row))
}

async fn set(api: Api, call: Call<SetSubscription>) -> Answer<SetSubscription> {
    let SetSubscription { namespace, name } = &call.path;
    let only_if = call.precondition()?;
    let change = change(namespace, name, &call.access, &call.body.reason, &only_if)?;
    let definition = definition(&api, &call.body)?;
    let start = start(&api, call.body.from.as_deref()).await?;
    let set = api.registry.set_subscription(change, &definition, start);
    let (row, created) = set.await?;
    let tag = row.tag();
    let set = subscription(row, Some(created));
    Ok(Reply::made(created, set).with_state(tag))
}

async fn remove(api: Api, call: Call<RemoveSubscription>) -> Answer<RemoveSubscription> {
    let RemoveSubscription { namespace, name } = &call.path;
    let only_if = call.precondition()?;
    let change = change(namespace, name, &call.access, &call.query.reason, &only_if)?;
    api.registry.remove_subscription(change).await?;
    Ok(Reply::done())
}

async fn pause(api: Api, call: Call<PauseSubscription>) -> Answer<PauseSubscription> {
    let PauseSubscription { namespace, name } = &call.path;
    let only_if = call.precondition()?;
    let change = change(namespace, name, &call.access, &call.body.reason, &only_if)?;
    let row = api.registry.pause_subscription(change).await?;
    Ok(answer(row))
}

async fn resume(api: Api, call: Call<ResumeSubscription>) -> Answer<ResumeSubscription> {
    let ResumeSubscription { namespace, name } = &call.path;
    let only_if = call.precondition()?;
    let change = change(namespace, name, &call.access, &call.body.reason, &only_if)?;
    let row = api.registry.resume_subscription(change).await?;
    Ok(answer(row))
}

async fn replay(api: Api, call: Call<MoveSubscription>) -> Answer<MoveSubscription> {
    let MoveSubscription { namespace, name } = &call.path;
    let change = change(
        namespace,
        name,
        &call.access,
        &call.body.reason,
        &Precondition::NONE,
    )?;
    let from = &call.body.from;
    let start = start(&api, Some(from)).await?;
    let row = api.registry.move_subscription(change, start, from).await?;
    Ok(Reply::ok(subscription(row, None)))
}

async fn test(api: Api, call: Call<TestSubscription>) -> Answer<TestSubscription> {
    let TestSubscription { namespace, name } = &call.path;
    let change = change(
        namespace,
        name,
        &call.access,
        &call.body.reason,
        &Precondition::NONE,
    )?;
    let row = api.registry.test_subscription(change).await?;
    Ok(Reply::ok(subscription(row, None)))
}

async fn list_dead_letters(api: Api, mut call: Call<ListDeadLetters>) -> Answer<ListDeadLetters> {
    let (limit, seek) = call.page()?;
    let ListDeadLetters { namespace, name } = &call.path;
    let rows = api.registry.list_dead_letters(namespace, name, seek);
    let total = call
        .total(api.registry.count_dead_letters(namespace, name))
        .await?;
    let cursor = |row: &DeadLetterRow| row.dead_letter_id.to_string();
    let page = limit.page(rows.await?, cursor, dead_letter);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn redeliver(api: Api, call: Call<RedeliverDeadLetters>) -> Answer<RedeliverDeadLetters> {
    let RedeliverDeadLetters { namespace, name } = &call.path;
    let change = change(
        namespace,
        name,
        &call.access,
        &call.body.reason,
        &Precondition::NONE,
    )?;
    let dead_letters = api.registry.redeliver(change, call.body.id).await?;
    Ok(Reply::ok(Redelivering { dead_letters }))
}

fn change<'a>(
    namespace: &'a Name,
    name: &'a Name,
    access: &'a Access,
    reason: &'a str,
    only_if: &'a Precondition,
) -> Result<SubscriptionChange<'a>, ApiError> {
    Ok(SubscriptionChange {
        namespace,
        name,
        actor: access.actor(),
        reason: check_reason(reason)?,
        only_if,
    })
}

/// The current subscription, with the tag of what is set.
fn answer<E: Endpoint<Answer = Subscription>>(row: SubscriptionRow) -> Reply<E> {
    let tag = row.tag();
    Reply::ok(subscription(row, None)).with_state(tag)
}

fn definition(api: &Api, new: &NewSubscription) -> Result<Definition, ApiError> {
    let target = target(api, &new.to)?;
    if let Some(types) = &new.types {
        let types = parse_types(types);
        types.map_err(|wrong| ApiError::parameter("types", wrong.to_string()))?;
    }
    let mut secrets: Vec<String> = new.secrets.iter().map(ToString::to_string).collect();
    secrets.dedup();
    check_secrets(&target, secrets.len()).map_err(|wrong| ApiError::parameter("secrets", wrong))?;
    check_batch(&target, new.batch).map_err(|wrong| ApiError::parameter("batch", wrong))?;
    let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
    Ok(Definition {
        target,
        secrets,
        max_batch: new.batch,
        types: new.types.clone(),
        template: text(&new.template),
        task_id: new.task.map(|task| task.0),
        step: text(&new.step),
        handler: text(&new.handler),
        tag: new.tag.as_ref().map(ToString::to_string),
    })
}

/// Deliveries to webhooks are signed, others are not.
fn check_secrets(target: &Target, secrets: usize) -> Result<(), String> {
    match target {
        Target::Webhook(_) if !(1..=MAX_SIGNING_SECRETS).contains(&secrets) => Err(format!(
            "name from 1 to {MAX_SIGNING_SECRETS} secrets of the namespace to sign with; there are {secrets}"
        )),
        Target::Nats | Target::Component(_) if secrets > 0 => {
            Err("secrets sign deliveries to webhooks; leave them out here".to_owned())
        }
        Target::Webhook(_) | Target::Nats | Target::Component(_) => Ok(()),
    }
}

/// Webhooks may take several events at a time.
fn check_batch(target: &Target, batch: Option<i16>) -> Result<(), String> {
    match (target, batch) {
        (_, None) => Ok(()),
        (Target::Webhook(_), Some(most)) if (1..=MAX_BATCH).contains(&most) => Ok(()),
        (Target::Webhook(_), Some(most)) => Err(format!(
            "a batch has from 1 to {MAX_BATCH} events; not {most}"
        )),
        (Target::Nats | Target::Component(_), Some(_)) => {
            Err("batches are for webhooks; leave it out here".to_owned())
        }
    }
}

/// Where events go; a URL as it is read.
fn target(api: &Api, to: &str) -> Result<Target, ApiError> {
    let wrong = |wrong: String| ApiError::parameter("to", wrong);
    match Target::try_from(to) {
        Ok(Target::Webhook(url)) => {
            let url = check_target(&url, api.webhook_addresses);
            let url = url.map_err(|refused| wrong(refused.to_string()))?;
            Ok(Target::Webhook(url.to_string()))
        }
        Ok(other @ (Target::Nats | Target::Component(_))) => Ok(other),
        Err(unknown) => Err(wrong(unknown.to_string())),
    }
}

/// From there on; without a text, from now on.
async fn start(api: &Api, from: Option<&str>) -> Result<Start, ApiError> {
    let from = parse_from(from)?;
    let (position, since) = match from {
        Some(from @ From::Time(since)) => (api.feed.begin(from).await?, Some(since)),
        Some(from @ From::Position(_)) => (api.feed.begin(from).await?, None),
        None => (api.feed.now().await?, None),
    };
    Ok(Start {
        seq: position.seq,
        seq_index: i16::from(position.index),
        since,
    })
}

pub(super) fn cursor(seq: i64, seq_index: i16) -> Position {
    Position {
        seq,
        index: u8::try_from(seq_index).unwrap_or(u8::MAX),
    }
}

fn subscription(row: SubscriptionRow, created: Option<bool>) -> Subscription {
    let etag = row.tag().to_string();
    let Definition {
        target,
        secrets,
        max_batch,
        types,
        template,
        task_id,
        step,
        handler,
        tag,
    } = row.definition;
    Subscription {
        etag,
        namespace: row.namespace,
        name: row.name,
        kind: row.kind,
        to: target.to_string(),
        types,
        template,
        task: task_id.map(TaskId),
        step,
        handler,
        tag,
        secrets,
        batch: max_batch,
        state: row.state,
        ended_reason: row.ended_reason,
        cursor: cursor(row.seq, row.seq_index).to_string(),
        lag_rows: row.lag_rows,
        lag_ms: row.lag_ms,
        attempts: row.attempts,
        next_at: row.next_at,
        last_error: row.last_error,
        last_error_at: row.last_error_at,
        delivered_at: row.delivered_at,
        delivered: row.delivered,
        failures: row.failures,
        given_up: row.given_up,
        dead_letters: row.dead_letters,
        dropped: row.dropped,
        runs: row.runs,
        host: row.host,
        created_at: row.created_at,
        created_by: row.created_by,
        created,
    }
}

fn dead_letter(row: DeadLetterRow) -> DeadLetter {
    DeadLetter {
        id: row.dead_letter_id,
        event_id: format!("{}-{}", row.seq, row.seq_index),
        r#type: row.event_type,
        cursor: cursor(row.seq, row.seq_index).to_string(),
        reason: row.reason,
        status: row.status,
        body: row.body,
        attempts: row.attempts,
        at: row.at,
        is_replaying: row.replay_at.is_some(),
    }
}
