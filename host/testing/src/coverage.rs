//! Which branches of templates the cases reached.

use crate::case::Callee;
use crate::case_report::CaseReport;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the cases of a template reached of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateCoverage {
    pub template: PathBuf,
    /// How many it has.
    pub steps: usize,
    /// Steps that ran in no case.
    pub never_ran: Vec<String>,
    /// Steps of which no attempt failed in any case.
    pub never_failed: Vec<String>,
}

/// What the cases did with a step.
#[derive(Default)]
struct Reached {
    ran: bool,
    failed: bool,
}

pub(crate) fn coverage(cases: &[CaseReport]) -> Vec<TemplateCoverage> {
    let mut templates: BTreeMap<PathBuf, Vec<(String, Reached)>> = BTreeMap::new();
    for report in cases {
        let Callee::Task(call) = &report.case.call.callee else {
            continue;
        };
        let steps = templates.entry(call.template.clone()).or_default();
        for (place, step) in report.steps.iter().enumerate() {
            if steps.len() <= place {
                steps.push((step.name.clone(), Reached::default()));
            }
            let reached = &mut steps[place].1;
            reached.ran |= step.attempts > 0;
            reached.failed |= step.failed > 0;
        }
    }
    let of_template = |(template, steps): (PathBuf, Vec<(String, Reached)>)| {
        let names = |is_left_out: fn(&Reached) -> bool| {
            let left_out = steps.iter().filter(|(_, reached)| is_left_out(reached));
            left_out.map(|(name, _)| name.clone()).collect()
        };
        TemplateCoverage {
            template,
            steps: steps.len(),
            never_ran: names(|reached| !reached.ran),
            never_failed: names(|reached| reached.ran && !reached.failed),
        }
    };
    // Nothing is known of one whose cases could not be run.
    let templates = templates.into_iter();
    let known = templates.filter(|(_, steps)| !steps.is_empty());
    known.map(of_template).collect()
}
