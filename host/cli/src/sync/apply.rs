//! Makes the changes of a plan, one after the other.

use super::change::{Action, Change};
use super::plan::Plan;
use crate::component::publish::{Upload, read_component, send};
use crate::reference::segment;
use crate::signing::signatures_beside;
use crate::{CliError, Context, Reference, Result, Tone, tell, units};
use std::cmp::Ordering;
use std::path::Path;
use tasker_domain::name::Name;
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_domain::scope::Scope;
use tasker_wire::grant::{AddGrant, NewGrant, RemoveGrant};
use tasker_wire::limit::{ChangeLimits, LimitChanges};
use tasker_wire::pin::{NewPin, RemovePin, SetPin};
use tasker_wire::reason::OnlyReason;
use tasker_wire::recording_rule::{NewRecordingRule, RemoveRecordingRule, SetRecordingRule};
use tasker_wire::subscription::{NewSubscription, RemoveSubscription, SetSubscription};
use tasker_wire::template::{PublishQuery, PublishTemplate};

/// Stops at the first that does not succeed, and says what is done and what is left.
pub async fn apply(plan: &Plan, context: &Context) -> Result {
    let (namespace, changes, output) = (&plan.namespace, &plan.changes, context.output);
    for (done, change) in changes.iter().enumerate() {
        if let Err(error) = make(namespace, &change.action, context).await {
            match output.is_json() {
                true => output.print(&plan.answer(done).to_string())?,
                false => tell(&stopped(changes, done)),
            }
            return Err(error);
        }
    }
    let made = units::count(changes.len(), "change");
    let reply = output.done(plan.answer(changes.len()), || {
        format!("{made} made in {namespace}")
    });
    Ok(reply.next([format!("tasker registry tree {namespace}")]))
}

/// What was made and what was not, when one change failed.
fn stopped(changes: &[Change], done: usize) -> String {
    let line = |(place, change): (usize, &Change)| {
        let mark = match place.cmp(&done) {
            Ordering::Less => Tone::Good.of("✔ made     "),
            Ordering::Equal => Tone::Bad.of("✘ failed   "),
            Ordering::Greater => Tone::Quiet.of("· not made "),
        };
        format!("{mark} {}\n", change.subject)
    };
    let lines: String = changes.iter().enumerate().map(line).collect();
    format!("{lines}what was made stays; run it again when this is mended\n")
}

/// Recorded in the audit log.
const REASON: &str = "tasker sync";

async fn make(namespace: &Name, action: &Action, context: &Context) -> Result<()> {
    let (namespace, reason) = (namespace.clone(), REASON.to_owned());
    match action {
        Action::Component { release, path } => upload(release, path, context).await?,
        Action::Template {
            release,
            source,
            path,
            allow_missing,
        } => {
            let allow_missing = *allow_missing;
            let call = context.call(release.version_at(PublishTemplate::at));
            let call = call.query(&PublishQuery { allow_missing });
            let published = call.media(source.clone()).text().await;
            published.map_err(|error| CliError::from(error).in_file(path.display(), source))?;
        }
        Action::Pin {
            pin: (kind, target),
            requirement: Some(requirement),
        } => {
            let requirement = requirement.clone();
            let call = context.call(SetPin::at(namespace, *kind, segment(target)));
            call.json(&NewPin {
                requirement,
                reason,
            })
            .await?;
        }
        Action::Pin {
            pin: (kind, target),
            requirement: None,
        } => {
            let call = context.call(RemovePin::at(namespace, *kind, segment(target)));
            call.query(&OnlyReason { reason }).text().await?;
        }
        Action::Grant {
            component,
            capability,
        } => {
            let body = NewGrant {
                component: component.clone(),
                capability: capability.clone(),
                reason,
            };
            context.call(AddGrant::at(namespace)).json(&body).await?;
        }
        Action::Revoke { id } => {
            let call = context.call(RemoveGrant::at(namespace, *id));
            call.query(&OnlyReason { reason }).await?;
        }
        Action::Subscribe { name, body } => subscribe(namespace, name, body, context).await?,
        Action::Unsubscribe { name } => {
            let call = context.call(RemoveSubscription::at(namespace, name.clone()));
            call.query(&OnlyReason { reason }).text().await?;
        }
        Action::Limit { component, patch } => {
            let limits = patch.clone();
            let call = context.call(ChangeLimits::at(namespace, segment(component)));
            call.json(&LimitChanges { limits, reason }).await?;
        }
        Action::Record { component, policy } => {
            record(namespace, component, *policy, context).await?;
        }
    }
    Ok(())
}

async fn subscribe(
    namespace: Name,
    name: &Name,
    body: &NewSubscription,
    context: &Context,
) -> Result<()> {
    let body = NewSubscription {
        reason: REASON.to_owned(),
        ..body.clone()
    };
    let call = context.call(SetSubscription::at(namespace, name.clone()));
    call.json(&body).await?;
    Ok(())
}

async fn record(
    namespace: Name,
    component: &Scope,
    policy: Option<RecordingPolicy>,
    context: &Context,
) -> Result<()> {
    let (component, reason) = (segment(component), REASON.to_owned());
    match policy {
        Some(policy) => {
            let call = context.call(SetRecordingRule::at(namespace, component));
            call.json(&NewRecordingRule::of(policy, reason)).await?;
        }
        None => {
            let call = context.call(RemoveRecordingRule::at(namespace, component));
            call.query(&OnlyReason { reason }).await?;
        }
    }
    Ok(())
}

async fn upload(release: &Reference, path: &Path, context: &Context) -> Result<()> {
    let upload = Upload {
        release: release.clone(),
        bytes: read_component(path)?,
        signatures: signatures_beside(path)?,
    };
    send(upload, context).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::change::Op;
    use super::*;
    use crate::paint::plain;

    #[test]
    fn where_it_stops_each_change_is_told_as_made_or_not() {
        let change = |subject: &str| {
            let action = Action::Revoke { id: 1 };
            Change::new(Op::Add, subject.to_owned(), String::new(), action)
        };
        let changes = ["grant a", "component b", "template c"].map(change);
        assert_eq!(
            plain(&stopped(&changes, 1)),
            "✔ made      grant a\n✘ failed    component b\n· not made  template c\n\
             what was made stays; run it again when this is mended\n"
        );
    }
}
