//! What publishing a template would change.

use super::show::run_command;
use crate::client::Ask as _;
use crate::component::show::to_grant;
use crate::output::Output;
use crate::paint::Tone;
use crate::plan_text as text;
use crate::shell::word;
use crate::{CliError, Context, Exit, shell};
use serde_json::Value;
use std::path::Path;
use tasker_domain::plan::{StepChoice, TemplatePlan, Ungranted};
use tasker_domain::template::Template;
use tasker_wire::template::PlanTemplate;

/// Shows what publishing it would change, and fails where something would be refused.
pub async fn preview(
    path: &Path,
    source: String,
    is: &Template,
    context: &Context,
) -> Result<Exit, CliError> {
    let (namespace, name) = (is.namespace.clone(), is.name.clone());
    let endpoint = PlanTemplate::at(namespace, name, is.version.to_string());
    let answer = context.client.call(endpoint).media(source.clone()).ask();
    let file = path.display().to_string();
    let answer = answer
        .await
        .map_err(|error| error.in_file(&file, &source))?;
    let (plan, output) = (&answer.value, context.output);
    output.show(&answer.text, || plan_text(plan, output))?;
    output.next_of(|| next(path, plan, is.input_schema.as_ref()));
    let missing = plan.steps.iter().filter(|step| step.problem.is_some());
    let is_refused = plan.number.lowest_version.is_some();
    text::exit_of(is_refused, missing.count(), plan.status.is_none())
}

/// What brings the plan about.
fn next(path: &Path, plan: &TemplatePlan, input: Option<&Value>) -> Vec<String> {
    let file = shell::path(path);
    let is_missing = plan.steps.iter().any(|step| step.problem.is_some());
    let allow = if is_missing { " --allow-missing" } else { "" };
    let grants = plan.ungranted.iter().flat_map(|it| grants(plan, it));
    let last = match (&plan.number.lowest_version, &plan.status) {
        (_, Some(_)) => run_command(&format!("{}/{}", plan.namespace, plan.name), input),
        (Some(lowest), None) => {
            format!("write `version: {lowest}` into {file}, and try again")
        }
        (None, None) => format!("tasker template publish {file}{allow}"),
    };
    grants.chain([last]).collect()
}

/// The commands that grant what a component requests; what names no destination is left to be filled in.
fn grants(plan: &TemplatePlan, ungranted: &Ungranted) -> Vec<String> {
    let Ungranted {
        component,
        capabilities,
        ..
    } = ungranted;
    let command = |capability: &String| {
        let capability = word(&to_grant(capability));
        match component.namespace {
            None => format!(
                "tasker grant add {}/{component} {capability}",
                plan.namespace
            ),
            Some(_) => format!(
                "tasker grant add {component} {capability} --in {}",
                plan.namespace
            ),
        }
    };
    capabilities.iter().map(command).collect()
}

fn plan_text(plan: &TemplatePlan, output: Output) -> String {
    let subject = format!("{}/{}@{}", plan.namespace, plan.name, plan.version);
    let missing = plan.steps.iter().filter_map(|step| step.problem.as_ref());
    let missing = missing.map(|problem| text::bad(problem, output));
    let ungranted = plan.ungranted.iter().map(|it| ungranted(it, output));
    let head = [
        text::head(&subject, plan.status, output),
        text::number(&plan.number, output),
        steps(&plan.steps, output),
    ];
    let parts = head.into_iter().chain(missing).chain(ungranted).chain([
        new_tasks(plan, output),
        text::stay(&plan.open_tasks),
        output.paint.tone(Tone::Quiet, "nothing was changed"),
    ]);
    parts.collect::<Vec<_>>().join("\n")
}

fn steps(steps: &[StepChoice], output: Output) -> String {
    let row = |step: &StepChoice| {
        let takes = match (&step.takes, &step.problem) {
            (takes, None) => text::version(takes.as_ref()),
            (takes, Some(_)) => output.paint.tone(Tone::Bad, &text::version(takes.as_ref())),
        };
        let rollout = step.rollout.as_ref();
        let rollout = rollout.map(|rollout| format!("{} for {}", rollout.takes, rollout.percent));
        [
            step.step.to_string(),
            step.handler.to_string(),
            takes,
            rollout.unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = steps.iter().map(row).collect();
    let has_rollout = steps.iter().any(|step| step.rollout.is_some());
    match has_rollout {
        true => text::table(
            ["step", "runs", "takes", "on a rollout"],
            rows,
            "no steps",
            output,
        ),
        false => {
            let rows = rows
                .into_iter()
                .map(|[step, runs, takes, _]| [step, runs, takes]);
            text::table(
                ["step", "runs", "takes"],
                rows.collect(),
                "no steps",
                output,
            )
        }
    }
}

fn ungranted(ungranted: &Ungranted, output: Output) -> String {
    let Ungranted {
        component,
        version,
        capabilities,
    } = ungranted;
    let lead = output.paint.tone(Tone::Caution, "not granted");
    format!(
        "{lead} to {component}@{version}: {}",
        capabilities.join(", ")
    )
}

fn new_tasks(plan: &TemplatePlan, output: Output) -> String {
    let report = &plan.report;
    if plan.steps.iter().any(|step| step.problem.is_some()) {
        return output
            .paint
            .tone(Tone::Bad, "new tasks of it would be refused");
    }
    let takes = report.takes.as_ref();
    let now = takes.map_or_else(String::new, |takes| format!("; now they take {takes}"));
    let now = match takes == Some(&plan.version) {
        true => String::new(),
        false => now,
    };
    format!("new tasks {}{now}", text::impact(report, output))
}
