//! How much work it is to hold a value against a schema, counted before it is done.
//!
//! A schema that leads to itself by two ways at each level looks at a value of depth n in 2ⁿ ways,
//! and references within references do the same in one place. The count looks at each part and value
//! once, so it is quick where the work would not be.

use super::leads::{Leads, inside};
use super::patterns::Patterns;
use crate::decimal::Decimal;
use serde_json::{Map, Number, Value};
use std::collections::HashMap;

/// The most checks that one value may cost, each some 50 to 100 nanoseconds.
pub const MAX_CHECKS: u64 = 20_000_000;
/// The most pairs of a part and a value that are counted, about 50 bytes each.
const MAX_PAIRS: usize = 1_000_000;
/// Bytes of a text that cost as much as a check, for what reads it and is no pattern.
const BYTES_A_CHECK: usize = 64;
/// Digits of a number of which one check looks at the square: what divides and reduces long numbers
/// takes time that grows so.
const DIGITS_SQUARED_A_CHECK: u64 = 500;
/// Numbers of more digits are compared without being written out.
const MAX_DIGITS_WRITTEN_OUT: u64 = 10_000;
/// Levels of a schema that are looked at to see whether it is light.
const MAX_LIGHT_DEPTH: usize = 100;
/// `unevaluatedProperties` and its like hold the choices against the value anew.
const UNEVALUATED: u64 = 3;

/// A value that would cost too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Excess;

/// The checks that one place of a value costs at most, where the schema does not lead back to
/// itself; else there is no such number.
pub(super) fn checks_a_place(leads: &Leads<'_>, patterns: &Patterns) -> Option<u64> {
    let known = HashMap::new();
    let mut weighing = Weighing {
        leads,
        patterns,
        known,
    };
    weighing.below(leads.root, 0)
}

/// Refuses a value that would cost more than [`MAX_CHECKS`] where it is held against the schema.
pub(super) fn bound(root: &Value, patterns: &Patterns, value: &Value) -> Result<(), Excess> {
    let leads = Leads::of(root);
    let mut counting = Counting {
        leads: &leads,
        patterns,
        known: HashMap::new(),
        weights: HashMap::new(),
        names: HashMap::new(),
    };
    counting.checks(root, value).map(drop)
}

/// True where the value is so small that no count is needed.
pub(super) fn is_small(checks_a_place: Option<u64>, value: &Value) -> bool {
    checks_a_place.is_some_and(|checks| checks.saturating_mul(size(value)) <= MAX_CHECKS)
}

/// Values in a value, long texts counted as several.
fn size(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Number(number) => of_number(number),
        Value::String(text) => 1 + (text.len() / BYTES_A_CHECK) as u64,
        Value::Array(items) => 1 + items.iter().map(size).sum::<u64>(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                1 + (name.len() / BYTES_A_CHECK) as u64 + size(value)
            };
            1 + members.iter().map(member).sum::<u64>()
        }
    }
}

/// What it costs to look at a number once.
fn of_number(number: &Number) -> u64 {
    if number.is_i64() || number.is_u64() {
        return 1;
    }
    let digits = Decimal::of(number).map_or(u64::MAX, |number| number.size());
    let digits = digits.min(MAX_DIGITS_WRITTEN_OUT) + number.as_str().len() as u64;
    1 + digits.saturating_mul(digits) / DIGITS_SQUARED_A_CHECK
}

/// What a part itself asks of a value, apart from the parts that it leads to and from patterns.
fn weight(place: &Value) -> u64 {
    let of_keyword = |(keyword, value): (&String, &Value)| match (keyword.as_str(), value) {
        ("enum" | "const", listed) => size(listed),
        (_, Value::Array(listed)) => listed.len() as u64,
        (_, Value::Object(listed)) => listed.len() as u64,
        (_, Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => 1,
    };
    let keywords = place.as_object().into_iter().flatten();
    1 + keywords.map(of_keyword).sum::<u64>()
}

/// How often what a part leads to in the same place is held against a value.
fn repeats(place: &Value) -> u64 {
    let keywords = ["unevaluatedProperties", "unevaluatedItems"];
    match keywords.iter().any(|keyword| place.get(keyword).is_some()) {
        true => UNEVALUATED,
        false => 1,
    }
}

struct Weighing<'l, 's> {
    leads: &'l Leads<'s>,
    patterns: &'l Patterns,
    /// By the address of the part; none while it is being weighed, or where it has no weight.
    known: HashMap<*const Value, Option<u64>>,
}

impl<'s> Weighing<'_, 's> {
    /// The weight of a part with all that it leads to.
    fn below(&mut self, place: &'s Value, depth: usize) -> Option<u64> {
        if let Some(known) = self.known.get(&std::ptr::from_ref(place)) {
            return *known;
        }
        self.known.insert(place, None);
        if depth == MAX_LIGHT_DEPTH {
            return None;
        }
        let patterns = self.patterns.of_text(place) + self.patterns.of_names(place);
        let mut all = weight(place) + patterns.saturating_mul(BYTES_A_CHECK as u64);
        for next in self.leads.across(place) {
            let below = self.below(next, depth + 1)?;
            all = all.saturating_add(below.saturating_mul(repeats(place)));
        }
        for next in inside(place) {
            all = all.saturating_add(self.below(next, depth + 1)?);
        }
        self.known.insert(place, Some(all));
        Some(all)
    }
}

struct Counting<'l, 's> {
    leads: &'l Leads<'s>,
    patterns: &'l Patterns,
    /// By the addresses of part and value.
    known: HashMap<(*const Value, *const Value), u64>,
    weights: HashMap<*const Value, u64>,
    /// What parts cost that are about names.
    names: HashMap<*const Value, (u64, u64)>,
}

impl<'s> Counting<'_, 's> {
    /// What it costs to hold the value against the part.
    fn checks(&mut self, place: &'s Value, value: &Value) -> Result<u64, Excess> {
        let pair = (std::ptr::from_ref(place), std::ptr::from_ref(value));
        if let Some(known) = self.known.get(&pair) {
            return Ok(*known);
        }
        let mut all = self.own(place, value);
        for next in self.leads.across(place) {
            let checks = self.checks(next, value)?;
            all = within(all, checks.saturating_mul(repeats(place)))?;
        }
        all = match value {
            Value::Object(members) => self.members(place, members, all)?,
            Value::Array(items) => self.items(place, items, all)?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => all,
        };
        if self.known.len() == MAX_PAIRS {
            return Err(Excess);
        }
        self.known.insert(pair, all);
        within(all, 0)
    }

    /// What the part itself costs.
    fn own(&mut self, place: &'s Value, value: &Value) -> u64 {
        let weight = *self.weights.entry(place).or_insert_with(|| weight(place));
        match value {
            Value::String(text) => {
                let times = 1 + (text.len() / BYTES_A_CHECK) as u64;
                let pattern = self.patterns.of_text(place);
                let pattern = pattern.saturating_mul(text.len() as u64);
                weight.saturating_mul(times).saturating_add(pattern)
            }
            Value::Array(_) if place.get("uniqueItems").is_some() => weight + size(value),
            Value::Number(number) => weight.saturating_mul(of_number(number)),
            Value::Null | Value::Bool(_) => weight,
            Value::Array(_) | Value::Object(_) => weight,
        }
    }

    fn members(
        &mut self,
        place: &'s Value,
        members: &Map<String, Value>,
        mut all: u64,
    ) -> Result<u64, Excess> {
        let named = place.get("properties");
        let by_pattern = place.get("patternProperties").and_then(Value::as_object);
        let others = ["additionalProperties", "unevaluatedProperties"];
        let others = others.map(|keyword| place.get(keyword));
        let of_names = self.patterns.of_names(place);
        for (name, member) in members {
            let own = named.and_then(|named| named.get(name));
            let others = others.iter().flatten().filter(|_| own.is_none());
            let by_pattern = by_pattern.into_iter().flatten().map(|(_, part)| part);
            for next in own.into_iter().chain(by_pattern).chain(others.copied()) {
                all = within(all, self.checks(next, member)?)?;
            }
            all = within(all, of_names.saturating_mul(name.len() as u64))?;
            if let Some(part) = place.get("propertyNames") {
                let (once, a_byte) = self.of_name(part);
                let bytes = a_byte.saturating_mul(name.len() as u64);
                all = within(all, once.saturating_add(bytes))?;
            }
        }
        Ok(all)
    }

    /// What a part costs for a name: once, and for each of its bytes.
    fn of_name(&mut self, place: &'s Value) -> (u64, u64) {
        if let Some(known) = self.names.get(&std::ptr::from_ref(place)) {
            return *known;
        }
        let (mut once, mut a_byte) = (weight(place), 1 + self.patterns.of_text(place));
        for next in self.leads.across(place) {
            let (more, more_a_byte) = self.of_name(next);
            once = once.saturating_add(more);
            a_byte = a_byte.saturating_add(more_a_byte);
        }
        self.names.insert(place, (once, a_byte));
        (once, a_byte)
    }

    fn items(&mut self, place: &'s Value, items: &[Value], mut all: u64) -> Result<u64, Excess> {
        let lists = ["prefixItems", "items"].map(|keyword| place.get(keyword)?.as_array());
        let each = ["items", "additionalItems", "unevaluatedItems", "contains"];
        let each = each.map(|keyword| place.get(keyword).filter(|part| !part.is_array()));
        for (at, item) in items.iter().enumerate() {
            let by_place = lists.iter().flatten().filter_map(|list| list.get(at));
            for next in by_place.chain(each.iter().flatten().copied()) {
                all = within(all, self.checks(next, item)?)?;
            }
        }
        Ok(all)
    }
}

fn within(all: u64, more: u64) -> Result<u64, Excess> {
    let all = all.saturating_add(more);
    match all <= MAX_CHECKS {
        true => Ok(all),
        false => Err(Excess),
    }
}
