//! `tasker gc`

use super::{Ask as _, Confirm, Context, Result, Table, Tone, good, units};
use std::time::Duration;
use tasker_domain::bounds::{DEFAULT_COLLECT_AGE, MAX_COLLECT_AGE};
use tasker_wire::collection::{Collect, CollectVersions, CollectedVersion, Collection};

/// Remove the bytes of component versions that are no longer needed.
///
/// A version is needed while an open task has it, a template or pin would give it to a new task, or it
/// is the highest stable one. Its record stays; publishing the same bytes under the same version restores it.
#[derive(Debug, clap::Args)]
pub struct Gc {
    /// Only versions not published, resolved or run for this long, for example 12h or 90d.
    #[arg(long, default_value = "30d", value_name = "DURATION", value_parser = parse_age)]
    older_than: Duration,
    /// Show what would be removed, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    confirm: Confirm,
}

/// How old what is collected is, as a user writes it.
pub fn parse_age(text: &str) -> Result<Duration, String> {
    let age = units::parse_duration(text)?;
    match age <= MAX_COLLECT_AGE {
        true => Ok(age),
        false => Err(format!(
            "`{text}` is too long; give at most {}d",
            MAX_COLLECT_AGE.as_secs() / 86_400
        )),
    }
}

impl Gc {
    pub async fn run(self, context: &Context) -> Result {
        if !self.dry_run {
            let what = "remove the bytes of every version that is not needed (see --dry-run)";
            self.confirm.ask(what)?;
        }
        let body = Collect {
            older_than_ms: Some(u64::try_from(self.older_than.as_millis()).unwrap_or(u64::MAX)),
            dry_run: self.dry_run,
        };
        let collected = context.call(CollectVersions {}).json(&body).ask().await?;
        let next = self.next(&collected.value);
        Ok(context.report(&collected, text).next([next]))
    }

    fn next(&self, collection: &Collection) -> String {
        match (collection.dry_run, collection.versions.is_empty()) {
            (true, false) if self.older_than == DEFAULT_COLLECT_AGE => "tasker gc".to_owned(),
            (true, false) => {
                let seconds = self.older_than.as_secs();
                format!("tasker gc --older-than {seconds}s")
            }
            (false, false) => "tasker audit ls --action component.collect".to_owned(),
            (true | false, true) => "tasker registry tree".to_owned(),
        }
    }
}

fn text(collection: &Collection) -> String {
    if collection.versions.is_empty() {
        return Tone::Quiet.of("there is nothing to collect");
    }
    let name = |it: &CollectedVersion| format!("{}/{}@{}", it.namespace, it.component, it.version);
    let table = Table::new([
        ("version", &name),
        ("digest", &|it| it.digest.short()),
        ("frees", &frees),
    ])
    .or("")
    .rows(&collection.versions);
    let versions = units::count(collection.versions.len(), "version");
    let freed = units::size(collection.freed_bytes);
    let end = match collection.dry_run {
        true => format!("{versions} would go, {freed}"),
        false => good(format_args!("collected {versions}, {freed}")),
    };
    format!("{table}\n\n{end}")
}

/// What removing it frees.
fn frees(collected: &CollectedVersion) -> String {
    match collected.freed_bytes {
        0 => "shared".to_owned(),
        bytes => units::size(bytes),
    }
}
