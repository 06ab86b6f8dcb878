//! What answers of an endpoint that is to go say of it, as RFC 9745 and RFC 8594 have it.

use axum::http::header::LINK;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use tasker_wire::deprecation::Deprecation;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Says in an answer to a request of `path`, whose segments are as `template` has them, that the endpoint is to go.
pub(crate) fn note(deprecation: &Deprecation, template: &str, path: &str, response: &mut Response) {
    let since = format!("@{}", deprecation.since().timestamp());
    let sunset = deprecation.sunset().format("%a, %d %b %Y %H:%M:%S GMT");
    let successor = successor(deprecation.successor_path(), template, path);
    let link = successor.map(|path| format!("<{path}>; rel=\"successor-version\""));
    let headers = [
        (DEPRECATION, Some(since)),
        (SUNSET, Some(sunset.to_string())),
        (LINK, link),
    ];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().append(name, value);
        }
    }
}

/// The path of the successor with the segments of this one; none where it has others.
fn successor(successor: &str, template: &str, path: &str) -> Option<String> {
    let given = |name: &str| {
        let segments = template.split('/').zip(path.split('/'));
        let mut given = segments.filter(|(segment, _)| *segment == name);
        given.next().map(|(_, value)| value)
    };
    let segments = successor.split('/').map(|segment| match segment {
        variable if variable.starts_with('{') => given(variable),
        literal => Some(literal),
    });
    Some(segments.collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    const OLD: Deprecation = Deprecation {
        since: "2026-11-01",
        sunset: "2027-05-01",
        successor: "GET /v1/tasks/{id}",
    };

    #[test]
    fn an_answer_says_since_when_until_when_and_where_to_go() {
        let mut response = Response::new(Body::empty());
        note(&OLD, "/v1/jobs/{id}", "/v1/jobs/a%20b", &mut response);
        let headers = response.headers();
        assert_eq!(headers["deprecation"], "@1793491200");
        assert_eq!(headers["sunset"], "Sat, 01 May 2027 00:00:00 GMT");
        assert_eq!(
            headers["link"],
            "</v1/tasks/a%20b>; rel=\"successor-version\""
        );
    }

    #[test]
    fn a_successor_with_other_segments_is_left_to_the_description() {
        let mut response = Response::new(Body::empty());
        note(&OLD, "/v1/jobs", "/v1/jobs", &mut response);
        assert!(response.headers().contains_key("sunset"));
        assert!(!response.headers().contains_key("link"));
    }
}
