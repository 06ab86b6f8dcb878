//! Where components come from: what made them, and who signed them.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// A key whose signatures a namespace takes.
#[derive(Debug, Deserialize)]
pub struct SigningKey {
    pub key_id: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// A signature of a component version.
#[derive(Debug, Deserialize)]
pub struct SignatureLine {
    pub key_id: String,
    pub signature: String,
    /// None where the key is not in the namespace's policy.
    pub key_name: Option<String>,
}

/// Where a component comes from, as its tools say.
#[derive(Debug, Deserialize)]
pub struct Provenance {
    pub languages: Vec<Tool>,
    pub processed_by: Vec<Tool>,
    pub sdks: Vec<Tool>,
    pub modules: usize,
    pub module_bytes: u64,
}

#[derive(Debug, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}
