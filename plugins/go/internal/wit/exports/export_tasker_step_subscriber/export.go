//go:build wasip1

// Package export_tasker_step_subscriber is what the generated export of the contract's `subscriber` calls.
package export_tasker_step_subscriber

import (
	"tasker"
	"tasker/internal/component"
	"tasker/internal/run"
	"tasker/internal/wit/imports/tasker_step_subscriber"
	contract "tasker/internal/wit/imports/tasker_step_types"
	wit "tasker/internal/wit/types"
)

// Handle handles an event for the subscriber of that name.
func Handle(name string, event tasker_step_subscriber.Event) wit.Result[wit.Unit, contract.Failure] {
	attributes := make(map[string]string, len(event.Attributes))
	for _, attribute := range event.Attributes {
		attributes[attribute.F0] = attribute.F1
	}
	failure := run.Handle(component.Host{}, name, tasker.FeedEvent{
		ID: event.Id, Source: event.Source, Type: event.EventType, Subject: event.Subject.Some(), Time: event.Time,
		Sequence: event.Sequence, CorrelationID: event.CorrelationId.Some(), Attributes: attributes, JSON: event.Data,
	})
	if failure != nil {
		return wit.Err[wit.Unit](component.Failure(failure))
	}
	return wit.Ok[wit.Unit, contract.Failure](wit.Unit{})
}
