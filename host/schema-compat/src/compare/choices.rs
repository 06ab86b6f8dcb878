//! `anyOf`, `oneOf` and `not`: by one branch that takes everything, else case by case.

use super::inclusion::{Inclusion, Reason};
use super::place::Place;
use super::types::Types;
use super::values::{Check, Formats};
use serde_json::Value;

/// How deep places are looked at to see that they have no value in common.
const MAX_DISJOINT_DEPTH: usize = 4;

/// How a choice has to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    AnyOf,
    OneOf,
}

impl Choice {
    fn keyword(self) -> &'static str {
        match self {
            Self::AnyOf => "anyOf",
            Self::OneOf => "oneOf",
        }
    }
}

impl Inclusion {
    pub(super) fn check_any_of<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        value: &'b Value,
        path: &str,
    ) {
        self.check_choice(Choice::AnyOf, a, b, value, path);
    }

    pub(super) fn check_one_of<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        value: &'b Value,
        path: &str,
    ) {
        self.check_choice(Choice::OneOf, a, b, value, path);
    }

    pub(super) fn check_not<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        value: &'b Value,
        path: &str,
    ) {
        let refused = Place::of(b.root, [value]);
        let is_apart = refused.unknown.is_empty() && self.are_disjoint(a, &refused, 0);
        if !is_apart && !Self::has_same(a, b, "not", value) {
            self.undecided(path, "not");
        }
    }

    fn check_choice<'b>(
        &mut self,
        choice: Choice,
        a: &Place<'_>,
        b: &Place<'b>,
        value: &'b Value,
        path: &str,
    ) {
        let keyword = choice.keyword();
        if Self::has_same(a, b, keyword, value) {
            return;
        }
        let branches = value.as_array().into_iter().flatten();
        let branches: Vec<Place<'b>> = branches.map(|it| Place::of(b.root, [it])).collect();
        for case in self.cases_not_taken(choice, a, &branches, path) {
            let what = self.either("no longer takes all of", "takes more of");
            self.say(path, format!("`{keyword}` {what} {case}"));
        }
    }

    /// The cases of `a` that no branch takes whole, in words.
    fn cases_not_taken(
        &mut self,
        choice: Choice,
        a: &Place<'_>,
        branches: &[Place<'_>],
        path: &str,
    ) -> Vec<String> {
        if a.types().is_none() || !self.spend(1 + branches.len()) {
            return Vec::new();
        }
        let mut taken = (0..branches.len()).map(|at| self.taken(choice, a, branches, at, path));
        if let Some(found) = taken.find_map(|found| found) {
            found.into_iter().for_each(|reason| self.push(reason));
            return Vec::new();
        }
        let cases = cases(a);
        if cases.is_empty() {
            return vec![in_words(a)];
        }
        let mut left = Vec::new();
        if self.enter() {
            for case in cases {
                left.extend(self.cases_not_taken(choice, &case, branches, path));
            }
        }
        self.leave();
        left.dedup();
        left
    }

    /// Whether this branch takes all of `a`, and then what there is to say of it.
    fn taken(
        &mut self,
        choice: Choice,
        a: &Place<'_>,
        branches: &[Place<'_>],
        at: usize,
        path: &str,
    ) -> Option<Vec<Reason>> {
        let found = self.attempt(|it| it.check(a, &branches[at], path))?;
        let mut others = (0..branches.len()).filter(|other| *other != at);
        let counts = match choice {
            Choice::AnyOf => true,
            Choice::OneOf => others.all(|other| self.are_disjoint(a, &branches[other], 0)),
        };
        counts.then_some(found)
    }

    /// True where no value is taken by both; false as well where that cannot be told.
    fn are_disjoint(&mut self, a: &Place<'_>, b: &Place<'_>, depth: usize) -> bool {
        if depth > MAX_DISJOINT_DEPTH || !self.spend(1) {
            return false;
        }
        let types = a.types().and(b.types());
        if types.is_none() || self.refuses_all(a, b) || self.refuses_all(b, a) {
            return true;
        }
        let required = a.required().chain(b.required());
        types.within(Types::OBJECT)
            && required.into_iter().any(|name| {
                let (a, b) = (a.member(name), b.member(name));
                self.are_disjoint(&a, &b, depth + 1)
            })
    }

    /// True where the one lists its values and the other refuses each of them for sure.
    fn refuses_all(&mut self, listing: &Place<'_>, other: &Place<'_>) -> bool {
        let Some(values) = listing.finite() else {
            return false;
        };
        if !self.spend(values.len() * (1 + other.parts.len())) {
            return false;
        }
        let parts = other.parts.iter();
        let checks = parts.filter_map(|part| Check::of(other.root, part, Formats::Ignored));
        let checks: Vec<Check<'_>> = checks.collect();
        let is_refused = |value: &Value| {
            checks
                .iter()
                .any(|check| check.allows(value) == Some(false))
        };
        values.iter().all(is_refused)
    }
}

/// The place told apart, by its choices and then by types; together the cases are all of it.
fn cases<'a>(a: &Place<'a>) -> Vec<Place<'a>> {
    if let Some(cases) = a.told_apart() {
        return cases;
    }
    let types: Vec<Types> = a.types().each().collect();
    match types.len() {
        0 | 1 => Vec::new(),
        _ => types.into_iter().map(|types| a.only(types)).collect(),
    }
}

/// A case, by its title or its types.
fn in_words(a: &Place<'_>) -> String {
    let title = a.all("title").filter_map(Value::as_str).last();
    title.map_or_else(
        || format!("type {}", a.types()),
        |title| format!("`{title}`"),
    )
}
