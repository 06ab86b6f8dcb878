//! Names of members: each once in an object.

use super::JsonTextError;
use std::borrow::Cow;
use std::collections::HashSet;

/// Names that begin so have a meaning of their own to `serde_json`.
const RESERVED: &str = "$serde_json::private::";

/// The position of the scan in one object or array.
enum Level<'t> {
    Object {
        seen: HashSet<Cow<'t, str>>,
        last: Cow<'t, str>,
        /// A name comes next.
        is_at_name: bool,
    },
    Array {
        index: usize,
    },
}

/// Refuses well-formed JSON in which an object has two members of one name: readers differ in which of
/// them they take.
pub(super) fn check(json: &str) -> Result<(), JsonTextError> {
    let mut levels: Vec<Level<'_>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = json.as_bytes().get(at) {
        match byte {
            b'{' => levels.push(Level::object()),
            b'[' => levels.push(Level::Array { index: 0 }),
            b'}' | b']' => drop(levels.pop()),
            b',' => levels
                .iter_mut()
                .next_back()
                .into_iter()
                .for_each(Level::go_on),
            b'"' => {
                let end = string_end(json, at);
                name(&mut levels, &json[at..end])?;
                at = end - 1;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// Takes a string, which may be the name of a member.
fn name<'t>(levels: &mut [Level<'t>], quoted: &'t str) -> Result<(), JsonTextError> {
    let Some(Level::Object {
        seen,
        last,
        is_at_name: is_at_name @ true,
    }) = levels.last_mut()
    else {
        return Ok(());
    };
    *is_at_name = false;
    let name = unquoted(quoted);
    last.clone_from(&name);
    if name.starts_with(RESERVED) {
        return Err(JsonTextError::ReservedMember(pointer(levels)));
    }
    match seen.insert(name) {
        true => Ok(()),
        false => Err(JsonTextError::DuplicateMember(pointer(levels))),
    }
}

/// The position of the scan, as a JSON pointer.
fn pointer(levels: &[Level<'_>]) -> String {
    let segment = |level: &Level<'_>| match level {
        Level::Object { last, .. } => format!("/{}", last.replace('~', "~0").replace('/', "~1")),
        Level::Array { index } => format!("/{index}"),
    };
    levels.iter().map(segment).collect()
}

impl Level<'_> {
    fn object() -> Self {
        Self::Object {
            seen: HashSet::new(),
            last: Cow::Borrowed(""),
            is_at_name: true,
        }
    }

    /// Behind a comma.
    fn go_on(&mut self) {
        match self {
            Self::Object { is_at_name, .. } => *is_at_name = true,
            Self::Array { index } => *index += 1,
        }
    }
}

/// The place behind the string that begins here.
fn string_end(json: &str, start: usize) -> usize {
    let mut is_escaped = false;
    let ends = |byte: &u8| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    };
    let inside = &json.as_bytes()[start + 1..];
    let end = inside.iter().position(ends);
    end.map_or(json.len(), |end| start + end + 2)
}

/// The text of a string literal; a literal without a valid text is returned as it is written.
fn unquoted(quoted: &str) -> Cow<'_, str> {
    let inside = quoted.trim_start_matches('"');
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    match inside.contains('\\') {
        false => Cow::Borrowed(inside),
        true => serde_json::from_str(quoted).map_or(Cow::Borrowed(inside), Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duplicate(json: &str) -> Option<String> {
        match check(json) {
            Err(JsonTextError::DuplicateMember(pointer)) => Some(pointer),
            Ok(()) => None,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_name_that_an_object_has_twice_is_found_with_its_place() {
        let found = [
            (r#"{"a": 1, "a": 1}"#, "/a"),
            (r#"[1, {"b": [{"x": 1, "y": "x", "x": 2}]}]"#, "/1/b/0/x"),
            (r#"{"a": 1, "\u0061": 2}"#, "/a"),
            (r#"{"a/b~": {"c": {}, "d": [], "c": 0}}"#, "/a~1b~0/c"),
            (r#"{"": 1, "": 2}"#, "/"),
        ];
        for (json, pointer) in found {
            assert_eq!(duplicate(json).as_deref(), Some(pointer), "{json}");
        }
    }

    #[test]
    fn the_same_name_in_different_objects_and_the_same_text_as_a_value_are_fine() {
        for json in [
            r#"{"a": {"a": {"a": "a"}}, "b": ["a", "a", {"a": 1}, {"a": 1}]}"#,
            r#"{"a\"": 1, "a": ",", "A": "{\"a\": 1}"}"#,
            r#"{"\ud800": 1, "\ud801": 2}"#,
            "[]",
            "1",
        ] {
            assert_eq!(duplicate(json), None, "{json}");
        }
    }

    #[test]
    fn names_that_serde_json_reads_as_something_else_are_refused() {
        let spoofed = r#"[{"$serde_json::private::Number": "5"}]"#;
        let pointer = "/0/$serde_json::private::Number".to_owned();
        assert_eq!(check(spoofed), Err(JsonTextError::ReservedMember(pointer)));
    }
}
