//! What came back.

use crate::{Failure, OrFail, json};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A response, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    pub(super) url: String,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; a permanent failure `http_invalid_body` where it isn't UTF-8.
    pub fn text(&self) -> Result<&str, Failure> {
        std::str::from_utf8(&self.body).or_permanent("http_invalid_body")
    }

    /// The body read as JSON; a permanent failure `invalid_body` where it doesn't fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        json::read("body", self.text()?)
    }

    /// The response if its status is 2xx, else a failure `http_status` with the status in its
    /// details: retryable for 408, 425, 429 and 5xx, after `Retry-After` where that says seconds.
    pub fn success(self) -> Result<Self, Failure> {
        match self.status {
            200..=299 => Ok(self),
            408 | 425 | 429 | 500..=599 => Err(self.refused(self.may_pass())),
            _ => Err(self.refused(Failure::permanent)),
        }
    }

    fn may_pass(&self) -> impl FnOnce(&'static str, String) -> Failure + use<> {
        let seconds = self
            .header("retry-after")
            .and_then(|text| text.trim().parse().ok());
        move |code, message| match seconds {
            Some(seconds) => Failure::retry_after(Duration::from_secs(seconds), code, message),
            None => Failure::retryable(code, message),
        }
    }

    fn refused(&self, failure: impl FnOnce(&'static str, String) -> Failure) -> Failure {
        let message = format!("{} answered with status {}", self.url, self.status);
        failure("http_status", message).with_details(serde_json::json!({ "status": self.status }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;

    fn response(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Response {
            url: "http://shop.example.com/".to_owned(),
            status,
            headers,
            body: b"{\"n\": 1}".to_vec(),
        }
    }

    #[test]
    fn a_busy_server_is_asked_again_no_sooner_than_it_says() {
        let failure = response(503, &[("Retry-After", "7")])
            .success()
            .unwrap_err();
        assert_eq!(failure.retry(), Retry::After(Duration::from_secs(7)));
        assert_eq!(failure.details(), Some("{\"status\":503}"));
        assert_eq!(
            response(500, &[]).success().unwrap_err().retry(),
            Retry::Policy
        );
    }

    #[test]
    fn what_the_caller_did_wrong_is_not_tried_again() {
        let failure = response(404, &[]).success().unwrap_err();
        assert_eq!(
            (failure.code(), failure.retry()),
            ("http_status", Retry::Never)
        );
        assert_eq!(
            failure.message(),
            "http://shop.example.com/ answered with status 404"
        );
    }

    #[test]
    fn a_body_is_read_as_the_type_asked_for() {
        let body: serde_json::Value = response(200, &[]).success().unwrap().json().unwrap();
        assert_eq!(body["n"], 1);
    }
}
