//! Which versions of a component or template a request wants.

use super::super::error::ApiError;
use super::super::page::{PageLimit, wrong_cursor};
use semver::Version;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionsQuery {
    /// Only versions below this one.
    after: Option<String>,
    limit: Option<u32>,
}

impl VersionsQuery {
    pub fn after(&self) -> Result<Option<Version>, ApiError> {
        let version = |text: &str| text.parse().map_err(|_| wrong_cursor(text));
        self.after.as_deref().map(version).transpose()
    }

    pub fn limit(&self) -> Result<usize, ApiError> {
        Ok(PageLimit::parse(self.limit)?.items())
    }
}
