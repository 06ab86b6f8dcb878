// Package subscriber registers subscribers to events.
package subscriber

import (
	"tasker"
	"tasker/internal/run"
)

// Option says more about a subscriber.
type Option func(*run.Subscriber)

// Description is what people read of the subscriber in the registry.
func Description(text string) Option { return func(it *run.Subscriber) { it.Description = text } }

// Register registers a subscriber: a function that is called with the events of a subscription. Call it in an init function.
func Register(name string, handle func(ctx *tasker.Context, event tasker.FeedEvent) error, options ...Option) {
	registered := run.Subscriber{Run: handle}
	for _, option := range options {
		option(&registered)
	}
	run.Subscribers.Add("subscriber", name, registered)
}
