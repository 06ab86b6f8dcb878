package tasker

import (
	"fmt"
	"reflect"
	"tasker/internal/host"
	"tasker/internal/registry"
)

// Event is an event that handlers send, with the type of its payload.
type Event[T any] struct {
	name string
}

// DeclareEvent declares an event that handlers send, so that its payload's schema is in the registry:
//
//	var charged = tasker.DeclareEvent[Charged]("orders.charged", "An order was charged.")
func DeclareEvent[T any](name, description string) Event[T] {
	registry.Declare(registry.Event{Name: name, Description: description, Payload: reflect.TypeFor[T]()})
	return Event[T]{name}
}

// Name is what the event is called.
func (event Event[T]) Name() string { return event.name }

// Send sends the event, as Context.SendEvent does.
func (event Event[T]) Send(ctx *Context, payload T) error { return ctx.SendEvent(event.name, payload) }

// SendEvent sends an event under a dotted name such as "orders.charged". It is recorded together with the attempt's result or
// checkpoint, once; an attempt that fails sends nothing. It fails for good with "event_not_granted" or "event_invalid".
func (ctx *Context) SendEvent(name string, payload any) error {
	text, err := write("event", payload)
	if err != nil {
		return err
	}
	refused := ctx.host.SendEvent(name, text)
	if refused == nil {
		return nil
	}
	switch refused.Reason {
	case host.NotGranted:
		return permanent("event_not_granted", "this component was not granted the event `%s`", name)
	case host.Invalid:
		return permanent("event_invalid", "event `%s`: %s", name, refused.Why)
	}
	return Retryable("event_failed", fmt.Sprintf("event `%s`: %s", name, refused.Reason))
}
