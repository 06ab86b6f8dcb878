//! Whether all that one schema takes is taken by another: the way through both.

use super::numbers::same;
use super::place::{Address, Part, Place, is_silent};
use super::root::{Root, has_references, has_same_definitions};
use super::types::Types;
use super::values::{Check, Formats};
use serde_json::Value;

/// The most steps of one comparison; a step looks at one keyword or value.
const MAX_STEPS: usize = 200_000;
/// How deep places may lie in one another.
const MAX_DEPTH: usize = 64;
/// The most reasons that are told.
const MAX_REASONS: usize = 200;
/// The most values that one reason names.
const MAX_LISTED: usize = 5;
/// The longest value that is shown, in characters.
const MAX_SHOWN_CHARS: usize = 60;

/// Which of the two schemas is asked whether all that it takes is taken by the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

/// Something that one schema takes and the other does not, or may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) path: String,
    pub(super) what: String,
    /// The member was left open and is named by the other.
    pub(super) is_new_name: bool,
}

/// One comparison under way. `a` is everywhere the one that is asked, `b` the other.
pub(super) struct Inclusion {
    side: Side,
    steps: usize,
    depth: usize,
    is_exhausted: bool,
    /// References lead to the same in both.
    has_same_definitions: bool,
    pub(super) reasons: Vec<Reason>,
    /// Places that are being compared. Met again further down in a value they hold, unless
    /// something else is found.
    under_way: Vec<(Address, Address)>,
}

impl Inclusion {
    pub(super) fn run(side: Side, a: &Root<'_>, b: &Root<'_>) -> Vec<Reason> {
        let mut inclusion = Self {
            side,
            steps: 0,
            depth: 0,
            is_exhausted: false,
            has_same_definitions: has_same_definitions(a, b),
            reasons: Vec::new(),
            under_way: Vec::new(),
        };
        inclusion.descend(&Place::whole(a), &Place::whole(b), "");
        if inclusion.is_exhausted {
            inclusion.is_exhausted = false;
            inclusion.reasons.clear();
            inclusion.say("", "the schemas are too large to be compared".to_owned());
        }
        inclusion.reasons
    }

    /// Compares places that lie deeper in the values than those before.
    pub(super) fn descend(&mut self, a: &Place<'_>, b: &Place<'_>, path: &str) {
        let address = (a.address(), b.address());
        let is_known = self.under_way.contains(&address);
        if is_known && !b.is_closed && b.unknown.is_empty() {
            return;
        }
        self.under_way.push(address);
        self.check(a, b, path);
        self.under_way.pop();
    }

    /// Compares places that hold of the same values.
    pub(super) fn check(&mut self, a: &Place<'_>, b: &Place<'_>, path: &str) {
        if self.enter() && self.spend(1) && !a.types().is_none() {
            self.check_parts(a, b, path);
        }
        self.leave();
    }

    fn check_parts(&mut self, a: &Place<'_>, b: &Place<'_>, path: &str) {
        if b.is_closed {
            return self.say(path, self.either("is no longer allowed", "is allowed now"));
        }
        for unknown in &b.unknown {
            self.undecided(path, unknown);
        }
        for part in &b.parts {
            self.check_part(a, b, part, path);
        }
    }

    fn check_part<'b>(&mut self, a: &Place<'_>, b: &Place<'b>, part: Part<'b>, path: &str) {
        if self.is_said(a, b, part) || !self.spend(1) {
            return;
        }
        if let Some(values) = a.finite() {
            return self.check_values(&values, a, b, part, path);
        }
        for (keyword, value) in part {
            if b.stands_aside(part) && keyword != "$ref" {
                continue;
            }
            if self.spend(1) {
                self.check_keyword(a, b, part, (keyword, value), path);
            }
        }
    }

    /// True where `a` has the very same part, which then needs no look.
    fn is_said(&self, a: &Place<'_>, b: &Place<'_>, part: Part<'_>) -> bool {
        let is_whole = self.has_same_definitions
            || !(part.contains_key("$ref") || part.values().any(has_references));
        let is_known = a.root.dialect == b.root.dialect && a.parts.contains(&part);
        is_whole && is_known && a.has_no_default_beside(b)
    }

    fn check_keyword<'b>(
        &mut self,
        a: &Place<'_>,
        b: &Place<'b>,
        part: Part<'b>,
        (keyword, value): (&'b str, &'b Value),
        path: &str,
    ) {
        match keyword {
            silent if is_silent(silent) => {}
            "type" => self.check_types(a, value, path),
            "const" | "enum" => self.check_listed(keyword, a, part, path),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                self.check_number(a, (keyword, value), path);
            }
            "minLength" | "maxLength" | "pattern" | "format" => {
                self.check_string(a, (keyword, value), path);
            }
            "minItems" | "maxItems" | "uniqueItems" | "prefixItems" | "items"
            | "additionalItems" | "contains" | "minContains" | "maxContains" => {
                self.check_array(a, b, part, (keyword, value), path);
            }
            "minProperties"
            | "maxProperties"
            | "required"
            | "properties"
            | "additionalProperties"
            | "patternProperties"
            | "propertyNames"
            | "dependentRequired" => self.check_object(a, b, part, (keyword, value), path),
            "anyOf" => self.check_any_of(a, b, value, path),
            "oneOf" => self.check_one_of(a, b, value, path),
            "not" => self.check_not(a, b, value, path),
            "if" => self.check_group(a, b, part, &["if", "then", "else"], path),
            _ => self.check_group(a, b, part, &[keyword], path),
        }
    }

    fn check_types(&mut self, a: &Place<'_>, value: &Value, path: &str) {
        let Some(allowed) = Types::of_keyword(value) else {
            return self.undecided(path, "type");
        };
        if !a.types().within(allowed) {
            self.say(path, format!("type {}", self.arrow(a.types(), allowed)));
        }
    }

    /// `a` takes no end of values, the part lists those that it takes.
    fn check_listed(&mut self, keyword: &str, a: &Place<'_>, part: Part<'_>, path: &str) {
        let listed = part.get(keyword).map(shown).unwrap_or_default();
        let (any, scope) = (a.types(), self.either("only", "more than"));
        let what = format!("{scope} {listed} is allowed now, of type {any}");
        self.say(path, what);
    }

    fn check_values(
        &mut self,
        values: &[Value],
        a: &Place<'_>,
        b: &Place<'_>,
        part: Part<'_>,
        path: &str,
    ) {
        if !self.spend(values.len() * (1 + part.len())) {
            return;
        }
        let check = Check::of(b.root, part, Formats::Enforced);
        let is_refused =
            |value: &&Value| check.as_ref().and_then(|it| it.allows(value)) != Some(true);
        let refused: Vec<&Value> = values.iter().filter(is_refused).collect();
        if refused.is_empty() {
            return;
        }
        let types = part.get("type").and_then(Types::of_keyword);
        let types = types.filter(|types| !a.types().within(*types) && !a.is_listed());
        self.say(
            path,
            match types {
                Some(types) => format!("type {}", self.arrow(a.types(), types)),
                None => {
                    let what = self.either("no longer allowed", "allowed now");
                    format!("{what}: {}", listed(&refused))
                }
            },
        );
    }

    /// The keywords hold together: a part of `a` has the same, or nothing is known.
    pub(super) fn check_group(
        &mut self,
        a: &Place<'_>,
        b: &Place<'_>,
        part: Part<'_>,
        keywords: &[&str],
        path: &str,
    ) {
        let leading = keywords[0];
        let depends = leading.starts_with("unevaluated") || a.root.dialect != b.root.dialect;
        let mut read = keywords.iter().filter_map(|keyword| part.get(*keyword));
        let is_plain = !depends && !read.any(has_references);
        let mut counted = a.parts.iter().filter(|part| !a.stands_aside(part));
        let equal = |known: &Part<'_>| keywords.iter().all(|it| known.get(*it) == part.get(*it));
        if !(is_plain && counted.any(equal)) {
            self.undecided(path, leading);
        }
    }

    /// True where a part of `a` has the keyword with the same plain value.
    pub(super) fn has_same(a: &Place<'_>, b: &Place<'_>, keyword: &str, value: &Value) -> bool {
        let counted = a.parts.iter().filter(|part| !a.stands_aside(part));
        let mut known = counted.filter_map(|part| part.get(keyword));
        let is_plain = a.root.dialect == b.root.dialect && !has_references(value);
        is_plain && known.any(|known| same(known, value))
    }

    pub(super) fn undecided(&mut self, path: &str, keyword: &str) {
        self.say(
            path,
            format!("`{keyword}` differs in a way that is not compared"),
        );
    }

    pub(super) fn say(&mut self, path: &str, what: String) {
        let reason = Reason {
            path: path.to_owned(),
            what,
            is_new_name: false,
        };
        self.push(reason);
    }

    pub(super) fn push(&mut self, reason: Reason) {
        if self.reasons.len() >= MAX_REASONS {
            self.is_exhausted = true;
        } else if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// Runs a comparison for its answer alone: none where something stands in the way, else what
    /// there is to say if this one counts, which is new names at most.
    pub(super) fn attempt(&mut self, compare: impl FnOnce(&mut Self)) -> Option<Vec<Reason>> {
        let kept = std::mem::take(&mut self.reasons);
        compare(self);
        let found = std::mem::replace(&mut self.reasons, kept);
        let holds = !self.is_exhausted && found.iter().all(|reason| reason.is_new_name);
        holds.then_some(found)
    }

    /// One level deeper among places that hold of the same values; false where that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        self.depth += 1;
        self.is_exhausted |= self.depth > MAX_DEPTH;
        !self.is_exhausted
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// False where there is no more time.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_add(steps);
        self.is_exhausted |= self.steps > MAX_STEPS;
        !self.is_exhausted
    }

    /// True where the old one is asked.
    pub(super) fn is_forward(&self) -> bool {
        self.side == Side::Old
    }

    /// The first where something is lost, the second where it is won.
    pub(super) fn either(&self, lost: &str, won: &str) -> String {
        match self.side {
            Side::Old => lost.to_owned(),
            Side::New => won.to_owned(),
        }
    }

    /// `old → new`, whichever of the two is asked.
    pub(super) fn arrow(&self, a: impl ToString, b: impl ToString) -> String {
        let (a, b) = (a.to_string(), b.to_string());
        match self.side {
            Side::Old => format!("{a} → {b}"),
            Side::New => format!("{b} → {a}"),
        }
    }
}

/// A value, cut where it is long.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn listed(values: &[&Value]) -> String {
    let named: Vec<String> = values
        .iter()
        .take(MAX_LISTED)
        .map(|value| shown(value))
        .collect();
    match values.len().saturating_sub(MAX_LISTED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
