//! Doc comments as descriptions.

use serde_json::{Map, Value, json};

/// Has every description read as prose: without line breaks inside of paragraphs and without links of rustdoc.
pub fn clean_descriptions(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if matches!(name.as_str(), "description" | "summary") => {
                        *text = prose(text);
                    }
                    other => clean_descriptions(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean_descriptions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Has each choice between named values be one list of them, with what they mean in its description.
pub fn list_named_values(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some((values, meanings)) = named_values(members) {
                let own = members.get("description").and_then(Value::as_str);
                let paragraphs = own.map(str::to_owned).into_iter().chain(meanings);
                let description = paragraphs.collect::<Vec<_>>().join("\n\n");
                members.remove("oneOf");
                members.insert("description".to_owned(), description.into());
                members.insert("type".to_owned(), "string".into());
                members.insert("enum".to_owned(), values);
            }
            members.values_mut().for_each(list_named_values);
        }
        Value::Array(items) => items.iter_mut().for_each(list_named_values),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The values of a schema that has nothing else, and what is said of each.
fn named_values(schema: &Map<String, Value>) -> Option<(Value, Vec<String>)> {
    let (mut values, mut meanings) = (Vec::new(), Vec::new());
    for choice in schema.get("oneOf")?.as_array()? {
        match (&choice["const"], &choice["enum"], &choice["description"]) {
            (Value::String(value), Value::Null, meaning) => {
                values.push(json!(value));
                let meaning = meaning.as_str().map(|it| format!("`{value}`: {it}"));
                meanings.extend(meaning);
            }
            (Value::Null, Value::Array(several), Value::Null) => values.extend(several.clone()),
            _ => return None,
        }
    }
    Some((values.into(), meanings))
}

/// The paragraphs of a doc comment, one line each, in the words of JSON.
pub fn prose(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty());
    let paragraphs = paragraphs.map(|lines| lines.join(" "));
    let paragraphs: Vec<_> = paragraphs.filter(|text| !text.is_empty()).collect();
    without_links(&paragraphs.join("\n\n")).replace("`None`", "null")
}

/// `[`Name`]` and `[`Name`](path)` become `Name` in backquotes.
fn without_links(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else {
            break;
        };
        cleaned.extend([before, "`", name, "`"]);
        let target = after.strip_prefix('(').and_then(|it| it.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    cleaned.push_str(rest);
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doc_comment_reads_as_prose() {
        let doc = " Up to [`MAX`](crate::MAX),\n or [`LATEST`].\n\n `None` for more.\n";
        assert_eq!(prose(doc), "Up to `MAX`, or `LATEST`.\n\nnull for more.");
    }
}
