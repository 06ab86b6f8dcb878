//! What becomes of pins when a version is barred.

use super::super::catalog::{FamilyVersionRow, family_versions};
use super::super::signature::signing_policy;
use super::change::{Held, NewState, PinBy, PinKey, hold, past_changes, write};
use super::{PinKind, PinRow};
use semver::Version;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::pin::{PastChange, Pinned, rollback_target};
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Ineligible, highest};
use tasker_domain::signature::PublicKey;
use tasker_domain::signing_policy::SigningPolicy;

/// A pin that could not stay as it was.
#[derive(Clone, Debug)]
pub struct RolledBack {
    /// What it said.
    pub from: Pinned,
    pub pin: PinRow,
}

/// A pin that means no version any more, and had nothing to go back to: new tasks that it is about are
/// refused.
#[derive(Clone, Debug)]
pub struct Unresolvable {
    pub namespace: String,
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: String,
    pub requirement: Requirement,
}

/// What became of pins that took a version which is barred now.
#[derive(Clone, Debug, Default)]
pub struct AffectedPins {
    pub fell_back: Vec<RolledBack>,
    pub stranded: Vec<Unresolvable>,
}

impl AffectedPins {
    /// These namespaces, and those whose pins have changed.
    pub(crate) fn namespaces<'n>(&'n self, others: &'n [String]) -> impl Iterator<Item = &'n str> {
        let changed = self.fell_back.iter().map(|it| it.pin.namespace.as_str());
        others.iter().map(String::as_str).chain(changed)
    }
}

/// Has the pins, in every namespace, that after a bar mean no version any more go back to what does:
/// a ramp to nothing ends, a requirement that nothing satisfies becomes the last one before it that
/// something does. Where there is none the pin stays, stranded, and refuses new tasks by name. Others need
/// nothing: what they mean next is chosen as ever.
///
/// Call it in the transaction that bars the versions, after the bar; whoever calls it advances the
/// generation. Locks the pins of all of them by (namespace_id, kind, target), before it changes one.
pub(crate) async fn auto_rollback(
    tx: &mut Connection,
    kind: PinKind,
    barred: &[(QualifiedName, Version)],
    actor: &Actor,
    reason: &str,
) -> Result<AffectedPins, DatabaseError> {
    let locked = lock_pins(tx, kind, barred).await?;
    let mut pins = AffectedPins::default();
    for (target, version) in barred {
        let of_target = locked.iter().filter(|pin| pin.is_of(target));
        let of_target = of_target.map(|pin| (&pin.namespace, pin.target.as_str()));
        let mut by_name: Vec<_> = of_target.collect();
        by_name.sort();
        let barred = (target, version);
        fall_back_from(tx, kind, barred, &by_name, (actor, reason), &mut pins).await?;
    }
    Ok(pins)
}

/// The same for one version and the pins that are about it.
async fn fall_back_from(
    tx: &mut Connection,
    kind: PinKind,
    (target, version): (&QualifiedName, &Version),
    about_it: &[(&Name, &str)],
    (actor, reason): (&Actor, &str),
    pins: &mut AffectedPins,
) -> Result<(), DatabaseError> {
    let reason = match reason {
        "" => format!("{version} is barred"),
        reason => format!("{version} is barred: {reason}"),
    };
    let by = PinBy {
        actor,
        action: "pin.rollback",
        reason: &reason,
    };
    for &(namespace, name) in about_it {
        let candidates = candidates(tx, kind, target, namespace).await?;
        let is_met = |requirement: &Requirement| highest(&candidates, &[requirement]).is_some();
        let key = PinKey {
            namespace,
            kind,
            target: name,
        };
        let held = hold(tx, &key).await?;
        let past = past_changes(tx, &key).await?;
        let mut stands = held.pinned.clone();
        if let Some((from, becomes)) = next(&held, &past, &is_met) {
            let pin = write(tx, &key, &held, &becomes, &by).await?;
            pins.fell_back.push(RolledBack { from, pin });
            stands = Some(becomes.pinned);
        }
        let requirement = stands.map(|pinned| pinned.requirement);
        let stranded = requirement.filter(|it| it.matches(version) && !is_met(it));
        pins.stranded
            .extend(stranded.map(|requirement| Unresolvable {
                namespace: namespace.to_string(),
                kind,
                target: name.to_owned(),
                requirement,
            }));
    }
    Ok(())
}

/// What the pin becomes; none where it stays.
fn next(
    held: &Held,
    newest_first: &[PastChange],
    is_met: &impl Fn(&Requirement) -> bool,
) -> Option<(Pinned, NewState)> {
    let from = held.pinned.clone()?;
    let mut pinned = from.clone();
    let mut undid = None;
    pinned.ramp = pinned.ramp.filter(|ramp| is_met(&ramp.requirement));
    if !is_met(&pinned.requirement) {
        if let Some((id, requirement)) = rollback_target(newest_first, is_met) {
            pinned.requirement = requirement;
            undid = Some(id);
        }
    }
    (pinned != from).then_some((from, NewState { pinned, undid }))
}

/// As a pin of this namespace finds them.
async fn candidates(
    tx: &mut Connection,
    kind: PinKind,
    target: &QualifiedName,
    namespace: &Name,
) -> Result<Vec<Candidate<()>>, DatabaseError> {
    let policy = match kind {
        PinKind::Component => signing_policy(&mut *tx, namespace).await?,
        PinKind::Template => SigningPolicy::default(),
    };
    let rows = family_versions(&mut *tx, kind, std::slice::from_ref(target)).await?;
    let candidate = |row: FamilyVersionRow| {
        let corrupt = |why| DatabaseError::Corrupt(format!("{target} {}: {why}", row.version));
        let signers = row.signers.iter().map(|key| PublicKey::try_from(&key[..]));
        let signers = signers.collect::<Result<Vec<_>, _>>();
        let signers = signers.map_err(|why| corrupt(why.to_string()))?;
        let unsigned = (!policy.accepts(&signers)).then_some(Ineligible::Unsigned);
        Ok(Candidate {
            version: Version::parse(&row.version).map_err(|why| corrupt(why.to_string()))?,
            ineligible: row.state().ineligible().or(unsigned),
            id: (),
        })
    };
    rows.into_iter().map(candidate).collect()
}

/// A pin that is held until the transaction ends.
struct LockedPin {
    namespace: Name,
    /// `name` of that namespace, or `other/name`.
    target: String,
}

impl LockedPin {
    fn is_of(&self, target: &QualifiedName) -> bool {
        let own = self.namespace == target.namespace && self.target == target.name.as_str();
        own || self.target == target.to_string()
    }
}

/// Locks every pin that is about one of these, in the order in which all lock pins.
async fn lock_pins(
    tx: &mut Connection,
    kind: PinKind,
    barred: &[(QualifiedName, Version)],
) -> Result<Vec<LockedPin>, DatabaseError> {
    let (namespaces, names): (Vec<&str>, Vec<&str>) = barred
        .iter()
        .map(|(target, _)| (target.namespace.as_str(), target.name.as_str()))
        .unzip();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select n.name, p.target
         from tasker.pin p join tasker.namespace n using (namespace_id)
         where p.kind = $1::text::tasker.pin_kind
           and exists (select from unnest($2::text[], $3::text[]) as b (namespace, name)
                       where p.target = b.namespace || '/' || b.name
                          or (n.name = b.namespace and p.target = b.name))
         order by p.namespace_id, p.kind, p.target
         for update of p",
    )
    .bind(kind.as_str())
    .bind(namespaces)
    .bind(names)
    .fetch_all(tx)
    .await?;
    let named = |(namespace, target): (String, String)| {
        let namespace = namespace.parse::<Name>();
        let namespace = namespace.map_err(|error| DatabaseError::Corrupt(error.to_string()))?;
        Ok(LockedPin { namespace, target })
    };
    rows.into_iter().map(named).collect()
}
