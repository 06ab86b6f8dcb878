//! `tasker task upgrade`

mod parts;

use crate::output::Output;
use crate::paint::Tone;
use crate::reference::{Reference, parse_family};
use crate::shell::option;
use crate::{CliError, Context, Exit, changes, units};
use tasker_domain::compatibility::{CompatChange, Level};
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_domain::sanitize::sanitize_line;
use tasker_domain::state::TaskState;
use tasker_wire::upgrade::{NewUpgrade, Upgrade as Upgraded, UpgradeTasks, UpgradedComponent};

/// Move open tasks of a template to the versions that new tasks take, or to one of your choice.
///
/// What runs ends on the version that it began with; steps that begin later take the new one. Each task
/// stays on its version of the template. Refused where a new version is not compatible, unless forced.
#[derive(Debug, clap::Args)]
pub struct Upgrade {
    /// Whose tasks, for example orders/fulfil.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    template: Reference,
    /// Only tasks of these versions of the template, such as ^1.2.
    #[arg(long, value_name = "REQUIREMENT")]
    version: Option<Requirement>,
    /// Only tasks in this state: pending or in_progress.
    #[arg(long)]
    state: Option<TaskState>,
    /// Only this component, for example payments/charge.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    component: Option<Reference>,
    /// Where to, whatever pins say; a range takes the highest version in it.
    #[arg(long, value_name = "REQUIREMENT", requires = "component")]
    to: Option<Requirement>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Also where what worked may not work any more.
    #[arg(long)]
    force: bool,
    /// Why, for whoever reads the history.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// How many tasks one request to the host looks at, at most; there are as many requests as it takes.
    #[arg(long, value_name = "TASKS")]
    part: Option<u32>,
}

impl Upgrade {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let answer = parts::all(context, self.endpoint(), self.body()).await?;
        let (upgraded, output) = (&answer.value, context.output);
        output.show(&answer.text, || self.text(upgraded, output))?;
        output.next(&[self.next(upgraded)]);
        Ok(Exit::Complete)
    }

    fn endpoint(&self) -> UpgradeTasks {
        let Reference {
            namespace, name, ..
        } = self.template.clone();
        UpgradeTasks { namespace, name }
    }

    fn body(&self) -> NewUpgrade {
        let component = self.component.clone().map(|it| ComponentRef {
            namespace: Some(it.namespace),
            component: it.name,
        });
        NewUpgrade {
            version: self.version.clone(),
            state: self.state,
            component,
            to: self.to.clone(),
            dry_run: self.dry_run,
            force: self.force,
            reason: self.reason.clone(),
            limit: self.part,
            after: None,
        }
    }

    fn next(&self, upgraded: &Upgraded) -> String {
        let family = self.template.family();
        if !upgraded.dry_run || upgraded.tasks == 0 {
            let Reference {
                namespace, name, ..
            } = &self.template;
            return format!("tasker task ls --namespace {namespace} --template {name}");
        }
        let options = [
            option("version", self.version.as_ref()),
            option("state", self.state.as_ref().map(TaskState::into_str)),
            option("component", self.component.as_ref().map(Reference::family)),
            option("to", self.to.as_ref()),
            if breaks(upgraded) { " --force" } else { "" }.to_owned(),
        ]
        .concat();
        format!("tasker task upgrade --template {family}{options}")
    }

    fn text(&self, upgraded: &Upgraded, output: Output) -> String {
        if upgraded.tasks == 0 && upgraded.components.is_empty() {
            return output.paint.tone(Tone::Quiet, &self.nothing(upgraded));
        }
        let table = output.columns(
            &upgraded.components,
            [
                ("component", &|it| {
                    format!("{}/{}", it.namespace, it.component)
                }),
                ("from", &|it| it.from.to_string()),
                ("to", &|it| it.to.to_string()),
                ("tasks", &|it| it.tasks.to_string()),
                ("steps", &|it| it.steps.to_string()),
                ("change", &|it| changes::level(it.level, output)),
            ],
            "",
        );
        let breaking: String = upgraded
            .components
            .iter()
            .flat_map(|it| it.breaking.iter().map(|change| breaking_line(it, change)))
            .collect();
        format!("{table}\n{breaking}\n{}", self.end(upgraded, output))
    }

    /// Why nothing would move.
    fn nothing(&self, upgraded: &Upgraded) -> String {
        let matched = units::count(upgraded.matched, "open task");
        match &self.component {
            Some(component) => format!(
                "{matched}, none of which runs {} or would run it in another version",
                component.family()
            ),
            None => format!("{matched}, none of which would run anything else"),
        }
    }

    fn end(&self, upgraded: &Upgraded, output: Output) -> String {
        let matched = units::count(upgraded.matched, "open task");
        if !upgraded.dry_run {
            let mark = output.paint.tone(Tone::Good, "✔");
            return format!("{mark} {} of {matched} moved", upgraded.tasks);
        }
        let moved = format!("{} of {matched} would move", upgraded.tasks);
        match breaks(upgraded) && !self.force {
            true => format!("{moved}, but only with --force: what is major is not compatible"),
            false => moved,
        }
    }
}

/// True where it is refused unless it is forced.
fn breaks(upgraded: &Upgraded) -> bool {
    let mut components = upgraded.components.iter();
    components.any(|it| it.level == Level::Major)
}

fn breaking_line(component: &UpgradedComponent, change: &CompatChange) -> String {
    let (path, what) = (sanitize_line(&change.path), sanitize_line(&change.what));
    format!("\n{} {}: {path} {what}", component.component, component.to)
}
