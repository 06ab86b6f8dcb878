//! What becomes of pins when a version is barred.

use super::super::StoreError;
use super::super::lock::{component_candidates, template_candidates};
use super::super::signature::signing_policy;
use super::change::{Becomes, Held, PinBy, PinKey, hold, past_changes, write};
use super::{PinKind, PinRow};
use crate::domain::actor::Actor;
use crate::domain::name::Name;
use crate::domain::pin::{PastChange, Pinned, standing};
use crate::domain::requirement::{QualifiedName, Requirement};
use crate::domain::resolve::{Bar, Candidate, highest};
use crate::store::pool::Connection;
use semver::Version;

/// A pin that could not stay as it was.
#[derive(Clone, Debug)]
pub struct FellBack {
    /// What it said.
    pub from: Pinned,
    pub pin: PinRow,
}

/// A pin that means no version any more, and had nothing to go back to: new tasks that it is about are
/// refused.
#[derive(Clone, Debug)]
pub struct Stranded {
    pub namespace: String,
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: String,
    pub requirement: Requirement,
}

/// What became of pins that took a version which is barred now.
#[derive(Clone, Debug, Default)]
pub struct BarredPins {
    pub fell_back: Vec<FellBack>,
    pub stranded: Vec<Stranded>,
}

/// Has the pins, in every namespace, that after a bar mean no version any more go back to what does:
/// a ramp to nothing ends, a requirement that nothing satisfies becomes the last one before it that
/// something does. Where there is none the pin stays, stranded, and refuses new tasks by name. Others need
/// nothing: what they mean next is chosen as ever.
///
/// Call it in the transaction that bars the version, after the bar; whoever calls it advances the
/// generation. Locks the pins in the order of their namespaces.
pub(in crate::store) async fn fall_back(
    tx: &mut Connection,
    kind: PinKind,
    barred: (&QualifiedName, &Version),
    actor: &Actor,
    reason: &str,
) -> Result<BarredPins, StoreError> {
    let (target, version) = barred;
    let reason = match reason {
        "" => format!("{version} is barred"),
        reason => format!("{version} is barred: {reason}"),
    };
    let by = PinBy {
        actor,
        action: "pin.rollback",
        reason: &reason,
    };
    let mut pins = BarredPins::default();
    for (namespace, name) in pins_of(tx, kind, target).await? {
        let candidates = candidates(tx, kind, target, &namespace).await?;
        let is_met = |requirement: &Requirement| highest(&candidates, &[requirement]).is_some();
        let (namespace, target) = (&namespace, name.as_str());
        let key = PinKey {
            namespace,
            kind,
            target,
        };
        let held = hold(tx, &key).await?;
        let past = past_changes(tx, &key).await?;
        let mut stands = held.pinned.clone();
        if let Some((from, becomes)) = next(&held, &past, &is_met) {
            let pin = write(tx, &key, &held, &becomes, &by).await?;
            pins.fell_back.push(FellBack { from, pin });
            stands = Some(becomes.pinned);
        }
        let requirement = stands.map(|pinned| pinned.requirement);
        let stranded = requirement.filter(|it| it.matches(version) && !is_met(it));
        pins.stranded.extend(stranded.map(|requirement| Stranded {
            namespace: namespace.to_string(),
            kind,
            target: target.to_owned(),
            requirement,
        }));
    }
    Ok(pins)
}

/// What the pin becomes; none where it stays.
fn next(
    held: &Held,
    newest_first: &[PastChange],
    is_met: &impl Fn(&Requirement) -> bool,
) -> Option<(Pinned, Becomes)> {
    let from = held.pinned.clone()?;
    let mut pinned = from.clone();
    let mut undid = None;
    pinned.ramp = pinned.ramp.filter(|ramp| is_met(&ramp.requirement));
    if !is_met(&pinned.requirement) {
        let before = standing(newest_first)
            .filter_map(|(id, text)| Some((id, text.parse::<Requirement>().ok()?)))
            .find(|(_, requirement)| is_met(requirement));
        if let Some((id, requirement)) = before {
            pinned.requirement = requirement;
            undid = Some(id);
        }
    }
    (pinned != from).then_some((from, Becomes { pinned, undid }))
}

/// As a pin of this namespace finds them.
async fn candidates(
    tx: &mut Connection,
    kind: PinKind,
    target: &QualifiedName,
    namespace: &Name,
) -> Result<Vec<Candidate<()>>, StoreError> {
    let versions: Vec<(String, Option<Bar>)> = match kind {
        PinKind::Component => {
            let policy = signing_policy(&mut *tx, namespace).await?;
            let named = std::slice::from_ref(target);
            let rows = component_candidates(&mut *tx, named, &policy).await?;
            rows.into_iter().map(|row| (row.version, row.bar)).collect()
        }
        PinKind::Template => {
            let rows = template_candidates(&mut *tx, target).await?;
            rows.into_iter().map(|row| (row.version, row.bar)).collect()
        }
    };
    let candidate = |(version, bar): (String, Option<Bar>)| match Version::parse(&version) {
        Ok(version) => Ok(Candidate {
            version,
            bar,
            id: (),
        }),
        Err(why) => Err(StoreError::Corrupt(format!("{target} {version}: {why}"))),
    };
    versions.into_iter().map(candidate).collect()
}

/// Every pin that is about this component or template, by its namespace.
async fn pins_of(
    tx: &mut Connection,
    kind: PinKind,
    target: &QualifiedName,
) -> Result<Vec<(Name, String)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select n.name, p.target
         from tasker.pin p join tasker.namespace n using (namespace_id)
         where p.kind = $1::text::tasker.pin_kind
           and ((n.name = $2 and p.target = $3) or (n.name <> $2 and p.target = $2 || '/' || $3))
         order by n.name",
    )
    .bind(kind.as_str())
    .bind(target.namespace.as_str())
    .bind(target.name.as_str())
    .fetch_all(tx)
    .await?;
    let named = |(namespace, target): (String, String)| {
        let namespace = namespace.parse::<Name>();
        let namespace = namespace.map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok((namespace, target))
    };
    rows.into_iter().map(named).collect()
}
