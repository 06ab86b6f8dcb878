//! How the files of the interface are served.

use crate::harness::{TestDatabase, TestHost};
use flate2::read::GzDecoder;
use reqwest::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use reqwest::{Client, Method, Response, StatusCode};
use std::io::Read as _;

/// A host that wants keys, asked by somebody who has none.
struct Visitor {
    _database: TestDatabase,
    host: TestHost,
    client: Client,
}

impl Visitor {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let host = TestHost::start_idle(&database).await;
        let client = Client::new();
        Self {
            _database: database,
            host,
            client,
        }
    }

    async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path, &[]).await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.host.host.url());
        let request = self.client.request(method, url);
        let request = headers
            .iter()
            .fold(request, |it, (name, value)| it.header(*name, *value));
        request.send().await.unwrap()
    }

    /// The addresses of files that the page names.
    async fn named_files(&self) -> Vec<String> {
        let page = self.get("/").await.text().await.unwrap();
        let parts = page.split('"');
        let files = parts.filter(|part| part.starts_with("/assets/"));
        files.map(str::to_owned).collect()
    }
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value
        .unwrap_or_else(|| panic!("{name} is missing"))
        .to_str()
        .unwrap()
}

#[tokio::test]
async fn a_page_is_at_each_of_its_addresses_without_a_key_and_trusts_nothing_from_elsewhere() {
    let visitor = Visitor::new().await;
    for path in [
        "/",
        "/tasks",
        "/tasks/01a2/graph",
        "/pins/shop/component/other~charge",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        assert_eq!(header(&page, "referrer-policy"), "no-referrer");
        assert_eq!(header(&page, "cross-origin-opener-policy"), "same-origin");
        let policy = header(&page, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    }
}

#[tokio::test]
async fn the_page_is_asked_for_each_time_and_its_files_are_kept() {
    let visitor = Visitor::new().await;
    let page = visitor.get("/").await;
    assert_eq!(header(&page, CACHE_CONTROL.as_str()), "no-cache");
    let tag = header(&page, ETAG.as_str()).to_owned();
    let again = visitor
        .ask(Method::GET, "/", &[(IF_NONE_MATCH.as_str(), &tag)])
        .await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&again, "x-content-type-options"), "nosniff");
    assert_eq!(again.bytes().await.unwrap().len(), 0);
    for path in visitor.named_files().await {
        let file = visitor.get(&path).await;
        assert_eq!(file.status(), StatusCode::OK, "{path}");
        assert!(
            header(&file, CACHE_CONTROL.as_str()).contains("immutable"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_file_of_another_release_is_not_kept() {
    let visitor = Visitor::new().await;
    let file = visitor.get("/assets/0123456789abcdef/web/app.js").await;
    assert_eq!(file.status(), StatusCode::OK);
    assert_eq!(header(&file, CACHE_CONTROL.as_str()), "no-cache");
}

#[tokio::test]
async fn files_are_compressed_for_those_who_take_it() {
    let visitor = Visitor::new().await;
    let path = "/assets/0/web/app.js";
    let plain = visitor.get(path).await;
    assert!(plain.headers().get(CONTENT_ENCODING).is_none());
    assert_eq!(header(&plain, VARY.as_str()), "accept-encoding");
    let plain = plain.bytes().await.unwrap();
    let accepts = [(ACCEPT_ENCODING.as_str(), "br, gzip")];
    let packed = visitor.ask(Method::GET, path, &accepts).await;
    assert_eq!(header(&packed, CONTENT_ENCODING.as_str()), "gzip");
    let packed = packed.bytes().await.unwrap();
    assert!(
        packed.len() * 2 < plain.len(),
        "{} of {}",
        packed.len(),
        plain.len()
    );
    let mut text = Vec::new();
    GzDecoder::new(packed.as_ref())
        .read_to_end(&mut text)
        .unwrap();
    assert_eq!(text, plain);
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let visitor = Visitor::new().await;
    for path in ["/", "/assets/0/web/app.js"] {
        let head = visitor.ask(Method::HEAD, path, &[]).await;
        assert_eq!(head.status(), StatusCode::OK, "{path}");
        let get = visitor.get(path).await;
        for name in [CONTENT_TYPE, ETAG, CACHE_CONTROL] {
            assert_eq!(
                head.headers().get(&name),
                get.headers().get(&name),
                "{path}"
            );
        }
        assert_eq!(head.bytes().await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn what_is_no_file_is_not_found_and_other_paths_are_the_apis() {
    let visitor = Visitor::new().await;
    for path in [
        "/assets/0/web/nowhere.js",
        "/assets/0/vendor/update.sh",
        "/assets/0/web/../Cargo.toml",
    ] {
        assert_eq!(
            visitor.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for path in ["/v1/nowhere", "/nowhere", "/v1/tasks"] {
        let refused = visitor.get(path).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(header(&refused, "content-type"), "application/problem+json");
    }
    let posted = visitor.ask(Method::POST, "/tasks", &[]).await;
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_host_without_the_interface_has_the_api_only() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| {
        (config.worker, config.serves_ui) = (None, false);
    });
    let host = host.await;
    for path in ["/", "/tasks", "/assets/0/web/app.js"] {
        let (status, answer) = host.get(path).await;
        assert_eq!(
            (status, &answer["code"]),
            (404, &"unknown_route".into()),
            "{path}"
        );
    }
    assert_eq!(host.get("/v1/tasks").await.0, 200);
}
