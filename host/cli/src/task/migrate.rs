//! `tasker task migrate`

mod batches;

use crate::reference::parse_family;
use crate::shell::option;
use crate::{Because, Context, Reference, Result, Table, Tone, changes, good, units};
use tasker_domain::compatibility::{CompatChange, Level};
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_domain::sanitize::sanitize_line;
use tasker_domain::state::TaskState;
use tasker_wire::migration::{MigrateTasks, MigratedComponent, Migration, NewMigration};

/// Move open tasks of a template to the versions that new tasks use, or to a given one.
///
/// Running attempts end on the version that they started with; later steps use the new one. Tasks stay
/// on their template version. A version that is not compatible is refused, unless with --force.
#[derive(Debug, clap::Args)]
pub struct Migrate {
    /// Tasks of this template, for example orders/fulfil.
    #[arg(value_name = "NAMESPACE/TEMPLATE", value_parser = parse_family)]
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
    /// The version to move to, regardless of pins; of a range, the highest version.
    #[arg(long, value_name = "REQUIREMENT", requires = "component")]
    to: Option<Requirement>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Move them even if the new version is not compatible.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    because: Because,
    /// Maximum of tasks per request; the command sends as many requests as it needs.
    #[arg(long, value_name = "TASKS")]
    batch_size: Option<u32>,
}

impl Migrate {
    pub async fn run(self, context: &Context) -> Result {
        let endpoint = self.template.family_at(MigrateTasks::at);
        let migrated = batches::all(context, endpoint, self.body()).await?;
        let reply = context.report(&migrated, |migrated| self.text(migrated));
        Ok(reply.next([self.next(&migrated.value)]))
    }

    fn body(&self) -> NewMigration {
        let component = self.component.clone().map(|it| ComponentRef {
            namespace: Some(it.namespace),
            component: it.name,
        });
        NewMigration {
            version: self.version.clone(),
            state: self.state,
            component,
            to: self.to.clone(),
            dry_run: self.dry_run,
            force: self.force,
            reason: self.because.reason.clone(),
            limit: self.batch_size,
            after: None,
        }
    }

    fn next(&self, migrated: &Migration) -> String {
        let family = self.template.family();
        if !migrated.dry_run || migrated.tasks == 0 {
            return format!("tasker task ls {family}");
        }
        let options = [
            option("version", self.version.as_ref()),
            option("state", self.state),
            option("component", self.component.as_ref()),
            option("to", self.to.as_ref()),
            if breaks(migrated) { " --force" } else { "" }.to_owned(),
        ]
        .concat();
        format!("tasker task migrate {family}{options}")
    }

    fn text(&self, migrated: &Migration) -> String {
        if migrated.tasks == 0 && migrated.components.is_empty() {
            return Tone::Quiet.of(self.nothing(migrated));
        }
        let component = |it: &MigratedComponent| format!("{}/{}", it.namespace, it.component);
        let table = Table::new([
            ("component", &component),
            ("from", &|it| it.from.to_string()),
            ("to", &|it| it.to.to_string()),
            ("tasks", &|it| it.tasks.to_string()),
            ("steps", &|it| it.steps.to_string()),
            ("change", &|it| changes::level(it.level)),
        ])
        .or("")
        .rows(&migrated.components);
        let breaking = migrated.components.iter();
        let breaking = breaking.flat_map(|of| of.breaking.iter().map(|it| breaking_line(of, it)));
        format!(
            "{table}\n{}\n{}",
            breaking.collect::<String>(),
            self.end(migrated)
        )
    }

    /// Why nothing would move.
    fn nothing(&self, migrated: &Migration) -> String {
        let matched = units::count(migrated.matched, "open task");
        match &self.component {
            Some(component) => format!(
                "{matched}, none of which runs {} or would run it in another version",
                component.family()
            ),
            None => format!("{matched}, none of which would run anything else"),
        }
    }

    fn end(&self, migrated: &Migration) -> String {
        let (tasks, matched) = (migrated.tasks, units::count(migrated.matched, "open task"));
        if !migrated.dry_run {
            return good(format_args!("{tasks} of {matched} moved"));
        }
        let moved = format!("{tasks} of {matched} would move");
        match breaks(migrated) && !self.force {
            true => format!("{moved}, but only with --force: what is major is not compatible"),
            false => moved,
        }
    }
}

/// True where it is refused unless it is forced.
fn breaks(migrated: &Migration) -> bool {
    let mut components = migrated.components.iter();
    components.any(|it| it.level == Level::Major)
}

fn breaking_line(component: &MigratedComponent, change: &CompatChange) -> String {
    let (path, what) = (sanitize_line(&change.path), sanitize_line(&change.what));
    format!("\n{} {}: {path} {what}", component.component, component.to)
}
