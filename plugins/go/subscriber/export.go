//go:build wasip1

package subscriber

import (
	// What imports this package exports the contract's `subscriber` and `descriptor`.
	_ "tasker/internal/wit/exports/descriptor"
	_ "tasker/internal/wit/exports/subscribers"
)
