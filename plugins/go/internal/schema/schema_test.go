package schema

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

type line struct {
	SKU   string `json:"sku"`
	Count uint8  `json:"count" description:"How many."`
}

type base struct {
	ID string `json:"id"`
}

type order struct {
	base
	Kind   string          `json:"kind" enum:"card,cash"`
	Lines  []line          `json:"lines"`
	Note   *string         `json:"note"`
	More   map[string]int  `json:"more,omitempty"`
	At     time.Time       `json:"at,omitzero"`
	Raw    json.RawMessage `json:"raw,omitempty"`
	Parts  []order         `json:"parts,omitempty"`
	Hidden int             `json:"-"`
}

func TestASchemaIsThatOfTheType(t *testing.T) {
	text, err := json.Marshal(Of(reflect.TypeFor[order]()))
	if err != nil {
		t.Fatal(err)
	}
	expected := `{"$defs":{"line":{"properties":{"count":{"description":"How many.","minimum":0,"type":"integer"},` +
		`"sku":{"type":"string"}},"required":["sku","count"],"type":"object"}},"properties":{` +
		`"at":{"format":"date-time","type":"string"},"id":{"type":"string"},"kind":{"enum":["card","cash"]},` +
		`"lines":{"items":{"$ref":"#/$defs/line"},"type":["array","null"]},` +
		`"more":{"additionalProperties":{"type":"integer"},"type":["object","null"]},"note":{"type":["string","null"]},` +
		`"parts":{"items":{"$ref":"#"},"type":["array","null"]},"raw":true},"required":["id","kind","lines"],"type":"object"}`
	if string(text) != expected {
		t.Fatalf("%s\nis not\n%s", text, expected)
	}
}

func TestWhatFitsIsRead(t *testing.T) {
	var read order
	text := `{"id": "a", "kind": "card", "lines": [{"sku": "x", "count": 2}], "other": 1, "parts": [{"id": "b", "kind": "cash", "lines": null}]}`
	if err := Read(text, &read); err != nil {
		t.Fatal(err)
	}
	if read.ID != "a" || read.Lines[0].Count != 2 || read.Note != nil || read.Parts[0].Kind != "cash" {
		t.Fatal(read)
	}
}

func TestWhatDoesNotFitIsReportedWithItsPath(t *testing.T) {
	for text, expected := range map[string]string{
		`[]`:                            ": expected an object, found an array",
		`{"kind": "card", "lines": []}`: " at id: it is missing",
		`{"id": "a", "kind": "gold", "lines": []}`:                           " at kind: expected one of card, cash, found \"gold\"",
		`{"id": "a", "kind": "card", "lines": [{"sku": "x"}]}`:               " at lines[0].count: it is missing",
		`{"id": "a", "kind": "card", "lines": [{"sku": "x", "count": 1.5}]}`: " at lines[0].count: expected an integer (uint8), found 1.5",
		`{"id": "a", "kind": "card", "lines": [{"sku": "x", "count": 256}]}`: " at lines[0].count: expected an integer (uint8), found 256",
		`{"id": "a", "kind": "card", "lines": [], "more": {"x": null}}`:      " at more.x: expected an integer, found null",
		`{"id": "a", "kind": "card", "lines": [], "at": "yesterday"}`:        " at at: expected a time such as 2026-01-31T12:00:00Z, found \"yesterday\"",
		`{"id": "a", "kind": "card", "lines": [], "parts": [{"id": "b"}]}`:   " at parts[0].kind: it is missing",
		`{"id": "a", "kind": "card", "lines": []} {}`:                        ": it is no JSON",
		`{"id": null, "kind": "card", "lines": []}`:                          " at id: expected a text, found null",
	} {
		var read order
		err := Read(text, &read)
		if err == nil || !strings.HasPrefix(err.Error(), expected) {
			t.Errorf("%s: %v is not %s", text, err, expected)
		}
	}
}

func TestNumbersOfAnyValueStayExact(t *testing.T) {
	text := `[9007199254740993,18446744073709551615,1e-300,"<ü>"]`
	var read any
	if err := Read(text, &read); err != nil {
		t.Fatal(err)
	}
	if written, err := Write(read); err != nil || written != text {
		t.Fatal(written, err)
	}
}

func TestATypeThatIsNoJSONIsRefused(t *testing.T) {
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "chan int is no type of JSON") {
			t.Fatal(said)
		}
	}()
	Of(reflect.TypeFor[struct{ C chan int }]())
}
