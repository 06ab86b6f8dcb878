//go:build wasip1

package handler

import (
	// What imports this package exports the contract's `handler` and `descriptor`.
	_ "tasker/internal/wit/exports/descriptor"
	_ "tasker/internal/wit/exports/handlers"
)
