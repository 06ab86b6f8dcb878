//! Pages as Relay has them: edges, cursors and `pageInfo`.

use crate::host::Reply;
use crate::json::{object, object_of};
use crate::json_schema::{members, referred};
use crate::problem::Problem;
use crate::types::{Typed, Types};
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, TypeRef};
use serde_json::Value as Json;

const PAGE_INFO: &str = "PageInfo";

/// Items of a page where the request names no number.
pub const DEFAULT_ITEMS: u32 = 50;

/// The schema of the items of a page; none of what is no page.
pub fn item_of(page: &Json) -> Option<&Json> {
    let names: Vec<&str> = members(page).map(|(name, _)| name.as_str()).collect();
    let is_page = matches!(
        names.as_slice(),
        ["items", "next", "total"] | ["is_end", "items", "next", "total"]
    );
    let item = &page["properties"]["items"]["items"];
    (is_page && referred(item).is_some()).then_some(item)
}

/// The type of pages of these items.
pub fn connection(item: &Typed, types: &mut Types<'_>) -> TypeRef {
    let item = item.ty.type_name().to_owned();
    let (name, edge) = (format!("{item}Connection"), format!("{item}Edge"));
    if !types.objects.contains_key(&name) {
        let object = Object::new(&name)
            .description("A page of a list.")
            .field(member("edges", list_of(&edge), edges))
            .field(
                member("nodes", list_of(&item), nodes)
                    .description("The items without their cursors."),
            )
            .field(member("pageInfo", TypeRef::named_nn(PAGE_INFO), |page| {
                Some(FieldValue::borrowed_any(page))
            }));
        types.objects.insert(name.clone(), object);
        let object = Object::new(&edge)
            .description("An item of a list.")
            .field(
                member("cursor", TypeRef::named_nn(TypeRef::STRING), cursor)
                    .description("Give it as `after` for what is behind the item."),
            )
            .field(member("node", TypeRef::named_nn(&item), node));
        types.objects.insert(edge, object);
        types.objects.insert(PAGE_INFO.to_owned(), page_info());
    }
    TypeRef::named(name)
}

fn list_of(item: &str) -> TypeRef {
    TypeRef::named_nn_list_nn(item)
}

fn page_info() -> Object {
    let flag = || TypeRef::named_nn(TypeRef::BOOLEAN);
    let text = || TypeRef::named(TypeRef::STRING);
    Object::new(PAGE_INFO)
        .description("Where a page is in its list.")
        .field(member("hasNextPage", flag(), |page| {
            Some(FieldValue::value(page["hasNextPage"] == true))
        }))
        .field(
            member("hasPreviousPage", flag(), |_| {
                Some(FieldValue::value(false))
            })
            .description("False: lists are read forwards."),
        )
        .field(member("startCursor", text(), |page| {
            page["edges"].get(0).and_then(cursor)
        }))
        .field(member("endCursor", text(), |page| {
            page["endCursor"].as_str().map(FieldValue::value)
        }))
}

fn member(name: &str, ty: TypeRef, read: for<'a> fn(&'a Json) -> Option<FieldValue<'a>>) -> Field {
    Field::new(name, ty, move |context| {
        FieldFuture::Value(object_of(&context).and_then(read))
    })
}

fn edges(page: &Json) -> Option<FieldValue<'_>> {
    let edges = page["edges"].as_array()?;
    let edges = edges.iter().map(|edge| FieldValue::borrowed_any(edge));
    Some(FieldValue::list(edges))
}

fn nodes(page: &Json) -> Option<FieldValue<'_>> {
    let edges = page["edges"].as_array()?;
    let nodes = edges
        .iter()
        .map(|edge| FieldValue::borrowed_any(&edge["node"]));
    Some(FieldValue::list(nodes))
}

fn node(edge: &Json) -> Option<FieldValue<'_>> {
    edge.get("node").map(|node| FieldValue::borrowed_any(node))
}

fn cursor(edge: &Json) -> Option<FieldValue<'_>> {
    edge["cursor"].as_str().map(FieldValue::value)
}

/// A page as it is answered, with what its items have besides.
pub fn page(reply: &Reply, more: &[(&str, Json)]) -> Result<Json, Problem> {
    let mut page: Json = parse(reply)?;
    let items = page["items"].as_array_mut().map(std::mem::take);
    let next = page["next"].take();
    let page = Page {
        items: items.unwrap_or_default(),
        cursors: reply.cursors.clone(),
        has_next: match page["is_end"].as_bool() {
            Some(is_end) => !is_end,
            None => !next.is_null(),
        },
        next,
    };
    Ok(page.connection(more))
}

/// A page of a list, as the API has it.
pub struct Page {
    pub items: Vec<Json>,
    /// Those behind the items; fewer where the items say themselves where they are.
    pub cursors: Vec<String>,
    /// Where the list goes on; null where it does not.
    pub next: Json,
    pub has_next: bool,
}

impl Page {
    /// The same as Relay has it, with what the items have besides. No item is copied.
    pub fn connection(self, more: &[(&str, Json)]) -> Json {
        let mut cursors = self.cursors.into_iter();
        let edges = self.items.into_iter().map(|mut item| {
            if let Some(members) = item.as_object_mut() {
                let more = more.iter();
                members.extend(more.map(|(name, it)| ((*name).to_owned(), it.clone())));
            }
            let cursor = cursors.next().or_else(|| own_cursor(&item));
            object([
                ("cursor", cursor.unwrap_or_default().into()),
                ("node", item),
            ])
        });
        let edges: Vec<Json> = edges.collect();
        let last = edges.last().map(|edge| edge["cursor"].clone());
        let end = match self.next {
            Json::Null => last.unwrap_or_default(),
            next => next,
        };
        object([
            ("edges", edges.into()),
            ("hasNextPage", self.has_next.into()),
            ("endCursor", end),
        ])
    }
}

/// The cursor of an item that says itself where it is in its list.
fn own_cursor(item: &Json) -> Option<String> {
    match (&item["sequence"], &item["id"]) {
        (Json::String(sequence), _) => Some(sequence.clone()),
        (_, Json::Number(id)) => Some(id.to_string()),
        _ => None,
    }
}

/// The JSON of an answer.
pub fn parse(reply: &Reply) -> Result<Json, Problem> {
    serde_json::from_slice(&reply.body).map_err(|error| {
        tracing::error!(%error, "an answer of the API is no JSON");
        Problem::new(500, "internal", "internal error")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answered(body: Json, cursors: &[&str]) -> Reply {
        Reply {
            body: body.to_string().into(),
            cursors: cursors.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    #[test]
    fn a_page_has_the_cursors_of_its_items_and_says_whether_there_is_more() {
        let reply = answered(
            json!({"items": [{"a": 1}, {"a": 2}], "next": "2"}),
            &["1", "2"],
        );
        let page = page(&reply, &[("$task", json!("t"))]).unwrap();
        assert_eq!(
            page["edges"][0],
            json!({"cursor": "1", "node": {"a": 1, "$task": "t"}})
        );
        assert_eq!(
            (&page["hasNextPage"], &page["endCursor"]),
            (&json!(true), &json!("2"))
        );
    }

    #[test]
    fn the_last_page_ends_at_its_last_item() {
        let last = page(
            &answered(json!({"items": [{"id": 7}], "next": null}), &[]),
            &[],
        );
        let last = last.unwrap();
        assert_eq!(
            (&last["hasNextPage"], &last["endCursor"]),
            (&json!(false), &json!("7"))
        );
        let events = answered(json!({"items": [], "next": "9-0", "is_end": true}), &[]);
        assert_eq!(page(&events, &[]).unwrap()["endCursor"], "9-0");
    }
}
