package tasker

import (
	"fmt"
	"tasker/internal/host"
)

// KV is a bucket of small values that outlive tasks, as one attempt sees it.
//
// Writes take effect together with the attempt's result or checkpoint, once; an attempt that fails writes nothing. Calls fail for
// good with "kv_not_granted" or "kv_invalid" (a key or value out of bounds).
type KV struct {
	ctx    *Context
	bucket string
}

// KV is a bucket of the namespace.
func (ctx *Context) KV(bucket string) KV { return KV{ctx, bucket} }

// Entry is what was found under a key, which may be nothing.
type Entry struct {
	entry host.Entry
}

// Exists reports whether something was found.
func (entry Entry) Exists() bool { return entry.entry.Exists }

// Read reads the value into what the pointer points at, which stays as it is where nothing was found.
func (entry Entry) Read(into any) error {
	if !entry.entry.Exists {
		return nil
	}
	return readInto("kv_value", entry.entry.Value, into)
}

// Get is what stands under a key of 1 to 200 bytes.
func (kv KV) Get(key string) (Entry, error) {
	entry, refused := kv.ctx.host.KVGet(kv.bucket, key)
	return Entry{entry}, kv.failure(key, refused)
}

// Set sets a value of at most 64 KiB as JSON, whatever stands there; at most 100 keys an attempt.
func (kv KV) Set(key string, value any) error {
	text, err := write("kv_value", value)
	if err != nil {
		return err
	}
	return kv.failure(key, kv.ctx.host.KVSet(kv.bucket, key, text))
}

// Replace sets a value in the place of what was found, as long as that stands there; Entry{} is nothing. Where another was faster
// this fails with the retryable "kv_conflict", or the attempt is repeated when it ends.
func (kv KV) Replace(key string, found Entry, value any) error {
	text, err := write("kv_value", value)
	if err != nil {
		return err
	}
	return kv.failure(key, kv.ctx.host.KVReplace(kv.bucket, key, found.entry, text))
}

// Remove removes what stands there, if anything.
func (kv KV) Remove(key string) error {
	return kv.failure(key, kv.ctx.host.KVDelete(kv.bucket, key))
}

// Keys are the first keys that begin with this, in byte order; at most the limit, and 1,000.
func (kv KV) Keys(prefix string, limit int) ([]string, error) {
	keys, refused := kv.ctx.host.KVKeys(kv.bucket, prefix, uint32(max(limit, 0)))
	return keys, kv.failure(prefix, refused)
}

func (kv KV) failure(key string, refused *host.Refused) error {
	if refused == nil {
		return nil
	}
	place := fmt.Sprintf("kv %s/%s", kv.bucket, key)
	switch refused.Reason {
	case host.NotGranted:
		return permanent("kv_not_granted", "%s: this component was not granted the bucket for this use", place)
	case host.Invalid:
		return permanent("kv_invalid", "%s: %s", place, refused.Why)
	case host.Conflict:
		return Retryable("kv_conflict", place+": another attempt changed it meanwhile")
	}
	return Retryable("kv_failed", fmt.Sprintf("%s: %s", place, refused.Reason))
}
