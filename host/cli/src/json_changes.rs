//! What differs between two JSON values, place by place.

use super::units;
use serde::Serialize;
use serde_json::Value;

/// Places that are listed of two values; the last one says that there are more.
const MAX_CHANGES: usize = 100;

/// A place where two values differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// A JSON pointer; empty for the whole.
    pub at: String,
    /// `None` where the first value has nothing there.
    pub a: Option<Value>,
    /// `None` where the second value has nothing there.
    pub b: Option<Value>,
}

impl Change {
    /// The place for people: members with dots between them.
    pub fn place(&self) -> String {
        let at = self.at.trim_start_matches('/').replace('/', ".");
        at.replace("~1", "/").replace("~0", "~")
    }

    pub fn a_text(&self) -> String {
        shown(self.a.as_ref())
    }

    pub fn b_text(&self) -> String {
        shown(self.b.as_ref())
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => units::elide(text, units::MAX_CELL_CHARS),
        Some(value) => units::elide(&value.to_string(), units::MAX_CELL_CHARS),
    }
}

/// The places where two values differ, at most [`MAX_CHANGES`].
pub fn changes(a: &Value, b: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare(Some(a), Some(b), "", &mut found);
    if found.len() > MAX_CHANGES {
        let more = found.len() - MAX_CHANGES;
        found.truncate(MAX_CHANGES);
        let more = Value::from(format!("… and {}", units::count(more, "more difference")));
        found.push(Change {
            at: String::new(),
            a: None,
            b: Some(more),
        });
    }
    found
}

fn compare(a: Option<&Value>, b: Option<&Value>, at: &str, found: &mut Vec<Change>) {
    match (a, b) {
        (a, b) if a == b => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let added = other.keys().filter(|name| !one.contains_key(*name));
            for name in one.keys().chain(added) {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                compare(one.get(name), other.get(name), &at, found);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for index in 0..one.len().max(other.len()) {
                compare(
                    one.get(index),
                    other.get(index),
                    &format!("{at}/{index}"),
                    found,
                );
            }
        }
        (a, b) => found.push(Change {
            at: at.to_owned(),
            a: a.cloned(),
            b: b.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn listed(a: Value, b: Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        let changes = changes(&a, &b).into_iter();
        changes.map(|it| (it.at, it.a, it.b)).collect()
    }

    #[test]
    fn equal_values_have_no_changes() {
        assert_eq!(
            listed(
                json!({"a": [1, {"b": null}]}),
                json!({"a": [1, {"b": null}]})
            ),
            []
        );
    }

    #[test]
    fn each_place_is_named_with_what_is_there() {
        let (a, b) = (
            json!({"a": 1, "b": [1, 2], "c/d": 1}),
            json!({"a": 2, "b": [1, 3, 4], "e": null}),
        );
        assert_eq!(
            listed(a, b),
            [
                ("/a".to_owned(), Some(json!(1)), Some(json!(2))),
                ("/b/1".to_owned(), Some(json!(2)), Some(json!(3))),
                ("/b/2".to_owned(), None, Some(json!(4))),
                ("/c~1d".to_owned(), Some(json!(1)), None),
                ("/e".to_owned(), None, Some(json!(null))),
            ]
        );
    }

    #[test]
    fn values_of_two_kinds_differ_as_a_whole() {
        assert_eq!(
            listed(json!([1]), json!({"a": 1})),
            [(String::new(), Some(json!([1])), Some(json!({"a": 1})))]
        );
    }

    #[test]
    fn what_differs_in_many_places_is_cut() {
        let (a, b): (Vec<u32>, Vec<u32>) = ((0..150).collect(), (1..151).collect());
        let changes = changes(&json!(a), &json!(b));
        assert_eq!(changes.len(), MAX_CHANGES + 1);
        assert_eq!(changes[MAX_CHANGES].b_text(), "… and 50 more differences");
    }
}
