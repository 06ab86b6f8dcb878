package tasker

import (
	"context"
	"fmt"
	"tasker/internal/host"
	"tasker/internal/schema"
	"time"
)

// Context is the attempt that a handler runs in, and a context.Context that ends with it. Tests make one with package taskertest.
type Context struct {
	context.Context
	host host.Host
}

// NewContext is the context of an attempt. Only the SDK can call it.
func NewContext(of context.Context, host host.Host) *Context { return &Context{of, host} }

// TaskID is the task, a UUID.
func (ctx *Context) TaskID() string { return ctx.host.TaskID() }

// Namespace is the namespace of the task.
func (ctx *Context) Namespace() string { return ctx.host.Namespace() }

// StepName is the step's name in its template.
func (ctx *Context) StepName() string { return ctx.host.StepName() }

// Attempt is which attempt this is, from 1.
func (ctx *Context) Attempt() int { return int(ctx.host.Attempt()) }

// MaxAttempts is how many attempts the step has in all.
func (ctx *Context) MaxAttempts() int { return int(ctx.host.MaxAttempts()) }

// IdempotencyKey is the same for every attempt of this step, different for every other step: pass it to downstream services.
func (ctx *Context) IdempotencyKey() string { return ctx.host.IdempotencyKey() }

// CorrelationID is the same from the request that made the task to each of its steps.
func (ctx *Context) CorrelationID() string { return ctx.host.CorrelationID() }

// Traceparent is the W3C trace context to pass on, and whether the host traces.
func (ctx *Context) Traceparent() (string, bool) { return ctx.host.Traceparent() }

// Remaining is the time until the host ends this attempt.
func (ctx *Context) Remaining() time.Duration {
	const most = uint64(1<<63-1) / uint64(time.Millisecond)
	return time.Duration(min(ctx.host.RemainingMs(), most)) * time.Millisecond
}

// Heartbeat reports that the handler is alive and how far it is: progress is anything that JSON can say, or nil. When the task was
// cancelled it returns a permanent failure with the code "cancelled": return it from the handler.
func (ctx *Context) Heartbeat(progress any) error {
	var text string
	if progress != nil {
		var err error
		if text, err = write("progress", progress); err != nil {
			return err
		}
	}
	if !ctx.host.Heartbeat(text, progress != nil) {
		return Permanent("cancelled", "the task was cancelled")
	}
	return nil
}

// Secret is a placeholder for a secret of the namespace. In a header of a request, or in a small JSON or form body, the host puts
// the secret in its place. It fails for good with "secret_unknown" or "secret_not_granted".
func (ctx *Context) Secret(name string) (string, error) {
	value, refused := ctx.host.Secret(name)
	return value, secretFailure(name, refused)
}

// SecretInClear is a secret in clear, which is a grant of its own. The host redacts it from whatever the attempt leaves.
func (ctx *Context) SecretInClear(name string) (string, error) {
	value, refused := ctx.host.SecretInClear(name)
	return value, secretFailure(name, refused)
}

func secretFailure(name string, refused *host.Refused) error {
	if refused == nil {
		return nil
	}
	switch refused.Reason {
	case host.Unknown:
		return permanent("secret_unknown", "there is no secret `%s` in this namespace; an operator can set it", name)
	case host.NotGranted:
		return permanent("secret_not_granted", "this component was not granted the secret `%s` for this use", name)
	}
	return Retryable("secret_failed", fmt.Sprintf("there is no secret `%s`: %s", name, refused.Reason))
}

// TaskInput is the task's input, read as this type.
func TaskInput[T any](ctx *Context) (T, error) {
	return read[T]("task_input", ctx.host.TaskInput())
}

// Dependency is the result of a step that this one depends on, read as this type; a permanent failure where it has none.
func Dependency[T any](ctx *Context, step string) (T, error) {
	value, found, err := OptionalDependency[T](ctx, step)
	if err == nil && !found {
		err = permanent("missing_dependency",
			"there is no result of a step `%s` here; name it in this step's depends_on", step)
	}
	return value, err
}

// OptionalDependency is the same, and whether there is one: a step of a branch that was not chosen has none.
func OptionalDependency[T any](ctx *Context, step string) (value T, found bool, err error) {
	text, found := ctx.host.Dependency(step)
	if !found {
		return value, false, nil
	}
	value, err = read[T]("dependency", text)
	return value, true, err
}

// Config is the step's `config` in the template, read as this type; an empty object where it has none.
func Config[T any](ctx *Context) (T, error) {
	text := ctx.host.Config()
	if text == "null" {
		text = "{}"
	}
	return read[T]("config", text)
}

// LastCheckpoint is what the last attempt left with Checkpoint, and whether it left something.
func LastCheckpoint[T any](ctx *Context) (value T, found bool, err error) {
	text, found := ctx.host.LastCheckpoint()
	if !found {
		return value, false, nil
	}
	value, err = read[T]("checkpoint", text)
	return value, true, err
}

// read reads JSON text as a type; a failure has the code "invalid_" and what it is, and the path to what does not fit.
func read[T any](what, text string) (value T, err error) {
	err = readInto(what, text, &value)
	return value, err
}

func readInto(what, text string, into any) error {
	if err := schema.Read(text, into); err != nil {
		return permanent("invalid_"+what, "the %s is wrong%s", what, err)
	}
	return nil
}

func write(what string, value any) (string, error) {
	text, err := schema.Write(value)
	if err != nil {
		return "", permanent("invalid_"+what, "the %s cannot be written as JSON: %s", what, err)
	}
	return text, nil
}
