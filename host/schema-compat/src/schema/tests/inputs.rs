use super::*;
use serde_json::Value;

fn accept(schema: Value, input: Value) -> Result<Value, Vec<InputError>> {
    InputSchema::compile(&schema).unwrap().accept(input)
}

#[test]
fn defaults_are_filled_in_before_the_input_is_checked() {
    let schema = json!({
        "type": "object",
        "required": ["currency", "amount"],
        "properties": {"amount": {"type": "integer"}, "currency": {"type": "string", "default": "EUR"}}
    });
    assert_eq!(
        accept(schema.clone(), json!({"amount": 5})).unwrap(),
        json!({"amount": 5, "currency": "EUR"})
    );
    let given = json!({"amount": 5, "currency": "USD"});
    assert_eq!(accept(schema, given.clone()).unwrap(), given);
}

#[test]
fn defaults_are_filled_in_at_every_depth() {
    let schema = json!({
        "properties": {
            "lines": {"items": {"$ref": "#/$defs/line"}},
            "options": {"default": {}, "properties": {"gift": {"default": false}}},
            "absent": {"properties": {"x": {"default": 1}}}
        },
        "allOf": [{"properties": {"source": {"default": "web"}}}],
        "$defs": {"line": {"properties": {"count": {"default": 1}, "next": {"$ref": "#/$defs/line"}}}}
    });
    assert_eq!(
        accept(schema, json!({"lines": [{}, {"count": 2, "next": {}}]})).unwrap(),
        json!({
            "lines": [{"count": 1}, {"count": 2, "next": {"count": 1}}],
            "options": {"gift": false},
            "source": "web"
        })
    );
}

#[test]
fn a_schema_of_itself_does_not_fill_in_for_ever() {
    let own = json!({"properties": {"x": {"default": {}, "$ref": "#"}}});
    assert_eq!(accept(own, json!({})).unwrap(), json!({"x": {}}));
}

#[test]
fn a_schema_that_leads_nowhere_but_to_itself_is_refused() {
    for schema in [
        json!({"$ref": "#"}),
        json!({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}),
        json!({"$defs": {"a": {"$anchor": "here", "not": {"$ref": "#here"}}}}),
    ] {
        let errors = InputSchema::compile(&schema).unwrap_err();
        assert!(errors[0].message.contains("or back to here"), "{errors:?}");
    }
}

/// References in a row, after which the schema starts again one level down.
fn chain(links: usize) -> Value {
    let link = |no: usize| {
        (
            format!("d{no}"),
            json!({"allOf": [{"$ref": format!("#/$defs/d{}", no + 1)}]}),
        )
    };
    let mut definitions: serde_json::Map<String, Value> = (0..links).map(link).collect();
    definitions.insert(
        format!("d{links}"),
        json!({"properties": {"x": {"$ref": "#"}}}),
    );
    json!({"$ref": "#/$defs/d0", "$defs": definitions})
}

#[test]
fn no_schema_exhausts_the_stack() {
    let errors = InputSchema::compile(&chain(20_000)).unwrap_err();
    assert!(
        errors[0].message.contains("more than 16 references"),
        "{errors:?}"
    );
    let schema = InputSchema::compile(&chain(7)).unwrap();
    let mut input = json!({});
    (0..126).for_each(|_| input = json!({"x": input}));
    let run = move || assert_eq!(schema.accept(input.clone()).unwrap(), input);
    let half_of_the_hosts = std::thread::Builder::new().stack_size(2 << 20);
    half_of_the_hosts.spawn(run).unwrap().join().unwrap();
}

#[test]
fn what_is_wrong_is_told_with_its_path() {
    let schema = json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "mail": {"format": "email"},
            "lines": {"items": {"properties": {"count": {"type": "integer"}}}}
        }
    });
    let input = json!({"mail": "nobody", "lines": [{"count": 1}, {"count": "two"}]});
    let mut errors = accept(schema, input).unwrap_err();
    errors.sort_by(|a, b| a.path.cmp(&b.path));
    let paths: Vec<_> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["", "/lines/1/count", "/mail"]);
    assert_eq!(errors[0].to_string(), "\"id\" is a required property");
    assert_eq!(
        errors[1].to_string(),
        "/lines/1/count: \"two\" is not of type \"integer\""
    );
}

#[test]
fn errors_are_bounded_in_number_and_length() {
    let schema = json!({"items": {"type": "string"}});
    assert_eq!(
        accept(schema, json!(vec![1; 1000])).unwrap_err().len(),
        MAX_ERRORS
    );
    let errors = accept(json!({"type": "integer"}), json!("x".repeat(10_000))).unwrap_err();
    assert!(errors[0].message.chars().count() <= 301);
}

#[test]
fn a_wrong_schema_does_not_compile() {
    let errors = InputSchema::compile(&json!({"type": 5, "minimum": "x"})).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert!(errors.iter().any(|error| error.pointer == "/type"));
}
