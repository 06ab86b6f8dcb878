//! What came of one case.

use crate::case::Case;
use crate::compare::Mismatch;
use crate::observed::ObservedStep;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// What came of one case.
#[derive(Clone, Debug)]
pub struct CaseReport {
    pub case: Arc<Case>,
    /// How long it took.
    pub time: Duration,
    /// None if it passed.
    pub mismatches: Vec<Mismatch>,
    /// What the attempt logged.
    pub log: Vec<String>,
    /// Its snapshot was written.
    pub is_written: bool,
    /// Of a task: its steps.
    pub steps: Vec<ObservedStep>,
}

impl CaseReport {
    pub fn is_passed(&self) -> bool {
        self.mismatches.is_empty()
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let case = &self.case;
        json!({
            "file": case.file,
            "line": case.at.line,
            "name": case.name,
            "passed": self.is_passed(),
            "seconds": self.time.as_secs_f64(),
            "mismatches": self.mismatches,
            "log": self.log,
        })
    }
}
