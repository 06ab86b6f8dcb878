//! A migration request by request, until it is done.

use crate::drawn::Drawn;
use crate::{Answer, Ask as _, Context, Result, tell, units};
use semver::Version;
use tasker_domain::name::Name;
use tasker_wire::migration::{MigrateTasks, MigratedComponent, Migration, NewMigration};

/// Sends the body until the host says that the migration is done; the answer is that of all requests
/// together. Where one fails, what moved before stays so, and this is said.
pub(super) async fn all(
    context: &Context,
    endpoint: MigrateTasks,
    mut body: NewMigration,
) -> Result<Answer<Migration>> {
    let progress = Drawn::spinner(context.output.is_json());
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
        progress.0.set_message(shown(&value));
        body.after = Some(next);
        let batch = ask(&body).await;
        let batch = batch.inspect_err(|_| {
            progress.0.finish_and_clear();
            broken_off(&value, context);
        })?;
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

/// How far it got.
fn shown(migrated: &Migration) -> String {
    let looked_at = units::count(migrated.looked_at, "open task");
    match migrated.matched == 0 || migrated.dry_run {
        true => format!("looked at {looked_at}"),
        false => format!("{} of {looked_at} moved", migrated.tasks),
    }
}

/// Says what stays, before what went wrong is told.
fn broken_off(migrated: &Migration, context: &Context) {
    if migrated.tasks > 0 && !migrated.dry_run && !context.output.is_json() {
        let moved = units::count(migrated.tasks, "task");
        let again = "the same command again goes on with the others";
        tell(&format!("{moved} moved; {again}\n"));
    }
}
