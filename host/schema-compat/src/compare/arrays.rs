//! Lists.

use super::inclusion::Inclusion;
use super::place::{Part, Place};
use super::root::Dialect;
use super::types::Types;
use serde_json::Value;

impl Inclusion {
    pub(super) fn check_array<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        part: Part<'b>,
        (keyword, value): (&str, &Value),
        path: &str,
    ) {
        if a.types().and(Types::ARRAY).is_none() {
            return;
        }
        match keyword {
            "minItems" | "maxItems" => self.check_count(a, (keyword, value), path),
            "uniqueItems" => self.check_unique(a, value, path),
            "items" => self.check_items(a, b, part, path),
            "prefixItems" if b.root.dialect == Dialect::Modern && !part.contains_key("items") => {
                self.check_items(a, b, part, path);
            }
            // Looked at together with `items`, or not read in this dialect.
            "prefixItems" | "additionalItems" => {}
            _ => self.check_group(
                a,
                b,
                part,
                &["contains", "minContains", "maxContains"],
                path,
            ),
        }
    }

    fn check_unique(&mut self, a: &Place<'_>, value: &Value, path: &str) {
        let is_unique =
            a.max_items() <= 1 || a.all("uniqueItems").any(|it| it == &Value::Bool(true));
        if value == &Value::Bool(true) && !is_unique {
            self.say_bound(a, "uniqueItems", value, path);
        }
    }

    fn check_items<'b>(&mut self, a: &Place<'_>, b: &Place<'b>, part: Part<'b>, path: &str) {
        let (first, rest) = (b.first_items(part), b.rest_of_items(part));
        let told_apart = first.len().max(a.items_told_apart());
        for index in 0..told_apart {
            let other = match (first.get(index), rest) {
                (Some(schema), _) => Some(Place::of(b.root, [schema])),
                (None, rest) => rest.map(|schema| b.inside(part, schema, &b.item(index))),
            };
            let is_beyond = u64::try_from(index).is_ok_and(|index| index >= a.max_items());
            if let Some(other) = other.filter(|_| !is_beyond) {
                self.descend(&a.item(index), &other, &format!("{path}/{index}"));
            }
        }
        let is_beyond = u64::try_from(told_apart).is_ok_and(|count| count >= a.max_items());
        if let Some(schema) = rest.filter(|_| !is_beyond) {
            let other = b.inside(part, schema, &b.other_items());
            self.descend(&a.other_items(), &other, &format!("{path}/*"));
        }
    }
}
