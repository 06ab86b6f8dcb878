import type { Context } from "./context.ts";
import type { Schema } from "./schema.ts";

/** What a handler says of itself besides its types. */
export interface HandlerOptions {
  /** What people read in the registry. By default the comment before the declaration. */
  description?: string;
  /** The codes of failures that callers may tell apart. */
  errors?: string[];
  /** As `retry` in a template. */
  retry?: Record<string, unknown>;
}

/** An event of the feed, with the attributes of CloudEvents 1.0. */
export interface Event<T = Record<string, unknown>> {
  /** The same in each try, and in every other form of the event. */
  id: string;
  /** Where it happened: `/namespaces/orders`. */
  source: string;
  /** What happened: `tasker.task.completed`. */
  type: string;
  /** What it happened to. */
  subject: string | undefined;
  /** When it happened: `2026-01-31T12:00:00Z`. */
  time: string;
  /** The cursor behind the event. */
  sequence: string;
  /** The same from the request that created the task to every event of it. */
  correlationId: string | undefined;
  /** The other attributes, by name. */
  attributes: Record<string, string>;
  /** The event's data. */
  data: T;
}

/** An event that handlers send, with the type of its payload. */
export interface DeclaredEvent<T> {
  readonly name: string;
  readonly description: string | undefined;
  /** Never there; it carries the type. */
  readonly payload?: T;
}

/** What a handler returns that is not done. */
export class Checkpoint<C = unknown> {
  constructor(readonly value: C) {}
}

/** Not done: the host keeps this and calls the handler again; it survives crashes and retries. */
export function checkpoint<C>(value: C): Checkpoint<C> {
  return new Checkpoint(value);
}

// biome-ignore lint: the input is whatever the author says.
type Run = (input: any, ctx: Context) => unknown;
type Handle = (event: Event<any>, ctx: Context) => void | Promise<void>;

/** Everything that was registered, by name. */
export const registered = {
  handlers: new Map<string, { run: Run; options: HandlerOptions }>(),
  subscribers: new Map<string, { handle: Handle; description: string | undefined }>(),
  events: new Map<string, DeclaredEvent<unknown>>(),
  capabilities: new Set<string>(),
};

/** What the build read from the types of the source. */
export interface Described {
  handlers: Record<string, { description?: string; input: Schema | boolean; result: Schema | boolean }>;
  subscribers: Record<string, { description?: string }>;
  events: Record<string, { description?: string; schema: Schema | boolean }>;
}

/**
 * Registers a step handler under the name that templates call it by, and returns the function as it is, for tests.
 *
 *     export const charge = handler("charge", (order: Order, ctx): Receipt => { … }, { errors: ["card_declined"] });
 *
 * The function may be async. Its types are the handler's JSON Schemas, which `tasker build` reads from the source: an
 * input that does not fit is a permanent failure `invalid_input`.
 */
export function handler<F extends Run>(name: string, run: F, options: HandlerOptions = {}): F {
  unused(registered.handlers, "handler", name);
  registered.handlers.set(name, { run, options });
  return run;
}

/** Registers a subscriber: a function that is called with the events of a subscription. */
export function subscriber<F extends Handle>(name: string, handle: F, options: { description?: string } = {}): F {
  unused(registered.subscribers, "subscriber", name);
  registered.subscribers.set(name, { handle, description: options.description });
  return handle;
}

/** Declares an event that handlers send, with the type of its payload: `const charged = event<Charged>("orders.charged")`. */
export function event<T>(name: string, options: { description?: string } = {}): DeclaredEvent<T> {
  unused(registered.events, "event", name);
  const declared = { name, description: options.description };
  registered.events.set(name, declared);
  return declared;
}

/** Says what the component wants to be granted: `capabilities("kv counters", "http POST api.example.com/v1/*")`. */
export function capabilities(...wanted: string[]): void {
  for (const one of wanted) registered.capabilities.add(one);
}

function unused(map: Map<string, unknown>, what: string, name: string): void {
  if (map.has(name)) throw new Error(`there are two ${what}s \`${name}\`; give one of them another name`);
}
