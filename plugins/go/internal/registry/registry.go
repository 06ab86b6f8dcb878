// Package registry has what a component holds: what its author registered.
package registry

import (
	"fmt"
	"reflect"
	"strings"
)

// Event is a declared event.
type Event struct {
	Name, Description string
	Payload           reflect.Type
}

var (
	// Events are those that were declared, in order.
	Events []Event
	// Capabilities are what the component wants to be granted.
	Capabilities []string
)

// Declare adds an event.
func Declare(event Event) {
	for _, other := range Events {
		if other.Name == event.Name {
			panic(fmt.Sprintf("tasker: there are two events `%s`; give one of them another name", event.Name))
		}
	}
	Events = append(Events, event)
}

// Named is what was registered under names, in order.
type Named[T any] struct {
	names []string
	all   map[string]T
}

// Add registers something; a name is taken once.
func (named *Named[T]) Add(kind, name string, value T) {
	if _, is := named.all[name]; is {
		panic(fmt.Sprintf("tasker: there are two %ss `%s`; give one of them another name", kind, name))
	}
	if named.all == nil {
		named.all = map[string]T{}
	}
	named.names = append(named.names, name)
	named.all[name] = value
}

// Get is what has that name.
func (named *Named[T]) Get(name string) (T, bool) {
	value, is := named.all[name]
	return value, is
}

// Names are all names, in the order in which they were registered.
func (named *Named[T]) Names() []string { return named.names }

// List is all names in a sentence.
func (named *Named[T]) List() string { return strings.Join(named.names, ", ") }
