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
use serde_json::Value as Json;
use std::sync::Arc;

const NODE: &str = "Node";
const ID_DOC: &str = "Of all objects; give it to `node`.";

/// A type whose objects have an address of their own.
struct NodeType {
    name: &'static str,
    /// The request that reads one, with the segments of the id in braces.
    path: &'static str,
    /// The members that the id is made of, as the path has them.
    members: &'static [&'static str],
    /// The id is the only member, and no more: that of a task is a UUID.
    is_plain: bool,
}

const NODES: [NodeType; 4] = [
    NodeType {
        name: "Task",
        path: "/v1/tasks/{id}",
        members: &["id"],
        is_plain: true,
    },
    NodeType {
        name: "ComponentVersion",
        path: "/v1/namespaces/{namespace}/components/{component}/versions/{version}",
        members: &["namespace", "component", "version"],
        is_plain: false,
    },
    NodeType {
        name: "TemplateVersion",
        path: "/v1/namespaces/{namespace}/templates/{name}/versions/{version}",
        members: &["namespace", "name", "version"],
        is_plain: false,
    },
    NodeType {
        name: "EventSubscription",
        path: "/v1/namespaces/{namespace}/subscriptions/{name}",
        members: &["namespace", "name"],
        is_plain: false,
    },
];

impl NodeType {
    fn id(&self, object: &Json) -> Option<String> {
        let segments = self.members.iter().map(|member| object[*member].as_str());
        let segments: Option<Vec<&str>> = segments.collect();
        Some(match (self.is_plain, segments?.as_slice()) {
            (true, [only]) => (*only).to_owned(),
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

    /// The type that an id is of, and the path of the request that reads its object.
    fn of(id: &str) -> Option<(&'static Self, String)> {
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
        let members = of.members.iter().zip(segments);
        let path = members.fold(of.path.to_owned(), |path, (member, segment)| {
            let segment = percent_decode_str(segment).decode_utf8_lossy();
            path.replace(&format!("{{{member}}}"), &encoded(&segment))
        });
        Some((of, path))
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
                Ok((node, object)) => Some(FieldValue::owned_any(object).with_type(node.name)),
                Err(problem) => problem.report(&context),
            })
        })
    });
    field
        .description("The object with this id.")
        .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)))
}

async fn find(session: &Session, id: &str) -> Result<(&'static NodeType, Json), Problem> {
    let Some((node, target)) = NodeType::of(id) else {
        let detail = format!("`{}` is not an id of a node", id.escape_debug());
        return Err(Problem::new(400, "invalid_id", &detail));
    };
    let call = Call {
        method: "GET".to_owned(),
        target,
        ..Call::default()
    };
    let reply = session.execute(call).await?;
    Ok((node, parse(&reply)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_id_leads_back_to_its_object() {
        let version = json!({"namespace": "shop", "component": "charge", "version": "1.0.0+a"});
        let id = NODES[1].id(&version).unwrap();
        let (node, path) = NodeType::of(&id).unwrap();
        assert_eq!(node.name, "ComponentVersion");
        assert_eq!(
            path,
            "/v1/namespaces/shop/components/charge/versions/1%2E0%2E0%2Ba"
        );
        let task = NODES[0].id(&json!({"id": "0197-a"})).unwrap();
        assert_eq!(
            (task.as_str(), NodeType::of(&task).unwrap().0.name),
            ("0197-a", "Task")
        );
    }

    #[test]
    fn what_is_no_id_leads_nowhere() {
        for wrong in ["Task/x", "ComponentVersion/a/b", "Nothing/a", "Pin/a/b/c"] {
            assert!(NodeType::of(wrong).is_none(), "{wrong}");
        }
    }
}
