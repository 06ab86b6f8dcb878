//! An upgrade request by request, until it is done.

use crate::client::{Answer, Ask as _};
use crate::output::{Output, tell};
use crate::{CliError, Context, units};
use indicatif::{ProgressBar, ProgressStyle};
use semver::Version;
use std::time::Duration;
use tasker_domain::name::Name;
use tasker_wire::upgrade::{NewUpgrade, Upgrade, UpgradeTasks, UpgradedComponent};

/// How often the sign of life turns.
const TURN_INTERVAL: Duration = Duration::from_millis(100);

/// Sends the body until the host says that the upgrade is done; the answer is that of all requests
/// together. Where one fails, what moved before stays so, and this is said.
pub(super) async fn all(
    context: &Context,
    endpoint: UpgradeTasks,
    mut body: NewUpgrade,
) -> Result<Answer<Upgrade>, CliError> {
    let progress = Progress::new(context.output);
    let ask = async |body: &NewUpgrade| {
        let call = context.client.call(endpoint.clone());
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
        let part = ask(&body).await;
        let part = part.inspect_err(|_| progress.broken_off(&value))?;
        add(&mut value, part.value);
    }
    let text = serde_json::to_string(&value).expect("it is of strings and numbers");
    Ok(Answer { text, value })
}

/// Adds what the next request came to.
fn add(all: &mut Upgrade, part: Upgrade) {
    for component in part.components {
        let mut known = all.components.iter_mut();
        match known.find(|it| change(it) == change(&component)) {
            Some(known) => {
                known.tasks += component.tasks;
                known.steps += component.steps;
            }
            None => all.components.push(component),
        }
    }
    all.looked_at += part.looked_at;
    all.matched += part.matched;
    all.tasks += part.tasks;
    all.next = part.next;
}

/// What takes which version instead of which.
fn change(component: &UpgradedComponent) -> (&Name, &Name, &Version, &Version) {
    let UpgradedComponent {
        namespace,
        component,
        from,
        to,
        ..
    } = component;
    (namespace, component, from, to)
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

    fn show(&self, upgraded: &Upgrade) {
        let looked_at = units::count(upgraded.looked_at, "open task");
        self.bar.set_message(match upgraded.matched {
            0 => format!("looked at {looked_at}"),
            _ if upgraded.dry_run => format!("looked at {looked_at}"),
            _ => format!("{} of {looked_at} moved", upgraded.tasks),
        });
    }

    /// Says what stays, before what went wrong is told.
    fn broken_off(&self, upgraded: &Upgrade) {
        self.bar.finish_and_clear();
        if upgraded.tasks > 0 && !upgraded.dry_run && !self.output.is_json() {
            let moved = units::count(upgraded.tasks, "task");
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
