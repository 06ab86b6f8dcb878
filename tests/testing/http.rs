//! Requests of handlers, which nothing but fakes answers.

use super::{conformance, passes, report, wrong};
use crate::sandbox::guests::misbehaving;
use std::net::TcpListener;

const URL: &str = "https://api.example.com/v1/charges";

#[tokio::test]
async fn fakes_answer_the_requests_that_they_fit() {
    let cases = r#"
handler: fetches
defaults:
  grants: [http api.example.com]
cases:
  - name: by method, URL and body
    input: {method: POST, url: https://api.example.com/v1/charges, headers: {x-order: "7"}, body: '{"n": 1}'}
    http:
      - {method: GET, url: "*", reply: {status: 500}}
      - {url: https://api.example.com/v2/*, reply: {status: 501}}
      - {url: "*", json: {n: 2}, reply: {status: 502}}
      - {url: "https://*/charges", json: {n: 1.0}, reply: {status: 201, json: {id: ch_1}}}
    expect:
      result: {status: 201, type: application/json, body: '{"id":"ch_1"}'}
      requests:
        - {method: POST, url: https://api.example.com/v1/charges, headers: {x-order: "7"}, json: {n: 1}}
  - name: as text, with headers
    input: {method: GET, url: https://api.example.com/x}
    http:
      - {url: "*", reply: {headers: {Content-Type: text/plain}, body: ü}}
    expect:
      result: {status: 200, type: text/plain, body: ü}
  - name: an error of the connection
    input: {method: GET, url: https://api.example.com/x}
    http:
      - {url: "*", failure: connection_refused}
    expect: {failure: {code: http_failed, retry: policy}}
  - name: a response that is cut off
    input: {method: GET, url: https://api.example.com/x}
    http:
      - {url: "*", failure: incomplete}
    expect: {failure: {code: http_failed, retry: policy}}
"#;
    passes(conformance(), cases).await;
}

#[tokio::test]
async fn a_fake_that_is_used_up_leaves_the_request_to_the_next() {
    let cases = r#"
handler: follow
cases:
  - name: two redirects
    input: api.example.com
    grants: [http api.example.com:80]
    http:
      - {url: "*", times: 2, reply: {status: 302, headers: {location: "http://api.example.com/next"}}}
      - {url: "http://api.example.com/next", reply: {status: 204}}
    expect:
      result: 204
      requests:
        - url: http://api.example.com/
        - url: http://api.example.com/next
        - url: http://api.example.com/next
"#;
    passes(misbehaving(), cases).await;
}

#[tokio::test]
async fn a_request_without_a_fake_fails_the_case_and_reaches_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let cases = format!(
        r#"
handler: fetches
cases:
  - name: nobody answers
    grants: [http {address}]
    input: {{method: GET, url: "http://{address}/x"}}
    http: [{{method: PUT, url: "*", reply: {{}}}}]
    expect: {{failure: http_denied}}
"#
    );
    let wrong = wrong(conformance(), &cases).await;
    let told = format!("no fake answers the request GET http://{address}/x");
    assert!(wrong[0].contains(&told), "{wrong:?}");
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_fake_is_no_grant() {
    let cases = format!(
        r#"
handler: fetches
cases:
  - name: what is not granted is refused
    input: {{method: GET, url: "{URL}"}}
    http: [{{url: "*", reply: {{}}}}]
    expect: {{failure: http_denied, requests: []}}
"#
    );
    passes(conformance(), &cases).await;
}

#[tokio::test]
async fn requests_that_differ_are_shown_as_far_as_the_case_speaks_of_them() {
    let cases = format!(
        r#"
handler: fetches
cases:
  - name: another method
    grants: [http api.example.com]
    input: {{method: GET, url: "{URL}"}}
    http: [{{url: "*", reply: {{}}}}]
    expect:
      requests: [{{method: POST, url: "{URL}"}}]
"#
    );
    let report = report(conformance(), &cases).await;
    let mismatch = &report.cases[0].mismatches[0];
    let expected = format!("[\n  {{\n    \"method\": \"POST\",\n    \"url\": \"{URL}\"\n  }}\n]");
    assert_eq!(mismatch.expected.as_ref(), Some(&expected));
    assert_eq!(mismatch.actual, Some(expected.replace("POST", "GET")));
}
