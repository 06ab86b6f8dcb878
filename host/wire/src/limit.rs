//! Rules on limits.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::limits::LimitSettings;
use tasker_domain::scope::Scope;

/// A rule as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LimitRule {
    pub namespace: String,
    /// `*`, `name`, or `other/name` of another namespace.
    pub component: Scope,
    pub limits: LimitSettings,
    /// None where it limits nothing.
    pub set_at: Option<DateTime<Utc>>,
    /// None where it limits nothing.
    pub set_by: Option<String>,
}
