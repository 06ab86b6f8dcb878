//! What came of the cases.

use crate::case_report::CaseReport;
use crate::coverage::{TemplateCoverage, coverage};
use serde_json::{Value, json};
use std::time::Duration;

/// What came of all of them.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the files.
    pub cases: Vec<CaseReport>,
    /// Cases that the filter left out.
    pub skipped: usize,
    /// From the first to the last.
    pub time: Duration,
}

impl Report {
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.is_passed()).count()
    }

    /// What the cases reached of each template.
    pub fn coverage(&self) -> Vec<TemplateCoverage> {
        coverage(&self.cases)
    }

    pub fn passed(&self) -> usize {
        self.cases.len() - self.failed()
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let cases: Vec<Value> = self.cases.iter().map(CaseReport::to_json).collect();
        json!({
            "passed": self.passed(),
            "failed": self.failed(),
            "skipped": self.skipped,
            "seconds": self.time.as_secs_f64(),
            "cases": cases,
            "templates": self.coverage(),
        })
    }
}
