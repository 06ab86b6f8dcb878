//! Whether one JSON Schema takes all that another takes, and what keeps it from it.
//!
//! The practical part of the language is compared keyword by keyword. What is not understood and
//! differs counts as a difference in both directions, so no change is called harmless that isn't.

mod arrays;
mod choices;
mod disjoint;
mod filling;
mod inclusion;
mod numbers;
mod objects;
mod place;
mod root;
mod scalars;
mod types;
mod values;

pub use disjoint::{Comparisons, Contradiction, contradiction};
use inclusion::{Inclusion, Reason, Side};
use root::{Defaults, Root};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a difference does to the values that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// More are taken than before.
    Widened,
    /// Fewer are taken than before.
    Narrowed,
    /// Some that were taken are not, and the other way round; or it cannot be told.
    Changed,
    /// An optional member has a name now that was left open before.
    Named,
}

/// One difference between two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// A JSON pointer into the values; `*` stands for all others.
    pub path: String,
    pub what: String,
    pub effect: Effect,
}

/// All differences between two schemas that matter to values, in no promised order. Where there is
/// none that narrows, changes or names, every value that the old one takes is taken by the new one.
///
/// Bounded in time: schemas that are too large or too deep to be compared are a change.
pub fn compare(old: &Value, new: &Value) -> Vec<Difference> {
    compare_as(Defaults::Left, old, new)
}

/// As [`compare`], of values in which the host fills in the defaults of the schema before it holds
/// them against it, as [`InputSchema::accept`] does: a member that has a default which is filled in,
/// and which its own schema takes, need not be given although it is required.
///
/// [`InputSchema::accept`]: crate::schema::InputSchema::accept
pub fn compare_filled_in(old: &Value, new: &Value) -> Vec<Difference> {
    compare_as(Defaults::FilledIn, old, new)
}

fn compare_as(defaults: Defaults, old: &Value, new: &Value) -> Vec<Difference> {
    if old == new {
        return Vec::new();
    }
    let (old, new) = (Root::of(old, defaults), Root::of(new, defaults));
    let lost = Inclusion::run(Side::Old, &old, &new);
    let won = Inclusion::run(Side::New, &new, &old);
    merged(lost, won)
}

fn merged(lost: Vec<Reason>, mut won: Vec<Reason>) -> Vec<Difference> {
    let mut differences = Vec::new();
    for reason in lost {
        let same = |other: &Reason| other.path == reason.path && other.what == reason.what;
        let effect = match won.iter().position(same) {
            Some(at) => {
                won.swap_remove(at);
                Effect::Changed
            }
            None if reason.is_new_name => Effect::Named,
            None => Effect::Narrowed,
        };
        differences.push(reason.with(effect));
    }
    differences.extend(won.into_iter().map(|reason| reason.with(Effect::Widened)));
    differences
}

impl Reason {
    fn with(self, effect: Effect) -> Difference {
        let Self { path, what, .. } = self;
        Difference { path, what, effect }
    }
}

#[cfg(test)]
mod tests;
