package tasker_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"tasker"
	"tasker/fetch"
	"tasker/handler"
	"tasker/roundtripper"
	"tasker/subscriber"
	"tasker/taskertest"
	"testing"
	"time"
)

type order struct {
	ID string `json:"id"`
}

type coins int

var charged = tasker.DeclareEvent[order]("orders.charged", "An order was charged.")

func init() {
	tasker.Capabilities("kv counters")
	handler.Register("echo", func(_ *tasker.Context, input any) (any, error) { return input, nil },
		handler.Description("Returns its input."), handler.Errors("none"), handler.Retry(map[string]int{"max_attempts": 2}))
	handler.Register("typed", func(_ *tasker.Context, input order) (string, error) { return input.ID, nil })
	handler.Register("portions", func(ctx *tasker.Context, _ any) (int, error) {
		done, _, err := tasker.LastCheckpoint[int](ctx)
		if err == nil && done < 2 {
			err = tasker.Checkpoint(done + 1)
		}
		return done, err
	})
	handler.Register("panics", func(*tasker.Context, any) (coins, error) {
		var drawer any
		return drawer.(coins), nil
	})
	handler.Register("wraps", func(*tasker.Context, any) (any, error) {
		return nil, fmt.Errorf("order 7: %w", tasker.Permanent("declined", "the bank said no").WithDetails(3))
	})
	handler.Register("errs", func(*tasker.Context, any) (any, error) {
		return nil, fmt.Errorf("the till is empty: %w", errors.New("nobody filled it"))
	})
	subscriber.Register("counts", func(ctx *tasker.Context, event tasker.FeedEvent) error {
		data, err := tasker.ReadEvent[order](event)
		if err != nil {
			return err
		}
		return ctx.KV("counters").Set(event.Day(), data.ID)
	})
}

func TestAHandlerIsCalledWithJSON(t *testing.T) {
	attempt := taskertest.Attempt{}
	var id string
	if failure := attempt.Execute(t, "typed", order{"a-1"}, &id); failure != nil || id != "a-1" {
		t.Fatal(failure, id)
	}
	failure := attempt.Execute(t, "typed", map[string]int{"id": 1}, nil)
	if failure == nil || failure.Code != "invalid_input" || failure.Retry != tasker.Never {
		t.Fatal(failure)
	}
	if expected := "the input is wrong at id: expected a text, found 1"; failure.Message != expected {
		t.Fatal(failure.Message)
	}
}

func TestAHandlerThatIsNotThereIsReportedWithThoseThatAre(t *testing.T) {
	attempt := taskertest.Attempt{}
	failure := attempt.Execute(t, "nosuch", nil, nil)
	if failure == nil || failure.Code != "unknown_handler" || !strings.Contains(failure.Message, "`nosuch`; it has echo, typed") {
		t.Fatal(failure)
	}
}

func TestACheckpointIsLeft(t *testing.T) {
	done := 0
	for checkpoint, expected := range []int{1, 2, 2} {
		attempt := taskertest.Attempt{Checkpoint: checkpoint}
		if failure := attempt.Execute(t, "portions", nil, &done); failure != nil || done != expected {
			t.Fatal(failure, done, expected)
		}
	}
}

func TestAPanicIsAFailureWithItsPlace(t *testing.T) {
	attempt := taskertest.Attempt{}
	failure := attempt.Execute(t, "panics", nil, nil)
	if failure == nil || failure.Code != tasker.Internal || failure.Retry != tasker.ByPolicy {
		t.Fatal(failure)
	}
	if !strings.Contains(failure.Message, "coins") {
		t.Fatal(failure.Message)
	}
}

func TestAWrappedFailureStaysOne(t *testing.T) {
	attempt := taskertest.Attempt{}
	failure := attempt.Execute(t, "wraps", nil, nil)
	if failure == nil || failure.Code != "declined" || failure.Message != "order 7: the bank said no" || failure.Details != 3 {
		t.Fatal(failure)
	}
	failure = attempt.Execute(t, "errs", nil, nil)
	if failure == nil || failure.Code != tasker.Internal || failure.Message != "the till is empty: nobody filled it" {
		t.Fatal(failure)
	}
}

func TestTheContextHasWhatTheTestSays(t *testing.T) {
	attempt := taskertest.Attempt{
		StepName: "charge", Attempt: 2, Config: order{"c"}, Dependencies: map[string]any{"price": 100},
		Secrets: map[string]string{"key": "sk"}, Remaining: time.Minute,
	}
	ctx := attempt.Context(t)
	if ctx.StepName() != "charge" || ctx.Attempt() != 2 || ctx.MaxAttempts() != 3 || ctx.Remaining() != time.Minute {
		t.Fatal(ctx)
	}
	if _, has := ctx.Deadline(); !has {
		t.Fatal("it has no deadline")
	}
	config, err := tasker.Config[order](ctx)
	if err != nil || config.ID != "c" {
		t.Fatal(config, err)
	}
	price, err := tasker.Dependency[int](ctx, "price")
	if err != nil || price != 100 {
		t.Fatal(price, err)
	}
	_, err = tasker.Dependency[int](ctx, "reserve")
	if failure := tasker.FailureOf(err); failure.Code != "missing_dependency" || !strings.Contains(failure.Message, "depends_on") {
		t.Fatal(err)
	}
	if _, found, err := tasker.OptionalDependency[int](ctx, "reserve"); found || err != nil {
		t.Fatal(found, err)
	}
	secret, err := ctx.Secret("key")
	if err != nil || !strings.HasPrefix(secret, "tasker-secret-") {
		t.Fatal(secret, err)
	}
	if _, err = ctx.SecretInClear("other"); tasker.FailureOf(err).Code != "secret_unknown" {
		t.Fatal(err)
	}
	if err := ctx.Heartbeat(nil); err != nil {
		t.Fatal(err)
	}
}

func TestEntriesAreComparedAndListed(t *testing.T) {
	attempt := taskertest.Attempt{KV: map[string]map[string]any{"counters": {"a": 1}}}
	kv := attempt.Context(t).KV("counters")
	found, err := kv.Get("a")
	if err != nil || !found.Exists() {
		t.Fatal(err)
	}
	if err := kv.Replace("a", found, 2); err != nil {
		t.Fatal(err)
	}
	if err := kv.Replace("a", found, 3); tasker.FailureOf(err).Code != "kv_conflict" {
		t.Fatal(err)
	}
	if err := kv.Set("b", "x"); err != nil {
		t.Fatal(err)
	}
	if keys, err := kv.Keys("", 10); err != nil || !reflect.DeepEqual(keys, []string{"a", "b"}) {
		t.Fatal(keys, err)
	}
	if err := kv.Remove("b"); err != nil {
		t.Fatal(err)
	}
	if attempt.Value(t, "counters", "b", new(any)) {
		t.Fatal("it is still there")
	}
}

func TestEventsAreSentInOrder(t *testing.T) {
	attempt := taskertest.Attempt{}
	ctx := attempt.Context(t)
	if err := errors.Join(charged.Send(ctx, order{"a"}), ctx.SendEvent("orders.packed", nil)); err != nil {
		t.Fatal(err)
	}
	expected := []taskertest.Sent{{Name: "orders.charged", JSON: `{"id":"a"}`}, {Name: "orders.packed", JSON: "null"}}
	if sent := attempt.Events(t); !reflect.DeepEqual(sent, expected) {
		t.Fatal(sent)
	}
}

func TestASubscriberHandlesAnEvent(t *testing.T) {
	attempt := taskertest.Attempt{}
	if failure := attempt.Handle(t, "counts", taskertest.Event(t, "tasker.task.completed", order{"a"})); failure != nil {
		t.Fatal(failure)
	}
	id := ""
	if !attempt.Value(t, "counters", "2026-01-31", &id) || id != "a" {
		t.Fatal(id)
	}
}

func TestRequestsAreAnsweredByTheTest(t *testing.T) {
	attempt := taskertest.Attempt{Answer: func(request fetch.Request) (*fetch.Response, error) {
		return &fetch.Response{
			URL: request.URL, Status: 503, Headers: []fetch.Header{{Name: "Retry-After", Value: "7"}}, Body: request.Body,
		}, nil
	}}
	response, err := fetch.Post(attempt.Context(t), "https://example.com/", fetch.Request{JSON: order{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	failure := tasker.FailureOf(response.Success())
	if failure.Code != "http_status" || failure.Retry != tasker.After || failure.Delay != 7*time.Second {
		t.Fatal(failure)
	}
	var echoed order
	if err := response.JSON(&echoed); err != nil || echoed.ID != "a" {
		t.Fatal(echoed, err)
	}
	request, _ := http.NewRequestWithContext(attempt.Context(t), "PUT", "https://example.com/", strings.NewReader("ü"))
	answered, err := (&http.Client{Transport: roundtripper.Transport{}}).Do(request)
	if err != nil || answered.StatusCode != 503 {
		t.Fatal(answered, err)
	}
	if body, err := io.ReadAll(answered.Body); err != nil || string(body) != "ü" {
		t.Fatal(string(body), err)
	}
	if _, err := fetch.Get(t.Context(), "https://example.com/", fetch.Request{}); !strings.Contains(err.Error(), "no host") {
		t.Fatal(err)
	}
}

func TestTheDescriptorHasWhatWasRegistered(t *testing.T) {
	told := taskertest.Descriptor(t)
	first := told["handlers"].([]any)[0].(map[string]any)
	expected := map[string]any{
		"name": "echo", "description": "Returns its input.", "error_codes": []any{"none"}, "input_schema": true,
		"result_schema": true, "retry": map[string]any{"max_attempts": 2.0},
	}
	if !reflect.DeepEqual(first, expected) {
		t.Fatal(first)
	}
	if !reflect.DeepEqual(told["capabilities"], []any{"kv counters"}) {
		t.Fatal(told)
	}
	if told["events"].(map[string]any)["orders.charged"] == nil || len(told["subscribers"].([]any)) != 1 {
		t.Fatal(told)
	}
}
