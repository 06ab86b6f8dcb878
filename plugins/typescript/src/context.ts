import { Failure } from "./failure.ts";
import { type Host, Refused } from "./host.ts";
import { read, write } from "./json.ts";
import { Kv } from "./kv.ts";
import type { DeclaredEvent } from "./registry.ts";

/** The attempt that a handler runs in. Tests make one with `attempt()` of `@tasker/sdk/testing`. */
export class Context {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The task, as a UUID. */
  get taskId(): string {
    return this.#host.taskId();
  }

  /** The namespace of the task. */
  get namespace(): string {
    return this.#host.namespace();
  }

  /** The step's name in its template. */
  get stepName(): string {
    return this.#host.stepName();
  }

  /** Which attempt this is, from 1. */
  get attempt(): number {
    return this.#host.attempt();
  }

  /** How many attempts the step has in all. */
  get maxAttempts(): number {
    return this.#host.maxAttempts();
  }

  /** The same for every attempt of this step, different for every other step: pass it to downstream services. */
  get idempotencyKey(): string {
    return this.#host.idempotencyKey();
  }

  /** The same from the request that made the task to each of its steps. */
  get correlationId(): string {
    return this.#host.correlationId();
  }

  /** The W3C trace context to pass on, if the host traces. */
  get traceparent(): string | undefined {
    return this.#host.traceparent();
  }

  /** Milliseconds until the host ends this attempt. */
  get remainingMs(): number {
    return this.#host.remainingMs();
  }

  /** The task's input. */
  taskInput<T = unknown>(): T {
    return read("task_input", this.#host.taskInput()) as T;
  }

  /** The result of a step that this one depends on; a permanent failure where it has none. */
  dependency<T = unknown>(step: string): T {
    const text = this.#host.dependency(step);
    if (text === undefined) {
      const message = `there is no result of a step \`${step}\` here; name it in this step's depends_on`;
      throw Failure.permanent("missing_dependency", message);
    }
    return read("dependency", text) as T;
  }

  /** The same, undefined where there is none. */
  optionalDependency<T = unknown>(step: string): T | undefined {
    const text = this.#host.dependency(step);
    return text === undefined ? undefined : (read("dependency", text) as T);
  }

  /** The step's `config` in the template; an empty object where it has none. */
  config<T = Record<string, unknown>>(): T {
    return (read("config", this.#host.config()) ?? {}) as T;
  }

  /** What the last attempt left with `checkpoint`. */
  checkpoint<T = unknown>(): T | undefined {
    const text = this.#host.lastCheckpoint();
    return text === undefined ? undefined : (read("checkpoint", text) as T);
  }

  /** Reports that the handler is alive and how far it is. A permanent failure `cancelled` when the task was cancelled. */
  heartbeat(progress?: unknown): void {
    const text = progress === undefined ? undefined : write("progress", progress);
    if (!this.#host.heartbeat(text)) throw Failure.permanent("cancelled", "the task was cancelled");
  }

  /**
   * Sends an event under a dotted name such as `orders.charged`, or one that was declared with `event()`. It is recorded
   * together with the attempt's result or checkpoint, once. Fails for good with `event_not_granted` or `event_invalid`.
   */
  sendEvent(name: string, payload?: unknown): void;
  sendEvent<T>(event: DeclaredEvent<T>, payload: T): void;
  sendEvent(event: string | DeclaredEvent<unknown>, payload?: unknown): void {
    const name = typeof event === "string" ? event : event.name;
    const text = write("event", payload);
    try {
      this.#host.sendEvent(name, text);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw eventRefused(name, error);
    }
  }

  /** A bucket of small values that outlive tasks. */
  kv(bucket: string): Kv {
    return new Kv(this.#host, bucket);
  }

  /**
   * A placeholder for a secret of the namespace. In a header of a request, or in a small JSON or form body, the host puts
   * the secret in its place. Fails for good with `secret_unknown` or `secret_not_granted`.
   */
  secret(name: string): string {
    return ask(name, () => this.#host.secret(name));
  }

  /** A secret in clear, which is a grant of its own. The host redacts it from whatever the attempt leaves. */
  secretInClear(name: string): string {
    return ask(name, () => this.#host.secretInClear(name));
  }
}

function ask(name: string, call: () => string): string {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    switch (error.reason) {
      case "unknown":
        throw Failure.permanent("secret_unknown", `there is no secret \`${name}\` in this namespace; an operator can set it`);
      case "not-granted":
        throw Failure.permanent("secret_not_granted", `this component was not granted the secret \`${name}\` for this use`);
      default:
        throw Failure.retryable("secret_failed", `there is no secret \`${name}\`: ${error.reason}`);
    }
  }
}

function eventRefused(name: string, { reason, why }: Refused): Failure {
  switch (reason) {
    case "not-granted":
      return Failure.permanent("event_not_granted", `this component was not granted the event \`${name}\``);
    case "invalid":
      return Failure.permanent("event_invalid", `event \`${name}\`: ${why}`);
    default:
      return Failure.retryable("event_failed", `event \`${name}\`: ${reason}`);
  }
}
