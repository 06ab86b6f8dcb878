//! Endpoints that are to go.

use chrono::{DateTime, NaiveDate, Utc};

/// An endpoint is answered until a day, and another one is to be used in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// The day since which nobody should begin to use it, such as `2026-11-01`.
    pub since: &'static str,
    /// The day from which it may be gone.
    pub sunset: &'static str,
    /// What is to be used, such as `GET /v1/tasks/{id}`.
    pub successor: &'static str,
}

impl Deprecation {
    /// The beginning of the day since which it is deprecated.
    ///
    /// # Panics
    ///
    /// When the day is none, which a test finds.
    pub fn since(&self) -> DateTime<Utc> {
        beginning(self.since)
    }

    /// The beginning of the day from which it may be gone.
    ///
    /// # Panics
    ///
    /// When the day is none, which a test finds.
    pub fn sunset(&self) -> DateTime<Utc> {
        beginning(self.sunset)
    }

    /// The path of what is to be used.
    pub fn successor_path(&self) -> &'static str {
        let (_, path) = self
            .successor
            .split_once(' ')
            .unwrap_or(("", self.successor));
        path
    }

    /// What a reader has to know, in a sentence.
    pub fn sentence(&self) -> String {
        let Self {
            since,
            sunset,
            successor,
        } = self;
        format!(
            "Deprecated since {since}, and gone from {sunset} on at the earliest; use `{successor}`."
        )
    }
}

fn beginning(day: &str) -> DateTime<Utc> {
    let date: NaiveDate = day.parse().expect("a day is written as 2026-11-01");
    date.and_hms_opt(0, 0, 0)
        .expect("each day has a beginning")
        .and_utc()
}

#[cfg(test)]
mod tests {
    use crate::endpoint::{Endpoint, endpoint};
    use crate::key::ListKeys;

    endpoint! {
        /// Shows a task as it was shown before.
        GET "/v1/jobs/{id}" ShowJob { id: String }
        needs Read in Task;
        answers String;
        deprecated since "2026-11-01" sunset "2027-05-01" use "GET /v1/tasks/{id}";
    }

    #[test]
    fn an_endpoint_says_since_when_until_when_and_what_comes_instead() {
        let deprecation = ShowJob::DEPRECATION.unwrap();
        assert_eq!(deprecation.since().timestamp(), 1_793_491_200);
        assert_eq!(
            deprecation.sunset().to_rfc3339(),
            "2027-05-01T00:00:00+00:00"
        );
        assert_eq!(deprecation.successor_path(), "/v1/tasks/{id}");
        assert_eq!(ListKeys::DEPRECATION, None);
        assert_eq!(ShowJob::at("7".to_owned()).id, "7");
    }
}
