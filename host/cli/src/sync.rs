//! `tasker sync`

mod apply;
mod change;
mod folder;
mod pins;
mod plan;
mod rules;
mod subscriptions;
mod uploads;
mod versions;

use super::shell::{self, option};
use super::{Confirm, Context, Exit, Problem, Result, paint, units};
use change::Op;
use folder::Desired;
use plan::Plan;
use std::path::PathBuf;
use tasker_domain::name::Name;

/// Apply a folder to a namespace (GitOps): components/NAME@VERSION.wasm, templates/*.yaml, pins.yaml,
/// grants.yaml, limits.yaml, recordings.yaml, subscriptions.yaml.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// The folder.
    dir: PathBuf,
    /// Namespace; by default the name of the folder.
    #[arg(long)]
    namespace: Option<Name>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Also remove pins, grants, limits, rules on recordings and subscriptions that the folder does not list. Versions are never removed.
    #[arg(long)]
    prune: bool,
    /// Publish templates even if something that they need is not published yet.
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    confirm: Confirm,
}

impl Sync {
    pub async fn run(self, context: &Context) -> Result {
        let desired = Desired::read(&self.dir, &self.namespace()?)?;
        let plan = Plan::make(desired, self.prune, self.allow_missing, context).await?;
        let (output, hindered) = (context.output, plan.hindered());
        let warnings = plan.warnings.iter().map(paint::warning);
        if plan.changes.is_empty() || self.dry_run || hindered > 0 {
            let reply = output.show(plan.answer(0), || plan.text()).warn(warnings);
            let is_due = self.dry_run && !plan.changes.is_empty();
            return Ok(match hindered {
                0 => reply.next(is_due.then(|| self.command(&plan))),
                more => reply.end(Err(refused(more).into())),
            });
        }
        if !output.is_json() && !output.is_quiet() {
            output.print(&plan.text())?;
        }
        self.agree_to_removals(&plan)?;
        Ok(apply::apply(&plan, context).await?.warn(warnings))
    }

    fn namespace(&self) -> Result<Name> {
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let full = std::fs::canonicalize(&self.dir).unwrap_or_else(|_| self.dir.clone());
        let name = full.file_name().unwrap_or_default().to_string_lossy();
        name.parse().map_err(|error| {
            let what = format!("the folder's name is not that of a namespace: {error}");
            let help = "say which one with --namespace orders";
            Problem::bad_input(what).help(help).into()
        })
    }

    /// What makes the changes that were shown.
    fn command(&self, plan: &Plan) -> String {
        let dir = shell::path(&self.dir);
        let namespace = option("namespace", self.namespace.as_ref());
        let flags = [
            (self.prune, " --prune"),
            (self.allow_missing, " --allow-missing"),
            (removals(plan) > 0, " --yes"),
        ];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
        let flags: String = flags.map(|(_, flag)| flag).collect();
        format!("tasker sync {dir}{namespace}{flags}")
    }

    fn agree_to_removals(&self, plan: &Plan) -> Result<()> {
        match removals(plan) {
            0 => Ok(()),
            more => {
                let settings = units::count(more, "setting");
                let what = format!("remove {settings} of {}", plan.namespace);
                self.confirm.ask(&what)
            }
        }
    }
}

fn removals(plan: &Plan) -> usize {
    let removals = plan.changes.iter().filter(|it| it.op == Op::Remove);
    removals.count()
}

fn refused(hindered: usize) -> Problem {
    let count = units::count(hindered, "change");
    let what = format!("{count} cannot be made; nothing was changed");
    let help = "mend what is marked with ✘ above, then run it again";
    Problem::new(Exit::BadInput, "cannot_be_made", what).help(help)
}
