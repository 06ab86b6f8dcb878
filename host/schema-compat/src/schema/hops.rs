//! How far a schema leads before it goes one level down into the input.
//!
//! A validator calls itself for each such hop at each level of the input. Both are bounded, so that
//! no schema can exhaust the stack.

use super::SchemaError;
use super::leads::Leads;
use super::places::places;
use serde_json::Value;
use std::collections::HashMap;

/// The most hops (references, `allOf` and the like) in a row at one place of an input.
pub(super) const MAX_HOPS: usize = 16;

/// Refuses a schema with more than [`MAX_HOPS`] in a row; one that leads back to where it started
/// has no end of them.
pub(super) fn check(schema: &Value) -> Result<(), SchemaError> {
    let places = places(schema);
    let mut hops = Hops {
        leads: Leads::of(schema),
        known: HashMap::new(),
    };
    for (pointer, place) in &places {
        hops.from(place, 0).map_err(|TooFar| SchemaError {
            pointer: pointer.clone(),
            message: format!(
                "more than {MAX_HOPS} references, `allOf` and the like lead from here to each other, \
                 or back to here; shorten the chain"
            ),
        })?;
    }
    Ok(())
}

struct TooFar;

struct Hops<'s> {
    leads: Leads<'s>,
    /// The longest row of hops from a place, by its address.
    known: HashMap<*const Value, usize>,
}

impl<'s> Hops<'s> {
    /// The longest row of hops from this place, to which `before` hops led.
    fn from(&mut self, place: &'s Value, before: usize) -> Result<usize, TooFar> {
        let known = self.known.get(&std::ptr::from_ref(place)).copied();
        if before + known.unwrap_or_default() > MAX_HOPS {
            return Err(TooFar);
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let mut longest = 0;
        for next in self.leads.across(place) {
            longest = longest.max(1 + self.from(next, before + 1)?);
        }
        self.known.insert(place, longest);
        Ok(longest)
    }
}
