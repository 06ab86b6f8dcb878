import { Context } from "./context.ts";
import { Failure, INTERNAL } from "./failure.ts";
import type { Host } from "./host.ts";
import { read, write } from "./json.ts";
import { log } from "./log.ts";
import { Checkpoint, type Described, type Event, registered } from "./registry.ts";
import { Mismatch, type Schema, fit } from "./schema.ts";
import { frames, place, withCauses } from "./trace.ts";

/** An outcome as it crosses to the host. */
export type Outcome = { tag: "complete" | "checkpoint"; val: string };

/** A failure as it crosses to the host. */
export interface WireFailure {
  code: string;
  message: string;
  details: string | undefined;
  retry: { tag: "policy" } | { tag: "never" } | { tag: "after-ms"; val: number };
}

/** Awaits what a handler returned; where components run, that is done without the host. */
export type Settle = (value: unknown) => unknown;

/** Runs the handler of that name on JSON text. Throws a `Failure`, or whatever the handler threw. */
export function call(described: Described, host: Host, name: string, input: string): unknown {
  const found = registered.handlers.get(name);
  if (found === undefined) throw unknown("handler", name, registered.handlers);
  const schema = described.handlers[name]?.input ?? true;
  const typed = fitted("input", schema, read("input", input));
  return found.run(typed, new Context(host));
}

/** What a handler returned, as JSON text. */
export function outcome(returned: unknown): Outcome {
  if (returned instanceof Checkpoint) return { tag: "checkpoint", val: write("checkpoint", returned.value) };
  return { tag: "complete", val: write("result", returned) };
}

/** Calls the subscriber of that name. */
export function handle(host: Host, name: string, event: Event): unknown {
  const found = registered.subscribers.get(name);
  if (found === undefined) throw unknown("subscriber", name, registered.subscribers);
  return found.handle(event, new Context(host));
}

function fitted(what: string, schema: Schema | boolean, value: unknown): unknown {
  try {
    return fit(schema, value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const at = error.path === "" ? "" : ` at \`${error.path}\``;
    throw Failure.permanent(`invalid_${what}`, `the ${what} is wrong${at}: ${error.why}`);
  }
}

function unknown(what: string, name: string, known: Map<string, unknown>): Failure {
  const names = [...known.keys()].join(", ");
  return Failure.permanent(`unknown_${what}`, `this component has no ${what} \`${name}\`; it has ${names}`);
}

/** What was thrown as a failure of the contract. An exception is logged with its trace. */
export function failure(thrown: unknown): WireFailure {
  if (thrown instanceof Failure) return chosen(thrown);
  const trace = frames(thrown);
  const at = place(trace);
  const message = withCauses(thrown) + (at === undefined ? "" : ` at ${at}`);
  log.error([message, ...trace.map((frame) => `    at ${frame}`)].join("\n"));
  return { code: INTERNAL, message, details: JSON.stringify({ place: at, trace }), retry: { tag: "policy" } };
}

function chosen(failure: Failure): WireFailure {
  const { code, retry } = failure;
  let details: string | undefined;
  try {
    details = failure.details === undefined ? undefined : write("details", failure.details);
  } catch (error) {
    log.warn("the details of the failure are left out", { error });
  }
  return { code, message: withCauses(failure), details, retry: wireRetry(retry) };
}

function wireRetry(retry: Failure["retry"]): WireFailure["retry"] {
  if (retry === "policy" || retry === "never") return { tag: retry };
  const ms = Number.isFinite(retry.afterMs) ? Math.max(0, Math.trunc(retry.afterMs)) : 0;
  return { tag: "after-ms", val: Math.min(ms, Number.MAX_SAFE_INTEGER) };
}

/** What the component holds, as the JSON text that the contract's `describe` returns. */
export function describe(described: Described): string {
  const handlers = [...registered.handlers].map(([name, { options }]) => {
    const types = described.handlers[name];
    return {
      name,
      description: options.description ?? types?.description,
      input_schema: types?.input ?? true,
      result_schema: types?.result ?? true,
      error_codes: options.errors ?? [],
      retry: options.retry,
    };
  });
  const subscribers = [...registered.subscribers].map(([name, { description }]) => {
    return { name, description: description ?? described.subscribers[name]?.description };
  });
  const events = [...registered.events.values()].map(({ name, description }) => {
    const types = described.events[name];
    return [name, { description: description ?? types?.description, schema: types?.schema ?? true }];
  });
  return JSON.stringify({
    handlers,
    subscribers: subscribers.length === 0 ? undefined : subscribers,
    capabilities: [...registered.capabilities],
    events: events.length === 0 ? undefined : Object.fromEntries(events),
  });
}
