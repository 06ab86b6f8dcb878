//! The pins that are set for the versions that are worked on, and what was pinned before.

use super::DevHost;
use crate::reference::segment;
use crate::{Ask as _, Context, Exit, Reference, Result};
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::Requirement;
use tasker_wire::pin::{NewPin, RemovePin, SetPin, ShowPin};
use tasker_wire::reason::OnlyReason;

/// What the audit log has.
const REASON: &str = "tasker dev";

/// The pins that were set.
#[derive(Default)]
pub struct Pins(Vec<OwnPin>);

struct OwnPin {
    kind: PinKind,
    /// With the version that is pinned.
    release: Reference,
    before: Option<Requirement>,
    /// The tag of what was set last; another tag means that somebody else changed it.
    etag: String,
}

impl Pins {
    /// Has new tasks of the namespace take exactly this version.
    pub async fn set(
        &mut self,
        kind: PinKind,
        release: &Reference,
        host: DevHost,
        context: &Context,
    ) -> Result<()> {
        let is_it = |pin: &OwnPin| pin.kind == kind && pin.release.family() == release.family();
        let known = self.0.iter().position(is_it);
        if known.is_some_and(|at| self.0[at].release == *release) {
            return Ok(());
        }
        let before = match (known, host) {
            (None, DevHost::Running) => before(kind, release, context).await?,
            (Some(_), _) | (None, DevHost::Own) => None,
        };
        let version = release.version.as_ref();
        let requirement = version.map_or_else(Requirement::any, Requirement::exact);
        let etag = set(kind, release, &requirement, None, context).await?;
        let release = release.clone();
        match known {
            Some(at) => {
                self.0[at].etag = etag;
                self.0[at].release = release;
            }
            None => self.0.push(OwnPin {
                kind,
                release,
                before,
                etag,
            }),
        }
        Ok(())
    }

    /// Takes back what was set, where nobody else has changed it since. Says what came of each.
    pub async fn take_back(&mut self, context: &Context) -> Vec<String> {
        let mut told = Vec::new();
        for pin in self.0.drain(..).rev() {
            told.push(pin.take_back(context).await);
        }
        told
    }
}

impl OwnPin {
    async fn take_back(&self, context: &Context) -> String {
        let (kind, target) = (self.kind.into_str(), self.release.family());
        let changed = match &self.before {
            None => self.remove(context).await,
            Some(before) => {
                let tag = Some(&*self.etag);
                let set = set(self.kind, &self.release, before, tag, context);
                set.await.map(drop)
            }
        };
        match (changed, &self.before) {
            (Ok(()), None) => format!("the {kind} {target} is no longer pinned"),
            (Ok(()), Some(before)) => format!("the {kind} {target} is pinned at {before} again"),
            (Err(error), _) if error.ends_with(Exit::Conflict) => {
                format!("the pin of the {kind} {target} was changed meanwhile, and stays")
            }
            (Err(_), _) => format!(
                "the pin of the {kind} {target} could not be taken back: tasker pin rm {kind} {target}"
            ),
        }
    }

    async fn remove(&self, context: &Context) -> Result<()> {
        let Reference {
            namespace, name, ..
        } = &self.release;
        let endpoint = RemovePin::at(namespace.clone(), self.kind, segment(name));
        let reason = OnlyReason {
            reason: REASON.to_owned(),
        };
        let call = context.call(endpoint).if_match(&self.etag).query(&reason);
        call.text().await?;
        Ok(())
    }
}

/// Pins, if the pin still has this tag where one is given; returns the new tag.
async fn set(
    kind: PinKind,
    target: &Reference,
    requirement: &Requirement,
    tag: Option<&str>,
    context: &Context,
) -> Result<String> {
    let Reference {
        namespace, name, ..
    } = target;
    let call = context.call(SetPin::at(namespace.clone(), kind, segment(name)));
    let call = match tag {
        Some(tag) => call.if_match(tag),
        None => call,
    };
    let new = NewPin {
        requirement: requirement.to_string(),
        reason: REASON.to_owned(),
    };
    Ok(call.json(&new).ask().await?.value.etag)
}

/// What is pinned now.
async fn before(
    kind: PinKind,
    release: &Reference,
    context: &Context,
) -> Result<Option<Requirement>> {
    let endpoint = ShowPin::at(release.namespace.clone(), kind, segment(&release.name));
    match context.ask(endpoint).await {
        Ok(pin) => Ok(Some(pin.value.requirement)),
        Err(error) if error.ends_with(Exit::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
