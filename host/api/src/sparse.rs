//! Sparse answers: of an object, or of each item of a page, only the members that `fields` names.

mod members;

pub(crate) use members::AnswerMembers;

use super::conditional::{is_json, whole};
use super::error::ApiError;
use super::own_parameters;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The parameter of the query.
pub(crate) const FIELDS: &str = "fields";

/// The list of a page.
const ITEMS: &str = "items";

/// The most names of one request.
const MAX_FIELDS: usize = 200;

/// What is kept of an answer.
#[derive(Debug)]
pub(crate) struct Selection {
    kept: Kept,
    is_of_page: bool,
}

/// What is kept of a value.
#[derive(Debug, Default)]
struct Kept {
    is_whole: bool,
    /// Of an object, or of each object of a list.
    members: BTreeMap<String, Kept>,
}

impl Selection {
    /// Takes `fields` from the query of a request. None if it names no fields.
    ///
    /// # Errors
    ///
    /// Where a name is none of the answer's.
    pub fn take(request: &mut Request, answer: &AnswerMembers) -> Result<Option<Self>, ApiError> {
        let Some(lists) = own_parameters::take(request.uri_mut(), FIELDS)? else {
            return Ok(None);
        };
        let selection = Self::of(&lists, answer);
        Ok(Some(
            selection.map_err(|wrong| ApiError::parameter(FIELDS, wrong))?,
        ))
    }

    /// Of lists of names.
    fn of(lists: &[String], answer: &AnswerMembers) -> Result<Self, String> {
        let names: Vec<&str> = lists.iter().flat_map(|list| list.split(',')).collect();
        if names.len() > MAX_FIELDS {
            return Err(format!("it names more than {MAX_FIELDS} members"));
        }
        if names.iter().any(|name| name.split('.').any(str::is_empty)) {
            return Err("a name is empty; leave the parameter out for all members".to_owned());
        }
        let mut kept = Kept::default();
        for name in names {
            answer.check(name)?;
            kept.add(name);
        }
        Ok(Self {
            kept,
            is_of_page: answer.is_page(),
        })
    }

    /// The answer with what is kept. What is no success, or no JSON, stays as it is.
    pub async fn of_answer(&self, response: Response) -> Result<Response, ApiError> {
        if response.status() != StatusCode::OK || !is_json(&response) {
            return Ok(response);
        }
        let (mut parts, body) = response.into_parts();
        let bytes = whole(body).await?;
        let kept = self.of_json(&bytes).map_err(|error| ApiError::BodyBroken {
            message: error.to_string(),
        })?;
        parts.headers.remove(CONTENT_LENGTH);
        Ok(Response::from_parts(parts, kept.into()))
    }

    fn of_json(&self, json: &[u8]) -> serde_json::Result<String> {
        let mut kept = String::with_capacity(json.len() / 2);
        let whole: &RawValue = serde_json::from_slice(json)?;
        match self.is_of_page {
            true => self.write_page(whole, &mut kept)?,
            false => self.kept.write(whole, &mut kept)?,
        }
        Ok(kept)
    }

    /// Of each item, what is kept; what the page has besides stays.
    fn write_page(&self, page: &RawValue, kept: &mut String) -> serde_json::Result<()> {
        let Members(members) = serde_json::from_str(page.get())?;
        write_object(kept, members.iter(), |name, value, kept| match name {
            ITEMS => self.kept.write(value, kept),
            _ => {
                kept.push_str(value.get());
                Ok(())
            }
        })
    }
}

impl Kept {
    /// Keeps a member too, whose name has dots between its parts.
    fn add(&mut self, name: &str) {
        let mut at = self;
        for part in name.split('.') {
            if at.is_whole {
                return;
            }
            at = at.members.entry(part.to_owned()).or_default();
        }
        at.is_whole = true;
    }

    /// What is kept of a value, or of each in a list. Numbers keep their digits.
    fn write(&self, value: &RawValue, kept: &mut String) -> serde_json::Result<()> {
        let text = value.get();
        match text.as_bytes().first() {
            Some(b'{') if !self.is_whole => {
                let Members(members) = serde_json::from_str(text)?;
                let named = members
                    .iter()
                    .filter(|(name, _)| self.members.contains_key(&**name));
                write_object(kept, named, |name, value, kept| {
                    self.members[name].write(value, kept)
                })
            }
            Some(b'[') if !self.is_whole => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                kept.push('[');
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        kept.push(',');
                    }
                    self.write(item, kept)?;
                }
                kept.push(']');
                Ok(())
            }
            _ => {
                kept.push_str(text);
                Ok(())
            }
        }
    }
}

type Member<'j> = (Cow<'j, str>, &'j RawValue);

fn write_object<'m, 'j: 'm>(
    kept: &mut String,
    members: impl Iterator<Item = &'m Member<'j>>,
    mut write: impl FnMut(&str, &RawValue, &mut String) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    kept.push('{');
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            kept.push(',');
        }
        kept.push_str(&serde_json::to_string(name)?);
        kept.push(':');
        write(name, value, kept)?;
    }
    kept.push('}');
    Ok(())
}

/// The members of an object in their order, each as it is written.
struct Members<'j>(Vec<Member<'j>>);

impl<'de: 'j, 'j> Deserialize<'de> for Members<'j> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<Name<'de>>()? {
                    members.push((name.0, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(InOrder)
    }
}

/// Borrowed where nothing in it is escaped.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'j>(#[serde(borrow)] Cow<'j, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pins() -> AnswerMembers {
        let types = json!({
            "Pin": {"properties": {
                "target": {"type": "string"},
                "rollout": {"anyOf": [{"$ref": "#/components/schemas/Rollout"}, {"type": "null"}]},
                "labels": {"additionalProperties": {"type": "string"}},
            }},
            "Rollout": {"properties": {"percent": {"type": "number"}, "guard": {}}},
            "PinPage": {"properties": {
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/Pin"}},
                "next": {"type": ["string", "null"]},
            }},
        });
        let page = json!({"$ref": "#/components/schemas/PinPage"});
        AnswerMembers::new(page, types.as_object().unwrap().clone()).unwrap()
    }

    fn kept(fields: &str, json: &str) -> String {
        let selection = Selection::of(&[fields.to_owned()], &pins()).unwrap();
        selection.of_json(json.as_bytes()).unwrap()
    }

    #[test]
    fn of_each_item_only_the_named_members_are_kept_as_they_are_written() {
        let page = r#"{"items": [{"target": "a", "rollout": {"percent": 10.50, "guard": null}},
                                 {"target": "b", "rollout": null}], "next": "b"}"#;
        assert_eq!(
            kept("rollout.percent", page),
            r#"{"items":[{"rollout":{"percent":10.50}},{"rollout":null}],"next":"b"}"#
        );
        assert_eq!(
            kept("target", page),
            r#"{"items":[{"target":"a"},{"target":"b"}],"next":"b"}"#
        );
        assert_eq!(
            kept("target", r#"{"items":[],"next":null}"#),
            r#"{"items":[],"next":null}"#
        );
    }

    #[test]
    fn a_member_that_is_named_whole_and_in_part_is_whole() {
        let page = r#"{"items":[{"rollout":{"percent":1,"guard":{"a":1}}}],"next":null}"#;
        assert_eq!(kept("rollout.percent,rollout", page), page);
        assert_eq!(kept("rollout,rollout.percent", page), page);
    }

    #[test]
    fn a_name_that_no_answer_has_is_refused_with_those_that_it_has() {
        let refused = |name: &str| Selection::of(&[name.to_owned()], &pins()).unwrap_err();
        assert_eq!(
            refused("colour"),
            "there is no member `colour`; there are labels, rollout, target"
        );
        assert_eq!(
            refused("rollout.share"),
            "there is no member `share` in `rollout`; there are guard, percent"
        );
        for empty in ["", "labels.", "target,"] {
            assert!(refused(empty).starts_with("a name is empty"), "{empty}");
        }
        assert_eq!(refused("target.length"), "`target` has no members");
        for taken in ["labels.colour", "rollout.guard.error_rate"] {
            assert!(
                Selection::of(&[taken.to_owned()], &pins()).is_ok(),
                "{taken}"
            );
        }
    }
}
