/** Where the host comes in: what `tasker build` makes the entry of a component of. */
import * as context from "tasker:step/context@1.1.0";
import * as events from "tasker:step/events@1.1.0";
import * as kv from "tasker:step/kv@1.1.0";
import * as wire from "tasker:step/log@1.1.0";
import * as secrets from "tasker:step/secrets@1.1.0";
import { insecureSeed } from "wasi:random/insecure-seed@0.2.12";
import { type Host, Refused } from "./host.ts";
import { read } from "./json.ts";
import { type Level, setSink, text } from "./log.ts";
import { install, settle } from "./promise.ts";
import type { Described, Event } from "./registry.ts";
import { call, describe, failure, handle, outcome } from "./run.ts";
import { thrown } from "./thrown.ts";
import { type Lines, setLines } from "./trace.ts";

type Line = [Level, string, [string, string][]];

let described: Described = { handlers: {}, subscribers: {}, events: {} };
/** What was logged while the component was built; undefined once it runs. */
let early: Line[] | undefined = [];
const MAX_EARLY_LINES = 100;

/** Hands over what the build knows. */
export function start(types: Described, lines: Lines): void {
  described = types;
  setLines(lines);
}

function asked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const told = thrown(error);
    if (typeof told !== "object" || told === null || !("tag" in told)) throw error;
    const { tag, val } = told as { tag: string; val?: unknown };
    // What a later host says is a name and a payload.
    if (tag === "extension" && Array.isArray(val)) throw new Refused(String(val[0]));
    throw new Refused(tag, typeof val === "string" ? val : "");
  }
}

const host: Host = {
  taskId: context.taskId,
  namespace: context.namespace,
  stepName: context.stepName,
  attempt: context.attempt,
  maxAttempts: context.maxAttempts,
  idempotencyKey: context.idempotencyKey,
  correlationId: context.correlationId,
  traceparent: () => context.traceparent() ?? undefined,
  remainingMs: context.remainingMs,
  taskInput: context.taskInput,
  dependency: (step) => context.dependency(step) ?? undefined,
  config: context.config,
  lastCheckpoint: () => context.lastCheckpoint() ?? undefined,
  heartbeat: (progress) => context.heartbeat(progress ?? null),
  secret: (name) => asked(() => secrets.get(name)),
  secretInClear: (name) => asked(() => secrets.reveal(name)),
  kvGet: (bucket, key) => asked(() => kv.get(bucket, key) ?? undefined),
  kvSet: (bucket, key, value) => asked(() => kv.set(bucket, key, value)),
  kvCompareAndSet: (bucket, key, expected, value) => asked(() => kv.compareAndSet(bucket, key, expected ?? null, value)),
  kvDelete: (bucket, key) => asked(() => kv.delete(bucket, key)),
  kvListKeys: (bucket, prefix, limit) => asked(() => kv.listKeys(bucket, prefix, limit)),
  sendEvent: (name, payload) => asked(() => events.send(name, payload)),
};

setSink((level, message, fields) => {
  if (early === undefined) wire.log(level, message, fields);
  else if (early.length < MAX_EARLY_LINES) early.push([level, message, fields]);
});

function printer(level: Level) {
  const shown = (value: unknown) => (value instanceof Error ? `${text(value)}\n${value.stack ?? ""}`.trimEnd() : text(value));
  return (...values: unknown[]) => {
    const line: Line = [level, values.map(shown).join(" "), []];
    if (early === undefined) wire.log(...line);
    else if (early.length < MAX_EARLY_LINES) early.push(line);
  };
}

const printers = { log: "info", info: "info", warn: "warn", error: "error", debug: "debug", trace: "trace" } as const;
const console = Object.fromEntries(Object.entries(printers).map(([name, level]) => [name, printer(level)]));
Object.assign(globalThis, { console });
install();

/** A generator of its own for each attempt: the engine's begins anew with the same numbers each time. */
function seeded(): () => number {
  const words = [...insecureSeed()].flatMap((word) => [word / 2 ** 32, word % 2 ** 32]);
  let [a = 1, b = 2, c = 3, counter = 1] = words.map((word) => word | 0);
  return () => {
    // sfc32: small, quick, and good enough for what Math.random is for.
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
}

function begin(): void {
  Math.random = seeded();
  for (let skipped = 0; skipped < 15; skipped += 1) Math.random();
  const lines = early ?? [];
  early = undefined;
  for (const line of lines) wire.log(...line);
}

/** Runs what an attempt is for; whatever is thrown ends as a failure of the contract. */
function guarded<T>(run: () => T): T {
  begin();
  try {
    return run();
  } catch (error) {
    const { details, ...rest } = failure(error);
    throw { ...rest, details: details ?? null };
  }
}

/** The contract's `handler`. */
export const handler = {
  execute: (name: string, input: string) => guarded(() => outcome(settle(call(described, host, name, input)))),
};

interface WireEvent {
  id: string;
  source: string;
  eventType: string;
  subject: string | null;
  time: string;
  sequence: string;
  correlationId: string | null;
  attributes: [string, string][];
  data: string;
}

function received({ eventType, attributes, data, subject, correlationId, ...rest }: WireEvent): Event {
  return {
    ...rest,
    type: eventType,
    subject: subject ?? undefined,
    correlationId: correlationId ?? undefined,
    attributes: Object.fromEntries(attributes),
    data: read("event", data) as Event["data"],
  };
}

/** The contract's `subscriber`. */
export const subscriber = {
  handle: (name: string, event: WireEvent) => guarded(() => void settle(handle(host, name, received(event)))),
};

/** The contract's `descriptor`. */
export const descriptor = { describe: () => describe(described) };

