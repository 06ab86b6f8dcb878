//! What pins say, side by side.

use super::RegistryError;
use crate::store::references::ComponentPinRow;
use tasker_domain::requirement::Requirement;

/// Where a pin leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What it says without its ramp.
    Base,
    /// Where its ramp goes.
    Ramp,
    /// What it goes back to: by a rollback, or where what it says is barred.
    Rollback,
}

/// What a pin says, side by side.
#[derive(Clone, Debug)]
pub(crate) struct Sides(Vec<(Side, Requirement)>);

impl Sides {
    pub(crate) fn parse(requirement: &str, ramp: Option<&str>) -> Result<Self, RegistryError> {
        let mut sides = vec![(Side::Base, requirement.parse()?)];
        if let Some(ramp) = ramp {
            sides.push((Side::Ramp, ramp.parse()?));
        }
        Ok(Self(sides))
    }

    pub(crate) fn of(pin: &ComponentPinRow) -> Result<Self, RegistryError> {
        Self::parse(&pin.requirement, pin.ramp_requirement.as_deref())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Side, &Requirement)> {
        self.0
            .iter()
            .map(|(side, requirement)| (*side, requirement))
    }
}
