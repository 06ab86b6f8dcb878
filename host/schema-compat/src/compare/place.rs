//! What a schema says of one place in a value: the parts that all have to hold there.

use super::root::{Defaults, Dialect, Root};
use super::types::Types;
use serde_json::{Map, Value};

/// One schema object without what `$ref` and `allOf` lead to, which are parts of their own.
pub(super) type Part<'s> = &'s Map<String, Value>;

/// See [`is_silent`].
const SILENT: [&str; 19] = [
    "$ref",
    "allOf",
    "title",
    "description",
    "default",
    "examples",
    "$schema",
    "$id",
    "$comment",
    "$anchor",
    "$dynamicAnchor",
    "$vocabulary",
    "$defs",
    "definitions",
    "deprecated",
    "readOnly",
    "writeOnly",
    "then",
    "else",
];

/// Keywords that may say something of members whose names do not stand in `properties`.
const SPEAK_OF_MEMBERS: [&str; 8] = [
    "additionalProperties",
    "patternProperties",
    "unevaluatedProperties",
    "not",
    "if",
    "dependentSchemas",
    "dependencies",
    "propertyNames",
];

/// What a place is known by.
pub(super) type Address = (Vec<usize>, Types, bool);

/// All that holds at one place. Constraints that are not understood are left out of `parts`, so
/// that a place takes at least what its schema takes; `unknown` names them.
#[derive(Clone)]
pub(super) struct Place<'s> {
    pub(super) root: &'s Root<'s>,
    pub(super) parts: Vec<Part<'s>>,
    /// All parts that were met, so that references in a circle end.
    met: Vec<Part<'s>>,
    /// Those of them whose defaults are filled in.
    pub(super) filled: Vec<Part<'s>>,
    /// Something further up may refuse a value for a member that one in here has.
    pub(super) is_looked_into: bool,
    /// The choices of which one branch is among the parts.
    told_apart: Vec<&'s Value>,
    /// The types that are looked at; all, unless cases are told apart.
    pub(super) among: Types,
    /// A part is `false`: nothing is taken here.
    pub(super) is_closed: bool,
    /// References that lead nowhere known, or a dialect that is not known.
    pub(super) unknown: Vec<&'static str>,
}

impl<'s> Place<'s> {
    pub(super) fn open(root: &'s Root<'s>) -> Self {
        Self {
            root,
            parts: Vec::new(),
            met: Vec::new(),
            filled: Vec::new(),
            is_looked_into: false,
            told_apart: Vec::new(),
            among: Types::ALL,
            is_closed: false,
            unknown: Vec::new(),
        }
    }

    pub(super) fn of(root: &'s Root<'s>, schemas: impl IntoIterator<Item = &'s Value>) -> Self {
        let mut place = Self::open(root);
        for schema in schemas {
            place.add(schema, Defaults::Left);
        }
        place
    }

    /// This place where the schema holds as well.
    pub(super) fn with(&self, schema: &'s Value) -> Self {
        let mut place = self.clone();
        place.add(schema, Defaults::Left);
        place
    }

    /// This place told apart by a choice, one case a branch; none where no choice is left.
    pub(super) fn told_apart(&self) -> Option<Vec<Self>> {
        let is_left =
            |choice: &&Value| !self.told_apart.iter().any(|it| std::ptr::eq(*it, *choice));
        let choice = self.choices().find(is_left)?;
        let branches = choice.as_array()?.iter();
        let case = |branch| {
            let mut case = self.with(branch);
            case.told_apart.push(choice);
            case
        };
        Some(branches.map(case).collect())
    }

    /// The branches of each `anyOf` and `oneOf`.
    fn choices(&self) -> impl Iterator<Item = &'s Value> + use<'s, '_> {
        self.all("anyOf").chain(self.all("oneOf"))
    }

    /// This place as far as values of these types go.
    pub(super) fn only(&self, types: Types) -> Self {
        let among = self.among.and(types);
        Self {
            among,
            ..self.clone()
        }
    }

    pub(super) fn add(&mut self, schema: &'s Value, defaults: Defaults) {
        match (schema, self.root.dialect) {
            (Value::Bool(true), _) => {}
            (Value::Bool(false), _) => self.is_closed = true,
            (_, Dialect::Unknown) => self.note("$schema"),
            (Value::Object(part), Dialect::Modern | Dialect::Early) => {
                self.add_part(part, defaults);
            }
            (Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_), _) => {
                self.note("schema");
            }
        }
    }

    fn add_part(&mut self, part: Part<'s>, defaults: Defaults) {
        let is_met = is_among(&self.met, part);
        let is_known = match defaults {
            Defaults::FilledIn => is_among(&self.filled, part),
            Defaults::Left => is_met,
        };
        if is_known {
            return;
        }
        if defaults == Defaults::FilledIn {
            self.filled.push(part);
        }
        if !is_met {
            self.met.push(part);
            if !part.keys().all(|keyword| is_silent(keyword)) {
                self.parts.push(part);
            }
        }
        self.add_led_to(part, defaults);
    }

    /// What `$ref` and `allOf` of the part lead to.
    fn add_led_to(&mut self, part: Part<'s>, defaults: Defaults) {
        if let Some(reference) = part.get("$ref") {
            match self.root.resolve(reference) {
                Some(target) => self.add(target, defaults),
                None => self.note("$ref"),
            }
        }
        if !self.stands_aside(part) {
            let all = part.get("allOf").and_then(Value::as_array);
            for schema in all.into_iter().flatten() {
                self.add(schema, defaults);
            }
        }
    }

    fn note(&mut self, what: &'static str) {
        if !self.unknown.contains(&what) {
            self.unknown.push(what);
        }
    }

    /// True where the part's other keywords do not count, since it has a `$ref`.
    pub(super) fn stands_aside(&self, part: Part<'s>) -> bool {
        self.root.dialect == Dialect::Early && part.contains_key("$ref")
    }

    /// The values of a keyword in all parts.
    pub(super) fn all(&self, keyword: &'s str) -> impl Iterator<Item = &'s Value> + use<'s, '_> {
        let counted = self.parts.iter().filter(|part| !self.stands_aside(part));
        counted.filter_map(move |part| part.get(keyword))
    }

    /// The first value of a keyword.
    pub(super) fn first(&self, keyword: &'s str) -> Option<&'s Value> {
        self.all(keyword).next()
    }

    /// The types that values here can have.
    pub(super) fn types(&self) -> Types {
        if self.is_closed {
            return Types::NONE;
        }
        let said = self.all("type").filter_map(Types::of_keyword);
        let types = said.fold(self.among, Types::and);
        let types = self.choices().map(types_of_choice).fold(types, Types::and);
        match self.listed() {
            Some(values) => {
                let listed = values.iter().map(|value| Types::of_value(value));
                types.and(listed.fold(Types::NONE, Types::or))
            }
            None => types,
        }
    }

    /// All values that can stand here, where `const` or `enum` list them or the types do.
    pub(super) fn finite(&self) -> Option<Vec<Value>> {
        let types = self.types();
        if let Some(values) = self.listed() {
            let kept = values.into_iter();
            let kept = kept.filter(|value| Types::of_value(value).within(types));
            return Some(kept.cloned().collect());
        }
        types.within(Types::NULL.or(Types::BOOLEAN)).then(|| {
            let all = [Value::Null, Value::Bool(false), Value::Bool(true)];
            let kept = all.into_iter();
            kept.filter(|value| Types::of_value(value).within(types))
                .collect()
        })
    }

    /// True where `const` or `enum` list the values.
    pub(super) fn is_listed(&self) -> bool {
        self.first("const").or_else(|| self.first("enum")).is_some()
    }

    fn listed(&self) -> Option<Vec<&'s Value>> {
        if let Some(one) = self.first("const") {
            return Some(vec![one]);
        }
        let values = self.first("enum")?.as_array()?;
        Some(values.iter().collect())
    }

    /// The members that must be there.
    pub(super) fn required(&self) -> impl Iterator<Item = &'s str> + use<'s, '_> {
        let lists = self.all("required").filter_map(Value::as_array);
        lists.flatten().filter_map(Value::as_str)
    }

    /// The members that are described by name.
    pub(super) fn named(&self) -> Vec<&'s str> {
        let described = self.all("properties").filter_map(Value::as_object);
        let mut names: Vec<&str> = described.flat_map(Map::keys).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What holds for the member of this name.
    pub(super) fn member(&self, name: &str) -> Self {
        let counted = self.parts.iter().filter(|part| !self.stands_aside(part));
        let mut place = Self::open(self.root);
        for part in counted {
            let described = part.get("properties").and_then(|all| all.get(name));
            match described {
                Some(schema) => place.add(schema, self.defaults_of(part)),
                None => rest_of_members(part)
                    .into_iter()
                    .for_each(|schema| place.add(schema, Defaults::Left)),
            }
        }
        place
    }

    /// What holds for members that no part names.
    pub(super) fn other_members(&self) -> Self {
        let counted = self.parts.iter().filter(|part| !self.stands_aside(part));
        Self::of(self.root, counted.filter_map(|part| rest_of_members(part)))
    }

    /// True where nothing here says anything of the member of this name, not even of all others.
    pub(super) fn is_silent_of(&self, name: &str) -> bool {
        let says = |part: &Part<'_>| SPEAK_OF_MEMBERS.iter().any(|key| part.contains_key(*key));
        let is_told_apart = |it: &Value| self.told_apart.iter().any(|told| std::ptr::eq(*told, it));
        let is_described = self.all("properties").any(|all| all.get(name).is_some());
        let is_required = self.required().any(|required| required == name);
        self.unknown.is_empty()
            && !is_described
            && !is_required
            && !self.parts.iter().any(says)
            && self.choices().all(is_told_apart)
    }

    /// What holds for the item at this index.
    pub(super) fn item(&self, index: usize) -> Self {
        let mut place = Self::open(self.root);
        for part in &self.parts {
            match self.first_items(part).get(index) {
                Some(schema) => place.add(schema, Defaults::Left),
                None => place.add_rest_of_items(self, part),
            }
        }
        place
    }

    /// What holds for items behind those that any part tells apart.
    pub(super) fn other_items(&self) -> Self {
        let mut place = Self::open(self.root);
        for part in &self.parts {
            place.add_rest_of_items(self, part);
        }
        place
    }

    fn add_rest_of_items(&mut self, list: &Self, part: Part<'s>) {
        if let Some(schema) = list.rest_of_items(part) {
            self.add(schema, list.defaults_of(part));
        }
    }

    /// How many items are told apart by their index.
    pub(super) fn items_told_apart(&self) -> usize {
        let counts = self.parts.iter().map(|part| self.first_items(part).len());
        counts.max().unwrap_or(0)
    }

    /// The schemas of a part for single items from the first on.
    pub(super) fn first_items(&self, part: Part<'s>) -> &'s [Value] {
        let keyword = match self.root.dialect {
            Dialect::Early => "items",
            Dialect::Modern | Dialect::Unknown => "prefixItems",
        };
        let listed = part.get(keyword).filter(|_| !self.stands_aside(part));
        listed.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The schema of a part for all items behind those.
    pub(super) fn rest_of_items(&self, part: Part<'s>) -> Option<&'s Value> {
        let is_list = part.get("items").is_some_and(Value::is_array);
        let keyword = if is_list { "additionalItems" } else { "items" };
        part.get(keyword).filter(|_| !self.stands_aside(part))
    }

    /// The most items there can be.
    pub(super) fn max_items(&self) -> u64 {
        let said = self.all("maxItems").filter_map(Value::as_u64);
        said.min().unwrap_or(u64::MAX)
    }

    /// What this place is known by, where it is met again.
    pub(super) fn address(&self) -> Address {
        let parts = self.parts.iter().chain(&self.filled);
        let parts = parts.map(|part| std::ptr::from_ref(*part) as usize);
        (parts.collect(), self.among, self.is_looked_into)
    }
}

/// True where it is this very part, not one that says the same.
pub(super) fn is_among(parts: &[Part<'_>], part: Part<'_>) -> bool {
    parts.iter().any(|known| std::ptr::eq(*known, part))
}

/// True for keywords that no value is refused for. `$ref` and `allOf` are among them since what
/// they lead to are parts of their own.
pub(super) fn is_silent(keyword: &str) -> bool {
    SILENT.contains(&keyword) || keyword.starts_with("x-")
}

/// The types that the branches of a choice say themselves.
fn types_of_choice(branches: &Value) -> Types {
    let said = |branch: &Value| match branch {
        Value::Bool(false) => Types::NONE,
        _ => branch
            .get("type")
            .and_then(Types::of_keyword)
            .unwrap_or(Types::ALL),
    };
    let branches = branches
        .as_array()
        .map(|branches| branches.iter().map(said));
    branches.map_or(Types::ALL, |types| types.fold(Types::NONE, Types::or))
}

/// What a part says of the members that it doesn't name. Where it has patterns nothing is known of
/// them: a name may match one.
fn rest_of_members(part: Part<'_>) -> Option<&Value> {
    let rest = part.get("additionalProperties");
    rest.filter(|_| !part.contains_key("patternProperties"))
}
