import { Failure } from "./failure.ts";
import { type Host, Refused } from "./host.ts";
import { read, write } from "./json.ts";

/** What was found under a key: `value` is undefined where there is nothing. */
export interface Found<T> {
  readonly value: T | undefined;
  readonly version: number | undefined;
}

/**
 * A bucket of small values that outlive tasks, as one attempt sees it. Writes take effect together with the attempt's
 * result or checkpoint, once; an attempt that fails writes nothing. Calls fail for good with `kv_not_granted` or
 * `kv_invalid` (a key or value out of bounds).
 */
export class Kv {
  readonly #host: Host;
  readonly #bucket: string;

  constructor(host: Host, bucket: string) {
    this.#host = host;
    this.#bucket = bucket;
  }

  /** What stands under a key of 1 to 200 bytes. */
  get<T>(key: string): Found<T> {
    const found = this.#ask(key, () => this.#host.kvGet(this.#bucket, key));
    if (found === undefined) return { value: undefined, version: undefined };
    return { value: read("kv_value", found.value) as T, version: found.version };
  }

  /** Sets a value of at most 64 KiB as JSON, whatever stands there; at most 100 keys an attempt. */
  set(key: string, value: unknown): void {
    const text = write("kv_value", value);
    this.#ask(key, () => this.#host.kvSet(this.#bucket, key, text));
  }

  /**
   * Sets a value in the place of what was found (which may be nothing), as long as that stands there. Where another was
   * faster, this fails with the retryable `kv_conflict`, or the attempt is repeated when it ends.
   */
  replace(key: string, found: Found<unknown>, value: unknown): void {
    const text = write("kv_value", value);
    this.#ask(key, () => this.#host.kvCompareAndSet(this.#bucket, key, found.version, text));
  }

  /** Removes what stands there, if anything. */
  remove(key: string): void {
    this.#ask(key, () => this.#host.kvDelete(this.#bucket, key));
  }

  /** The first keys that begin with this, in byte order; at most `limit`, and 1,000. */
  keys(prefix = "", limit = 1000): string[] {
    return this.#ask(prefix, () => this.#host.kvListKeys(this.#bucket, prefix, limit));
  }

  #ask<T>(key: string, call: () => T): T {
    try {
      return call();
    } catch (error) {
      if (error instanceof Refused) throw refused(`kv ${this.#bucket}/${key}`, error);
      throw error;
    }
  }
}

function refused(place: string, { reason, why }: Refused): Failure {
  switch (reason) {
    case "not-granted":
      return Failure.permanent("kv_not_granted", `${place}: this component was not granted the bucket for this use`);
    case "invalid":
      return Failure.permanent("kv_invalid", `${place}: ${why}`);
    case "conflict":
      return Failure.retryable("kv_conflict", `${place}: another attempt changed it meanwhile`);
    default:
      return Failure.retryable("kv_failed", `${place}: ${reason}`);
  }
}
