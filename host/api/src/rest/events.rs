//! The feed of events: lists, and the catalog of types.

use super::super::Api;
use super::super::access::Access;
use super::super::auth::Credentials;
use super::super::error::ApiError;
use super::super::event_stream::{self, EventStream};
use super::super::page::{Page, PageLimit};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::super::totals::most_rows;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue};
use chrono::{DateTime, Utc};
use tasker_domain::ids::TaskId;
use tasker_domain::permission::Action;
use tasker_domain::template::nearest;
use tasker_events::catalog;
use tasker_events::cloud_event::cloud_event;
use tasker_events::filter::{Filter, parse_types};
use tasker_events::page::From;
use tasker_events::schema::{example, schema};
use tasker_events::{Position, Wants};
use tasker_registry::store::declared_event::{DeclaredEventRow, EventPlace};
use tasker_wire::event::{
    EventCatalog, EventDeclarer, EventPage, EventQuery, EventType, EventTypeSummary, ListEvents,
    ListNamespaceEvents, NamespaceEvent, ShowEventCatalog, ShowEventType, StreamEvents,
};
use tasker_wire::headers::LAST_EVENT_ID;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .on(list)
        .on(stream)
        .on(catalog)
        .on(show_type)
        .on(of_namespace)
}

async fn list(api: Api, call: Call<ListEvents>) -> Answer<ListEvents> {
    let limit = PageLimit::parse(call.query.limit)?;
    let wants = wants(&call.access, &call.query)?;
    let from = parse_from(call.query.from.as_deref())?;
    let wants = since(from, wants);
    let from = match (from, call.query.task) {
        (Some(from), _) => api.feed.begin(from).await?,
        // Nothing of a task is older than its id.
        (None, Some(task)) => match made_at(task) {
            Some(created_at) => api.feed.begin(From::Time(created_at)).await?,
            None => Position::default(),
        },
        (None, None) => Position::default(),
    };
    let page = api.feed.page(from, &wants, limit.items());
    let page = page.await?;
    let most = most_rows(call.count);
    let total = call.total(api.feed.count(from, &wants, most)).await?;
    let items = page.events.iter().map(cloud_event).collect();
    Ok(Reply::ok(EventPage {
        items,
        next: page.next.to_string(),
        is_end: page.is_end,
        total,
    }))
}

async fn stream(api: Api, call: Call<StreamEvents>) -> Answer<StreamEvents> {
    let last = call.headers.get(LAST_EVENT_ID);
    let last = last.map(|last| String::from_utf8_lossy(last.as_bytes()));
    let last = last.filter(|last| !last.is_empty());
    let stream = follow(
        &api,
        call.access,
        call.credentials,
        &call.query,
        last.as_deref(),
    )
    .await?;
    let body = event_stream::body(stream);
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers (nginx) are asked not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(Reply::media(headers, body))
}

/// What the query asks for, as it happens; it begins behind the `last` event that its reader had.
pub(crate) async fn follow(
    api: &Api,
    access: Access,
    credentials: Option<Credentials>,
    query: &EventQuery,
    last: Option<&str>,
) -> Result<EventStream, ApiError> {
    let limit = query.limit.map(|limit| PageLimit::parse(Some(limit)));
    let limit = limit.transpose()?.map(PageLimit::items);
    let wants = wants(&access, query)?;
    let from = parse_from(last.or(query.from.as_deref()))?;
    let wants = since(from, wants);
    let from = match from {
        Some(from) => api.feed.begin(from).await?,
        None => api.feed.now().await?,
    };
    let stream = EventStream::new(api, from, wants, access, credentials);
    Ok(stream.limited_to(limit))
}

/// The same without what is older than the time from which somebody reads.
fn since(from: Option<From>, wants: Wants) -> Wants {
    match from {
        Some(From::Time(since)) => wants.and(move |event| event.at >= since),
        Some(From::Position(_)) | None => wants,
    }
}

/// When the task was created, by its id.
fn made_at(task: TaskId) -> Option<DateTime<Utc>> {
    let (seconds, nanoseconds) = task.0.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
}

pub(super) fn parse_from(text: Option<&str>) -> Result<Option<From>, ApiError> {
    let from = text.map(str::parse).transpose();
    Ok(from.map_err(tasker_events::FeedError::from)?)
}

/// What is asked for, of what the caller may read. What belongs to no namespace is for those who may read all.
fn wants(access: &Access, query: &EventQuery) -> Result<Wants, ApiError> {
    if let Some(namespace) = &query.namespace {
        access.require(Action::Read, namespace.as_str())?;
    }
    let types = match query.types.as_deref() {
        None => Vec::new(),
        Some(text) => {
            let types = parse_types(text);
            types.map_err(|wrong| ApiError::parameter("types", wrong.to_string()))?
        }
    };
    let text = |name: &Option<tasker_domain::name::Name>| name.as_ref().map(ToString::to_string);
    let filter = Filter {
        types,
        namespace: text(&query.namespace),
        template: text(&query.template),
        task: query.task,
        step: query.step.clone(),
        handler: query.handler.clone(),
        correlation_id: query.correlation_id.clone(),
        tag: query.tag.as_ref().map(ToString::to_string),
    };
    let access = access.clone();
    let reads_all = access.permissions().allow_everywhere(Action::Read);
    Ok(Wants::from(filter).and(move |event| {
        let is_readable = |namespace: &String| access.may_read(namespace);
        reads_all || event.data.namespace.as_ref().is_some_and(is_readable)
    }))
}

async fn catalog(_: Api, _: Call<ShowEventCatalog>) -> Answer<ShowEventCatalog> {
    let items = catalog::all().map(summary).collect();
    Ok(Reply::ok(EventCatalog { items }))
}

async fn show_type(_: Api, call: Call<ShowEventType>) -> Answer<ShowEventType> {
    let name = call.path.name.as_str();
    let known = catalog::find(name.strip_prefix("tasker.").unwrap_or(name));
    let known = known.ok_or_else(|| unknown_type(name))?;
    let example = serde_json::to_value(example(known)).unwrap_or_default();
    Ok(Reply::ok(EventType {
        summary: summary(known),
        row: known.row.to_owned(),
        predecessor: known.predecessor.iter().map(ToString::to_string).collect(),
        schema: schema(known),
        example,
    }))
}

async fn of_namespace(
    api: Api,
    mut call: Call<ListNamespaceEvents>,
) -> Answer<ListNamespaceEvents> {
    let (limit, seek) = call.page::<EventPlace>()?;
    let namespace = &call.path.namespace;
    api.registry.check_namespace(namespace).await?;
    let rows = api
        .registry
        .declared_events(namespace, seek.map(|place| place));
    let total = call
        .total(api.store.count_declared_events(namespace))
        .await?;
    let next = |row: &DeclaredEventRow| row.place.to_string();
    let event = |row: DeclaredEventRow| NamespaceEvent {
        name: row.place.event,
        declared: row.declared,
        declared_by: EventDeclarer {
            kind: row.place.kind,
            name: row.place.name,
            version: row.version,
        },
    };
    let page = limit.page(rows.await?, next, event);
    Ok(Reply::ok(Page { total, ..page }))
}

fn unknown_type(name: &str) -> ApiError {
    let near = nearest(name, catalog::all().map(|known| known.name));
    let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    ApiError::NoEventType {
        name: format!("`{}`{near}", name.escape_debug()),
    }
}

fn summary(known: &catalog::EventType) -> EventTypeSummary {
    EventTypeSummary {
        name: known.name.to_owned(),
        category: known.category.to_string(),
        since: known.since.to_owned(),
        when: known.when.to_owned(),
    }
}
