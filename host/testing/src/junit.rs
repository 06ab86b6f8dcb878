//! Reports as JUnit XML, which servers of continuous integration read.

use crate::case_report::CaseReport;
use crate::compare::Mismatch;
use crate::report::Report;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// The report as XML: a suite for each file.
///
/// # Errors
/// Where a text cannot be written as XML.
pub fn junit(report: &Report) -> Result<String, quick_junit::SerializeError> {
    let mut suites: BTreeMap<String, TestSuite> = BTreeMap::new();
    for case in &report.cases {
        let file = case.case.file.display().to_string();
        let suite = suites
            .entry(file)
            .or_insert_with_key(|file| TestSuite::new(file.clone()));
        suite.add_test_case(test_case(case));
    }
    let mut junit = Junit::new("tasker test");
    junit.set_time(report.time);
    junit.add_test_suites(suites.into_values());
    junit.to_string()
}

fn test_case(case: &CaseReport) -> TestCase {
    let status = match case.mismatches.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let texts = case.mismatches.iter().map(text);
            status.set_message(first.what.clone());
            status.set_description(texts.collect::<Vec<_>>().join("\n\n"));
            status
        }
    };
    let mut test = TestCase::new(case.case.name.clone(), status);
    test.set_classname(case.case.file_stem());
    test.set_time(case.time);
    if !case.is_passed() && !case.log.is_empty() {
        test.set_system_out(case.log.join("\n"));
    }
    test
}

fn text(mismatch: &Mismatch) -> String {
    let parts = [
        Some(mismatch.what.clone()),
        mismatch
            .expected
            .as_ref()
            .map(|it| format!("expected:\n{it}")),
        mismatch.actual.as_ref().map(|it| format!("actual:\n{it}")),
        mismatch.help.as_ref().map(|it| format!("help: {it}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
