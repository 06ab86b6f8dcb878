//! Types of GraphQL from the JSON Schemas of the API.

use crate::json::object_of;
use crate::json_schema::{
    description, has_member, meanings, members, one_of_several, referred, requires, titled_choice,
    without_null,
};
use crate::names::{camel, constant, input_of_schema, name_of, prose, type_of_schema};
use crate::session::Session;
use crate::shape::{Choices, Inputs, Member, Members, Shape};
use async_graphql::Value;
use async_graphql::dynamic::{
    Enum, EnumItem, Field, FieldFuture, InputObject, InputValue, Object, ResolverContext, Scalar,
    Type, TypeRef,
};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What is not described further, such as the payload of a task.
const JSON: &str = "JSON";
/// Whole numbers that GraphQL's `Int` is too small for.
const LONG: &str = "Long";
/// Ids of tasks are those of their nodes.
const TASK_ID: &str = "TaskId";
const DATE_TIME: &str = "DateTime";

/// A type where it is used.
#[derive(Clone, Debug)]
pub struct Typed {
    /// As if null were allowed.
    pub ty: TypeRef,
    pub shape: Shape,
    pub is_nullable: bool,
}

/// What members of answers are called, where that is not their own name: type and member.
#[derive(Clone, Copy)]
pub struct MemberNames {
    pub hidden: &'static [(&'static str, &'static str)],
    pub renamed: &'static [(&'static str, &'static str, &'static str)],
    /// Schemas that are a part of another one, which stands for them.
    pub parts: &'static [(&'static str, &'static str)],
}

impl MemberNames {
    /// The field of a member; none if it has none.
    fn field(&self, ty: &str, member: &str) -> Option<String> {
        if self.hidden.contains(&(ty, member)) {
            return None;
        }
        let renamed = self
            .renamed
            .iter()
            .find(|(on, of, _)| *on == ty && *of == member);
        Some(renamed.map_or_else(|| camel(member), |(_, _, name)| (*name).to_owned()))
    }
}

/// Gathers the types that fields and arguments need.
pub struct Types<'d> {
    schemas: &'d Map<String, Json>,
    names: MemberNames,
    /// The names of all members that are not the same in GraphQL.
    members: BTreeSet<String>,
    pub objects: BTreeMap<String, Object>,
    others: BTreeMap<String, Type>,
    choices: HashMap<String, Arc<Choices>>,
    pub inputs: Inputs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Answer,
    Request,
}

impl Typed {
    fn new(name: &str, shape: Shape) -> Self {
        Self {
            ty: TypeRef::named(name),
            shape,
            is_nullable: false,
        }
    }

    /// The type, which admits null where it is optional or may be null.
    pub fn reference(&self, is_required: bool) -> TypeRef {
        match is_required && !self.is_nullable {
            true => TypeRef::NonNull(Box::new(self.ty.clone())),
            false => self.ty.clone(),
        }
    }
}

impl<'d> Types<'d> {
    pub fn new(schemas: &'d Map<String, Json>, names: MemberNames) -> Self {
        let mut types = Self {
            schemas,
            names,
            members: schemas
                .values()
                .flat_map(|schema| members(schema).map(|(name, _)| name.clone()))
                .filter(|name| name.contains('_'))
                .collect(),
            objects: BTreeMap::new(),
            others: BTreeMap::new(),
            choices: HashMap::new(),
            inputs: Inputs::new(),
        };
        types.add(
            Scalar::new(JSON).description("Any JSON, as it was stored. Numbers keep their digits."),
        );
        types.add(
            Scalar::new(LONG)
                .description("A whole number of up to 64 bits, written as a number. JavaScript reads it exactly up to 2^53.")
                .validator(|value| matches!(value, Value::Number(number) if number.is_i64() || number.is_u64())),
        );
        types.add(
            Scalar::new(DATE_TIME)
                .description("A time as RFC 3339 has it, such as `2026-01-31T12:00:00Z`.")
                .specified_by_url("https://scalars.graphql.org/andimarek/date-time")
                .validator(is_text),
        );
        types
    }

    /// The type of a value that an answer has.
    pub fn output(&mut self, schema: &Json) -> Typed {
        self.typed(schema, Side::Answer)
    }

    /// The type of a value that a request has.
    pub fn input(&mut self, schema: &Json) -> Typed {
        self.typed(schema, Side::Request)
    }

    /// The schema to which a reference leads; others are themselves.
    pub fn resolved<'s>(&self, schema: &'s Json) -> &'s Json
    where
        'd: 's,
    {
        referred(schema)
            .and_then(|name| self.schemas.get(name))
            .unwrap_or(schema)
    }

    /// The schema of this name.
    pub fn schema(&self, name: &str) -> &'d Json {
        self.schemas.get(name).unwrap_or(&Json::Null)
    }

    /// A description in the words of GraphQL.
    pub fn text(&self, text: &str) -> String {
        prose(text, &self.members)
    }

    /// Adds a type.
    pub fn add(&mut self, ty: impl Into<Type>) {
        let ty = ty.into();
        self.others.insert(name_of(&ty), ty);
    }

    /// All types.
    pub fn finish(self) -> impl Iterator<Item = Type> {
        let objects = self.objects.into_values().map(Type::from);
        self.others.into_values().chain(objects)
    }

    fn typed(&mut self, schema: &Json, side: Side) -> Typed {
        let (schema, is_nullable) = without_null(schema);
        let typed = self.not_null(&schema, side);
        Typed {
            is_nullable: is_nullable || typed.is_nullable,
            ..typed
        }
    }

    fn not_null(&mut self, schema: &Json, side: Side) -> Typed {
        if let Some(name) = referred(schema) {
            return self.named(name, side);
        }
        if let (Side::Request, Some(one)) = (side, one_of_several(schema)) {
            return self.not_null(one, side);
        }
        if let Some((name, values)) = titled_choice(schema) {
            return self.choice(name, schema, values);
        }
        match schema["type"].as_str() {
            Some("string") if schema["format"] == "date-time" => {
                Typed::new(DATE_TIME, Shape::Plain)
            }
            Some("string") => Typed::new(TypeRef::STRING, Shape::Plain),
            Some("boolean") => Typed::new(TypeRef::BOOLEAN, Shape::Plain),
            Some("number") => Typed::new(TypeRef::FLOAT, Shape::Plain),
            Some("integer") => match schema["format"].as_str() {
                Some("int64" | "uint64" | "uint") => Typed::new(LONG, Shape::Plain),
                _ => Typed::new(TypeRef::INT, Shape::Plain),
            },
            Some("array") => {
                let item = self.typed(&schema["items"], side);
                let ty = TypeRef::List(Box::new(item.reference(true)));
                Typed {
                    ty,
                    shape: Shape::List(Arc::new(item.shape)),
                    is_nullable: false,
                }
            }
            _ => Typed {
                is_nullable: true,
                ..Typed::new(JSON, Shape::Plain)
            },
        }
    }

    fn named(&mut self, name: &str, side: Side) -> Typed {
        let whole = self.names.parts.iter().find(|(part, _)| *part == name);
        let name = whole.map_or(name, |(_, whole)| *whole);
        let schemas = self.schemas;
        let Some(schema) = schemas.get(name) else {
            return Typed::new(JSON, Shape::Plain);
        };
        if let Some(values) = schema["enum"].as_array() {
            return self.choice(type_of_schema(name), schema, values);
        }
        if name == TASK_ID {
            return Typed::new(TypeRef::ID, Shape::Plain);
        }
        let has_members = schema["properties"]
            .as_object()
            .is_some_and(|it| !it.is_empty());
        match (schema["type"].as_str(), side) {
            (Some("string"), _) => self.scalar(type_of_schema(name), schema),
            (Some("object"), Side::Answer) if has_members => {
                self.object(type_of_schema(name), schema);
                Typed::new(type_of_schema(name), Shape::Object)
            }
            (Some("object"), Side::Request) if has_members => {
                let input = input_of_schema(name);
                self.input_object(&input, schema);
                Typed::new(&input, Shape::Input(input.as_str().into()))
            }
            _ => self.typed(schema, side),
        }
    }

    fn choice(&mut self, name: &str, schema: &Json, values: &[Json]) -> Typed {
        let values = values.iter().filter_map(Json::as_str);
        let new = || {
            Choices::new(
                values
                    .clone()
                    .map(|value| (value.to_owned(), constant(value))),
            )
        };
        let choices = self.choices.entry(name.to_owned());
        let choices = choices.or_insert_with(|| Arc::new(new())).clone();
        let (own, meanings) = meanings(description(schema).unwrap_or_default());
        let items = values.map(|value| {
            let item = EnumItem::new(constant(value));
            match meanings.get(value) {
                Some(meaning) => item.description(*meaning),
                None => item,
            }
        });
        let named = items.fold(Enum::new(name), Enum::item);
        self.add(match own.is_empty() {
            true => named,
            false => named.description(own),
        });
        Typed::new(name, Shape::Enum(choices))
    }

    fn scalar(&mut self, name: &str, schema: &Json) -> Typed {
        let scalar = Scalar::new(name).validator(is_text);
        self.add(match description(schema) {
            Some(text) => scalar.description(text),
            None => scalar,
        });
        Typed::new(name, Shape::Plain)
    }

    fn object(&mut self, name: &str, schema: &Json) {
        if self.objects.contains_key(name) {
            return;
        }
        // A type may contain itself.
        self.objects.insert(name.to_owned(), Object::new(name));
        let mut object = Object::new(name);
        if let Some(text) = description(schema) {
            object = object.description(self.text(text));
        }
        for (member, of) in members(schema) {
            if let Some(field) = self.names.field(name, member) {
                let ty = self.output(of);
                let field = member_field(&field, member, of, &ty, requires(schema, member));
                let text = description(of).map(|text| self.text(text));
                object = object.field(text.iter().fold(field, Field::description));
            }
        }
        if schema["additionalProperties"] == true && !has_member(schema, "detail") {
            object = object.field(other_members(schema));
        }
        self.objects.insert(name.to_owned(), object);
    }

    fn input_object(&mut self, name: &str, schema: &Json) {
        if self.inputs.contains_key(name) {
            return;
        }
        self.inputs.insert(name.to_owned(), Members::new());
        let mut object = InputObject::new(name);
        if let Some(text) = description(schema) {
            object = object.description(self.text(text));
        }
        let mut read = Members::new();
        for (member, of) in members(schema) {
            let (argument, of) = self.argument(member, of, requires(schema, member));
            object = object.field(argument);
            read.insert(camel(member), of);
        }
        self.add(object);
        self.inputs.insert(name.to_owned(), read);
    }

    /// An argument, or a member of an input object, and how it is read.
    pub fn argument(
        &mut self,
        name: &str,
        schema: &Json,
        is_required: bool,
    ) -> (InputValue, Member) {
        let typed = self.input(schema);
        let mut argument = InputValue::new(camel(name), typed.reference(is_required));
        if let Some(text) = description(schema) {
            argument = argument.description(self.text(text));
        }
        let member = Member {
            name: name.to_owned(),
            shape: typed.shape,
            takes_null: typed.is_nullable,
        };
        (argument, member)
    }
}

/// A field that reads a member.
fn member_field(
    name: &str,
    member: &str,
    schema: &Json,
    typed: &Typed,
    is_required: bool,
) -> Field {
    let (member, shape) = (member.to_owned(), typed.shape.clone());
    let field = Field::new(name, typed.reference(is_required), move |context| {
        let object = object_of(&context);
        let value = object.and_then(|object| object.get(&member));
        // Objects and lists are counted by what is read of them.
        let is_leaf = matches!(shape, Shape::Plain | Shape::Enum(_));
        let value = value.filter(|value| !is_leaf || admits(&context, value));
        FieldFuture::Value(value.and_then(|value| shape.output(value)))
    });
    match schema["deprecated"] == true {
        true => field.deprecation(None),
        false => field,
    }
}

/// False of a value that the answer has no room for.
fn admits(context: &ResolverContext<'_>, value: &Json) -> bool {
    let session = context.data_opt::<Arc<Session>>();
    session.is_none_or(|session| session.admits(value))
}

/// A field of the members that have none of their own.
fn other_members(schema: &Json) -> Field {
    let known: Vec<String> = members(schema).map(|(name, _)| name.clone()).collect();
    let field = Field::new("detail", TypeRef::named_nn(JSON), move |context| {
        let object = object_of(&context);
        let members = object.and_then(Json::as_object).into_iter().flatten();
        let others = members.filter(|(name, _)| !known.contains(name));
        let others: Map<String, Json> = others
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect();
        FieldFuture::from_value(Some(crate::json::to_graphql(&Json::Object(others))))
    });
    field.description("All other members.")
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::String(_))
}
