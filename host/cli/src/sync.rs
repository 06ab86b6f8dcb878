//! `tasker sync`

mod apply;
mod change;
mod folder;
mod pins;
mod plan;
mod rights;
mod rules;
mod uploads;
mod versions;

use super::confirm::Confirm;
use super::output::Output;
use super::paint::Tone;
use super::{CliError, Context, Exit, Problem, shell, units};
use change::{Change, Op};
use folder::Desired;
use plan::{Options, Plan};
use serde_json::json;
use std::path::PathBuf;
use tasker_domain::name::Name;

/// Apply a folder to a namespace (GitOps): components/NAME@VERSION.wasm, templates/*.yaml, pins.yaml,
/// grants.yaml, limits.yaml.
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
    /// Also remove pins, grants and limits that the folder does not list. Versions are never removed.
    #[arg(long)]
    prune: bool,
    /// Publish templates even if something that they need is not published yet.
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    confirm: Confirm,
}

impl Sync {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let namespace = self.namespace()?;
        let desired = Desired::read(&self.dir, &namespace)?;
        let plan = Plan::make(desired, self.options(), context).await?;
        let output = context.output;
        let is_hindered = plan.changes.iter().any(|it| it.obstacle.is_some());
        if plan.changes.is_empty() || self.dry_run || is_hindered {
            let answer = answer(&plan, 0);
            output.show(&answer, || plan_text(&plan, output))?;
            if is_hindered {
                return Err(hindered(&plan));
            }
            if self.dry_run && !plan.changes.is_empty() {
                output.next(&[self.command(&plan)]);
            }
            return Ok(Exit::Complete);
        }
        if !output.is_json() && !output.is_quiet() {
            output.print(&plan_text(&plan, output))?;
        }
        self.agree_to_removals(&plan)?;
        apply::apply(&plan, context).await
    }

    fn options(&self) -> Options {
        Options {
            prune: self.prune,
            allow_missing: self.allow_missing,
        }
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

    /// What makes the changes that were shown.
    fn command(&self, plan: &Plan) -> String {
        let mut command = format!("tasker sync {}", shell::path(&self.dir));
        if let Some(namespace) = &self.namespace {
            command += &format!(" --namespace {namespace}");
        }
        if self.prune {
            command += " --prune";
        }
        if self.allow_missing {
            command += " --allow-missing";
        }
        if plan.changes.iter().any(|change| change.op == Op::Remove) {
            command += " --yes";
        }
        command
    }

    fn agree_to_removals(&self, plan: &Plan) -> Result<(), CliError> {
        let (namespace, changes) = (&plan.namespace, &plan.changes);
        let removals = changes.iter().filter(|change| change.op == Op::Remove);
        let count = removals.count();
        match count {
            0 => Ok(()),
            _ => self.confirm.ask(&format!(
                "remove {} of {namespace}",
                units::count(count, "setting")
            )),
        }
    }
}

/// The changes as JSON; the first `done` of them are made.
fn answer(plan: &Plan, done: usize) -> String {
    let change = |(place, change): (usize, &Change)| {
        json!({
            "op": change.op.word(), "subject": change.subject, "note": change.note,
            "obstacle": change.obstacle, "done": place < done,
        })
    };
    let changes: Vec<_> = plan.changes.iter().enumerate().map(change).collect();
    let kept = plan
        .kept
        .iter()
        .map(|kept| json!({ "subject": kept.subject, "note": kept.note }));
    let kept: Vec<_> = kept.collect();
    json!({ "namespace": plan.namespace, "changes": changes, "kept": kept }).to_string()
}

fn hindered(plan: &Plan) -> CliError {
    let obstacles = plan.changes.iter().filter(|it| it.obstacle.is_some());
    let count = units::count(obstacles.count(), "change");
    let what = format!("{count} cannot be made; nothing was changed");
    let help = "mend what is marked with ✘ above, then run it again";
    Problem::new(Exit::BadInput, "cannot_be_made", what)
        .help(help)
        .into()
}

fn plan_text(plan: &Plan, output: Output) -> String {
    let kept = plan.kept.iter().map(|kept| {
        let text = format!("= {}: {}", kept.subject, kept.note);
        output.paint.tone(Tone::Quiet, &text)
    });
    let done = plan.changes.is_empty().then(|| {
        let mark = output.paint.tone(Tone::Good, "✔");
        format!(
            "{mark} {} is as the folder says; nothing to do",
            plan.namespace
        )
    });
    let lines = plan.changes.iter().map(|change| change.line(output));
    let all: Vec<_> = lines.chain(kept).chain(done).collect();
    all.join("\n")
}

impl Change {
    fn line(&self, output: Output) -> String {
        let (sign, tone) = match self.op {
            Op::Add => ("+", Tone::Good),
            Op::Change => ("~", Tone::Caution),
            Op::Remove => ("-", Tone::Bad),
        };
        let (sign, tone) = match self.obstacle {
            Some(_) => ("✘", Tone::Bad),
            None => (sign, tone),
        };
        let note = match self.note.is_empty() {
            true => String::new(),
            false => format!("  {}", output.paint.tone(Tone::Quiet, &self.note)),
        };
        let line = format!("{} {}{note}", output.paint.tone(tone, sign), self.subject);
        let reasons = self.obstacle.iter().flat_map(|obstacle| obstacle.lines());
        let reasons: String = reasons.map(|reason| format!("\n    {reason}")).collect();
        line + &reasons
    }
}
