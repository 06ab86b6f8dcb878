package tasker

import (
	"errors"
	"fmt"
	"time"
)

// Internal is the code of a failure that came from an ordinary error or a panic.
const Internal = "internal"

// Retry says whether another attempt makes sense.
type Retry int

const (
	// ByPolicy tries again as the step's retry policy says.
	ByPolicy Retry = iota
	// Never ends the step: the failure is permanent.
	Never
	// After tries again no sooner than the failure's Delay.
	After
)

// Failure is why an attempt failed: an error that a handler returns, by itself or wrapped. Any other error becomes a retryable
// failure with the code "internal". Make one with Permanent, Retryable or RetryAfter.
type Failure struct {
	// Code is for machines: lower case with underscores or dots, such as "card_declined".
	Code string
	// Message is for people; never a secret.
	Message string
	// Details are more for machines: anything that JSON can say; nil for none.
	Details any
	Retry   Retry
	// Delay counts where Retry is After.
	Delay time.Duration
	cause error
}

// Error is the message, and that of the cause.
func (failure *Failure) Error() string {
	if failure.cause == nil {
		return failure.Message
	}
	return failure.Message + ": " + failure.cause.Error()
}

// Unwrap is the cause.
func (failure *Failure) Unwrap() error { return failure.cause }

// Permanent is a failure that another attempt would only repeat: the step ends here.
func Permanent(code, message string) *Failure {
	return &Failure{Code: code, Message: message, Retry: Never}
}

// Retryable is a failure that may pass: tried again as the step's retry policy says.
func Retryable(code, message string) *Failure {
	return &Failure{Code: code, Message: message}
}

// RetryAfter is a failure that may pass, but not within this time.
func RetryAfter(delay time.Duration, code, message string) *Failure {
	return &Failure{Code: code, Message: message, Retry: After, Delay: delay}
}

// WithDetails is the failure with details.
func (failure *Failure) WithDetails(details any) *Failure {
	failure.Details = details
	return failure
}

// WithCause is the failure with an error behind it, which its message ends with.
func (failure *Failure) WithCause(cause error) *Failure {
	failure.cause = cause
	return failure
}

// FailureOf is what an error becomes for the host: the failure in it, or a retryable one with the code "internal".
func FailureOf(err error) *Failure {
	var found *Failure
	if !errors.As(err, &found) {
		return Retryable(Internal, err.Error())
	}
	failure := *found
	failure.Message, failure.cause = err.Error(), nil
	return &failure
}

// checkpoint is what Checkpoint returns.
type checkpoint struct{ value any }

func (checkpoint) Error() string { return "a checkpoint was left: return it as the handler's error" }

// Checkpoint is what a handler returns as its error where it is not done: the host keeps the value and calls the handler again. A
// checkpoint survives crashes and retries.
//
//	return 0, tasker.Checkpoint(done)
func Checkpoint(value any) error { return checkpoint{value} }

// CheckpointIn is the value of a checkpoint, where the error is one.
func CheckpointIn(err error) (any, bool) {
	var found checkpoint
	is := errors.As(err, &found)
	return found.value, is
}

func permanent(code, format string, arguments ...any) *Failure {
	return Permanent(code, fmt.Sprintf(format, arguments...))
}
