//! What publishing a component would change, or giving a published version to new tasks.

use crate::client::{Answer, Ask as _};
use crate::hidden::hidden_text;
use crate::output::Output;
use crate::paint::Tone;
use crate::plan_text as text;
use crate::reference::{Reference, parse_release};
use crate::{CliError, Context, Exit};
use tasker_domain::plan::{Admits, ComponentPlan, ObstacleCode, PinImpact, StepImpact};
use tasker_domain::resolve::{Availability, Ineligible};
use tasker_wire::component::PlanComponent;

const COLLECTED: Availability = Availability(Some(Ineligible::Collected));

/// Show which new tasks use a published version, or would if it were active.
///
/// `component publish --dry-run` shows the same before a version is published.
#[derive(Debug, clap::Args)]
pub struct Impact {
    /// Which version, for example orders/charge@1.5.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION", value_parser = parse_release)]
    release: Reference,
}

impl Impact {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let call = context
            .client
            .call(self.release.version_at(PlanComponent::at));
        show(&call.ask().await?, None, context)
    }
}

/// Shows a plan, and fails where something would be refused; `publish` is the command that publishes the
/// upload, but for its version.
pub fn show(
    answer: &Answer<ComponentPlan>,
    publish: Option<&str>,
    context: &Context,
) -> Result<Exit, CliError> {
    let plan = &answer.value;
    context.output.show(&answer.text, || {
        plan_text(plan, publish.is_some(), context.output)
    })?;
    context.output.next([next(plan, publish)]);
    let lacking = plan.steps.iter().filter(|step| step.lacks_handler);
    let wrong = plan.obstacles.len() + lacking.count();
    let is_new = matches!(plan.status, None | Some(COLLECTED));
    text::exit_of(plan.number.lowest_version.is_some(), wrong, is_new)
}

/// What brings the plan about.
fn next(plan: &ComponentPlan, publish: Option<&str>) -> String {
    let family = format!("{}/{}", plan.namespace, plan.name);
    let release = format!("{family}@{}", plan.version);
    let has = |code| plan.obstacles.iter().any(|it| it.code == code);
    match (plan.status, publish) {
        (None | Some(COLLECTED), Some(_)) if has(ObstacleCode::Quarantined) => {
            "tasker component quarantined".to_owned()
        }
        (None | Some(COLLECTED), Some(publish)) => {
            let version = plan.number.lowest_version.as_ref().unwrap_or(&plan.version);
            let sign = match has(ObstacleCode::Unsigned) {
                true => " --sign KEY",
                false => "",
            };
            format!("{publish} --version {version}{sign}")
        }
        (Some(Availability(Some(Ineligible::NeedsApproval))), _) => {
            format!("tasker component approve {release}")
        }
        (Some(Availability(Some(Ineligible::Yanked))), _) => {
            format!("tasker component unyank {release}")
        }
        (Some(Availability(Some(Ineligible::Quarantined))), _) => {
            format!("tasker component release {release}")
        }
        (None | Some(Availability(_)), _) => format!("tasker component references {family}"),
    }
}

fn plan_text(plan: &ComponentPlan, is_dry_run: bool, output: Output) -> String {
    let subject = format!("{}/{}@{}", plan.namespace, plan.name, plan.version);
    let obstacles = plan
        .obstacles
        .iter()
        .map(|it| text::bad(&it.detail, output));
    let nothing = match is_dry_run {
        true => output.paint.tone(Tone::Quiet, "nothing was changed"),
        false => String::new(),
    };
    let parts = [
        text::head(&subject, plan.status, output),
        text::number(&plan.number, output),
    ];
    let parts = parts.into_iter().chain(obstacles);
    let parts = parts.chain([
        rights(plan, output),
        steps(plan, output),
        pins(&plan.pins, output),
        hidden_text(plan.hidden).unwrap_or_default(),
        text::stay(&plan.open_tasks),
        nothing,
    ]);
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

fn rights(plan: &ComponentPlan, output: Output) -> String {
    if plan.unapproved.is_empty() {
        return text::good("it requests no new capabilities", output);
    }
    let lead = output.paint.tone(Tone::Caution, "it needs approval");
    let mut text = format!("{lead}: it requests new capabilities");
    for capability in &plan.unapproved {
        text += &format!("\n  + {capability}");
    }
    text
}

fn steps(plan: &ComponentPlan, output: Output) -> String {
    let rows = families(&plan.steps).into_iter().map(|(step, more)| {
        let template = format!(
            "{}/{}@{}",
            step.namespace, step.template, step.template_version
        );
        let others = match more {
            0 => String::new(),
            more => format!(" and {more} older"),
        };
        let impact = match step.lacks_handler {
            true => output.paint.tone(
                Tone::Bad,
                &format!("fail: it has no handler {}", step.handler),
            ),
            false => text::impact(&step.report, output),
        };
        [
            template + &others,
            step.step.clone(),
            step.requirement.to_string(),
            text::version(step.report.takes.as_ref()),
            text::version(step.report.would_take.as_ref()),
            impact,
        ]
    });
    let headings = ["template", "step", "asks for", "now", "then", "new tasks"];
    let nothing = "no template step would use it";
    let mut table = text::table(headings, rows.collect(), nothing, output);
    match plan.unmatched_steps {
        0 => {}
        1 => table += "\n1 step asks for other versions of it",
        more => table += &format!("\n{more} steps ask for other versions of it"),
    }
    match plan.is_cut {
        true => table + "\nmore steps or pins name it than are listed",
        false => table,
    }
}

/// Steps that are alike in several versions of a template, as one with how many more there are.
fn families(steps: &[StepImpact]) -> Vec<(&StepImpact, usize)> {
    let mut found: Vec<(&StepImpact, usize)> = Vec::new();
    for step in steps {
        match found.iter_mut().find(|(one, _)| is_alike(one, step)) {
            Some((_, more)) => *more += 1,
            None => found.push((step, 0)),
        }
    }
    found
}

fn is_alike(one: &StepImpact, other: &StepImpact) -> bool {
    let key = |step: &StepImpact| {
        (
            step.namespace.clone(),
            step.template.clone(),
            step.step.clone(),
            step.requirement.to_string(),
            step.report.impact,
            step.handler.clone(),
        )
    };
    key(one) == key(other)
}

fn pins(pins: &[PinImpact], output: Output) -> String {
    let lines = pins.iter().map(|pin| {
        let PinImpact {
            namespace,
            requirement,
            ..
        } = pin;
        let rest = pin.percent.map(|percent| percent.rest().to_string());
        let rest = rest.unwrap_or_default();
        let percent = pin.percent.map(|percent| percent.to_string());
        let percent = percent.unwrap_or_default();
        let rollout = match &pin.rollout {
            Some(to) => format!(" → {to} {percent}"),
            None => String::new(),
        };
        let (tone, what) = match pin.admits {
            Admits::All => (Tone::Good, "lets new tasks take it".to_owned()),
            Admits::Rollout => (Tone::Active, format!("gives it to {percent} of new tasks")),
            Admits::Rest => (Tone::Active, format!("lets {rest} of new tasks take it")),
            Admits::Nobody => (Tone::Caution, "excludes it".to_owned()),
        };
        let what = output.paint.tone(tone, &what);
        format!("pin {requirement}{rollout} of namespace {namespace} {what}")
    });
    lines.collect::<Vec<_>>().join("\n")
}
