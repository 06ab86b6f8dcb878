//! `tasker plan template`

use super::text;
use crate::client::Ask as _;
use crate::component::show::to_grant;
use crate::output::Output;
use crate::paint::Tone;
use crate::shell::word;
use crate::template::check::parse;
use crate::template::show::run_command;
use crate::{CliError, Context, Exit, input, shell};
use serde_json::Value;
use std::path::PathBuf;
use tasker_domain::plan::{StepChoice, TemplatePlan, Ungranted};
use tasker_wire::template::PlanTemplate;

/// Preview registering a template: semver check, the versions that its steps would run, what is missing.
/// Nothing is changed; exits with 2 where something would be refused.
#[derive(Debug, clap::Args)]
pub struct Template {
    /// The template's YAML.
    file: PathBuf,
}

impl Template {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let source = input::read_text(&self.file)?;
        let is = parse(&self.file, &source)?;
        let call = context.client.call(PlanTemplate::at(
            is.namespace.clone(),
            is.name.clone(),
            is.version.to_string(),
        ));
        let file = self.file.display().to_string();
        let answer = call.media(source.clone()).ask().await;
        let answer = answer.map_err(|error| error.in_file(&file, &source))?;
        let plan: &TemplatePlan = &answer.value;
        context
            .output
            .show(&answer.text, || plan_text(plan, context.output))?;
        context
            .output
            .next_of(|| self.next(plan, is.input_schema.as_ref()));
        let missing = plan.steps.iter().filter(|step| step.problem.is_some());
        let is_new = plan.status.is_none();
        text::verdict(
            plan.number.lowest_version.is_some(),
            missing.count(),
            is_new,
        )
    }

    /// What brings the plan about.
    fn next(&self, plan: &TemplatePlan, input: Option<&Value>) -> Vec<String> {
        let file = shell::path(&self.file);
        let is_missing = plan.steps.iter().any(|step| step.problem.is_some());
        let allow = if is_missing { " --allow-missing" } else { "" };
        let grants = plan.ungranted.iter().flat_map(|it| grants(plan, it));
        let last = match (&plan.number.lowest_version, &plan.status) {
            (_, Some(_)) => run_command(&format!("{}/{}", plan.namespace, plan.name), input),
            (Some(lowest), None) => {
                format!("write `version: {lowest}` into {file}, and plan again")
            }
            (None, None) => format!("tasker template push {file}{allow}"),
        };
        grants.chain([last]).collect()
    }
}

/// The commands that grant what a component wants; what names no destination is left to be filled in.
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
        let ramp = step.ramp.as_ref();
        let ramp = ramp.map(|ramp| format!("{} for {}", ramp.takes, ramp.percent));
        [
            step.step.to_string(),
            step.handler.to_string(),
            takes,
            ramp.unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = steps.iter().map(row).collect();
    let has_ramp = steps.iter().any(|step| step.ramp.is_some());
    match has_ramp {
        true => text::table(
            ["step", "runs", "takes", "on a ramp"],
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
    let reached = &plan.report;
    if plan.steps.iter().any(|step| step.problem.is_some()) {
        return output
            .paint
            .tone(Tone::Bad, "new tasks of it would be refused");
    }
    let takes = reached.takes.as_ref();
    let now = takes.map_or_else(String::new, |takes| format!("; now they take {takes}"));
    let now = match takes == Some(&plan.version) {
        true => String::new(),
        false => now,
    };
    format!("new tasks {}{now}", text::reach(reached, output))
}
