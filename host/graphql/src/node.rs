//! Objects by one id, as Relay asks for them again: `node(id:)`.

use crate::connection::parse;
use crate::host::Call;
use crate::json::object_of;
use crate::problem::Problem;
use crate::session::Session;
use crate::types::Types;
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, Interface, InterfaceField, TypeRef,
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const NODE: &str = "Node";
const ID_DOC: &str = "Of all objects; give it to `node`.";

/// A type whose objects have an address of their own.
struct NodeType {
    name: &'static str,
    /// The members that the id is made of.
    members: &'static [&'static str],
    /// The id is the only member, and no more: that of a task is a UUID.
    is_plain: bool,
    source: Source,
}

/// What has an object.
enum Source {
    /// The answer to this request, with the members of the id in braces.
    Request(&'static str),
    /// What an edge leads to.
    Edge {
        load: &'static str,
        /// Its key, of the members of the id; none where they are wrong.
        key: fn(&[String]) -> Option<Json>,
    },
    /// The only item of a page that an edge leads to.
    Page {
        load: &'static str,
        key: fn(&[String]) -> Option<Json>,
    },
}

const NODES: [NodeType; 10] = [
    NodeType {
        name: "Task",
        members: &["id"],
        is_plain: true,
        source: Source::Request("/v1/tasks/{id}"),
    },
    NodeType {
        name: "ComponentVersion",
        members: &["namespace", "component", "version"],
        is_plain: false,
        source: Source::Request(
            "/v1/namespaces/{namespace}/components/{component}/versions/{version}",
        ),
    },
    NodeType {
        name: "TemplateVersion",
        members: &["namespace", "name", "version"],
        is_plain: false,
        source: Source::Request("/v1/namespaces/{namespace}/templates/{name}/versions/{version}"),
    },
    NodeType {
        name: "EventSubscription",
        members: &["namespace", "name"],
        is_plain: false,
        source: Source::Request("/v1/namespaces/{namespace}/subscriptions/{name}"),
    },
    NodeType {
        name: "Pin",
        members: &["namespace", "kind", "target"],
        is_plain: false,
        source: Source::Request("/v1/namespaces/{namespace}/pins/{kind}/{target}"),
    },
    NodeType {
        name: "Namespace",
        members: &["name"],
        is_plain: false,
        source: Source::Edge {
            load: "namespace",
            key: |id| Some(json!({"namespace": id[0]})),
        },
    },
    NodeType {
        name: "Component",
        members: &["namespace", "name"],
        is_plain: false,
        source: Source::Edge {
            load: "component",
            key: |id| Some(json!({"namespace": id[0], "name": id[1]})),
        },
    },
    NodeType {
        name: "Template",
        members: &["namespace", "name"],
        is_plain: false,
        source: Source::Edge {
            load: "template",
            key: |id| Some(json!({"namespace": id[0], "name": id[1]})),
        },
    },
    NodeType {
        name: "Step",
        members: &["$task", "name"],
        is_plain: false,
        source: Source::Edge {
            load: "step",
            key: |id| Some(json!({"id": id[0], "step": id[1]})),
        },
    },
    NodeType {
        name: "Attempt",
        members: &["$task", "step", "attempt"],
        is_plain: false,
        source: Source::Page {
            load: "attempts",
            key: key_of_attempt,
        },
    },
];

/// The page that begins with this attempt and has no other.
fn key_of_attempt(id: &[String]) -> Option<Json> {
    let number: i32 = id[2].parse().ok().filter(|number| *number > 0)?;
    let after = (number - 1).to_string();
    Some(json!({"id": id[0], "step": id[1], "first": 1, "after": after}))
}

impl NodeType {
    fn id(&self, object: &Json) -> Option<String> {
        let segments = self.members.iter().map(|member| match &object[*member] {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        });
        let segments: Option<Vec<String>> = segments.collect();
        Some(match (self.is_plain, segments?.as_slice()) {
            (true, [only]) => only.clone(),
            (_, segments) => {
                let segments = segments
                    .iter()
                    .map(|segment| format!("/{}", encoded(segment)));
                std::iter::once(self.name.to_owned())
                    .chain(segments)
                    .collect()
            }
        })
    }

    /// The type that an id is of, and the members of the id.
    fn of(id: &str) -> Option<(&'static Self, Vec<String>)> {
        let mut parts = id.split('/');
        let first = parts.next()?;
        let segments: Vec<&str> = parts.collect();
        let (of, segments) = match segments.as_slice() {
            [] => (NODES.iter().find(|node| node.is_plain)?, vec![first]),
            _ => {
                let named = |node: &&Self| node.name == first && !node.is_plain;
                (NODES.iter().find(named)?, segments)
            }
        };
        if segments.len() != of.members.len() {
            return None;
        }
        let segments = segments.into_iter();
        let decoded = segments.map(|it| percent_decode_str(it).decode_utf8_lossy().into_owned());
        Some((of, decoded.collect()))
    }

    /// The path of the request that reads an object.
    fn path(&self, path: &str, id: &[String]) -> String {
        let members = self.members.iter().zip(id);
        members.fold(path.to_owned(), |path, (member, segment)| {
            path.replace(&format!("{{{member}}}"), &encoded(segment))
        })
    }

    /// The object with this id; none where there is none and nothing refuses to say so.
    async fn find(&self, session: &Session, id: &[String]) -> Result<Option<Arc<Json>>, Problem> {
        let (load, key) = match &self.source {
            Source::Request(path) => {
                let call = Call {
                    method: "GET".to_owned(),
                    target: self.path(path, id),
                    ..Call::default()
                };
                let reply = session.execute(call).await?;
                return Ok(Some(Arc::new(parse(&reply)?)));
            }
            Source::Edge { load, key } | Source::Page { load, key } => (load, key(id)),
        };
        let Some(key) = key else {
            return Ok(None);
        };
        let found = session.load(load, key).await?;
        let found = match self.source {
            Source::Page { .. } => Arc::new(self.in_page(&found, id)),
            Source::Request(_) | Source::Edge { .. } => found,
        };
        Ok((!found.is_null()).then_some(found))
    }

    /// The item of a page that has this id. The page may begin behind it where it does not exist.
    fn in_page(&self, page: &Json, id: &[String]) -> Json {
        let own = &page["edges"][0]["node"];
        let last = self.members.last().zip(id.last());
        let is_own = last.is_some_and(|(member, text)| own[*member].as_i64() == text.parse().ok());
        match is_own {
            true => own.clone(),
            false => Json::Null,
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Has all types with an address implement `Node`; the field that finds one.
pub fn add(types: &mut Types<'_>) -> Field {
    let id = InterfaceField::new("id", TypeRef::named_nn(TypeRef::ID)).description(ID_DOC);
    let interface = Interface::new(NODE).description("An object that can be asked for again.");
    types.add(interface.field(id));
    for node in &NODES {
        if let Some(object) = types.objects.remove(node.name) {
            let id = Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
                let id = object_of(&context).and_then(|object| node.id(object));
                FieldFuture::Value(id.map(FieldValue::value))
            });
            let object = object.field(id.description(ID_DOC)).implement(NODE);
            types.objects.insert(node.name.to_owned(), object);
        }
    }
    let field = Field::new("node", TypeRef::named(NODE), |context| {
        FieldFuture::new(async move {
            let session = context.data::<Arc<Session>>()?;
            let id = context.args.try_get("id")?.string()?;
            Ok(match find(session, id).await {
                Ok(found) => {
                    found.map(|(node, object)| FieldValue::owned_any(object).with_type(node.name))
                }
                Err(problem) => problem.report(&context),
            })
        })
    });
    field
        .description("The object with this id; null if there is none.")
        .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)))
}

async fn find(
    session: &Session,
    id: &str,
) -> Result<Option<(&'static NodeType, Arc<Json>)>, Problem> {
    let Some((node, members)) = NodeType::of(id) else {
        let detail = format!("`{}` is not an id of a node", id.escape_debug());
        return Err(Problem::new(400, "invalid_id", &detail));
    };
    let object = node.find(session, &members).await?;
    Ok(object.map(|object| (node, object)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The id of an object, and the path of the request that finds it.
    fn found_again(name: &str, object: Json) -> (String, String) {
        let node = NODES.iter().find(|node| node.name == name).unwrap();
        let id = node.id(&object).unwrap();
        let (same, members) = NodeType::of(&id).unwrap();
        assert_eq!(same.name, name);
        let path = match &node.source {
            Source::Request(path) => node.path(path, &members),
            Source::Edge { key, .. } | Source::Page { key, .. } => {
                key(&members).unwrap().to_string()
            }
        };
        (id, path)
    }

    #[test]
    fn an_id_leads_back_to_its_object() {
        let version = json!({"namespace": "shop", "component": "charge", "version": "1.0.0+a"});
        let (_, path) = found_again("ComponentVersion", version);
        assert_eq!(
            path,
            "/v1/namespaces/shop/components/charge/versions/1%2E0%2E0%2Ba"
        );
        let (id, path) = found_again("Task", json!({"id": "0197-a"}));
        assert_eq!(
            (id.as_str(), path.as_str()),
            ("0197-a", "/v1/tasks/0197%2Da")
        );
        let pin = json!({"namespace": "shop", "kind": "component", "target": "bank/pay"});
        let (id, path) = found_again("Pin", pin);
        assert_eq!(id, "Pin/shop/component/bank%2Fpay");
        assert_eq!(path, "/v1/namespaces/shop/pins/component/bank%2Fpay");
        let attempt = json!({"$task": "0197-a", "step": "a", "attempt": 3});
        let (id, key) = found_again("Attempt", attempt);
        assert_eq!(id, "Attempt/0197%2Da/a/3");
        assert_eq!(key, r#"{"after":"2","first":1,"id":"0197-a","step":"a"}"#);
    }

    #[test]
    fn what_is_no_id_leads_nowhere() {
        for wrong in [
            "Task/x",
            "ComponentVersion/a/b",
            "Nothing/a",
            "Pin/a/b",
            "Namespace/a/b",
        ] {
            assert!(NodeType::of(wrong).is_none(), "{wrong}");
        }
        for wrong in ["0", "-1", "x", "99999999999"] {
            let id = ["a", "b", wrong].map(str::to_owned);
            assert!(key_of_attempt(&id).is_none(), "{wrong}");
        }
    }
}
