// Package host has what the SDK asks of the host, which a test makes up. All values are JSON text.
package host

// Host answers what a handler asks about its attempt, and keeps what it does.
type Host interface {
	TaskID() string
	Namespace() string
	StepName() string
	Attempt() uint32
	MaxAttempts() uint32
	IdempotencyKey() string
	CorrelationID() string
	Traceparent() (string, bool)
	RemainingMs() uint64
	TaskInput() string
	Dependency(step string) (string, bool)
	Config() string
	LastCheckpoint() (string, bool)
	Heartbeat(progress string, hasProgress bool) bool
	Secret(name string) (string, *Refused)
	SecretInClear(name string) (string, *Refused)
	KVGet(bucket, key string) (Entry, *Refused)
	KVSet(bucket, key, value string) *Refused
	KVReplace(bucket, key string, expected Entry, value string) *Refused
	KVDelete(bucket, key string) *Refused
	KVKeys(bucket, prefix string, limit uint32) ([]string, *Refused)
	SendEvent(name, payload string) *Refused
}

// Entry is what stands under a key, if anything does.
type Entry struct {
	Value   string
	Version uint64
	Exists  bool
}

// Reason is why the host refused a call.
type Reason string

// The reasons of the contract; a later host may have others.
const (
	Unknown    Reason = "unknown"
	NotGranted Reason = "not-granted"
	Invalid    Reason = "invalid"
	Conflict   Reason = "conflict"
)

// Refused is a call that the host refused.
type Refused struct {
	Reason Reason
	// Why says more in words, where the host does.
	Why string
}
