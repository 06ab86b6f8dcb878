//! What publishing a component would change, or giving a published version to new tasks.

use crate::hidden::hidden_text;
use crate::plan_text as text;
use crate::reference::parse_release;
use crate::{Answer, Context, Reference, Reply, Result, Tone, bad, good, units};
use tasker_domain::plan::{Admits, ComponentPlan, ObstacleCode, PinImpact, StepImpact};
use tasker_domain::resolve::{Availability, Ineligible};
use tasker_domain::rollout::Percent;
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
    pub async fn run(self, context: &Context) -> Result {
        let endpoint = self.release.version_at(PlanComponent::at);
        Ok(shown(&context.ask(endpoint).await?, None, context))
    }
}

/// A plan, which fails where something would be refused; `publish` is the command that publishes the
/// upload, but for its version.
pub fn shown(answer: &Answer<ComponentPlan>, publish: Option<&str>, context: &Context) -> Reply {
    let plan = &answer.value;
    let reply = context.show(answer, |plan| plan_text(plan, publish.is_some()));
    let lacking = plan.steps.iter().filter(|step| step.lacks_handler);
    let wrong = plan.obstacles.len() + lacking.count();
    let is_new = matches!(plan.status, None | Some(COLLECTED));
    let end = text::exit_of(plan.number.lowest_version.is_some(), wrong, is_new);
    reply.next([next(plan, publish)]).end(end)
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

fn plan_text(plan: &ComponentPlan, is_dry_run: bool) -> String {
    let subject = format!("{}/{}@{}", plan.namespace, plan.name, plan.version);
    let head = [
        text::head(&subject, plan.status),
        text::number(&plan.number),
    ];
    let obstacles = plan.obstacles.iter().map(|it| bad(&it.detail));
    let nothing = is_dry_run.then(|| Tone::Quiet.of("nothing was changed"));
    let rest = [
        rights(plan),
        steps(plan),
        units::joined(plan.pins.iter().map(pin), "\n"),
        hidden_text(plan.hidden),
        text::stay(&plan.open_tasks),
    ];
    let parts = head.into_iter().chain(obstacles).chain(rest).chain(nothing);
    units::joined(parts.filter(|part| !part.is_empty()), "\n")
}

fn rights(plan: &ComponentPlan) -> String {
    if plan.unapproved.is_empty() {
        return good("it requests no new capabilities");
    }
    let lead = Tone::Caution.of("it needs approval");
    let new = plan.unapproved.iter().map(|it| format!("\n  + {it}"));
    format!(
        "{lead}: it requests new capabilities{}",
        new.collect::<String>()
    )
}

fn steps(plan: &ComponentPlan) -> String {
    let headings = ["template", "step", "asks for", "now", "then", "new tasks"];
    let rows = families(&plan.steps).into_iter().map(row);
    let nothing = "no template step would use it";
    let mut table = text::table(headings, rows.collect(), nothing);
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

/// A step, which is the same in so many older versions of its template.
fn row((step, older): (&StepImpact, usize)) -> [String; 6] {
    let (template, version) = (&step.template, &step.template_version);
    let others = match older {
        0 => String::new(),
        more => format!(" and {more} older"),
    };
    let impact = match step.lacks_handler {
        true => Tone::Bad.of(format_args!("fail: it has no handler {}", step.handler)),
        false => text::impact(&step.report),
    };
    [
        format!("{}/{template}@{version}{others}", step.namespace),
        step.step.clone(),
        step.requirement.to_string(),
        text::version(step.report.takes.as_ref()),
        text::version(step.report.would_take.as_ref()),
        impact,
    ]
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

fn pin(pin: &PinImpact) -> String {
    let (requirement, namespace) = (&pin.requirement, &pin.namespace);
    let share = |share: Option<_>| share.map_or_else(String::new, |it: Percent| it.to_string());
    let (percent, rest) = (share(pin.percent), share(pin.percent.map(Percent::rest)));
    let rollout = match &pin.rollout {
        Some(to) => format!(" → {to} {percent}"),
        None => String::new(),
    };
    let what = match pin.admits {
        Admits::All => Tone::Good.of("lets new tasks take it"),
        Admits::Rollout => Tone::Active.of(format_args!("gives it to {percent} of new tasks")),
        Admits::Rest => Tone::Active.of(format_args!("lets {rest} of new tasks take it")),
        Admits::Nobody => Tone::Caution.of("excludes it"),
    };
    format!("pin {requirement}{rollout} of namespace {namespace} {what}")
}
