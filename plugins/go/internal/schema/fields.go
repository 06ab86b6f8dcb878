package schema

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// field is a member of an object, as encoding/json sees a struct.
type field struct {
	name        string
	of          reflect.Type
	isRequired  bool
	isText      bool
	allowed     []string
	description string
}

// fields are those of a struct, with those of embedded structs in their places.
func fields(of reflect.Type) []field {
	var all []field
	for index := range of.NumField() {
		it := of.Field(index)
		tag := it.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		inner := it.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if it.Anonymous && name == "" && inner.Kind() == reflect.Struct && plain(inner) == structure {
			all = append(all, fields(inner)...)
			continue
		}
		if !it.IsExported() || tag == "-" {
			continue
		}
		if name == "" {
			name = it.Name
		}
		isOptional := it.Type.Kind() == reflect.Pointer
		isText := false
		for _, option := range strings.Split(options, ",") {
			isOptional = isOptional || option == "omitempty" || option == "omitzero"
			isText = isText || option == "string"
		}
		var allowed []string
		if values, is := it.Tag.Lookup("enum"); is {
			allowed = strings.Split(values, ",")
		}
		all = append(all, field{name, it.Type, !isOptional, isText, allowed, it.Tag.Get("description")})
	}
	return all
}

// kind is how a type is written as JSON.
type kind int

const (
	anything kind = iota
	boolean
	integer
	number
	text
	moment
	blob
	list
	object
	structure
	nullable
	impossible
)

var (
	moments      = reflect.TypeFor[time.Time]()
	numbers      = reflect.TypeFor[json.Number]()
	marshaler    = reflect.TypeFor[json.Marshaler]()
	unmarshaler  = reflect.TypeFor[json.Unmarshaler]()
	toText       = reflect.TypeFor[encoding.TextMarshaler]()
	fromText     = reflect.TypeFor[encoding.TextUnmarshaler]()
	kindsOfPlain = map[reflect.Kind]kind{
		reflect.Bool:      boolean,
		reflect.Float32:   number,
		reflect.Float64:   number,
		reflect.String:    text,
		reflect.Slice:     list,
		reflect.Array:     list,
		reflect.Map:       object,
		reflect.Struct:    structure,
		reflect.Interface: anything,
		reflect.Pointer:   nullable,
	}
)

// plain is the kind of a type.
func plain(of reflect.Type) kind {
	pointer := reflect.PointerTo(of)
	switch {
	case of == moments:
		return moment
	case of == numbers:
		return number
	case of.Kind() == reflect.Pointer:
		return nullable
	case pointer.Implements(marshaler) || pointer.Implements(unmarshaler):
		return anything
	case pointer.Implements(toText) || pointer.Implements(fromText):
		return text
	case of.Kind() >= reflect.Int && of.Kind() <= reflect.Uintptr:
		return integer
	case of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Uint8:
		return blob
	}
	if found, is := kindsOfPlain[of.Kind()]; is {
		return found
	}
	return impossible
}
