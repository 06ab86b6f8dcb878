//! Objects.

use super::inclusion::{Inclusion, Reason};
use super::place::{Part, Place};
use super::root::Dialect;
use super::types::Types;
use serde_json::{Map, Value};

impl Inclusion {
    pub(super) fn check_object<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        part: Part<'b>,
        (keyword, value): (&str, &'b Value),
        path: &str,
    ) {
        if a.types().and(Types::OBJECT).is_none() {
            return;
        }
        match keyword {
            "minProperties" | "maxProperties" => self.check_count(a, (keyword, value), path),
            "required" => self.check_required(a, b, value, path),
            "properties" => self.check_named(a, b, part, value, path),
            "additionalProperties" => self.check_others(a, b, part, value, path),
            "patternProperties" => self.check_patterns(a, b, value, path),
            "propertyNames" => self.check_names(a, b, value, path),
            _ => self.check_dependent(a, b, value, path),
        }
    }

    fn check_required(&mut self, a: &Place<'_>, b: &Place<'_>, value: &Value, path: &str) {
        let wanted = value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        for name in wanted.filter(|name| !b.requires_no_more(a, name)) {
            let what = self.either("must be there now", "need not be there any more");
            self.say(&member_path(path, name), what);
        }
    }

    fn check_named<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        part: Part<'b>,
        value: &'b Value,
        path: &str,
    ) {
        for (name, schema) in value.as_object().into_iter().flatten() {
            let (mine, other) = (a.member(name), b.inside(part, schema, &b.member(name)));
            let path = member_path(path, name);
            if !a.is_silent_of(name) {
                self.descend(&mine, &other, &path);
                continue;
            }
            let found = self.attempt(|it| it.descend(&mine, &other, &path));
            if found.is_none_or(|found| !found.is_empty()) {
                let what = self.either("has a name and a schema now", "is no longer described");
                let is_new_name = self.is_forward() && !other.is_closed;
                self.push(Reason {
                    path,
                    what,
                    is_new_name,
                });
            }
        }
    }

    /// `additionalProperties` is about what its own part does not name.
    fn check_others<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        part: Part<'b>,
        schema: &'b Value,
        path: &str,
    ) {
        if part.contains_key("patternProperties") {
            let together = ["additionalProperties", "properties", "patternProperties"];
            return self.check_group(a, b, part, &together, path);
        }
        let named = part.get("properties").and_then(Value::as_object);
        let is_named = |name: &str| named.is_some_and(|named| named.contains_key(name));
        let other = Place::of(b.root, [schema]);
        for name in a.named().into_iter().filter(|name| !is_named(name)) {
            self.descend(&a.member(name), &other, &member_path(path, name));
        }
        self.descend(&a.other_members(), &other, &format!("{path}/*"));
    }

    fn check_patterns<'b>(&mut self, a: &Place<'_>, b: &Place<'b>, value: &'b Value, path: &str) {
        for (pattern, schema) in value.as_object().into_iter().flatten() {
            let other = Place::of(b.root, [schema]);
            let known = a.all("patternProperties").filter_map(Value::as_object);
            let known: Vec<_> = known
                .filter_map(|all: &Map<_, _>| all.get(pattern))
                .collect();
            let path = member_path(path, pattern);
            if !known.is_empty() {
                self.descend(&Place::of(a.root, known), &other, &path);
                continue;
            }
            for name in a.named() {
                self.descend(&a.member(name), &other, &path);
            }
            self.descend(&a.other_members(), &other, &path);
        }
    }

    fn check_names<'b>(&mut self, a: &Place<'_>, b: &Place<'b>, schema: &'b Value, path: &str) {
        let mine = Place::of(a.root, a.all("propertyNames")).only(Types::STRING);
        let path = format!("{path} (names)");
        self.descend(&mine, &Place::of(b.root, [schema]), &path);
    }

    fn check_dependent(&mut self, a: &Place<'_>, b: &Place<'_>, value: &Value, path: &str) {
        if b.root.dialect == Dialect::Early {
            return;
        }
        for (name, wanted) in value.as_object().into_iter().flatten() {
            let known = a
                .all("dependentRequired")
                .filter(|_| a.root.dialect == Dialect::Modern);
            let known: Vec<&Value> = known.filter_map(|all| all.get(name)).collect();
            let is_known = |wanted: &Value| {
                let dependent = known.iter().filter_map(|list| list.as_array());
                dependent.flatten().any(|it| it == wanted)
                    || a.required().any(|it| Some(it) == wanted.as_str())
            };
            let mut wanted = wanted.as_array().into_iter().flatten();
            if !wanted.all(is_known) {
                self.say_bound(a, "dependentRequired", value, path);
                return;
            }
        }
    }
}

/// A JSON pointer to the member.
fn member_path(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}
