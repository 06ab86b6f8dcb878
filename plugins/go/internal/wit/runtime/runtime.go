//go:build wasip1

// Package runtime has the memory and the handles of the generated bindings.
package runtime

import (
	"runtime"
	"unsafe"
)

// Handle is what the host calls a resource by.
type Handle struct {
	value int32
}

// MakeHandle is the handle of a resource that the host gave.
func MakeHandle(value int32) *Handle { return &Handle{value} }

// Use is the handle of a resource that is still there.
func (handle *Handle) Use() int32 {
	if handle.value == 0 {
		panic("tasker: a resource of the host is used after it was given away or dropped")
	}
	return handle.value
}

// Take is the handle, which is given away.
func (handle *Handle) Take() int32 {
	value := handle.Use()
	handle.value = 0
	return value
}

// TakeOrNil is the handle, which is given away; 0 where it was before.
func (handle *Handle) TakeOrNil() int32 {
	value := handle.value
	handle.value = 0
	return value
}

// Set says what the handle is.
func (handle *Handle) Set(value int32) { handle.value = value }

// Allocate returns memory that stays where it is until the pinner lets it go. The garbage collector does not look into it.
func Allocate(pinner *runtime.Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	var memory unsafe.Pointer
	// Allocations of words are aligned to words.
	if align > 1 {
		memory = unsafe.Pointer(unsafe.SliceData(make([]uint64, (size+7)/8)))
	} else {
		memory = unsafe.Pointer(unsafe.SliceData(make([]byte, size)))
	}
	pinner.Pin(memory)
	return memory
}

// What the host wrote since the last call of an export.
var received runtime.Pinner

// Unpin lets go what the host wrote; what the program still has of it stays.
func Unpin() { received.Unpin() }

const earlyBytes = 160 << 10

var (
	// What is allocated before the runtime of Go has begun: the state and the stack of the adapter of WASI, 64 KiB each.
	early     [earlyBytes / 8]uint64
	earlyUsed uintptr
	hasBegun  bool
)

func init() { hasBegun = true }

// The garbage collector asks for the time, and the component model forbids calls of the host while it asks for memory: until it
// is unset, the adapter answers with the time that it knows.
//
//go:wasmimport wasi_snapshot_preview1 adapter_monotonic_clock_set_paused
func setClockPaused(paused bool)

// reallocate returns memory for what the host writes. The host never makes anything larger.
//
//go:wasmexport cabi_realloc
func reallocate(old unsafe.Pointer, oldSize, align, size uintptr) unsafe.Pointer {
	if hasBegun {
		setClockPaused(true)
		memory := Allocate(&received, size, align)
		setClockPaused(false)
		return memory
	}
	start := (earlyUsed + align - 1) &^ (align - 1)
	if start+size > earlyBytes {
		panic("tasker: the adapter of WASI needs more memory than the SDK has for it")
	}
	earlyUsed = start + size
	return unsafe.Add(unsafe.Pointer(&early), start)
}
