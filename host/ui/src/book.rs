//! The documentation as a book: the chapters of `host/docs`, rendered from their Markdown, at `/docs`. Everybody may read
//! it. A release renders each chapter once, at the first request; a debug build reads the files at each request.

mod escaped;
mod page;
mod render;
mod summary;

use super::assets::{self, Asset};
use super::headers::{Caching, answer};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use page::Place;
use render::{Rendered, render};
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use summary::{Chapter, Part};

/// The files of the book.
#[derive(RustEmbed)]
#[folder = "../docs"]
struct Docs;

/// Lists the chapters.
const SUMMARY: &str = "SUMMARY.md";
const HTML: &str = "text/html; charset=utf-8";
/// Styles and scripts of the book, and where they are among the files of the interface.
const FILES: [(&str, &str); 4] = [
    ("book.css", "web/book/book.css"),
    ("book.js", "web/book/book.js"),
    ("early.js", "web/early.js"),
    ("icon.svg", "web/icon.svg"),
];

/// The book as it is served.
struct Book {
    /// By what is behind `/docs/` in their addresses.
    pages: HashMap<String, Asset>,
    missing: Asset,
}

/// `/docs` and what is below it, but for `/docs/api`. None of it needs to know who asks.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/docs", get(introduction))
        .route("/docs/", get(introduction))
        .route("/docs/assets/{digest}/{name}", get(file))
        .route("/docs/{*path}", get(page_at))
}

async fn introduction(request: HeaderMap) -> Response {
    book().answer("", &request)
}

async fn page_at(Path(path): Path<String>, request: HeaderMap) -> Response {
    book().answer(path.trim_end_matches('/'), &request)
}

async fn file(Path((digest, name)): Path<(String, String)>, request: HeaderMap) -> Response {
    let caching = match digest == assets::digest() {
        true => Caching::Immutable,
        false => Caching::Revalidate,
    };
    let known = FILES.iter().find(|(known, _)| *known == name);
    match known.and_then(|(_, path)| Asset::find(path)) {
        Some(asset) => answer(&asset, caching, &request),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The book; it is made once, except in a debug build, where its files may change.
fn book() -> Arc<Book> {
    static OF_PROGRAM: LazyLock<Arc<Book>> = LazyLock::new(|| Arc::new(Book::load()));
    match cfg!(debug_assertions) {
        true => Arc::new(Book::load()),
        false => OF_PROGRAM.clone(),
    }
}

impl Book {
    fn load() -> Self {
        let parts = summary::parts(&text(SUMMARY));
        let assets = format!("/docs/assets/{}", assets::digest());
        let is_served = |file: &str| file != SUMMARY && Docs::get(file).is_some();
        let place = |chapter| Place {
            parts: &parts,
            chapter,
            assets: &assets,
        };
        let mut pages = HashMap::new();
        let mut found = Vec::new();
        for chapter in parts.iter().flat_map(|part| &part.chapters) {
            let rendered = render(&chapter.file, &text(&chapter.file), &is_served);
            let html = page::page(&place(Some(chapter)), &rendered);
            found.extend(entries(chapter, &rendered));
            pages.insert(
                chapter.slug().to_owned(),
                Asset::new(html.into_bytes().into(), HTML),
            );
        }
        let index = format!("[{}]", found.join(",\n"));
        pages.insert(
            "search.json".to_owned(),
            Asset::new(index.into_bytes().into(), "application/json"),
        );
        pages.extend(other_files());
        let missing = page::page(&place(None), &page::missing());
        Self {
            pages,
            missing: Asset::new(missing.into_bytes().into(), HTML),
        }
    }

    fn answer(&self, path: &str, request: &HeaderMap) -> Response {
        match self.pages.get(path) {
            Some(page) => answer(page, Caching::Revalidate, request),
            None => {
                let mut response = answer(&self.missing, Caching::Revalidate, &HeaderMap::new());
                *response.status_mut() = StatusCode::NOT_FOUND;
                response
            }
        }
    }
}

/// What searches look through, as JSON: address, chapter, heading and text of each section.
fn entries(chapter: &Chapter, rendered: &Rendered) -> Vec<String> {
    let entry = |(number, section): (usize, &render::Section)| {
        let heading = match number {
            0 => chapter.address(),
            _ => format!("{}#{}", chapter.address(), section.anchor),
        };
        let words = section.text.split_whitespace();
        let text = words.collect::<Vec<_>>().join(" ");
        let parts = [&heading, &chapter.title, &section.heading, &text];
        let parts: Vec<String> = parts.iter().map(|part| json_string(part)).collect();
        format!("[{}]", parts.join(","))
    };
    rendered.sections.iter().enumerate().map(entry).collect()
}

fn json_string(text: &str) -> String {
    let mut json = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c < ' ' => json += &format!("\\u{:04x}", u32::from(c)),
            c => json.push(c),
        }
    }
    json + "\""
}

/// Pictures and schemas, at their paths.
fn other_files() -> impl Iterator<Item = (String, Asset)> {
    Docs::iter().filter_map(|path| {
        let media_type = match path.rsplit_once('.')?.1 {
            "svg" => "image/svg+xml",
            "json" => "application/schema+json",
            _ => return None,
        };
        let file = Docs::get(&path)?;
        Some((path.into_owned(), Asset::new(file.data, media_type)))
    })
}

/// Empty where there is no such file, which a test of the tree rules out.
fn text(file: &str) -> String {
    let file = Docs::get(file).map(|file| file.data);
    String::from_utf8_lossy(&file.unwrap_or_default()).into_owned()
}

/// The chapters of the book in their order: title, file from the folder of the book, and address.
pub fn chapters() -> Vec<(String, String, String)> {
    let parts: Vec<Part> = summary::parts(&text(SUMMARY));
    let chapters = parts.into_iter().flat_map(|part| part.chapters);
    chapters
        .map(|chapter| {
            let address = chapter.address();
            (chapter.title, chapter.file, address)
        })
        .collect()
}

#[cfg(test)]
mod tests;
