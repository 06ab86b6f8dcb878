// Package schema makes JSON Schemas of types, and reads JSON into them: what does not fit is reported with its path.
package schema

import (
	"fmt"
	"reflect"
)

// definitions are the schemas of named structs: their names, and whether something refers to the type that all began with.
type definitions struct {
	root    reflect.Type
	names   map[reflect.Type]string
	schemas map[string]any
}

// Of is the JSON Schema of what encoding/json writes for the type. It panics where that writes nothing.
func Of(of reflect.Type) any {
	defs := &definitions{root: of, names: map[reflect.Type]string{}, schemas: map[string]any{}}
	var schema any
	if plain(of) == structure {
		schema = defs.members(of)
	} else {
		schema = defs.of(of)
	}
	if whole, is := schema.(map[string]any); is && len(defs.schemas) > 0 {
		whole["$defs"] = defs.schemas
	}
	return schema
}

func (defs *definitions) of(of reflect.Type) any {
	switch plain(of) {
	case anything:
		return true
	case boolean:
		return map[string]any{"type": "boolean"}
	case integer:
		if of.Kind() >= reflect.Uint {
			return map[string]any{"type": "integer", "minimum": 0}
		}
		return map[string]any{"type": "integer"}
	case number:
		return map[string]any{"type": "number"}
	case text:
		return map[string]any{"type": "string"}
	case moment:
		return map[string]any{"type": "string", "format": "date-time"}
	case blob:
		return map[string]any{"type": []string{"string", "null"}, "contentEncoding": "base64"}
	case list:
		items := map[string]any{"type": []string{"array", "null"}, "items": defs.of(of.Elem())}
		if of.Kind() == reflect.Array {
			items["type"], items["minItems"], items["maxItems"] = "array", of.Len(), of.Len()
		}
		return items
	case object:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": defs.of(of.Elem())}
	case nullable:
		return orNull(defs.of(of.Elem()))
	case structure:
		return defs.reference(of)
	}
	panic(fmt.Sprintf("tasker: %s is no type of JSON; use a struct, slice, map, pointer or a plain type", of))
}

// orNull is a schema that takes null as well.
func orNull(schema any) any {
	whole, is := schema.(map[string]any)
	if !is {
		return schema
	}
	if one, is := whole["type"].(string); is && whole["enum"] == nil {
		whole["type"] = []string{one, "null"}
		return whole
	}
	if _, is := whole["type"].([]string); is {
		return whole
	}
	return map[string]any{"anyOf": []any{whole, map[string]any{"type": "null"}}}
}

func (defs *definitions) reference(of reflect.Type) any {
	if of == defs.root {
		return map[string]any{"$ref": "#"}
	}
	if of.Name() == "" {
		return defs.members(of)
	}
	name, is := defs.names[of]
	if !is {
		name = of.Name()
		for another := 2; defs.schemas[name] != nil; another++ {
			name = fmt.Sprintf("%s%d", of.Name(), another)
		}
		defs.names[of] = name
		defs.schemas[name] = true
		defs.schemas[name] = defs.members(of)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

func (defs *definitions) members(of reflect.Type) any {
	properties := map[string]any{}
	required := []string{}
	for _, field := range fields(of) {
		properties[field.name] = defs.member(field)
		if field.isRequired {
			required = append(required, field.name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (defs *definitions) member(field field) any {
	schema := defs.of(field.of)
	if field.isText {
		schema = map[string]any{"type": "string"}
	}
	if field.allowed != nil {
		values := make([]any, 0, len(field.allowed)+1)
		for _, value := range field.allowed {
			values = append(values, value)
		}
		if field.of.Kind() == reflect.Pointer {
			values = append(values, nil)
		}
		schema = map[string]any{"enum": values}
	}
	if field.description != "" {
		if whole, is := schema.(map[string]any); is {
			whole["description"] = field.description
		} else {
			schema = map[string]any{"description": field.description}
		}
	}
	return schema
}
