// Package handler registers step handlers.
package handler

import (
	"fmt"
	"reflect"
	"tasker"
	"tasker/internal/run"
	"tasker/internal/schema"
)

// Option says more about a handler.
type Option func(*run.Handler)

// Description is what people read of the handler in the registry.
func Description(text string) Option { return func(it *run.Handler) { it.Description = text } }

// Errors are the codes of the failures that the handler ends with.
func Errors(codes ...string) Option { return func(it *run.Handler) { it.Errors = codes } }

// Retry is the retry policy that the handler suggests: anything that is written as the `retry` of a template.
func Retry(policy any) Option { return func(it *run.Handler) { it.Retry = policy } }

// Register registers a step handler under the name that templates call it by. Call it in an init function.
//
// The types of the input and the result are the handler's JSON Schemas, by their tags `json`, `description` and `enum`
// (`enum:"card,cash"`): a member is required unless it is a pointer or has `omitempty`. An input that does not fit is a permanent
// failure "invalid_input".
func Register[In, Out any](name string, handle func(ctx *tasker.Context, input In) (Out, error), options ...Option) {
	registered := run.Handler{Input: reflect.TypeFor[In](), Result: reflect.TypeFor[Out]()}
	for _, option := range options {
		option(&registered)
	}
	registered.Run = func(ctx *tasker.Context, text string) (any, error) {
		var input In
		if err := schema.Read(text, &input); err != nil {
			return nil, tasker.Permanent("invalid_input", fmt.Sprintf("the input is wrong%s", err))
		}
		return handle(ctx, input)
	}
	run.Handlers.Add("handler", name, registered)
}
