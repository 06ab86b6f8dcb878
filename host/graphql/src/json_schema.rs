//! What JSON Schemas say.

use serde_json::Value as Json;
use std::collections::HashMap;

/// What is said of an enum, and of its values in paragraphs of their own.
pub fn meanings(text: &str) -> (String, HashMap<&str, &str>) {
    let meaning = |paragraph: &'_ str| -> Option<(usize, usize)> {
        let rest = paragraph.strip_prefix('`')?;
        let end = rest.find("`: ")?;
        Some((1 + end, end + 4))
    };
    let (mut own, mut meanings) = (Vec::new(), HashMap::new());
    for paragraph in text.split("\n\n") {
        match meaning(paragraph) {
            Some((end, begin)) => _ = meanings.insert(&paragraph[1..end], &paragraph[begin..]),
            None => own.push(paragraph),
        }
    }
    (own.join("\n\n"), meanings)
}

pub fn description(schema: &Json) -> Option<&str> {
    schema["description"].as_str()
}

/// The members of an object, in order.
pub fn members(schema: &Json) -> impl Iterator<Item = (&String, &Json)> {
    schema["properties"].as_object().into_iter().flatten()
}

pub fn has_member(schema: &Json, name: &str) -> bool {
    !schema["properties"][name].is_null()
}

pub fn requires(schema: &Json, member: &str) -> bool {
    let required = schema["required"].as_array().into_iter().flatten();
    required.into_iter().any(|name| name == member)
}

/// The name of the schema that a reference is of.
pub fn referred(schema: &Json) -> Option<&str> {
    schema["$ref"].as_str().and_then(|it| it.rsplit('/').next())
}

/// Of a value that is one of a type, or several of them in a text: the schema of one, which is what clients have.
pub fn one_of_several(schema: &Json) -> Option<&Json> {
    match schema["anyOf"].as_array()?.as_slice() {
        [one, several] if referred(one).is_some() && several["type"] == "string" => Some(one),
        _ => None,
    }
}

/// The values of a choice that has a title and is no type of its own.
pub fn titled_choice(schema: &Json) -> Option<(&str, &Vec<Json>)> {
    schema["title"].as_str().zip(schema["enum"].as_array())
}

/// A schema without null, and whether it had it.
pub fn without_null(schema: &Json) -> (Json, bool) {
    let mut schema = schema.clone();
    if let Some(types) = schema.get_mut("type").and_then(Json::as_array_mut) {
        let before = types.len();
        types.retain(|it| it != "null");
        let is_nullable = types.len() < before;
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
        return (schema, is_nullable);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let is_null = |choice: &&Json| choice["type"] == "null";
        if let (1, [one, other]) = (choices.iter().filter(is_null).count(), choices.as_slice()) {
            let rest = if is_null(&one) { other } else { one };
            return (rest.clone(), true);
        }
    }
    (schema, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn null_is_told_from_the_rest() {
        let text = json!({"type": ["string", "null"], "format": "uuid"});
        assert_eq!(
            without_null(&text),
            (json!({"type": "string", "format": "uuid"}), true)
        );
        let of = json!({"anyOf": [{"$ref": "#/components/schemas/Guard"}, {"type": "null"}]});
        let (of, is_nullable) = without_null(&of);
        assert_eq!((referred(&of), is_nullable), (Some("Guard"), true));
        assert_eq!(without_null(&json!(true)), (json!(true), false));
    }

    #[test]
    fn several_values_in_a_text_have_the_type_of_one() {
        let one = json!({"$ref": "#/components/schemas/Name"});
        let names = json!({"anyOf": [one, {"type": "string"}]});
        assert_eq!(one_of_several(&names), Some(&one));
        assert_eq!(
            one_of_several(&json!({"anyOf": [one, {"type": "null"}]})),
            None
        );
        assert_eq!(one_of_several(&one), None);
    }

    #[test]
    fn what_is_said_of_a_value_is_told_from_what_is_said_of_all() {
        let text = "The state.\n\n`ready`: Any worker may claim it.\n\nIt ends.";
        let (own, meanings) = meanings(text);
        assert_eq!(own, "The state.\n\nIt ends.");
        assert_eq!(meanings.get("ready"), Some(&"Any worker may claim it."));
    }
}
