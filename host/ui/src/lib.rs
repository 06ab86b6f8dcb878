//! The web interface: a page of the browser that uses the API as any other client does. The files below `web` and
//! `vendor` are served as they are. A debug build reads them from the disk at each request. [`book`] serves the
//! documentation.

mod assets;
pub mod book;
mod headers;
mod modules;

use assets::{Asset, index};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use headers::{Caching, answer};

/// The first segments of the addresses of pages; the page itself finds what is behind them.
pub const SECTIONS: [&str; 23] = [
    "audit",
    "collections",
    "components",
    "grants",
    "hosts",
    "keys",
    "kv",
    "limits",
    "pins",
    "publish",
    "quarantine",
    "queue",
    "recording-rules",
    "retention",
    "run",
    "secrets",
    "settings",
    "shares",
    "signing-keys",
    "statistics",
    "subscriptions",
    "tasks",
    "templates",
];

/// `/`, the addresses of pages, and `/assets`. None of it needs to know who asks.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let pages = SECTIONS.iter().fold(Router::new(), |router, section| {
        router
            .route(&format!("/{section}"), get(page))
            .route(&format!("/{section}/{{*rest}}"), get(page))
    });
    pages
        .route("/", get(page))
        .route("/favicon.ico", get(icon))
        .route("/assets/{digest}/{*path}", get(asset))
}

async fn page(request: HeaderMap) -> Response {
    answer(&index(), Caching::Revalidate, &request)
}

/// GraphiQL, for whoever may use it.
pub fn graphiql(request: &HeaderMap) -> Response {
    answer(&assets::graphiql(), Caching::Revalidate, request)
}

async fn icon(request: HeaderMap) -> Response {
    found("web/icon.svg", Caching::Revalidate, &request)
}

/// A file at the digest of all files never changes. Hosts of two releases behind one address have different digests;
/// each then answers with what it has, and nobody keeps that.
async fn asset(Path((digest, path)): Path<(String, String)>, request: HeaderMap) -> Response {
    let caching = match digest == assets::digest() {
        true => Caching::Immutable,
        false => Caching::Revalidate,
    };
    found(&path, caching, &request)
}

fn found(path: &str, caching: Caching, request: &HeaderMap) -> Response {
    match Asset::find(path) {
        Some(asset) => answer(&asset, caching, request),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
