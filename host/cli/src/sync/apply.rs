//! Makes the changes of a plan, one after the other.

use super::answer;
use super::change::{Action, Change, PinName};
use super::plan::Plan;
use crate::component::publish::{Upload, read_component, send};
use crate::output::tell;
use crate::paint::{Paint, Tone};
use crate::reference::Reference;
use crate::signing::signatures_beside;
use crate::{CliError, Context, Exit, units};
use semver::Version;
use std::cmp::Ordering;
use tasker_domain::name::Name;
use tasker_wire::grant::{AddGrant, NewGrant, RemoveGrant};
use tasker_wire::limit::{ChangeLimits, LimitChanges};
use tasker_wire::pin::{NewPin, RemovePin, SetPin};
use tasker_wire::reason::OnlyReason;
use tasker_wire::template::{PublishQuery, PublishTemplate};

/// Stops at the first that does not succeed, and says what is done and what is left.
pub async fn apply(plan: &Plan, context: &Context) -> Result<Exit, CliError> {
    let (changes, output) = (&plan.changes, context.output);
    for (done, change) in changes.iter().enumerate() {
        if let Err(error) = make(&plan.namespace, change, context).await {
            match output.is_json() {
                true => output.print(&answer(plan, done))?,
                false => tell(&stopped(changes, done, output.paint_error)),
            }
            return Err(error);
        }
    }
    output.report(&answer(plan, changes.len()), || {
        let mark = output.paint.tone(Tone::Good, "✔");
        format!(
            "{mark} {} made in {}",
            units::count(changes.len(), "change"),
            plan.namespace
        )
    })?;
    output.next(&[format!("tasker registry tree {}", plan.namespace)]);
    Ok(Exit::Complete)
}

/// What was made and what was not, when one change failed.
fn stopped(changes: &[Change], done: usize, paint: Paint) -> String {
    let line = |(place, change): (usize, &Change)| {
        let (mark, tone) = match place.cmp(&done) {
            Ordering::Less => ("✔ made     ", Tone::Good),
            Ordering::Equal => ("✘ failed   ", Tone::Bad),
            Ordering::Greater => ("· not made ", Tone::Quiet),
        };
        let mark = paint.tone(tone, mark);
        format!("{mark} {}\n", change.subject)
    };
    let lines: String = changes.iter().enumerate().map(line).collect();
    format!("{lines}what was made stays; run it again when this is mended\n")
}

/// Recorded in the audit log.
const REASON: &str = "tasker sync";

async fn make(namespace: &Name, change: &Change, context: &Context) -> Result<(), CliError> {
    let client = &context.client;
    match &change.action {
        Action::Component {
            name,
            version,
            path,
        } => {
            let upload = Upload {
                name: Reference {
                    namespace: namespace.clone(),
                    name: name.clone(),
                    version: None,
                },
                version: version.clone(),
                bytes: read_component(path)?,
                signatures: signatures_beside(path)?,
            };
            send(upload, context).await?;
            Ok(())
        }
        Action::Template {
            name,
            version,
            source,
            path,
            allow_missing,
        } => {
            let template = (name, version);
            let error = push_template(namespace, template, source, *allow_missing, context);
            let file = path.display().to_string();
            error.await.map_err(|error| error.in_file(&file, source))
        }
        Action::Pin { pin, requirement } => {
            set_pin(namespace, pin, requirement.as_deref(), context).await
        }
        Action::Grant {
            component,
            capability,
        } => {
            let body = NewGrant {
                component: component.clone(),
                capability: capability.clone(),
                reason: REASON.to_owned(),
            };
            client
                .call(AddGrant::at(namespace.clone()))
                .json(&body)
                .await?;
            Ok(())
        }
        Action::Revoke { id } => {
            let call = client.call(RemoveGrant::at(namespace.clone(), *id));
            let reason = REASON.to_owned();
            call.query(&OnlyReason { reason }).await?;
            Ok(())
        }
        Action::Limit { component, patch } => {
            let component = component.to_string().replacen('/', "~", 1);
            let changes = LimitChanges {
                limits: patch.clone(),
                reason: REASON.to_owned(),
            };
            let call = client.call(ChangeLimits::at(namespace.clone(), component));
            call.json(&changes).await?;
            Ok(())
        }
    }
}

async fn push_template(
    namespace: &Name,
    (name, version): (&Name, &Version),
    source: &str,
    allow_missing: bool,
    context: &Context,
) -> Result<(), CliError> {
    let call = context.client.call(PublishTemplate::at(
        namespace.clone(),
        name.clone(),
        version.to_string(),
    ));
    let call = call.query(&PublishQuery { allow_missing });
    call.media(source.to_owned()).await?;
    Ok(())
}

/// Sets the pin or, without a requirement, removes it.
async fn set_pin(
    namespace: &Name,
    (kind, target): &PinName,
    requirement: Option<&str>,
    context: &Context,
) -> Result<(), CliError> {
    let target = target.replacen('/', "~", 1);
    let (namespace, kind) = (namespace.clone(), *kind);
    match requirement {
        Some(requirement) => {
            let body = NewPin {
                requirement: requirement.to_owned(),
                reason: REASON.to_owned(),
            };
            let call = context.client.call(SetPin::at(namespace, kind, target));
            call.json(&body).await?;
        }
        None => {
            let call = context.client.call(RemovePin::at(namespace, kind, target));
            let reason = REASON.to_owned();
            call.query(&OnlyReason { reason }).text().await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::change::Op;
    use super::*;

    #[test]
    fn where_it_stops_each_change_is_told_as_made_or_not() {
        let change = |subject: &str| Change {
            op: Op::Add,
            subject: subject.to_owned(),
            note: String::new(),
            action: Action::Revoke { id: 1 },
            obstacle: None,
        };
        let changes = ["grant a", "component b", "template c"].map(change);
        assert_eq!(
            stopped(&changes, 1, Paint::off()),
            "✔ made      grant a\n✘ failed    component b\n· not made  template c\n\
             what was made stays; run it again when this is mended\n"
        );
    }
}
