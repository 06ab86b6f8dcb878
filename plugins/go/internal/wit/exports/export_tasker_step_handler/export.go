//go:build wasip1

// Package export_tasker_step_handler is what the generated export of the contract's `handler` calls.
package export_tasker_step_handler

import (
	"tasker/internal/component"
	"tasker/internal/run"
	contract "tasker/internal/wit/imports/tasker_step_types"
	wit "tasker/internal/wit/types"
)

// Execute runs the handler of that name.
func Execute(name, input string) wit.Result[contract.Outcome, contract.Failure] {
	outcome, failure := run.Execute(component.Host{}, name, input)
	switch {
	case failure != nil:
		return wit.Err[contract.Outcome](component.Failure(failure))
	case outcome.IsCheckpoint:
		return wit.Ok[contract.Outcome, contract.Failure](contract.MakeOutcomeCheckpoint(outcome.JSON))
	default:
		return wit.Ok[contract.Outcome, contract.Failure](contract.MakeOutcomeComplete(outcome.JSON))
	}
}
