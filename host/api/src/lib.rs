//! The API over HTTP. The only module that speaks axum.

pub mod access;
mod answering;
pub mod auth;
pub mod auth_error;
mod body_slot;
pub mod bounds;
mod caller_id;
mod callers;
mod conditional;
mod connection_limiter;
mod connections;
pub mod correlation;
mod deprecation;
pub mod error;
mod event_stream;
pub mod graphql;
mod heads;
pub mod health;
mod held;
mod intake;
pub mod key_error;
pub mod metrics;
mod min_rate;
mod namespaces;
mod objects;
mod openapi;
mod orders;
mod own_parameters;
pub mod page;
mod rate;
mod replica;
pub mod request;
mod request_counts;
mod request_metrics;
pub mod rest;
mod routes;
mod sampled;
mod schema_settings;
pub mod session_error;
mod slots;
mod sparse;
pub mod tls;
pub mod too_many;
mod totals;

use auth::Authentication;
use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::serve::{Listener, ListenerExt as _};
use bounds::Bounds;
use callers::Callers;
use error::ApiError;
use health::StatusLooks;
use metrics::Metrics;
use namespaces::Namespaces;
use replica::OnReplica;
use request_counts::RequestCounts;
use rest::description::{self, Description};
use routes::{NeedsOfRoutes, Routes};
use sampled::SampledApi;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use tasker_database::notifications::Notifications;
use tasker_egress::InnerAddresses;
use tasker_engine::Engine;
use tasker_engine::claim_health::ClaimHealth;
use tasker_events::Feed;
use tasker_graphql::Graphql;
use tasker_registry::Registry;
use tasker_registry::store::Store;
use tasker_sandbox::Sandbox;
use tasker_tasks::Tasks;
use tasker_telemetry::{ExportHealth, Tracer};
use tasker_wire::endpoint::Needs;
use tls::{Certificates, TlsListener};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What the API needs.
#[derive(Clone)]
pub struct AppState {
    pub engine: Engine,
    pub sandbox: Sandbox,
    /// Ends waits for tasks early; where nothing listens behind it, they poll.
    pub notifications: Notifications,
    /// How the claims of the host's worker go.
    /// `None` if the host runs no worker.
    pub claiming: Option<ClaimHealth>,
    /// The feed of the engine's database, which the host's deliveries follow too.
    pub feed: Feed,
    /// Whether webhooks may be at addresses of the host's own network.
    pub webhook_addresses: InnerAddresses,
    /// Cancelled at the start of a graceful shutdown: the host is not ready any more, and long polls end.
    pub shutdown: CancellationToken,
    pub authentication: Authentication,
    pub bounds: Bounds,
    /// What the host counts; the API adds its own.
    pub metrics: Metrics,
    /// Which traces tasks have.
    pub tracer: Tracer,
    /// Whether collectors take what the host exports.
    pub exports: ExportHealth,
    /// Whether the web interface is served too.
    pub serves_ui: bool,
}

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct Api {
    engine: Engine,
    sandbox: Sandbox,
    store: Store,
    registry: Registry,
    tasks: Tasks,
    feed: Feed,
    webhook_addresses: InnerAddresses,
    claiming: Option<ClaimHealth>,
    shutdown: CancellationToken,
    authentication: Authentication,
    callers: Callers,
    namespaces: Namespaces,
    needs: Arc<NeedsOfRoutes>,
    on_replica: OnReplica,
    metrics: Metrics,
    tracer: Tracer,
    exports: ExportHealth,
    status_looks: StatusLooks,
    /// Of all routes, those that serve it among them.
    description: &'static LazyLock<Description>,
}

static GRAPHQL: LazyLock<Graphql> = LazyLock::new(|| {
    let (_, needs) = routes().into_parts();
    graphql::schema(&document(), &needs)
});

static DESCRIPTION: LazyLock<Description> = LazyLock::new(|| Description::of(&document()));

impl Api {
    /// The same over the read replica of the database, if it has one.
    fn over_replica(&self, notifications: Notifications) -> Option<Self> {
        let engine = self.engine.for_replica()?;
        let registry = Registry::new(engine.clone(), self.sandbox.clone());
        Some(Self {
            store: Store::new(engine.clone()),
            tasks: Tasks::new(engine.clone(), registry.clone(), notifications),
            registry,
            engine,
            ..self.clone()
        })
    }
}

/// Answers on `listener` until `closing`, then ends the requests under way. A host that drains
/// cancels `state.shutdown` before, so that new requests are refused with 503.
pub async fn serve(listener: TcpListener, state: AppState, closing: CancellationToken) {
    // Answers are small: to wait for more to send would only delay them.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays with delayed sending");
        }
    });
    serve_counted(listener, state, closing).await;
}

/// The same over TLS.
pub async fn serve_tls(
    listener: TcpListener,
    certificates: Certificates,
    state: AppState,
    closing: CancellationToken,
) -> std::io::Result<()> {
    let listener = TlsListener::new(listener, certificates)?;
    serve_counted(listener, state, closing).await;
    Ok(())
}

async fn serve_counted<L: Listener<Addr = SocketAddr>>(
    listener: L,
    state: AppState,
    closing: CancellationToken,
) {
    let counts = RequestCounts::default();
    tokio::spawn(counts.clone().summarize(closing.clone()));
    let bounds = state.bounds;
    connections::serve(listener, counted(state, counts), bounds, closing).await;
}

/// The whole API: /v1 and /health; and the web interface, if it is served.
pub fn router(state: AppState) -> Router {
    counted(state, RequestCounts::default())
}

fn counted(state: AppState, counts: RequestCounts) -> Router {
    let AppState {
        engine,
        sandbox,
        notifications,
        claiming,
        feed,
        webhook_addresses,
        shutdown,
        authentication,
        bounds,
        metrics,
        tracer,
        exports,
        serves_ui,
    } = state;
    let registry = Registry::new(engine.clone(), sandbox.clone());
    let tasks = Tasks::new(engine.clone(), registry.clone(), notifications.clone());
    let (routes, mut needs) = routes().into_parts();
    graphql::declare(&mut needs);
    metrics.add(Arc::new(SampledApi {
        counts: counts.clone(),
        feed: feed.clone(),
        claiming: claiming.clone(),
        shutdown: shutdown.clone(),
    }));
    let mut api = Api {
        store: Store::new(engine.clone()),
        feed,
        webhook_addresses,
        engine,
        sandbox,
        registry,
        tasks,
        claiming,
        shutdown,
        authentication,
        callers: Callers::new(bounds),
        namespaces: Namespaces::default(),
        needs: Arc::new(needs),
        on_replica: OnReplica::none(),
        metrics,
        tracer,
        exports,
        status_looks: StatusLooks::default(),
        description: &DESCRIPTION,
    };
    api.on_replica = OnReplica::new(api.over_replica(notifications));
    let (ui, graphiql) = match serves_ui {
        true => (tasker_ui::router(), graphql::page()),
        false => (Router::new(), Router::new()),
    };
    Router::new()
        .merge(routes)
        .merge(graphql::router(&api, self::routes(), &GRAPHQL))
        .merge(graphiql)
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_route)
        .layer(from_fn_with_state(bounds, intake::take_in))
        .layer(from_fn_with_state(api.clone(), auth::authorize))
        // Files without secrets: browsers ask for them before anybody has signed in.
        .merge(ui)
        .merge(tasker_ui::book::router())
        .layer(from_fn(heads::check))
        .layer(from_fn_with_state(counts, correlation::correlate))
        .layer(from_fn(connections::occupy))
        .with_state(api)
}

fn routes() -> Routes {
    rest::routes().and(health::routes()).and(metrics::routes())
}

/// The description of every request that the API takes, as OpenAPI 3.1 has it.
pub fn document() -> Value {
    openapi::document(routes().describe())
}

/// The same as it is served.
pub fn document_text() -> String {
    description::text(&document())
}

/// The schema of GraphQL, in its own language.
pub fn graphql_sdl() -> String {
    GRAPHQL.sdl()
}

/// Method and path of every request that the API takes, and what it needs of its caller.
pub fn needs_of_routes() -> Vec<(Method, &'static str, Needs)> {
    let (_, needs) = routes().into_parts();
    let all = needs.all();
    all.map(|(method, path, needs)| (method.clone(), path, needs))
        .collect()
}

async fn unknown_route(uri: Uri) -> ApiError {
    ApiError::UnknownRoute {
        path: uri.path().to_owned(),
    }
}

async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    ApiError::WrongMethod {
        method: method.to_string(),
        path: uri.path().to_owned(),
    }
}
