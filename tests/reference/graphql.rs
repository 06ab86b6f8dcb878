//! What can be asked in GraphQL, as its schema has it.

use super::{cell, code, hold_chapter, prose, root, table};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};
use std::collections::BTreeMap;
use std::fs;

const INTRODUCTION: &str = "\
# GraphQL

Every field that can be asked for at `/graphql`, and every type, from the schema, which introspection returns.
[GraphQL](../graphql.md) says how to ask, page, change and subscribe.

";

/// The types whose fields a query begins with, and how they are called.
const ROOTS: [(&str, &str); 3] = [
    ("Query", "Queries"),
    ("Mutation", "Mutations"),
    ("Subscription", "Subscriptions"),
];

#[test]
fn the_chapter_on_graphql_has_every_field_and_type() {
    let text = fs::read_to_string(root().join("host/schema.graphql")).unwrap();
    let document = parse_schema(text).unwrap();
    let mut types = BTreeMap::new();
    for definition in document.definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            let definition = definition.node;
            types.insert(definition.name.node.to_string(), definition);
        }
    }
    assert!(types.len() > 100);
    let mut chapter = INTRODUCTION.to_owned();
    for (name, title) in ROOTS {
        let TypeKind::Object(root) = types.remove(name).unwrap().kind else {
            panic!("{name} is no object");
        };
        chapter += &format!("## {title}\n\n");
        root.fields
            .iter()
            .for_each(|it| field(&it.node, &mut chapter));
    }
    chapter += "## Types\n\n";
    types.values().for_each(|it| described(it, &mut chapter));
    hold_chapter("graphql.md", &chapter);
}

/// A field that a query begins with.
fn field(field: &FieldDefinition, chapter: &mut String) {
    *chapter += &format!("### {}\n\n", field.name.node);
    let paragraphs = text(field.description.as_ref());
    let paragraphs = paragraphs.split("\n\n").map(prose);
    paragraphs.for_each(|it| *chapter += &format!("{it}\n\n"));
    if !field.arguments.is_empty() {
        *chapter += &table(&["argument", "type", "meaning"], &inputs(&field.arguments));
        chapter.push('\n');
    }
    *chapter += &format!("Type: {}\n\n", code(&field.ty.node.to_string()));
}

fn described(definition: &TypeDefinition, chapter: &mut String) {
    *chapter += &format!("### {}\n\n", definition.name.node);
    let description = prose(&text(definition.description.as_ref()));
    if !description.is_empty() {
        *chapter += &format!("{description}\n\n");
    }
    let members = match &definition.kind {
        TypeKind::Scalar => return,
        TypeKind::Object(object) => fields(&object.fields),
        TypeKind::Interface(interface) => fields(&interface.fields),
        TypeKind::InputObject(input) => {
            table(&["field", "type", "meaning"], &inputs(&input.fields))
        }
        TypeKind::Union(union) => {
            let members: Vec<String> = union.members.iter().map(named).collect();
            format!("One of {}.\n", members.join(", "))
        }
        TypeKind::Enum(values) => {
            let value = |it: &Positioned<async_graphql::parser::types::EnumValueDefinition>| {
                let meaning = text(it.node.description.as_ref());
                vec![named(&it.node.value), cell(&meaning)]
            };
            let rows: Vec<Vec<String>> = values.values.iter().map(value).collect();
            table(&["value", "meaning"], &rows)
        }
    };
    *chapter += &format!("{members}\n");
}

fn fields(fields: &[Positioned<FieldDefinition>]) -> String {
    let row = |it: &Positioned<FieldDefinition>| {
        let field = &it.node;
        let arguments: Vec<String> = field
            .arguments
            .iter()
            .map(|it| format!("{}: {}", it.node.name.node, it.node.ty.node))
            .collect();
        let name = match arguments.is_empty() {
            true => field.name.node.to_string(),
            false => format!("{}({})", field.name.node, arguments.join(", ")),
        };
        let meaning = text(field.description.as_ref());
        vec![
            code(&name),
            code(&field.ty.node.to_string()),
            cell(&meaning),
        ]
    };
    let rows: Vec<Vec<String>> = fields.iter().map(row).collect();
    table(&["field", "type", "meaning"], &rows)
}

fn inputs(inputs: &[Positioned<InputValueDefinition>]) -> Vec<Vec<String>> {
    let row = |it: &Positioned<InputValueDefinition>| {
        let input = &it.node;
        let meaning = text(input.description.as_ref());
        vec![
            named(&input.name),
            code(&input.ty.node.to_string()),
            cell(&meaning),
        ]
    };
    inputs.iter().map(row).collect()
}

fn named(name: &Positioned<Name>) -> String {
    code(&name.node)
}

fn text(description: Option<&Positioned<String>>) -> String {
    description.map(|it| it.node.clone()).unwrap_or_default()
}
