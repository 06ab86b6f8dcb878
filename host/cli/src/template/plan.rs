//! What publishing a template would change.

use super::show::run_command;
use crate::component::show::to_grant;
use crate::plan_text as text;
use crate::{Ask as _, Context, Result, Tone, bad, shell, units, word};
use serde_json::Value;
use std::path::Path;
use tasker_domain::plan::{StepChoice, TemplatePlan, Ungranted};
use tasker_domain::template::Template;
use tasker_wire::template::PlanTemplate;

/// Shows what publishing it would change, and fails where something would be refused.
pub async fn preview(path: &Path, source: String, is: &Template, context: &Context) -> Result {
    let (namespace, name) = (is.namespace.clone(), is.name.clone());
    let endpoint = PlanTemplate::at(namespace, name, is.version.to_string());
    let answer = context.call(endpoint).media(source.clone()).ask().await;
    let answer = answer.map_err(|error| error.in_file(path.display(), &source))?;
    let plan = &answer.value;
    let is_refused = plan.number.lowest_version.is_some();
    let end = text::exit_of(is_refused, problems(plan).count(), plan.status.is_none());
    let reply = context.show(&answer, plan_text).end(end);
    Ok(reply.next_of(|| next(path, plan, is.input_schema.as_ref())))
}

/// What keeps its steps from running.
fn problems(plan: &TemplatePlan) -> impl Iterator<Item = &String> {
    plan.steps.iter().filter_map(|step| step.problem.as_ref())
}

/// What brings the plan about.
fn next(path: &Path, plan: &TemplatePlan, input: Option<&Value>) -> Vec<String> {
    let file = shell::path(path);
    let allow = match problems(plan).next() {
        Some(_) => " --allow-missing",
        None => "",
    };
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
fn grants(plan: &TemplatePlan, ungranted: &Ungranted) -> impl Iterator<Item = String> {
    let (home, component) = (&plan.namespace, &ungranted.component);
    ungranted.capabilities.iter().map(move |capability| {
        let capability = word(&to_grant(capability));
        match component.namespace {
            None => format!("tasker grant add {home}/{component} {capability}"),
            Some(_) => format!("tasker grant add {component} {capability} --in {home}"),
        }
    })
}

fn plan_text(plan: &TemplatePlan) -> String {
    let subject = format!("{}/{}@{}", plan.namespace, plan.name, plan.version);
    let head = [
        text::head(&subject, plan.status),
        text::number(&plan.number),
        steps(&plan.steps),
    ];
    let ungranted = plan.ungranted.iter().map(ungranted);
    let parts = head.into_iter().chain(problems(plan).map(bad));
    let parts = parts.chain(ungranted).chain([
        new_tasks(plan),
        text::stay(&plan.open_tasks),
        Tone::Quiet.of("nothing was changed"),
    ]);
    units::joined(parts, "\n")
}

fn steps(steps: &[StepChoice]) -> String {
    let row = |step: &StepChoice| {
        let takes = text::version(step.takes.as_ref());
        let rollout = step.rollout.as_ref();
        let rollout = rollout.map(|rollout| format!("{} for {}", rollout.takes, rollout.percent));
        [
            step.step.to_string(),
            step.handler.to_string(),
            match &step.problem {
                None => takes,
                Some(_) => Tone::Bad.of(takes),
            },
            rollout.unwrap_or_default(),
        ]
    };
    let rows = steps.iter().map(row);
    match steps.iter().any(|step| step.rollout.is_some()) {
        true => {
            let headings = ["step", "runs", "takes", "on a rollout"];
            text::table(headings, rows.collect(), "no steps")
        }
        false => {
            let rows = rows.map(|[step, runs, takes, _]| [step, runs, takes]);
            text::table(["step", "runs", "takes"], rows.collect(), "no steps")
        }
    }
}

fn ungranted(ungranted: &Ungranted) -> String {
    let (component, version) = (&ungranted.component, &ungranted.version);
    let (lead, capabilities) = (
        Tone::Caution.of("not granted"),
        ungranted.capabilities.join(", "),
    );
    format!("{lead} to {component}@{version}: {capabilities}")
}

fn new_tasks(plan: &TemplatePlan) -> String {
    if problems(plan).next().is_some() {
        return Tone::Bad.of("new tasks of it would be refused");
    }
    let takes = plan.report.takes.as_ref();
    let other = takes.filter(|takes| **takes != plan.version);
    let now = other.map_or_else(String::new, |takes| format!("; now they take {takes}"));
    format!("new tasks {}{now}", text::impact(&plan.report))
}
