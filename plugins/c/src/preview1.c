/* What the C library asks of its system, answered by the host of the component: the C library of WebAssembly speaks WASI 0.1,
 * and components speak WASI 0.2. There are stdout and stderr, clocks and random numbers; there are no files, no arguments, and
 * no environment. The linker takes a function of this file for the import of that name. */
#ifdef __wasm__
#include "wit_imports.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, BAD_DESCRIPTOR = 8, INVALID = 28, IO = 29, NO_ENTRY = 44, NOT_SUPPORTED = 58, IS_PIPE = 70 };
enum { STDIN, STDOUT, STDERR };
enum { REALTIME, MONOTONIC };
/* A terminal or pipe, in what `fd_fdstat_get` returns. */
enum { CHARACTER_DEVICE = 2, RIGHT_TO_WRITE = 64, STAT_BYTES = 24 };
/* `wasi:io` takes this much in one blocking write. */
enum { WRITE_BYTES = 4096 };

typedef struct {
  const uint8_t *bytes;
  size_t length;
} piece;

#define WASI(name) __imported_wasi_snapshot_preview1_##name
/* The part of the C library that zig has in Zig names its imports in this way. */
#define ALSO(name)                                                                      \
  extern __typeof__(WASI(name)) also_##name __asm__(#name "|wasi_snapshot_preview1") \
      __attribute__((weak, alias("__imported_wasi_snapshot_preview1_" #name)));

static bool write_to(wasi_io_streams_borrow_output_stream_t stream, const uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length; at += WRITE_BYTES) {
    size_t left = length - at;
    wit_imports_list_u8_t part = {(uint8_t *)bytes + at, left < WRITE_BYTES ? left : WRITE_BYTES};
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(stream, &part, &error)) return false;
  }
  return true;
}

int32_t WASI(fd_write)(int32_t descriptor, int32_t pieces, int32_t count, int32_t written) {
  static wasi_io_streams_own_output_stream_t streams[STDERR + 1];
  static bool is_open[STDERR + 1];
  if (descriptor != STDOUT && descriptor != STDERR) return BAD_DESCRIPTOR;
  if (!is_open[descriptor]) {
    streams[descriptor] = descriptor == STDOUT ? wasi_cli_stdout_get_stdout() : wasi_cli_stderr_get_stderr();
    is_open[descriptor] = true;
  }
  size_t total = 0;
  for (const piece *one = (const piece *)(uintptr_t)pieces, *end = one + count; one < end; one += 1) {
    if (!write_to(wasi_io_streams_borrow_output_stream(streams[descriptor]), one->bytes, one->length)) return IO;
    total += one->length;
  }
  *(size_t *)(uintptr_t)written = total;
  return SUCCESS;
}
ALSO(fd_write)

int32_t WASI(fd_read)(int32_t descriptor, int32_t pieces, int32_t count, int32_t read) {
  (void)pieces, (void)count;
  if (descriptor != STDIN) return BAD_DESCRIPTOR;
  *(size_t *)(uintptr_t)read = 0;
  return SUCCESS;
}
ALSO(fd_read)

int32_t WASI(fd_fdstat_get)(int32_t descriptor, int32_t stat) {
  if (descriptor < STDIN || descriptor > STDERR) return BAD_DESCRIPTOR;
  uint8_t *bytes = memset((void *)(uintptr_t)stat, 0, STAT_BYTES);
  bytes[0] = CHARACTER_DEVICE;
  bytes[8] = RIGHT_TO_WRITE;
  return SUCCESS;
}
ALSO(fd_fdstat_get)

int32_t WASI(fd_seek)(int32_t descriptor, int64_t offset, int32_t whence, int32_t position) {
  (void)offset, (void)whence, (void)position;
  return descriptor >= STDIN && descriptor <= STDERR ? IS_PIPE : BAD_DESCRIPTOR;
}
ALSO(fd_seek)

int32_t WASI(fd_close)(int32_t descriptor) { return descriptor >= STDIN && descriptor <= STDERR ? SUCCESS : BAD_DESCRIPTOR; }
ALSO(fd_close)

int32_t WASI(clock_time_get)(int32_t clock, int64_t precision, int32_t time) {
  uint64_t *nanoseconds = (uint64_t *)(uintptr_t)time;
  (void)precision;
  if (clock == REALTIME) {
    wasi_clocks_wall_clock_datetime_t now;
    wasi_clocks_wall_clock_now(&now);
    *nanoseconds = now.seconds * 1000000000 + now.nanoseconds;
    return SUCCESS;
  }
  if (clock != MONOTONIC) return INVALID;
  *nanoseconds = wasi_clocks_monotonic_clock_now();
  return SUCCESS;
}
ALSO(clock_time_get)

int32_t WASI(clock_res_get)(int32_t clock, int32_t resolution) {
  if (clock != REALTIME && clock != MONOTONIC) return INVALID;
  *(uint64_t *)(uintptr_t)resolution = wasi_clocks_monotonic_clock_resolution();
  return SUCCESS;
}
ALSO(clock_res_get)

int32_t WASI(random_get)(int32_t to, int32_t length) {
  wit_imports_list_u8_t bytes;
  wasi_random_random_get_random_bytes((uint64_t)(uint32_t)length, &bytes);
  memcpy((void *)(uintptr_t)to, bytes.ptr, bytes.len);
  wit_imports_list_u8_free(&bytes);
  return SUCCESS;
}
ALSO(random_get)

/* A sleep: the only thing that is waited for is a clock. */
int32_t WASI(poll_oneoff)(int32_t in, int32_t out, int32_t count, int32_t ready) {
  enum { CLOCK = 0, TYPE_AT = 8, CLOCK_AT = 16, TIMEOUT_AT = 24, FLAGS_AT = 40, EVENT_BYTES = 32 };
  const uint8_t *wanted = (const uint8_t *)(uintptr_t)in;
  uint64_t timeout;
  uint32_t clock;
  if (count != 1 || wanted[TYPE_AT] != CLOCK) return NOT_SUPPORTED;
  memcpy(&clock, wanted + CLOCK_AT, sizeof clock);
  memcpy(&timeout, wanted + TIMEOUT_AT, sizeof timeout);
  bool is_instant = wanted[FLAGS_AT] & 1;
  if (is_instant && clock != MONOTONIC) return NOT_SUPPORTED;
  wasi_io_poll_own_pollable_t pollable = is_instant ? wasi_clocks_monotonic_clock_subscribe_instant(timeout)
                                                    : wasi_clocks_monotonic_clock_subscribe_duration(timeout);
  wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
  wasi_io_poll_pollable_drop_own(pollable);
  memcpy(memset((void *)(uintptr_t)out, 0, EVENT_BYTES), wanted, sizeof(uint64_t));
  *(size_t *)(uintptr_t)ready = 1;
  return SUCCESS;
}
ALSO(poll_oneoff)

int32_t WASI(sched_yield)(void) { return SUCCESS; }

_Noreturn void WASI(proc_exit)(int32_t status) {
  (void)status;
  /* A component cannot leave a call otherwise. */
  __builtin_trap();
}
ALSO(proc_exit)

static int32_t nothing_of(int32_t count, int32_t bytes) {
  *(size_t *)(uintptr_t)count = 0;
  *(size_t *)(uintptr_t)bytes = 0;
  return SUCCESS;
}

int32_t WASI(args_sizes_get)(int32_t count, int32_t bytes) { return nothing_of(count, bytes); }
ALSO(args_sizes_get)
int32_t WASI(args_get)(int32_t arguments, int32_t bytes) { return (void)arguments, (void)bytes, SUCCESS; }
ALSO(args_get)
int32_t WASI(environ_sizes_get)(int32_t count, int32_t bytes) { return nothing_of(count, bytes); }
ALSO(environ_sizes_get)
int32_t WASI(environ_get)(int32_t variables, int32_t bytes) { return (void)variables, (void)bytes, SUCCESS; }
ALSO(environ_get)

/* Files: there are none. `I` is an argument of 32 bits, `L` one of 64. */
#define I int32_t
#define L int64_t
#define NO(name, result, ...)                         \
  int32_t WASI(name)(__VA_ARGS__) { return result; } \
  ALSO(name)
#pragma clang diagnostic ignored "-Wunused-parameter"

NO(fd_prestat_get, BAD_DESCRIPTOR, I a, I b)
NO(fd_prestat_dir_name, BAD_DESCRIPTOR, I a, I b, I c)
NO(fd_advise, BAD_DESCRIPTOR, I a, L b, L c, I d)
NO(fd_allocate, BAD_DESCRIPTOR, I a, L b, L c)
NO(fd_datasync, BAD_DESCRIPTOR, I a)
NO(fd_fdstat_set_flags, BAD_DESCRIPTOR, I a, I b)
NO(fd_fdstat_set_rights, BAD_DESCRIPTOR, I a, L b, L c)
NO(fd_filestat_get, BAD_DESCRIPTOR, I a, I b)
NO(fd_filestat_set_size, BAD_DESCRIPTOR, I a, L b)
NO(fd_filestat_set_times, BAD_DESCRIPTOR, I a, L b, L c, I d)
NO(fd_pread, BAD_DESCRIPTOR, I a, I b, I c, L d, I e)
NO(fd_pwrite, BAD_DESCRIPTOR, I a, I b, I c, L d, I e)
NO(fd_readdir, BAD_DESCRIPTOR, I a, I b, I c, L d, I e)
NO(fd_renumber, BAD_DESCRIPTOR, I a, I b)
NO(fd_sync, BAD_DESCRIPTOR, I a)
NO(fd_tell, BAD_DESCRIPTOR, I a, I b)
NO(path_create_directory, NO_ENTRY, I a, I b, I c)
NO(path_filestat_get, NO_ENTRY, I a, I b, I c, I d, I e)
NO(path_filestat_set_times, NO_ENTRY, I a, I b, I c, I d, L e, L f, I g)
NO(path_link, NO_ENTRY, I a, I b, I c, I d, I e, I f, I g)
NO(path_open, NO_ENTRY, I a, I b, I c, I d, I e, L f, L g, I h, I i)
NO(path_readlink, NO_ENTRY, I a, I b, I c, I d, I e, I f)
NO(path_remove_directory, NO_ENTRY, I a, I b, I c)
NO(path_rename, NO_ENTRY, I a, I b, I c, I d, I e, I f)
NO(path_symlink, NO_ENTRY, I a, I b, I c, I d, I e)
NO(path_unlink_file, NO_ENTRY, I a, I b, I c)
NO(sock_accept, NOT_SUPPORTED, I a, I b, I c)
NO(sock_recv, NOT_SUPPORTED, I a, I b, I c, I d, I e, I f)
NO(sock_send, NOT_SUPPORTED, I a, I b, I c, I d, I e)
NO(sock_shutdown, NOT_SUPPORTED, I a, I b)

#endif
