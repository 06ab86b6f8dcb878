package tasker

// FeedEvent is an event of the feed, with the attributes of CloudEvents 1.0.
type FeedEvent struct {
	// ID is the same in each try, and in every other form of the event.
	ID string
	// Source is where it happened: /namespaces/orders.
	Source string
	// Type is what happened: tasker.task.completed.
	Type string
	// Subject is what it happened to: a task, a step, a pin; empty where it happened to none.
	Subject string
	// Time is when it happened, as RFC 3339 has it.
	Time string
	// Sequence is the cursor behind the event.
	Sequence string
	// CorrelationID is the same from the request that made the task to every event of it; empty where there was none.
	CorrelationID string
	// Attributes are the others, such as causationid.
	Attributes map[string]string
	// JSON is what is told of it, an object. Read it with ReadEvent.
	JSON string
}

// Day is the day on which it happened, in UTC: 2026-01-31.
func (event FeedEvent) Day() string { return event.Time[:min(len(event.Time), 10)] }

// ReadEvent is what an event tells, read as this type; a failure has the code "invalid_event".
func ReadEvent[T any](event FeedEvent) (T, error) { return read[T]("event", event.JSON) }
