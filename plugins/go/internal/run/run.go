// Package run runs handlers for the host, or for a test: JSON text in and out, and every error and panic a failure.
package run

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"tasker"
	"tasker/internal/host"
	"tasker/internal/registry"
	"tasker/internal/schema"
)

// Handler is a registered handler.
type Handler struct {
	Run           func(ctx *tasker.Context, input string) (any, error)
	Input, Result reflect.Type
	Description   string
	Errors        []string
	Retry         any
}

// Subscriber is a registered subscriber.
type Subscriber struct {
	Run         func(ctx *tasker.Context, event tasker.FeedEvent) error
	Description string
}

var (
	// Handlers are those of the component.
	Handlers registry.Named[Handler]
	// Subscribers are those of the component.
	Subscribers registry.Named[Subscriber]
)

// Outcome is how a handler ended without a failure: its result or checkpoint, as JSON text.
type Outcome struct {
	JSON         string
	IsCheckpoint bool
}

// Execute runs the handler of that name.
func Execute(of host.Host, name, input string) (outcome Outcome, failure *tasker.Failure) {
	found, is := Handlers.Get(name)
	if !is {
		return outcome, unknown("handler", name, Handlers.List())
	}
	failure = guarded(of, func(ctx *tasker.Context) error {
		result, err := found.Run(ctx, input)
		what := "result"
		if left, is := tasker.CheckpointIn(err); is {
			result, err, what, outcome.IsCheckpoint = left, nil, "checkpoint", true
		}
		if err != nil {
			return err
		}
		outcome.JSON, err = schema.Write(result)
		if err != nil {
			message := fmt.Sprintf("the %s cannot be written as JSON: %s", what, err)
			return tasker.Permanent("invalid_"+what, message)
		}
		return nil
	})
	return outcome, failure
}

// Handle runs the subscriber of that name.
func Handle(of host.Host, name string, event tasker.FeedEvent) *tasker.Failure {
	found, is := Subscribers.Get(name)
	if !is {
		return unknown("subscriber", name, Subscribers.List())
	}
	return guarded(of, func(ctx *tasker.Context) error { return found.Run(ctx, event) })
}

func unknown(what, name, all string) *tasker.Failure {
	message := fmt.Sprintf("this component has no %s `%s`; it has %s", what, name, all)
	return tasker.Permanent("unknown_"+what, message)
}

// guarded runs what an attempt is for; an error or a panic ends as a failure.
func guarded(of host.Host, call func(ctx *tasker.Context) error) (failure *tasker.Failure) {
	ctx, cancel := Context(of)
	defer cancel()
	defer func() {
		if value := recover(); value != nil {
			failure = panicked(value)
		}
	}()
	if err := call(ctx); err != nil {
		return tasker.FailureOf(err)
	}
	return nil
}

// Context is the context of an attempt, which ends with it.
func Context(of host.Host) (*tasker.Context, context.CancelFunc) {
	remaining := tasker.NewContext(context.Background(), of).Remaining()
	ends, cancel := context.WithTimeout(context.Background(), remaining)
	return tasker.NewContext(ends, of), cancel
}

// Details are those of a failure as JSON text, if it has some; what cannot be written is left out.
func Details(failure *tasker.Failure) (string, bool) {
	if failure.Details == nil {
		return "", false
	}
	text, err := schema.Write(failure.Details)
	if err != nil {
		slog.Warn("the details of the failure are left out", "error", err)
		return "", false
	}
	return text, true
}

// Describe is what the component holds, as the contract's descriptor has it.
func Describe() string {
	handlers := []any{}
	for _, name := range Handlers.Names() {
		one, _ := Handlers.Get(name)
		described := map[string]any{
			"name": name, "error_codes": append([]string{}, one.Errors...),
			"input_schema": schema.Of(one.Input), "result_schema": schema.Of(one.Result),
		}
		if one.Description != "" {
			described["description"] = one.Description
		}
		if one.Retry != nil {
			described["retry"] = one.Retry
		}
		handlers = append(handlers, described)
	}
	subscribers := []any{}
	for _, name := range Subscribers.Names() {
		one, _ := Subscribers.Get(name)
		described := map[string]any{"name": name}
		if one.Description != "" {
			described["description"] = one.Description
		}
		subscribers = append(subscribers, described)
	}
	told := map[string]any{"handlers": handlers, "capabilities": append([]string{}, registry.Capabilities...)}
	if len(subscribers) > 0 {
		told["subscribers"] = subscribers
	}
	if len(registry.Events) > 0 {
		told["events"] = events()
	}
	text, err := json.Marshal(told)
	if err != nil {
		panic(fmt.Sprintf("tasker: what the component holds cannot be written as JSON: %s", err))
	}
	return string(text)
}

func events() map[string]any {
	all := map[string]any{}
	for _, event := range registry.Events {
		declared := map[string]any{"schema": schema.Of(event.Payload)}
		if event.Description != "" {
			declared["description"] = event.Description
		}
		all[event.Name] = declared
	}
	return all
}
