//! The documentation as a host serves it.

use super::browser::drive;
use super::seeds::open_host;
use crate::harness::{TestDatabase, TestHost, client_with};
use reqwest::StatusCode;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use serde_json::{Value, json};
use tasker_ui::book::chapters;

#[tokio::test]
async fn everybody_reads_every_chapter_on_a_host_with_and_without_the_interface() {
    let database = TestDatabase::new().await;
    let client = client_with(None);
    for serves_ui in [true, false] {
        let host = TestHost::start_with(&database, |config| {
            (config.worker, config.serves_ui) = (None, serves_ui);
        });
        let host = host.await;
        let chapters = chapters();
        assert!(chapters.len() > 30);
        for (title, file, address) in chapters {
            let url = format!("{}{address}", host.host.url());
            let page = client.get(url).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::OK, "{file}");
            assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
            let policy = page.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
            let html = page.text().await.unwrap();
            assert!(
                html.contains(&format!("<title>{title} · Tasker</title>")),
                "{file}"
            );
            assert!(
                !html.contains("<style") && !html.contains(" style=") && !html.contains("onclick")
            );
        }
    }
}

#[tokio::test]
async fn what_a_page_of_the_book_needs_is_served_and_kept() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| {
        (config.worker, config.serves_ui) = (None, false);
    });
    let host = host.await;
    let client = client_with(None);
    let get = async |path: &str| {
        let url = format!("{}{path}", host.host.url());
        client.get(url).send().await.unwrap()
    };
    let page = get("/docs/guarantees").await;
    let tag = page.headers()[ETAG].clone();
    assert_eq!(page.headers()[CACHE_CONTROL], "no-cache");
    let html = page.text().await.unwrap();
    let files = html
        .split('"')
        .filter(|part| part.starts_with("/docs/assets/"));
    let mut count = 0;
    for path in files {
        let file = get(path).await;
        assert_eq!(file.status(), StatusCode::OK, "{path}");
        let caching = file.headers()[CACHE_CONTROL].to_str().unwrap();
        assert!(caching.contains("immutable"), "{path}");
        count += 1;
    }
    assert_eq!(count, 4);
    let url = format!("{}/docs/guarantees", host.host.url());
    let again = client
        .get(url)
        .header(IF_NONE_MATCH, tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let schema: Value = get("/docs/reference/template.schema.json")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(schema, tasker_domain::template::template_schema());
    let index: Value = get("/docs/search.json").await.json().await.unwrap();
    assert!(index.as_array().unwrap().len() > 300);
    let picture = get("/docs/overview.svg").await;
    assert_eq!(picture.headers()[CONTENT_TYPE], "image/svg+xml");
}

#[tokio::test]
async fn an_unknown_chapter_is_not_found_and_the_api_keeps_its_page() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_idle(&database).await;
    let client = client_with(None);
    for path in [
        "/docs/nowhere",
        "/docs/SUMMARY.md",
        "/docs/book.toml",
        "/docs/../Cargo.toml",
        "/docs/assets/0/app.js",
    ] {
        let url = format!("{}{path}", host.host.url());
        let answer = client.get(url).send().await.unwrap();
        let status = answer.status();
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED].contains(&status),
            "{path}: {status}"
        );
        if path == "/docs/nowhere" {
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert!(
                answer
                    .text()
                    .await
                    .unwrap()
                    .contains("There is no such page")
            );
        }
    }
    let url = format!("{}/docs/api", host.host.url());
    let page = client.get(url).send().await.unwrap();
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("<title>API of Tasker</title>")
    );
}

#[tokio::test]
async fn the_book_is_searched_and_read_with_the_keyboard() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    drive("book.mjs", &host.host.url(), &json!(null)).await;
}
