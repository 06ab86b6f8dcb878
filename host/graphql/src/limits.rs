//! What a query may ask for, before any of it is executed.

use crate::connection::DEFAULT_ITEMS;
use crate::problem::Problem;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value as Const, Variables};
use std::collections::HashMap;

/// The longest text of a query, in bytes.
pub const MAX_QUERY_BYTES: usize = 64 << 10;
/// Fields within fields.
pub const MAX_DEPTH: usize = 20;
/// Fields that are answered at most, with `first` items of each list.
pub const MAX_COST: u64 = 200_000;
/// Fields of the query and its fragments, each as often as it is spread.
pub const MAX_FIELDS: usize = 1_000;
/// Fields under another name than their own.
pub const MAX_ALIASES: usize = 50;
/// Fields of the operation itself: each is a request of the API.
pub const MAX_ROOT_FIELDS: usize = 20;
/// Lists within lists of an introspection, as graphql-js counts them.
const MAX_INTROSPECTED_LISTS: usize = 3;

/// Fields of an introspection that are lists of what has such fields again.
const INTROSPECTED_LISTS: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];

/// Refuses what would cost too much; true if it asks what the schema has.
pub fn check(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
) -> Result<bool, Problem> {
    let operations = document.operations.iter();
    let mut chosen =
        operations.filter(|(name, _)| operation.is_none() || name.map(Name::as_str) == operation);
    // What is not there is refused when it is executed.
    let Some((_, chosen)) = chosen.next() else {
        return Ok(false);
    };
    let mut count = Count {
        document,
        variables,
        defaults: defaults(&chosen.node),
        fields: 0,
        aliases: 0,
        root_fields: 0,
        introspects: false,
    };
    let cost = count.selections(&chosen.node.selection_set.node, Place::default())?;
    match cost > MAX_COST {
        true => Err(too_complex(&format!(
            "it may answer {cost} fields; {MAX_COST} are allowed. Ask for fewer items by `first`"
        ))),
        false => Ok(count.introspects),
    }
}

fn defaults(operation: &OperationDefinition) -> HashMap<&str, &Const> {
    let defined = operation.variable_definitions.iter().map(|it| &it.node);
    let with_default =
        defined.filter_map(|it| Some((it.name.node.as_str(), &it.default_value.as_ref()?.node)));
    with_default.collect()
}

fn too_complex(why: &str) -> Problem {
    Problem::new(
        400,
        "query_too_complex",
        &format!("the query is too complex: {why}"),
    )
}

struct Count<'q> {
    document: &'q ExecutableDocument,
    variables: &'q Variables,
    defaults: HashMap<&'q str, &'q Const>,
    fields: usize,
    aliases: usize,
    root_fields: usize,
    introspects: bool,
}

/// Where a selection is.
#[derive(Clone, Copy, Default)]
struct Place {
    depth: usize,
    introspected_lists: usize,
    /// Fragments around it; each is counted as a level, so that circles end.
    fragments: usize,
}

impl<'q> Count<'q> {
    /// The fields that are answered at most.
    fn selections(&mut self, set: &'q SelectionSet, place: Place) -> Result<u64, Problem> {
        if place.depth + place.fragments > 2 * MAX_DEPTH || place.depth > MAX_DEPTH {
            let detail = format!("the query is too deep: {MAX_DEPTH} levels are allowed");
            return Err(Problem::new(400, "query_too_deep", &detail));
        }
        let mut cost = 0_u64;
        for selection in &set.items {
            cost = cost.saturating_add(self.selection(&selection.node, place)?);
        }
        Ok(cost)
    }

    fn selection(&mut self, selection: &'q Selection, place: Place) -> Result<u64, Problem> {
        let within = Place {
            fragments: place.fragments + 1,
            ..place
        };
        self.fields += 1;
        self.check_counts()?;
        match selection {
            Selection::Field(field) => self.field(field, place),
            Selection::InlineFragment(fragment) => {
                self.selections(&fragment.node.selection_set.node, within)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match self.document.fragments.get(name) {
                    Some(fragment) => self.selections(&fragment.node.selection_set.node, within),
                    None => Ok(0),
                }
            }
        }
    }

    fn field(&mut self, field: &'q Positioned<Field>, place: Place) -> Result<u64, Problem> {
        let (field, name) = (&field.node, field.node.name.node.as_str());
        self.aliases += usize::from(field.alias.is_some());
        self.root_fields += usize::from(place.depth == 0);
        self.introspects |= ["__schema", "__type"].contains(&name);
        self.check_counts()?;
        let is_list = INTROSPECTED_LISTS.contains(&name);
        let introspected_lists = place.introspected_lists + usize::from(is_list);
        if introspected_lists > MAX_INTROSPECTED_LISTS {
            return Err(too_complex("the introspection has lists within lists"));
        }
        let within = Place {
            depth: place.depth + 1,
            introspected_lists,
            ..place
        };
        let set = &field.selection_set.node;
        if set.items.is_empty() {
            return Ok(1);
        }
        let cost = self.selections(set, within)?;
        Ok(cost.saturating_mul(self.items(field)).saturating_add(1))
    }

    fn check_counts(&self) -> Result<(), Problem> {
        if self.fields > MAX_FIELDS {
            return Err(too_complex(&format!(
                "it has more than {MAX_FIELDS} fields"
            )));
        }
        if self.aliases > MAX_ALIASES {
            let detail = format!("the query has more than {MAX_ALIASES} aliases");
            return Err(Problem::new(400, "too_many_aliases", &detail));
        }
        if self.root_fields > MAX_ROOT_FIELDS {
            let detail = format!(
                "the query has more than {MAX_ROOT_FIELDS} fields of its own; send them in several"
            );
            return Err(Problem::new(400, "too_many_root_fields", &detail));
        }
        Ok(())
    }

    /// True of a selection of a page. That of fragments has been counted, so that there is no circle.
    fn has_items(&self, set: &SelectionSet) -> bool {
        set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => ["edges", "nodes"].contains(&field.node.name.node.as_str()),
            Selection::InlineFragment(fragment) => {
                self.has_items(&fragment.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                fragment.is_some_and(|it| self.has_items(&it.node.selection_set.node))
            }
        })
    }

    /// How many items of a list are asked for; one of what is no page.
    fn items(&self, field: &'q Field) -> u64 {
        let is_page = self.has_items(&field.selection_set.node);
        let first = field
            .arguments
            .iter()
            .find(|(name, _)| name.node == "first");
        let given = first.and_then(|(_, value)| {
            let resolved = value.node.clone().into_const_with(|name| {
                let given = self
                    .variables
                    .get(&name)
                    .or_else(|| self.defaults.get(name.as_str()).copied());
                Ok::<_, ()>(given.cloned().unwrap_or_default())
            });
            match resolved {
                Ok(Const::Number(number)) => number.as_u64(),
                _ => None,
            }
        });
        match (given, is_page) {
            (Some(given), _) => given.max(1),
            (None, true) => u64::from(DEFAULT_ITEMS),
            (None, false) => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn refusal(query: &str) -> Option<String> {
        let document = parse_query(query).unwrap();
        let refused = check(&document, None, &Variables::default()).err()?;
        let extensions = refused.server_error().extensions?;
        extensions
            .get("code")
            .map(|code| code.to_string().replace('"', ""))
    }

    fn nested(levels: usize) -> String {
        format!("{{{}a{}}}", "a{".repeat(levels), "}".repeat(levels))
    }

    #[test]
    fn a_query_has_a_depth_that_is_allowed() {
        assert_eq!(refusal(&nested(MAX_DEPTH)), None);
        assert_eq!(
            refusal(&nested(MAX_DEPTH + 1)).as_deref(),
            Some("query_too_deep")
        );
        let circle = "{...a} fragment a on Query {...a}";
        assert_eq!(refusal(circle).as_deref(), Some("query_too_deep"));
    }

    #[test]
    fn lists_within_lists_cost_their_items() {
        let query = |items: u32| {
            format!("{{a(first: {items}) {{nodes {{a(first: {items}) {{nodes {{b c}}}}}}}}}}")
        };
        assert_eq!(refusal(&query(50)), None);
        assert_eq!(refusal(&query(500)).as_deref(), Some("query_too_complex"));
        let deep = "{a {nodes {a {nodes {a {nodes {b c}}}}}}}";
        assert_eq!(refusal(deep).as_deref(), Some("query_too_complex"));
    }

    #[test]
    fn fragments_that_multiply_each_other_are_counted_as_spread() {
        let fragment = |n: u32| format!("fragment f{n} on Query {{...f{} ...f{}}} ", n + 1, n + 1);
        let fragments: String = (0..15).map(fragment).collect();
        let query = format!("{{...f0}} {fragments} fragment f15 on Query {{a}}");
        assert_eq!(refusal(&query).as_deref(), Some("too_many_root_fields"));
        let fields: Vec<String> = (0..=MAX_FIELDS).map(|_| "b".to_owned()).collect();
        let query = format!("{{a {{{}}}}}", fields.join(" "));
        assert_eq!(refusal(&query).as_deref(), Some("query_too_complex"));
    }

    #[test]
    fn aliases_and_fields_of_the_operation_are_bounded() {
        let aliases: String = (0..=MAX_ALIASES).map(|n| format!("b{n}: b ")).collect();
        assert_eq!(
            refusal(&format!("{{a {{{aliases}}}}}")).as_deref(),
            Some("too_many_aliases")
        );
        assert_eq!(
            refusal(&format!("{{{}}}", "a ".repeat(MAX_ROOT_FIELDS + 1))).as_deref(),
            Some("too_many_root_fields")
        );
    }

    #[test]
    fn an_introspection_cannot_walk_in_circles() {
        let circle = "{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}";
        assert_eq!(refusal(circle).as_deref(), Some("query_too_complex"));
    }
}
