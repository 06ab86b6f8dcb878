// The handlers of the conformance suite in Go: tests/languages/cases.json says what each does.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"tasker"
	"tasker/fetch"
	"tasker/handler"
	"tasker/subscriber"
)

func init() {
	tasker.Capabilities("kv counters", "events orders")
	handler.Register("place_order", placeOrder,
		handler.Description("Counts the items of an order."), handler.Errors("nothing_ordered"))
	handler.Register("echo", echo)
	handler.Register("about", about)
	handler.Register("depends", depends)
	handler.Register("portions", portions)
	handler.Register("fails", fails)
	handler.Register("throws", throws)
	handler.Register("crashes", crashes)
	handler.Register("prints", prints)
	handler.Register("logs", logs)
	handler.Register("secret", secret)
	handler.Register("keeps", keeps)
	handler.Register("sends", sends)
	handler.Register("beats", beats)
	handler.Register("fetches", fetches)
	handler.Register("big", big)
	handler.Register("random", random)
	handler.Register("clock", clock)
	subscriber.Register("counts", counts, subscriber.Description("Counts events by their type."))
}

type nothing = struct{}

type line struct {
	SKU   string `json:"sku"`
	Count int    `json:"count"`
}

type order struct {
	ID    string  `json:"id" description:"What the order is called."`
	Kind  string  `json:"kind" enum:"card,cash"`
	Price float64 `json:"price"`
	Lines []line  `json:"lines"`
	Note  *string `json:"note"`
}

type receipt struct {
	ID    string  `json:"id"`
	Items int     `json:"items"`
	Total float64 `json:"total"`
	Kind  string  `json:"kind" enum:"card,cash"`
	Note  *string `json:"note"`
}

func placeOrder(_ *tasker.Context, order order) (receipt, error) {
	items := 0
	for _, line := range order.Lines {
		items += line.Count
	}
	if items == 0 {
		return receipt{}, tasker.Permanent("nothing_ordered", "the order has no items")
	}
	return receipt{order.ID, items, float64(items) * order.Price, order.Kind, order.Note}, nil
}

func echo(_ *tasker.Context, input any) (any, error) { return input, nil }

func about(ctx *tasker.Context, _ any) (map[string]any, error) {
	input, inputErr := tasker.TaskInput[any](ctx)
	config, configErr := tasker.Config[any](ctx)
	checkpoint, _, checkpointErr := tasker.LastCheckpoint[any](ctx)
	if err := errors.Join(inputErr, configErr, checkpointErr); err != nil {
		return nil, err
	}
	var traceparent *string
	if value, is := ctx.Traceparent(); is {
		traceparent = &value
	}
	_, hasDeadline := ctx.Deadline()
	return map[string]any{
		"task_id": ctx.TaskID(), "namespace": ctx.Namespace(), "step": ctx.StepName(), "attempt": ctx.Attempt(),
		"max_attempts": ctx.MaxAttempts(), "key": ctx.IdempotencyKey(), "correlation_id": ctx.CorrelationID(),
		"traceparent": traceparent, "has_time": ctx.Remaining() > 0 && hasDeadline, "input": input, "config": config,
		"checkpoint": checkpoint,
	}, nil
}

func depends(ctx *tasker.Context, input struct {
	Step string `json:"step"`
}) (any, error) {
	return tasker.Dependency[any](ctx, input.Step)
}

func portions(ctx *tasker.Context, _ nothing) (int, error) {
	done, _, err := tasker.LastCheckpoint[int](ctx)
	if err != nil {
		return 0, err
	}
	if done++; done < 3 {
		return 0, tasker.Checkpoint(done)
	}
	return done, nil
}

func fails(_ *tasker.Context, input struct {
	How string `json:"how"`
}) (any, error) {
	switch input.How {
	case "permanent":
		return nil, tasker.Permanent("card_declined", "the bank said no")
	case "retryable":
		return nil, tasker.Retryable("upstream_down", "the upstream said 503")
	case "after":
		return nil, tasker.RetryAfter(1500*time.Millisecond, "rate_limited", "not so fast")
	case "unicode":
		return nil, tasker.Permanent("wrong_name", "ünïcödé 😀")
	}
	return nil, tasker.Permanent("card_declined", "the bank said no").WithDetails(map[string]int{"balance": 3})
}

func throws(*tasker.Context, nothing) (any, error) {
	return nil, fmt.Errorf("the till is empty: %w", errors.New("nobody filled it"))
}

type coins int

func crashes(*tasker.Context, nothing) (coins, error) {
	till := map[string]any{}
	return till["a drawer that is not there"].(coins), nil
}

func prints(*tasker.Context, nothing) (any, error) {
	fmt.Println("printed", 1, map[string][]int{"a": {2}})
	fmt.Fprintln(os.Stderr, "complained")
	return nil, nil
}

func logs(*tasker.Context, nothing) (any, error) {
	slog.Log(context.Background(), tasker.LevelTrace, "traced")
	slog.Debug("debugged")
	slog.Info("informed", "order_id", 7, "name", "ünïcödé")
	slog.Warn("warned")
	slog.Error("erred")
	return nil, nil
}

func secret(ctx *tasker.Context, input struct {
	Name  string `json:"name"`
	Clear bool   `json:"clear"`
}) (string, error) {
	if input.Clear {
		return ctx.SecretInClear(input.Name)
	}
	return ctx.Secret(input.Name)
}

type operation struct {
	Op    string `json:"op" enum:"get,set,replace,stale,remove,keys"`
	Key   string `json:"key"`
	Value any    `json:"value,omitempty"`
}

func operate(kv tasker.KV, operation operation) (result any, err error) {
	key, value := operation.Key, operation.Value
	switch operation.Op {
	case "set":
		return nil, kv.Set(key, value)
	case "stale":
		return nil, kv.Replace(key, tasker.Entry{}, value)
	case "remove":
		return nil, kv.Remove(key)
	case "keys":
		return kv.Keys(key, 10)
	}
	found, err := kv.Get(key)
	switch {
	case err != nil:
		return nil, err
	case operation.Op == "replace":
		return nil, kv.Replace(key, found, value)
	}
	err = found.Read(&result)
	return result, err
}

func keeps(ctx *tasker.Context, operations []operation) ([]any, error) {
	results := []any{}
	for _, operation := range operations {
		result, err := operate(ctx.KV("counters"), operation)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

type charged struct {
	Amount int `json:"amount"`
}

var orderCharged = tasker.DeclareEvent[charged]("orders.charged", "An order was charged.")

func sends(ctx *tasker.Context, input struct {
	Name    string `json:"name"`
	Payload any    `json:"payload"`
}) (any, error) {
	if input.Name == orderCharged.Name() {
		return nil, orderCharged.Send(ctx, charged{3})
	}
	return nil, ctx.SendEvent(input.Name, input.Payload)
}

func beats(ctx *tasker.Context, _ nothing) (any, error) {
	return nil, ctx.Heartbeat(map[string]float64{"done": 0.5})
}

type fetchInput struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	Success bool              `json:"success,omitempty"`
	Max     int               `json:"max,omitempty"`
}

func fetches(ctx *tasker.Context, input fetchInput) (map[string]any, error) {
	request := fetch.Request{
		Method: input.Method, URL: input.URL, Body: []byte(input.Body), MaxBodyBytes: input.Max,
	}
	for name, value := range input.Headers {
		request.Headers = append(request.Headers, fetch.Header{Name: name, Value: value})
	}
	response, err := fetch.Do(ctx, request)
	if err == nil && input.Success {
		err = response.Success()
	}
	if err != nil {
		return nil, err
	}
	body, err := response.Text()
	return map[string]any{"status": response.Status, "type": response.Header("Content-Type"), "body": body}, err
}

func big(_ *tasker.Context, input struct {
	Bytes int `json:"bytes"`
}) (string, error) {
	return strings.Repeat("x", input.Bytes), nil
}

func random(*tasker.Context, nothing) ([]float64, error) {
	return []float64{rand.Float64(), rand.Float64()}, nil
}

func clock(*tasker.Context, nothing) (int64, error) { return time.Now().UnixMilli(), nil }

func counts(ctx *tasker.Context, event tasker.FeedEvent) error {
	data, err := tasker.ReadEvent[map[string]any](event)
	if err != nil {
		return err
	}
	if data["fail"] == true {
		return tasker.Permanent("refused", "not this one")
	}
	counters := ctx.KV("counters")
	found, err := counters.Get(event.Type)
	if err != nil {
		return err
	}
	count := 0
	if err := found.Read(&count); err != nil {
		return err
	}
	if err := counters.Replace(event.Type, found, count+1); err != nil {
		return err
	}
	return counters.Set("seen", map[string]any{
		"id": event.ID, "subject": event.Subject, "time": event.Time, "attributes": event.Attributes, "data": data,
	})
}

func main() {}
