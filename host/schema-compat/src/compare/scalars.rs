//! Numbers, texts and the bounds that all kinds of values have.

use super::inclusion::{Inclusion, shown};
use super::numbers::{compare_values, is_multiple, same};
use super::place::Place;
use super::types::Types;
use serde_json::Value;
use std::cmp::Ordering;

impl Inclusion {
    pub(super) fn check_number(
        &mut self,
        a: &Place<'_>,
        (keyword, value): (&str, &Value),
        path: &str,
    ) {
        let types = a.types().and(Types::NUMBER);
        if types.is_none() {
            return;
        }
        let holds = match keyword {
            "minimum" => is_above(a, value, false),
            "exclusiveMinimum" => is_above(a, value, true),
            "maximum" => is_below(a, value, false),
            "exclusiveMaximum" => is_below(a, value, true),
            _ => is_multiple_of(a, value, types),
        };
        if !holds {
            self.say_bound(a, keyword, value, path);
        }
    }

    /// A bound on a count, which is at least 0: `minLength`, `maxItems` …
    pub(super) fn check_count(
        &mut self,
        a: &Place<'_>,
        (keyword, value): (&str, &Value),
        path: &str,
    ) {
        let enough = match keyword.starts_with("min") {
            true => [Some(Ordering::Greater), Some(Ordering::Equal)],
            false => [Some(Ordering::Less), Some(Ordering::Equal)],
        };
        let is_nothing = keyword.starts_with("min") && value.as_f64() == Some(0.0);
        let mut known = a.parts.iter().filter(|part| !a.stands_aside(part));
        let holds = known.any(|part| {
            let known = part.get(keyword);
            known.is_some_and(|known| enough.contains(&compare_values(known, value)))
        });
        if !is_nothing && !holds {
            self.say_bound(a, keyword, value, path);
        }
    }

    pub(super) fn check_string(
        &mut self,
        a: &Place<'_>,
        (keyword, value): (&str, &Value),
        path: &str,
    ) {
        if a.types().and(Types::STRING).is_none() {
            return;
        }
        match keyword {
            "minLength" | "maxLength" => self.check_count(a, (keyword, value), path),
            _ => {
                let mut known = a.parts.iter().filter(|part| !a.stands_aside(part));
                if !known.any(|part| part.get(keyword) == Some(value)) {
                    self.say_bound(a, keyword, value, path);
                }
            }
        }
    }

    /// `keyword old → new`, where a side that says nothing is `none`.
    pub(super) fn say_bound(&mut self, a: &Place<'_>, keyword: &str, value: &Value, path: &str) {
        let mut known = a.parts.iter().filter_map(|part| part.get(keyword));
        let before = known.next().map_or_else(|| "none".to_owned(), shown);
        let arrow = self.arrow(before, shown(value));
        self.say(path, format!("{keyword} {arrow}"));
    }
}

fn is_above(a: &Place<'_>, bound: &Value, is_exclusive: bool) -> bool {
    holds(a, "minimum", bound, Ordering::Greater, !is_exclusive)
        || holds(a, "exclusiveMinimum", bound, Ordering::Greater, true)
}

fn is_below(a: &Place<'_>, bound: &Value, is_exclusive: bool) -> bool {
    holds(a, "maximum", bound, Ordering::Less, !is_exclusive)
        || holds(a, "exclusiveMaximum", bound, Ordering::Less, true)
}

fn holds(
    a: &Place<'_>,
    keyword: &'static str,
    bound: &Value,
    beyond: Ordering,
    or_equal: bool,
) -> bool {
    a.all(keyword)
        .any(|known| match compare_values(known, bound) {
            Some(Ordering::Equal) => or_equal,
            Some(order) => order == beyond,
            None => false,
        })
}

fn is_multiple_of(a: &Place<'_>, divisor: &Value, types: Types) -> bool {
    let is_one = divisor.as_u64() == Some(1) && types.within(Types::INTEGER);
    let known = |known: &Value| same(known, divisor) || is_multiple(known, divisor);
    is_one || a.all("multipleOf").any(known)
}
