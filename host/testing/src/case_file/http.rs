//! Fakes of HTTP, and the requests that are expected.

use super::values::texts;
use crate::case::{Answer, Body, ExpectedRequest, HttpFailureKind, HttpFake};
use ::http::{HeaderName, HeaderValue};
use std::time::Duration;
use tasker_domain::template::yaml::{Field, Fields, Findings};

pub(super) const HTTP_KEYS: [&str; 8] = [
    "method", "url", "json", "body", "times", "delay", "reply", "failure",
];
pub(super) const REPLY_KEYS: [&str; 4] = ["status", "headers", "json", "body"];
pub(super) const REQUEST_KEYS: [&str; 5] = ["method", "url", "headers", "json", "body"];

pub(super) const FAILURES: [(&str, HttpFailureKind); 4] = [
    ("connection_refused", HttpFailureKind::ConnectionRefused),
    ("connection_timeout", HttpFailureKind::ConnectionTimeout),
    ("response_timeout", HttpFailureKind::ResponseTimeout),
    ("incomplete", HttpFailureKind::Incomplete),
];

/// The most fakes of a case.
pub(super) const MAX_FAKES: usize = 1_000;

const URL: &str = "https://api.example.com/charges";

pub(super) fn fakes(field: &Field<'_>, findings: &mut Findings) -> Vec<HttpFake> {
    let items = field.items(findings);
    if items.len() > MAX_FAKES {
        let message = format!(
            "there are {} fakes; a case has at most {MAX_FAKES}",
            items.len()
        );
        field.report(message, findings);
        return Vec::new();
    }
    let fakes = items.iter().filter_map(|item| fake(item, findings));
    fakes.collect()
}

fn fake(item: &Field<'_>, findings: &mut Findings) -> Option<HttpFake> {
    let fields = Fields::of(item, &HTTP_KEYS, findings)?;
    let url = url(&fields, findings);
    let times = fields.get("times");
    let times = times.and_then(|field| field.whole_number(1..=u16::MAX, findings));
    let delay = fields.get("delay");
    let delay = delay.and_then(|field| field.duration(Duration::ZERO, findings));
    let answer = answer(item, &fields, findings);
    Some(HttpFake {
        method: method(&fields, findings),
        url: url?,
        body: body(&fields, findings),
        times,
        delay: delay.unwrap_or_default(),
        answer: answer?,
    })
}

fn answer(item: &Field<'_>, fields: &Fields<'_>, findings: &mut Findings) -> Option<Answer> {
    match (fields.get("reply"), fields.get("failure")) {
        (Some(_), Some(failure)) => {
            let message = "a request gets a `reply` or a `failure`; remove one of the two keys";
            failure.report(message, findings);
            None
        }
        (Some(reply), None) => self::reply(&reply, findings),
        (None, Some(failure)) => failure.one_of(&FAILURES, findings).map(Answer::Failure),
        (None, None) => {
            let message = "nothing answers the request; write for example `reply: {status: 200}`";
            item.report(message, findings);
            None
        }
    }
}

fn reply(field: &Field<'_>, findings: &mut Findings) -> Option<Answer> {
    let fields = Fields::of(field, &REPLY_KEYS, findings)?;
    let status = fields.get("status");
    let status = status.map(|field| field.whole_number(200..=599, findings));
    let headers = headers(&fields, findings);
    let body = body(&fields, findings);
    Some(Answer::Reply {
        status: status.unwrap_or(Some(200))?,
        headers,
        body,
    })
}

/// What is expected of the requests.
pub(super) fn requests(field: &Field<'_>, findings: &mut Findings) -> Vec<ExpectedRequest> {
    let items = field.items(findings);
    let requests = items.iter().filter_map(|item| {
        let fields = Fields::of(item, &REQUEST_KEYS, findings)?;
        let url = url(&fields, findings);
        Some(ExpectedRequest {
            method: method(&fields, findings),
            url: url?,
            headers: headers(&fields, findings),
            body: body(&fields, findings),
        })
    });
    requests.collect()
}

fn method(fields: &Fields<'_>, findings: &mut Findings) -> Option<String> {
    let field = fields.get("method")?;
    let text = field.text("GET", findings)?.to_ascii_uppercase();
    if ::http::Method::from_bytes(text.as_bytes()).is_err() {
        field.report("this is no method; write for example `GET`", findings);
        return None;
    }
    Some(text)
}

fn url(fields: &Fields<'_>, findings: &mut Findings) -> Option<String> {
    let field = fields.required("url", URL, findings)?;
    let text = field.text(URL, findings)?;
    let is_whole = ["http://", "https://", "*"];
    if !is_whole.iter().any(|start| text.starts_with(start)) {
        let message = format!(
            "a URL begins with https:// or http://, such as `{URL}`; `*` stands for any characters"
        );
        field.report(message, findings);
        return None;
    }
    Some(text.to_owned())
}

fn headers(fields: &Fields<'_>, findings: &mut Findings) -> Vec<(String, String)> {
    let Some(field) = fields.get("headers") else {
        return Vec::new();
    };
    let headers = texts(&field, "application/json", findings);
    for (name, value) in &headers {
        let is_header =
            HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok();
        if !is_header {
            let message = format!(
                "`{}` is not a header that HTTP can carry",
                name.escape_debug()
            );
            field.report(message, findings);
        }
    }
    let lower = headers.into_iter();
    lower
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect()
}

fn body(fields: &Fields<'_>, findings: &mut Findings) -> Option<Body> {
    match (fields.get("json"), fields.get("body")) {
        (Some(_), Some(body)) => {
            let message = "a body is `json` or the text `body`; remove one of the two keys";
            body.report(message, findings);
            None
        }
        (Some(json), None) => Some(Body::Json(json.value.to_json())),
        (None, Some(body)) => {
            let text = body.text("ok", findings)?;
            Some(Body::Text(text.to_owned()))
        }
        (None, None) => None,
    }
}
