//! A migration request by request, until it is done.

use crate::client::{Answer, Ask as _};
use crate::output::{Output, tell};
use crate::{Context, Result, units};
use indicatif::{ProgressBar, ProgressStyle};
use semver::Version;
use std::time::Duration;
use tasker_domain::name::Name;
use tasker_wire::migration::{MigrateTasks, MigratedComponent, Migration, NewMigration};

/// How often the sign of life turns.
const TURN_INTERVAL: Duration = Duration::from_millis(100);

/// Sends the body until the host says that the migration is done; the answer is that of all requests
/// together. Where one fails, what moved before stays so, and this is said.
pub(super) async fn all(
    context: &Context,
    endpoint: MigrateTasks,
    mut body: NewMigration,
) -> Result<Answer<Migration>> {
    let progress = Progress::new(context.output);
    let ask = async |body: &NewMigration| {
        let call = context.call(endpoint.clone());
        call.json(body).ask().await
    };
    let first = ask(&body).await?;
    if first.value.next.is_none() {
        return Ok(first);
    }
    let mut value = first.value;
    while let Some(next) = value.next.take() {
        progress.show(&value);
        body.after = Some(next);
        let batch = ask(&body).await;
        let batch = batch.inspect_err(|_| progress.broken_off(&value))?;
        add(&mut value, batch.value);
    }
    let text = serde_json::to_string(&value).expect("it is of strings and numbers");
    Ok(Answer { text, value })
}

/// Adds what the next request came to.
fn add(all: &mut Migration, batch: Migration) {
    for component in batch.components {
        let mut known = all.components.iter_mut();
        match known.find(|it| change(it) == change(&component)) {
            Some(known) => {
                known.tasks += component.tasks;
                known.steps += component.steps;
            }
            None => all.components.push(component),
        }
    }
    all.looked_at += batch.looked_at;
    all.matched += batch.matched;
    all.tasks += batch.tasks;
    all.next = batch.next;
}

/// What takes which version instead of which.
fn change(component: &MigratedComponent) -> (&Name, &Name, &Version, &Version) {
    let it = component;
    (&it.namespace, &it.component, &it.from, &it.to)
}

/// How far it got, on a terminal; gone when dropped.
struct Progress {
    bar: ProgressBar,
    output: Output,
}

impl Progress {
    fn new(output: Output) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}");
        let style = style.expect("the template is written here");
        let bar = match output.is_json() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new_spinner().with_style(style),
        };
        bar.enable_steady_tick(TURN_INTERVAL);
        Self { bar, output }
    }

    fn show(&self, migrated: &Migration) {
        let looked_at = units::count(migrated.looked_at, "open task");
        self.bar.set_message(match migrated.matched {
            0 => format!("looked at {looked_at}"),
            _ if migrated.dry_run => format!("looked at {looked_at}"),
            _ => format!("{} of {looked_at} moved", migrated.tasks),
        });
    }

    /// Says what stays, before what went wrong is told.
    fn broken_off(&self, migrated: &Migration) {
        self.bar.finish_and_clear();
        if migrated.tasks > 0 && !migrated.dry_run && !self.output.is_json() {
            let moved = units::count(migrated.tasks, "task");
            tell(&format!(
                "{moved} moved; the same command again goes on with the others\n"
            ));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
