// Package taskertest is for tests of handlers: they are plain functions, which a test calls with an attempt that it makes up.
//
//	attempt := taskertest.Attempt{Config: Config{Shipping: 5}, Dependencies: map[string]any{"price": 100}}
//	total, err := total(attempt.Context(t), struct{}{})
package taskertest

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"tasker"
	"tasker/fetch"
	"tasker/internal/host"
	"tasker/internal/run"
	"tasker/internal/schema"
	"testing"
	"time"
)

const task = "00000000-0000-7000-8000-000000000000"

// Attempt is an attempt that a test makes up: by default the first of three, of the step "step", 30 seconds before its deadline.
// The component was granted everything.
type Attempt struct {
	StepName                      string
	Attempt, MaxAttempts          int
	Remaining                     time.Duration
	TaskInput, Config, Checkpoint any
	// Dependencies are the results of steps.
	Dependencies map[string]any
	// Cancelled says that nobody waits for the result any more.
	Cancelled bool
	// Secrets are those of the namespace, in clear.
	Secrets map[string]string
	// KV has values by bucket and key, which were there before.
	KV map[string]map[string]any
	// Answer answers the requests of package fetch; nil refuses them.
	Answer func(request fetch.Request) (*fetch.Response, error)

	made *madeUp
}

// Sent is an event that was sent, and its payload as JSON.
type Sent struct {
	Name, JSON string
}

// Context is the context of the attempt, which is the same in each call.
func (attempt *Attempt) Context(t testing.TB) *tasker.Context {
	t.Helper()
	of := t.Context()
	if attempt.Answer != nil {
		of = context.WithValue(of, fetch.Answers, attempt.Answer)
	}
	made := attempt.makeUp(t)
	ends, cancel := context.WithTimeout(of, made.remaining)
	t.Cleanup(cancel)
	return tasker.NewContext(ends, made)
}

// Events are those that were sent, in order.
func (attempt *Attempt) Events(t testing.TB) []Sent { return attempt.makeUp(t).events }

// Value reads what stands under a key into what the pointer points at, and returns whether anything does.
func (attempt *Attempt) Value(t testing.TB, bucket, key string, into any) bool {
	t.Helper()
	entry, is := attempt.makeUp(t).entries[[2]string{bucket, key}]
	if is {
		if err := schema.Read(entry.Value, into); err != nil {
			t.Fatalf("kv %s/%s%s", bucket, key, err)
		}
	}
	return is
}

// Execute runs a registered handler by its name as the host does, JSON included, and reads its result or checkpoint into what the
// pointer points at, unless that is nil.
func (attempt *Attempt) Execute(t testing.TB, name string, input, into any) *tasker.Failure {
	t.Helper()
	outcome, failure := run.Execute(attempt.makeUp(t), name, written(t, input))
	if failure == nil && into != nil {
		if err := schema.Read(outcome.JSON, into); err != nil {
			t.Fatalf("the result of %s%s: %s", name, err, outcome.JSON)
		}
	}
	return failure
}

// Handle runs a registered subscriber by its name as the host does.
func (attempt *Attempt) Handle(t testing.TB, name string, event tasker.FeedEvent) *tasker.Failure {
	t.Helper()
	return run.Handle(attempt.makeUp(t), name, event)
}

// Event is an event made up for a test of a subscriber, of a task of the namespace "test".
func Event(t testing.TB, kind string, data any) tasker.FeedEvent {
	t.Helper()
	return tasker.FeedEvent{
		ID: "1-0", Source: "/namespaces/test", Type: kind, Subject: "task " + task, Time: "2026-01-31T12:00:00Z", Sequence: "1",
		CorrelationID: "test", Attributes: map[string]string{}, JSON: written(t, data),
	}
}

// Descriptor is what the component says of itself: what was registered, with its schemas.
func Descriptor(t testing.TB) map[string]any {
	t.Helper()
	var told map[string]any
	if err := json.Unmarshal([]byte(run.Describe()), &told); err != nil {
		t.Fatal(err)
	}
	return told
}

func written(t testing.TB, value any) string {
	t.Helper()
	text, err := schema.Write(value)
	if err != nil {
		t.Fatalf("%v cannot be written as JSON: %s", value, err)
	}
	return text
}

func (attempt *Attempt) makeUp(t testing.TB) *madeUp {
	t.Helper()
	if attempt.made != nil {
		return attempt.made
	}
	made := &madeUp{
		step: attempt.StepName, attempt: max(attempt.Attempt, 1), most: attempt.MaxAttempts, remaining: attempt.Remaining,
		input: written(t, attempt.TaskInput), config: written(t, attempt.Config), dependencies: map[string]string{},
		cancelled: attempt.Cancelled, secrets: attempt.Secrets, entries: map[[2]string]host.Entry{},
	}
	if made.step == "" {
		made.step = "step"
	}
	if made.most == 0 {
		made.most = 3
	}
	if made.remaining == 0 {
		made.remaining = 30 * time.Second
	}
	if attempt.Checkpoint != nil {
		made.checkpoint = written(t, attempt.Checkpoint)
	}
	for step, result := range attempt.Dependencies {
		made.dependencies[step] = written(t, result)
	}
	for bucket, values := range attempt.KV {
		for key, value := range values {
			made.KVSet(bucket, key, written(t, value))
		}
	}
	attempt.made = made
	return made
}

// madeUp is the host of a test.
type madeUp struct {
	step                      string
	attempt, most             int
	remaining                 time.Duration
	input, config, checkpoint string
	dependencies, secrets     map[string]string
	cancelled                 bool
	entries                   map[[2]string]host.Entry
	events                    []Sent
}

func (made *madeUp) TaskID() string              { return task }
func (made *madeUp) Namespace() string           { return "test" }
func (made *madeUp) StepName() string            { return made.step }
func (made *madeUp) Attempt() uint32             { return uint32(made.attempt) }
func (made *madeUp) MaxAttempts() uint32         { return uint32(made.most) }
func (made *madeUp) IdempotencyKey() string      { return task + ":" + made.step }
func (made *madeUp) CorrelationID() string       { return "test" }
func (made *madeUp) Traceparent() (string, bool) { return "", false }
func (made *madeUp) RemainingMs() uint64         { return uint64(made.remaining.Milliseconds()) }
func (made *madeUp) TaskInput() string           { return made.input }
func (made *madeUp) Config() string              { return made.config }

func (made *madeUp) Dependency(step string) (string, bool) {
	result, is := made.dependencies[step]
	return result, is
}

func (made *madeUp) LastCheckpoint() (string, bool) { return made.checkpoint, made.checkpoint != "" }

func (made *madeUp) Heartbeat(string, bool) bool { return !made.cancelled }

func (made *madeUp) Secret(name string) (string, *host.Refused) {
	value, refused := made.SecretInClear(name)
	if refused != nil {
		return "", refused
	}
	return fmt.Sprintf("tasker-secret-%032d", len(value)), nil
}

func (made *madeUp) SecretInClear(name string) (string, *host.Refused) {
	value, is := made.secrets[name]
	if !is {
		return "", &host.Refused{Reason: host.Unknown}
	}
	return value, nil
}

func (made *madeUp) KVGet(bucket, key string) (host.Entry, *host.Refused) {
	return made.entries[[2]string{bucket, key}], nil
}

func (made *madeUp) KVSet(bucket, key, value string) *host.Refused {
	at := [2]string{bucket, key}
	made.entries[at] = host.Entry{Value: value, Version: made.entries[at].Version + 1, Exists: true}
	return nil
}

func (made *madeUp) KVReplace(bucket, key string, expected host.Entry, value string) *host.Refused {
	found := made.entries[[2]string{bucket, key}]
	if found.Exists != expected.Exists || found.Version != expected.Version {
		return &host.Refused{Reason: host.Conflict}
	}
	return made.KVSet(bucket, key, value)
}

func (made *madeUp) KVDelete(bucket, key string) *host.Refused {
	delete(made.entries, [2]string{bucket, key})
	return nil
}

func (made *madeUp) KVKeys(bucket, prefix string, limit uint32) ([]string, *host.Refused) {
	keys := []string{}
	for at := range made.entries {
		if at[0] == bucket && strings.HasPrefix(at[1], prefix) {
			keys = append(keys, at[1])
		}
	}
	sort.Strings(keys)
	return keys[:min(len(keys), int(limit))], nil
}

func (made *madeUp) SendEvent(name, payload string) *host.Refused {
	made.events = append(made.events, Sent{name, payload})
	return nil
}
