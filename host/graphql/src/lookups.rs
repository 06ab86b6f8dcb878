//! Fields of the query that find an object by its name, where the operation of the API would read more than the object.

use crate::session::Session;
use crate::types::Types;
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, ResolverContext, TypeRef,
};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// The type of the parts of names.
const NAME: &str = "Name";

/// A field that finds an object.
struct Lookup {
    field: &'static str,
    description: &'static str,
    /// What the host is asked for, with the arguments as the key.
    load: &'static str,
    /// The schema of what it leads to.
    to: &'static str,
}

/// All arguments, in their order.
const ARGUMENTS: [(&str, &str); 2] = [
    ("namespace", "The namespace."),
    ("name", "What it is called."),
];

const LOOKUPS: [Lookup; 2] = [
    Lookup {
        field: "component",
        description: "Finds a component; null if there is none.\n\nNeeds `read` in the namespace.",
        load: "component",
        to: "ComponentSummary",
    },
    Lookup {
        field: "template",
        description: "Finds a template; null if there is none.\n\nNeeds `read` in the namespace.",
        load: "template",
        to: "TemplateSummary",
    },
];

/// The fields of all lookups.
pub fn fields(types: &mut Types<'_>) -> Vec<Field> {
    let fields = LOOKUPS.iter().map(|lookup| {
        let to = types.output(&json!({"$ref": format!("#/components/schemas/{}", lookup.to)}));
        lookup.field(to.ty)
    });
    fields.collect()
}

impl Lookup {
    fn field(&self, ty: TypeRef) -> Field {
        let load = self.load;
        let field = Field::new(self.field, ty, move |context| {
            FieldFuture::new(async move {
                let session = context.data::<Arc<Session>>()?;
                Ok(match session.load(load, key_of(&context)).await {
                    Ok(found) => (!found.is_null()).then(|| FieldValue::owned_any(found)),
                    Err(problem) => problem.report(&context),
                })
            })
        });
        let field = field.description(self.description);
        ARGUMENTS.iter().fold(field, |field, (name, description)| {
            let argument = InputValue::new(*name, TypeRef::named_nn(NAME));
            field.argument(argument.description(*description))
        })
    }
}

fn key_of(context: &ResolverContext<'_>) -> Json {
    let members = ARGUMENTS.iter().map(|(name, _)| {
        let given = context
            .args
            .get(name)
            .and_then(|it| it.string().ok().map(str::to_owned));
        ((*name).to_owned(), Json::from(given))
    });
    Json::Object(members.collect::<Map<_, _>>())
}
