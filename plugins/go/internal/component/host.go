//go:build wasip1

// Package component is the host of a component: the contract's imports.
package component

import (
	"math"
	"tasker"
	"tasker/internal/host"
	"tasker/internal/run"
	"tasker/internal/wit/imports/tasker_step_context"
	"tasker/internal/wit/imports/tasker_step_events"
	"tasker/internal/wit/imports/tasker_step_kv"
	"tasker/internal/wit/imports/tasker_step_secrets"
	contract "tasker/internal/wit/imports/tasker_step_types"
	wit "tasker/internal/wit/types"
)

// Host asks the host that runs the component.
type Host struct{}

func (Host) TaskID() string         { return tasker_step_context.TaskId() }
func (Host) Namespace() string      { return tasker_step_context.Namespace() }
func (Host) StepName() string       { return tasker_step_context.StepName() }
func (Host) Attempt() uint32        { return tasker_step_context.Attempt() }
func (Host) MaxAttempts() uint32    { return tasker_step_context.MaxAttempts() }
func (Host) IdempotencyKey() string { return tasker_step_context.IdempotencyKey() }
func (Host) CorrelationID() string  { return tasker_step_context.CorrelationId() }
func (Host) RemainingMs() uint64    { return tasker_step_context.RemainingMs() }
func (Host) TaskInput() string      { return tasker_step_context.TaskInput() }
func (Host) Config() string         { return tasker_step_context.Config() }

func (Host) Traceparent() (string, bool) { return optional(tasker_step_context.Traceparent()) }

func (Host) Dependency(step string) (string, bool) {
	return optional(tasker_step_context.Dependency(step))
}

func (Host) LastCheckpoint() (string, bool) { return optional(tasker_step_context.LastCheckpoint()) }

func (Host) Heartbeat(progress string, hasProgress bool) bool {
	if !hasProgress {
		return tasker_step_context.Heartbeat(wit.None[string]())
	}
	return tasker_step_context.Heartbeat(wit.Some(progress))
}

func optional(value wit.Option[string]) (string, bool) { return value.Some(), value.IsSome() }

func (Host) Secret(name string) (string, *host.Refused) {
	return secret(tasker_step_secrets.Get(name))
}

func (Host) SecretInClear(name string) (string, *host.Refused) {
	return secret(tasker_step_secrets.Reveal(name))
}

func secret(result wit.Result[string, tasker_step_secrets.Error]) (string, *host.Refused) {
	if !result.IsErr() {
		return result.Ok(), nil
	}
	why := result.Err()
	switch why.Tag() {
	case tasker_step_secrets.Error_Unknown:
		return "", &host.Refused{Reason: host.Unknown}
	case tasker_step_secrets.Error_NotGranted:
		return "", &host.Refused{Reason: host.NotGranted}
	}
	return "", &host.Refused{Reason: host.Reason(why.Extension().F0)}
}

func (Host) KVGet(bucket, key string) (host.Entry, *host.Refused) {
	result := tasker_step_kv.Get(bucket, key)
	found := result.Ok()
	if !found.IsSome() {
		return host.Entry{}, kvRefused(result.IsErr(), result.Err())
	}
	entry := found.Some()
	return host.Entry{Value: entry.Value, Version: entry.Version, Exists: true}, nil
}

func (Host) KVSet(bucket, key, value string) *host.Refused {
	result := tasker_step_kv.Set(bucket, key, value)
	return kvRefused(result.IsErr(), result.Err())
}

func (Host) KVReplace(bucket, key string, found host.Entry, value string) *host.Refused {
	expected := wit.None[uint64]()
	if found.Exists {
		expected = wit.Some(found.Version)
	}
	result := tasker_step_kv.CompareAndSet(bucket, key, expected, value)
	return kvRefused(result.IsErr(), result.Err())
}

func (Host) KVDelete(bucket, key string) *host.Refused {
	result := tasker_step_kv.Delete(bucket, key)
	return kvRefused(result.IsErr(), result.Err())
}

func (Host) KVKeys(bucket, prefix string, limit uint32) ([]string, *host.Refused) {
	result := tasker_step_kv.ListKeys(bucket, prefix, limit)
	return result.Ok(), kvRefused(result.IsErr(), result.Err())
}

func kvRefused(isRefused bool, why tasker_step_kv.Error) *host.Refused {
	if !isRefused {
		return nil
	}
	switch why.Tag() {
	case tasker_step_kv.Error_NotGranted:
		return &host.Refused{Reason: host.NotGranted}
	case tasker_step_kv.Error_Invalid:
		return &host.Refused{Reason: host.Invalid, Why: why.Invalid()}
	case tasker_step_kv.Error_Conflict:
		return &host.Refused{Reason: host.Conflict}
	}
	return &host.Refused{Reason: host.Reason(why.Extension().F0)}
}

func (Host) SendEvent(name, payload string) *host.Refused {
	result := tasker_step_events.Send(name, payload)
	if !result.IsErr() {
		return nil
	}
	why := result.Err()
	switch why.Tag() {
	case tasker_step_events.Error_NotGranted:
		return &host.Refused{Reason: host.NotGranted}
	case tasker_step_events.Error_Invalid:
		return &host.Refused{Reason: host.Invalid, Why: why.Invalid()}
	}
	return &host.Refused{Reason: host.Reason(why.Extension().F0)}
}

// Failure is a failure as the contract has it.
func Failure(failure *tasker.Failure) contract.Failure {
	retry := contract.MakeRetryPolicy()
	switch failure.Retry {
	case tasker.Never:
		retry = contract.MakeRetryNever()
	case tasker.After:
		ms := math.Ceil(float64(failure.Delay) / 1e6)
		retry = contract.MakeRetryAfterMs(uint64(max(ms, 0)))
	}
	details := wit.None[string]()
	if text, has := run.Details(failure); has {
		details = wit.Some(text)
	}
	return contract.Failure{Code: failure.Code, Message: failure.Message, Details: details, Retry: retry}
}
