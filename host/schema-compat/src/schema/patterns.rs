//! What the patterns of a schema cost.
//!
//! They run in time linear in the text, which still is far from nothing where a pattern is large: its
//! cost for each byte grows with what it compiles to.

use super::SchemaError;
use super::leads::Leads;
use super::places::pointer_to;
use jsonschema::{PatternOptions, Regex};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The most that a pattern may compile to, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;
/// The most patterns in one schema.
const MAX_PATTERNS: usize = 500;
/// What patterns are sorted by, in KiB that they compile to.
const SIZES_KIB: [usize; 4] = [4, 16, 64, 256];

/// The patterns of a schema, each with the checks that a byte of text costs. A pattern that is not
/// among them costs as much as the largest.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns(HashMap<String, u64>);

impl Patterns {
    /// Refuses a schema with more of them than [`MAX_PATTERNS`].
    pub(super) fn of(leads: &Leads<'_>) -> Result<Self, SchemaError> {
        let mut found = HashMap::new();
        for place in leads.reachable() {
            for pattern in patterns(place) {
                if found.len() == MAX_PATTERNS && !found.contains_key(pattern) {
                    return Err(SchemaError {
                        pointer: pointer_to(leads.root, place),
                        message: format!("more than {MAX_PATTERNS} patterns; leave some out"),
                    });
                }
                found
                    .entry(pattern.to_owned())
                    .or_insert_with(|| checks_a_byte(pattern));
            }
        }
        Ok(Self(found))
    }

    /// What the patterns of this part cost for each byte of a text.
    pub(super) fn of_text(&self, place: &Value) -> u64 {
        let pattern = place.get("pattern").and_then(Value::as_str);
        pattern.map_or(0, |pattern| self.checks(pattern))
    }

    /// What the patterns for names of members cost for each byte of a name.
    pub(super) fn of_names(&self, place: &Value) -> u64 {
        let patterns = place.get("patternProperties").and_then(Value::as_object);
        let patterns = patterns.into_iter().flatten();
        patterns.map(|(pattern, _)| self.checks(pattern)).sum()
    }

    fn checks(&self, pattern: &str) -> u64 {
        let known = self.0.get(pattern).copied();
        known.unwrap_or(kib(MAX_PATTERN_BYTES))
    }
}

/// How patterns are run: in linear time, and none that compiles to more than its bound.
pub(super) fn engine() -> PatternOptions<Regex> {
    PatternOptions::regex().size_limit(MAX_PATTERN_BYTES)
}

/// One for each KiB that it compiles to: some 90 nanoseconds, measured where it is at its worst.
fn checks_a_byte(pattern: &str) -> u64 {
    let schema = json!({ "pattern": pattern });
    let fits = |size: &&usize| {
        let engine = PatternOptions::regex().size_limit(**size << 10);
        let options = jsonschema::options().with_pattern_options(engine);
        options.offline().build(&schema).is_ok()
    };
    let size = SIZES_KIB.iter().find(fits).map(|size| size << 10);
    kib(size.unwrap_or(MAX_PATTERN_BYTES))
}

fn kib(bytes: usize) -> u64 {
    (bytes >> 10) as u64
}

fn patterns(place: &Value) -> impl Iterator<Item = &str> {
    let pattern = place.get("pattern").and_then(Value::as_str);
    let names = place.get("patternProperties").and_then(Value::as_object);
    let names = names.into_iter().flatten().map(|(name, _)| name.as_str());
    pattern.into_iter().chain(names)
}
