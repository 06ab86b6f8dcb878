//! `tasker sync`

mod apply;
mod folder;
mod plan;
mod rules;

use super::output::Output;
use super::paint::Tone;
use super::{CliError, Context, Exit, Problem, shell, units};
use crate::domain::name::Name;
use folder::Desired;
use plan::{Change, Op, Plan};
use serde_json::json;
use std::path::PathBuf;

/// Bring a namespace to what a folder says: components/NAME@VERSION.wasm, templates/*.yaml, pins.yaml,
/// grants.yaml, limits.yaml.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// The folder.
    dir: PathBuf,
    /// The namespace; without it, the name of the folder.
    #[arg(long)]
    namespace: Option<Name>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove pins, grants and limits that the folder's file of them does not have. Versions stay: tasks
    /// may need them.
    #[arg(long)]
    prune: bool,
    /// Remove without asking.
    #[arg(long)]
    yes: bool,
}

impl Sync {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let namespace = self.namespace()?;
        let desired = Desired::read(&self.dir, &namespace)?;
        let plan = Plan::make(desired, self.prune, context).await?;
        let output = context.output;
        if plan.changes.is_empty() || self.dry_run {
            let answer = answer(&namespace, &plan.changes, 0);
            output.show(&answer, || plan_text(&plan, output))?;
            if self.dry_run && !plan.changes.is_empty() {
                output.next(&[format!("tasker sync {}", shell::path(&self.dir))]);
            }
            return Ok(Exit::Complete);
        }
        if !output.is_json() {
            output.print(&plan_text(&plan, output))?;
        }
        self.agree_to_removals(&plan.changes)?;
        apply::apply(&plan, context).await
    }

    fn namespace(&self) -> Result<Name, CliError> {
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let full = std::fs::canonicalize(&self.dir).unwrap_or_else(|_| self.dir.clone());
        let name = full.file_name().unwrap_or_default().to_string_lossy();
        name.parse().map_err(|error| {
            let what = format!("the folder's name is not that of a namespace: {error}");
            Problem::bad_input(what)
                .help("say which one with --namespace orders")
                .into()
        })
    }

    fn agree_to_removals(&self, changes: &[Change]) -> Result<(), CliError> {
        let removals = changes.iter().filter(|change| change.op == Op::Remove);
        let count = removals.count();
        if count == 0 || self.yes {
            return Ok(());
        }
        let what = format!(
            "{} would go; nothing was changed",
            units::count(count, "setting")
        );
        let help = "look at the plan above, then add --yes";
        Err(Problem::bad_input(what).help(help).into())
    }
}

/// The changes as JSON; the first `done` of them are made.
fn answer(namespace: &Name, changes: &[Change], done: usize) -> String {
    let change = |(place, change): (usize, &Change)| {
        json!({
            "op": change.op.word(), "subject": change.subject, "note": change.note,
            "done": place < done,
        })
    };
    let changes: Vec<_> = changes.iter().enumerate().map(change).collect();
    json!({ "namespace": namespace, "changes": changes }).to_string()
}

fn plan_text(plan: &Plan, output: Output) -> String {
    if plan.changes.is_empty() {
        let mark = output.paint.tone(Tone::Good, "✔");
        return format!(
            "{mark} {} is as the folder says; nothing to do",
            plan.namespace
        );
    }
    let lines = plan.changes.iter().map(|change| change.line(output));
    lines.collect::<Vec<_>>().join("\n")
}

impl Change {
    fn line(&self, output: Output) -> String {
        let (sign, tone) = match self.op {
            Op::Add => ("+", Tone::Good),
            Op::Change => ("~", Tone::Caution),
            Op::Remove => ("-", Tone::Bad),
        };
        let note = output.paint.tone(Tone::Quiet, &self.note);
        format!("{} {}  {note}", output.paint.tone(tone, sign), self.subject)
    }
}
