//! Pages as Relay has them: edges, cursors and `pageInfo`.

use crate::host::Reply;
use crate::json::object_of;
use crate::json_schema::{members, referred};
use crate::problem::Problem;
use crate::types::{Typed, Types};
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, TypeRef};
use serde_json::{Value as Json, json};

const PAGE_INFO: &str = "PageInfo";

/// Items of a page where the request names no number.
pub const DEFAULT_ITEMS: u32 = 50;

/// The schema of the items of a page; none of what is no page.
pub fn item_of(page: &Json) -> Option<&Json> {
    let names: Vec<&str> = members(page).map(|(name, _)| name.as_str()).collect();
    let is_page = matches!(
        names.as_slice(),
        ["items", "next", "total"] | ["is_end", "items", "next"]
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
    let page: Json = parse(reply)?;
    Ok(page_of(page, &reply.cursors, more))
}

/// A page from the API's form of it.
pub fn page_of(mut page: Json, cursors: &[String], more: &[(&str, Json)]) -> Json {
    let items = page["items"]
        .as_array_mut()
        .map(std::mem::take)
        .unwrap_or_default();
    let edges = items.into_iter().enumerate().map(|(index, mut item)| {
        if let Some(members) = item.as_object_mut() {
            members.extend(
                more.iter()
                    .map(|(name, it)| ((*name).to_owned(), it.clone())),
            );
        }
        let cursor = cursors.get(index).cloned().or_else(|| own_cursor(&item));
        json!({"cursor": cursor.unwrap_or_default(), "node": item})
    });
    let edges: Vec<Json> = edges.collect();
    let last = edges
        .last()
        .map_or(Json::Null, |edge| edge["cursor"].clone());
    let next = page["next"].take();
    let has_next = match page["is_end"].as_bool() {
        Some(is_end) => !is_end,
        None => !next.is_null(),
    };
    json!({
        "edges": edges,
        "hasNextPage": has_next,
        "endCursor": if next.is_null() { last } else { next },
    })
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

    #[test]
    fn a_page_has_the_cursors_of_its_items_and_says_whether_there_is_more() {
        let page = json!({"items": [{"a": 1}, {"a": 2}], "next": "2"});
        let cursors = ["1".to_owned(), "2".to_owned()];
        let page = page_of(page, &cursors, &[("$task", json!("t"))]);
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
        let page = page_of(json!({"items": [{"id": 7}], "next": null}), &[], &[]);
        assert_eq!(
            (&page["hasNextPage"], &page["endCursor"]),
            (&json!(false), &json!("7"))
        );
        let events = json!({"items": [], "next": "9-0", "is_end": true});
        assert_eq!(page_of(events, &[], &[])["endCursor"], "9-0");
    }
}
