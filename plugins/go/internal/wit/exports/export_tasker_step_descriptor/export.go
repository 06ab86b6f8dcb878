//go:build wasip1

// Package export_tasker_step_descriptor is what the generated export of the contract's `descriptor` calls.
package export_tasker_step_descriptor

import "tasker/internal/run"

// Describe is what the component holds.
func Describe() string { return run.Describe() }
