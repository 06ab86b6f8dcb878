//! Checks before publishing whether tasks of a template can run.

use super::{Registry, RegistryError};
use std::collections::HashMap;
use tasker_domain::name::Name;
use tasker_domain::plan::{Assumed, StepChoice};
use tasker_domain::template::position::MAX_FINDINGS;
use tasker_domain::template::{Finding, Position, Template, TemplateError};

impl Registry {
    /// All that keeps tasks of this template from running as the registry is now, each with its place
    /// in the YAML.
    pub(crate) async fn template_obstacles(
        &self,
        template: &Template,
        source: &str,
    ) -> Result<Vec<Finding>, RegistryError> {
        let preview = self
            .preview_resolution(template, &Assumed::default())
            .await?;
        let checks = [unrunnable(template, &preview.steps)];
        let found: Vec<StepProblem> = checks.into_iter().flatten().collect();
        Ok(match found.is_empty() {
            true => Vec::new(),
            false => placed(found, &Template::handler_positions(source)),
        })
    }
}

/// What is wrong at a step, by its number in the source.
struct StepProblem {
    step: usize,
    message: String,
}

/// Steps for which there is no version, or none with the handler, or none that could take the input.
fn unrunnable(template: &Template, steps: &[StepChoice]) -> Vec<StepProblem> {
    let named = template.steps.iter().enumerate();
    let places: HashMap<&Name, usize> = named.map(|(place, step)| (&step.name, place)).collect();
    let wrong = steps.iter().filter_map(|choice| {
        Some(StepProblem {
            step: *places.get(&choice.step)?,
            message: choice.problem.clone()?,
        })
    });
    wrong.collect()
}

fn placed(mut problems: Vec<StepProblem>, positions: &[Position]) -> Vec<Finding> {
    problems.sort_by_key(|problem| problem.step);
    problems.truncate(MAX_FINDINGS);
    let findings = problems.into_iter().map(|problem| {
        let at = positions.get(problem.step).unwrap_or(&Position::START);
        Finding {
            line: at.line,
            column: at.column,
            path: format!("steps[{}].handler", problem.step),
            message: problem.message,
        }
    });
    findings.collect()
}

/// The refusal that lists them.
pub(crate) fn refusal(findings: Vec<Finding>) -> RegistryError {
    RegistryError::CannotRun(TemplateError { findings })
}
