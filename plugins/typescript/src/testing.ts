/**
 * Handlers are plain functions: tests call them natively, with an attempt made up here.
 *
 *     const ctx = attempt({ config: { shipping: 5 }, dependencies: { price: 100 } });
 *     assert.equal(total({}, ctx), 105);
 */
import { Context } from "./context.ts";
import { type Host, Refused } from "./host.ts";
import { write } from "./json.ts";
import type { Described, Event } from "./registry.ts";
import { type Outcome, type WireFailure, call, failure, outcome } from "./run.ts";

export { answerWith } from "./http/native.ts";

/** What a test says about an attempt; the rest is as in an ordinary step. */
export interface AttemptOptions {
  stepName?: string;
  attempt?: number;
  maxAttempts?: number;
  remainingMs?: number;
  taskInput?: unknown;
  /** The results of steps that this one depends on, by name. */
  dependencies?: Record<string, unknown>;
  config?: unknown;
  checkpoint?: unknown;
  /** The task was cancelled: the next heartbeat says so. */
  cancelled?: boolean;
  /** Secrets that the component was granted, also in clear. */
  secrets?: Record<string, string>;
  /** What stands in buckets, by bucket and key. */
  kv?: Record<string, Record<string, unknown>>;
}

/** A context that keeps what a handler did with it. */
export class AttemptContext extends Context {
  constructor(
    host: Host,
    /** The events that were sent, in order. */
    readonly sentEvents: { name: string; payload: unknown }[],
  ) {
    super(host);
  }
}

const TASK = "00000000-0000-7000-8000-000000000000";

/** An attempt made up for a test: by default the first of three, of the step `step`, 30 seconds before its deadline. */
export function attempt(options: AttemptOptions = {}): AttemptContext {
  const sent: { name: string; payload: unknown }[] = [];
  return new AttemptContext(madeUp(options, sent), sent);
}

function madeUp(options: AttemptOptions, sent: { name: string; payload: unknown }[]): Host {
  const text = (value: unknown) => (value === undefined ? undefined : write("value", value));
  const stepName = options.stepName ?? "step";
  return {
    taskId: () => TASK,
    namespace: () => "test",
    stepName: () => stepName,
    attempt: () => options.attempt ?? 1,
    maxAttempts: () => options.maxAttempts ?? 3,
    idempotencyKey: () => `${TASK}:${stepName}`,
    correlationId: () => "test",
    traceparent: () => undefined,
    remainingMs: () => options.remainingMs ?? 30_000,
    taskInput: () => text(options.taskInput ?? {}) ?? "{}",
    dependency: (step) => text(options.dependencies?.[step]),
    config: () => text(options.config ?? null) ?? "null",
    lastCheckpoint: () => text(options.checkpoint),
    heartbeat: () => options.cancelled !== true,
    secret: (name) => `tasker-secret-${known(options, name).length.toString().padStart(32, "0")}`,
    secretInClear: (name) => known(options, name),
    ...entries(options),
    sendEvent: (name, payload) => void sent.push({ name, payload: JSON.parse(payload) }),
  };
}

function known(options: AttemptOptions, name: string): string {
  const value = options.secrets?.[name];
  if (value === undefined) throw new Refused("unknown");
  return value;
}

function entries(options: AttemptOptions) {
  const stored = new Map<string, { value: string; version: number }>();
  const place = (bucket: string, key: string) => `${bucket}/${key}`;
  const set = (bucket: string, key: string, value: string) => {
    const version = (stored.get(place(bucket, key))?.version ?? 0) + 1;
    stored.set(place(bucket, key), { value, version });
  };
  for (const [bucket, values] of Object.entries(options.kv ?? {})) {
    for (const [key, value] of Object.entries(values)) set(bucket, key, write("value", value));
  }
  return {
    kvGet: (bucket: string, key: string) => stored.get(place(bucket, key)),
    kvSet: set,
    kvCompareAndSet: (bucket: string, key: string, expected: number | undefined, value: string) => {
      if (stored.get(place(bucket, key))?.version !== expected) throw new Refused("conflict");
      set(bucket, key, value);
    },
    kvDelete: (bucket: string, key: string) => void stored.delete(place(bucket, key)),
    kvListKeys: (bucket: string, prefix: string, limit: number) => {
      const inBucket = [...stored.keys()].filter((at) => at.startsWith(`${bucket}/${prefix}`));
      return inBucket.map((at) => at.slice(bucket.length + 1)).sort().slice(0, limit);
    },
  };
}

/** An event made up for a test of a subscriber, of a task of the namespace `test`. */
export function event<T = Record<string, unknown>>(type: string, data: T): Event<T> {
  return {
    id: "1-0",
    source: "/namespaces/test",
    type,
    subject: `task ${TASK}`,
    time: "2026-01-31T12:00:00Z",
    sequence: "1",
    correlationId: "test",
    attributes: {},
    data,
  };
}

/** Runs a handler by its name as the host does, JSON included; natively its types are not known, so that all input fits. */
export async function execute(name: string, input: unknown, options: AttemptOptions = {}): Promise<Outcome | WireFailure> {
  const described: Described = { handlers: {}, subscribers: {}, events: {} };
  try {
    return outcome(await call(described, madeUp(options, []), name, write("input", input)));
  } catch (error) {
    return failure(error);
  }
}
