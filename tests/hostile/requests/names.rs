//! Names that want to be something else, in every place where a route takes one.

use super::status;
use crate::api::routes::routes;
use crate::api::server::Server;
use crate::harness::wait_until_sql;
use futures::stream::{self, StreamExt as _};

/// Each as it stands in the path.
const NAMES: [&str; 15] = [
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fkeys",
    "..%5c..%5cwindows",
    "%252e%252e%252f",
    "%00",
    "guest%00.wasm",
    "%ff%fe",
    "%D1%95hop",
    "shop%E2%80%AE",
    "shop%0d%0aset-cookie:%20a=b",
    "'%3B%20drop%20table%20tasker.task%3B%20--",
    "%7B%7B7*7%7D%7D",
    "*",
];

/// Requests under way at the same time.
const AT_ONCE: usize = 16;

/// The route with this name in one of its places, and usual names in the others.
fn filled(route: &str, place: usize, name: &str) -> String {
    let mut at = 0;
    let segment = |segment: &str| {
        if !segment.starts_with('{') {
            return segment.to_owned();
        }
        at += 1;
        let usual = match segment {
            "{namespace}" => "shop",
            "{id}" => "0197fd3e-0000-7000-8000-000000000000",
            "{kind}" => "component",
            "{version}" => "1.0.0",
            _ => "guest",
        };
        if at - 1 == place { name } else { usual }.to_owned()
    };
    route.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn requests() -> Vec<(String, String)> {
    let too_long = "a".repeat(101);
    let far_too_long = "a".repeat(20_000);
    let names = NAMES.iter().copied();
    let names: Vec<&str> = names.chain([too_long.as_str(), &far_too_long]).collect();
    let mut requests = Vec::new();
    for (method, route, _) in routes() {
        for place in 0..route.matches('{').count() {
            for name in &names {
                requests.push((method.clone(), filled(route, place, name)));
            }
        }
    }
    requests
}

#[tokio::test]
async fn no_route_takes_a_name_that_leads_elsewhere() {
    let server = Server::start().await;
    let requests = requests();
    assert!(requests.len() > 1_000, "{}", requests.len());
    let address = server.address();
    let answers = stream::iter(requests).map(async |(method, path)| {
        let (status, answer) = status(address, &method, &path).await;
        (method, path, status, answer)
    });
    let mut answers = answers.buffer_unordered(AT_ONCE);
    while let Some((method, path, status, answer)) = answers.next().await {
        assert!((400..500).contains(&status), "{method} {path}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("set-cookie"), "{method} {path}: {head}");
        assert!(body.contains("\"code\":"), "{method} {path}: {body}");
        assert!(!body.contains("internal"), "{method} {path}: {body}");
    }
    let nothing = "select not exists (select from tasker.component)
        and not exists (select from tasker.template) and not exists (select from tasker.kv)
        and not exists (select from tasker.secret) and not exists (select from tasker.pin)";
    wait_until_sql(server.pool(), nothing).await;
}

#[tokio::test]
async fn no_parameter_of_a_query_does_more_than_it_says() {
    const PARAMETERS: [&str; 17] = [
        "namespace",
        "template",
        "state",
        "after",
        "before",
        "limit",
        "component",
        "subject",
        "action",
        "prefix",
        "from",
        "to",
        "reason",
        "wait_ms",
        "since",
        "versions",
        "format",
    ];
    const VALUES: [&str; 7] = [
        "%00",
        "%ff",
        "'%20or%201=1;--",
        "%5c",
        "99999999999999999999",
        "-1",
        "%F0%9F%92%A9",
    ];
    let server = Server::start().await;
    let mut requests = Vec::new();
    for (method, route, _) in routes() {
        // A stream does not end; the list of events takes the same parameters.
        let is_read = method == "GET" && route != "/v1/events/stream";
        if !is_read && method != "DELETE" {
            continue;
        }
        for parameter in PARAMETERS {
            for value in VALUES {
                let path = filled(route, usize::MAX, "");
                requests.push((method.clone(), format!("{path}?{parameter}={value}")));
            }
        }
    }
    let address = server.address();
    let answers = stream::iter(requests).map(async |(method, path)| {
        let (status, answer) = status(address, &method, &path).await;
        (method, path, status, answer)
    });
    let mut answers = answers.buffer_unordered(AT_ONCE);
    while let Some((method, path, status, answer)) = answers.next().await {
        assert!((200..500).contains(&status), "{method} {path}: {answer}");
    }
}
