package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Read reads JSON text into what the pointer points at. Numbers in values of any type are of the type json.Number, so that they
// stay exact. An error begins with the path to what does not fit, as in " at lines[1].count: …", or with ": ".
func Read(text string, into any) error {
	var value any
	if err := decode(text, &value); err != nil {
		return fmt.Errorf(": it is no JSON: %w", err)
	}
	of := reflect.TypeOf(into).Elem()
	if wrong := check(of, value, ""); wrong != nil {
		return wrong
	}
	if err := decode(text, into); err != nil {
		return fmt.Errorf(": %w", err)
	}
	return nil
}

func decode(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("something follows its end")
	}
	return nil
}

// Write writes a value as JSON text.
func Write(value any) (string, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(buffer.String(), "\n"), nil
}

// mismatch is what does not fit, and where.
type mismatch struct{ path, why string }

func (wrong *mismatch) Error() string {
	if wrong.path == "" {
		return ": " + wrong.why
	}
	return fmt.Sprintf(" at %s: %s", wrong.path, wrong.why)
}

func expected(path, what string, value any) *mismatch {
	return &mismatch{path, fmt.Sprintf("expected %s, found %s", what, shown(value))}
}

// shown is a value in a message: what it is, and itself where it is short.
func shown(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	case string:
		if len(value) <= 60 {
			return strconv.Quote(value)
		}
		return "a text"
	default:
		return fmt.Sprint(value)
	}
}

// check finds what does not fit a type.
func check(of reflect.Type, value any, path string) *mismatch {
	switch plain(of) {
	case nullable:
		if value == nil {
			return nil
		}
		return check(of.Elem(), value, path)
	case boolean:
		if _, is := value.(bool); !is {
			return expected(path, "true or false", value)
		}
	case integer:
		return checkInteger(of, value, path)
	case number:
		if _, is := value.(json.Number); !is {
			return expected(path, "a number", value)
		}
	case text:
		if _, is := value.(string); !is {
			return expected(path, "a text", value)
		}
	case moment:
		written, is := value.(string)
		if _, err := time.Parse(time.RFC3339, written); !is || err != nil {
			return expected(path, "a time such as 2026-01-31T12:00:00Z", value)
		}
	case list:
		return checkList(of, value, path)
	case object:
		return checkMap(of, value, path)
	case structure:
		return checkMembers(of, value, path)
	}
	return nil
}

func checkInteger(of reflect.Type, value any, path string) *mismatch {
	found, is := value.(json.Number)
	if !is {
		return expected(path, "an integer", value)
	}
	var err error
	if of.Kind() >= reflect.Uint {
		_, err = strconv.ParseUint(found.String(), 10, of.Bits())
	} else {
		_, err = strconv.ParseInt(found.String(), 10, of.Bits())
	}
	if err != nil {
		return expected(path, fmt.Sprintf("an integer (%s)", of.Kind()), value)
	}
	return nil
}

func checkList(of reflect.Type, value any, path string) *mismatch {
	if value == nil && of.Kind() == reflect.Slice {
		return nil
	}
	items, is := value.([]any)
	if !is {
		return expected(path, "an array", value)
	}
	if of.Kind() == reflect.Array && len(items) != of.Len() {
		return &mismatch{path, fmt.Sprintf("expected %d items, found %d", of.Len(), len(items))}
	}
	for index, item := range items {
		if wrong := check(of.Elem(), item, fmt.Sprintf("%s[%d]", path, index)); wrong != nil {
			return wrong
		}
	}
	return nil
}

func checkMap(of reflect.Type, value any, path string) *mismatch {
	if value == nil {
		return nil
	}
	members, is := value.(map[string]any)
	if !is {
		return expected(path, "an object", value)
	}
	for name, member := range members {
		if wrong := check(of.Elem(), member, below(path, name)); wrong != nil {
			return wrong
		}
	}
	return nil
}

func checkMembers(of reflect.Type, value any, path string) *mismatch {
	members, is := value.(map[string]any)
	if !is {
		return expected(path, "an object", value)
	}
	for _, field := range fields(of) {
		member, is := members[field.name]
		at := below(path, field.name)
		switch {
		case !is && field.isRequired:
			return &mismatch{at, "it is missing"}
		case !is, field.isText:
			continue
		}
		if wrong := check(field.of, member, at); wrong != nil {
			return wrong
		}
		if wrong := checkAllowed(field, member, at); wrong != nil {
			return wrong
		}
	}
	return nil
}

func checkAllowed(field field, value any, path string) *mismatch {
	if field.allowed == nil || value == nil {
		return nil
	}
	for _, allowed := range field.allowed {
		if value == allowed {
			return nil
		}
	}
	return expected(path, "one of "+strings.Join(field.allowed, ", "), value)
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
