//! What happens to pins when a version becomes ineligible.

use super::super::catalog::PinFacts;
use super::super::columns;
use super::super::generation::advance;
use super::change::{NewState, PinBy, PinKey, lock_pin, past_changes, write};
use super::{PinKind, PinRow};
use semver::Version;
use sqlx::FromRow;
use std::collections::BTreeSet;
use tasker_database::{Connection, DatabaseError};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::pin::{PastChange, Pinned};
use tasker_domain::precondition::Precondition;
use tasker_domain::requirement::{ComponentRef, QualifiedName, Requirement};

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
    pub namespace: Name,
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: ComponentRef,
    pub requirement: Requirement,
}

/// What happened to pins that took a version which has become ineligible.
#[derive(Clone, Debug, Default)]
pub struct AffectedPins {
    pub rolled_back: Vec<RolledBack>,
    pub unresolvable: Vec<Unresolvable>,
    /// All that were looked at.
    decided: Vec<PinOf>,
}

impl AffectedPins {
    /// These namespaces, and those whose pins have changed.
    fn namespaces<'n>(&'n self, others: &'n [String]) -> impl Iterator<Item = &'n str> {
        let changed = self.rolled_back.iter().map(|it| it.pin.namespace.as_str());
        others.iter().map(String::as_str).chain(changed)
    }
}

/// The new state of a pin.
#[derive(Debug)]
pub struct Decided {
    /// The same as before, where the pin stays.
    pub new_state: NewState,
    /// New tasks can take nothing by it.
    pub is_unresolvable: bool,
}

/// Decides the new state of a namespace's pin of this target, from the available versions, the current pin
/// and its changes, the newest first.
pub type Decide = fn(
    (&Name, PinKind, &QualifiedName),
    PinFacts,
    &Pinned,
    &[PastChange],
) -> Result<Decided, DatabaseError>;

/// Applies the decision to the pins of these versions, in every namespace.
///
/// Call it in the transaction that makes the versions ineligible, after that change, and
/// [`advance_decided`] at its end. Locks the pins of all of them by (namespace_id, kind, target), before it changes one.
pub(crate) async fn auto_rollback(
    tx: &mut Connection,
    kind: PinKind,
    ineligible: &[(QualifiedName, Version)],
    (actor, reason): (&Actor, &str),
    decide: Decide,
) -> Result<AffectedPins, DatabaseError> {
    let mut pins = AffectedPins {
        decided: pins_of(tx, LOCK_PINS_OF, kind, ineligible).await?,
        ..AffectedPins::default()
    };
    for (target, version) in ineligible {
        let of_target = pins.decided.iter().filter(|pin| pin.is_of(target));
        let mut of_target: Vec<PinOf> = of_target.cloned().collect();
        of_target.sort();
        let (ineligible, by) = ((target, version), (actor, reason));
        roll_back_from(tx, kind, ineligible, &of_target, by, decide, &mut pins).await?;
    }
    Ok(pins)
}

/// Advances these namespaces, and those whose pins have changed. False if a pin was made meanwhile that
/// nothing was decided about: then the transaction is to be given up, and repeated. A pin that is made
/// later is decided by the new revision.
pub(crate) async fn advance_decided(
    tx: &mut Connection,
    kind: PinKind,
    ineligible: &[(QualifiedName, Version)],
    pins: &AffectedPins,
    namespaces: &[String],
) -> Result<bool, DatabaseError> {
    advance(tx, pins.namespaces(namespaces)).await?;
    let now = pins_of(tx, PINS_OF, kind, ineligible).await?;
    Ok(now.iter().all(|pin| pins.decided.contains(pin)))
}

/// The same for one version and the pins that are about it.
async fn roll_back_from(
    tx: &mut Connection,
    kind: PinKind,
    (target, version): (&QualifiedName, &Version),
    about_it: &[PinOf],
    (actor, reason): (&Actor, &str),
    decide: Decide,
    pins: &mut AffectedPins,
) -> Result<(), DatabaseError> {
    let reason = match reason {
        "" => format!("{version} is ineligible"),
        reason => format!("{version} is ineligible: {reason}"),
    };
    let by = PinBy {
        actor,
        action: "pin.rollback",
        reason: &reason,
        only_if: &Precondition::NONE,
    };
    for PinOf {
        namespace,
        target: name,
    } in about_it
    {
        let text = name.to_string();
        let facts = PinFacts::read(tx, namespace, kind, target).await?;
        let key = PinKey {
            namespace,
            kind,
            target: &text,
        };
        let locked = lock_pin(tx, &key).await?;
        let Some(from) = locked.pinned.clone() else {
            continue;
        };
        let past = past_changes(tx, &key).await?;
        let decided = decide((namespace, kind, target), facts, &from, &past)?;
        let requirement = decided.new_state.pinned.requirement.clone();
        if decided.new_state.pinned != from {
            let pin = write(tx, &key, &locked, &decided.new_state, &by).await?;
            pins.rolled_back.push(RolledBack { from, pin });
        }
        if decided.is_unresolvable && requirement.matches(version) {
            pins.unresolvable.push(Unresolvable {
                namespace: namespace.clone(),
                kind,
                target: name.clone(),
                requirement,
            });
        }
    }
    Ok(())
}

/// A pin by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
struct PinOf {
    #[sqlx(try_from = "String")]
    namespace: Name,
    #[sqlx(try_from = "String")]
    target: ComponentRef,
}

impl PinOf {
    fn is_of(&self, target: &QualifiedName) -> bool {
        self.target.qualified(&self.namespace) == *target
    }
}

/// Every pin that is about one of these, in the order in which all lock pins.
async fn pins_of(
    tx: &mut Connection,
    query: &'static str,
    kind: PinKind,
    ineligible: &[(QualifiedName, Version)],
) -> Result<Vec<PinOf>, DatabaseError> {
    let targets: BTreeSet<&QualifiedName> = ineligible.iter().map(|(target, _)| target).collect();
    let (namespaces, names) = columns(targets);
    let pins = sqlx::query_as(query)
        .bind(kind.into_str())
        .bind(namespaces)
        .bind(names)
        .fetch_all(tx)
        .await?;
    Ok(pins)
}

/// The pins of these targets, each named once. Each is found by the primary key or by `pin_by_target`: of 10,000 pins
/// and 10,000 versions in 1,000 namespaces, it reads those that it returns.
macro_rules! pins_of {
    ($end:literal) => {
        concat!(
            "select n.name as namespace, p.target
             from unnest($2::text[], $3::text[]) as b (namespace, name)
             join tasker.namespace o on o.name = b.namespace
             join tasker.pin p
               on p.target = b.namespace || '/' || b.name or (p.namespace_id = o.namespace_id and p.target = b.name)
             join tasker.namespace n on n.namespace_id = p.namespace_id
             where p.kind = $1::text::tasker.pin_kind ",
            $end
        )
    };
}

const PINS_OF: &str = pins_of!("");

const LOCK_PINS_OF: &str = pins_of!("order by p.namespace_id, p.kind, p.target for update of p");
