// The handlers of the conformance suite in TypeScript: tests/languages/cases.yaml says what each does.
import { type Checkpoint, type Context, Failure, capabilities, checkpoint, event, handler, log, subscriber } from "@tasker/sdk";
import { http } from "@tasker/sdk/http";

capabilities("kv counters", "events orders");

/** A line of an order. */
interface Line {
  sku: string;
  /** @integer */
  count: number;
}

interface Order {
  /** What the order is called. */
  id: string;
  kind: "card" | "cash";
  price: number;
  lines: Line[];
  note?: string;
}

interface Receipt {
  id: string;
  /** @integer */
  items: number;
  total: number;
  kind: "card" | "cash";
  note: string | null;
}

/** Counts the items of an order. */
export const place_order = handler(
  "place_order",
  (order: Order): Receipt => {
    const items = order.lines.reduce((sum, line) => sum + line.count, 0);
    if (items === 0) throw Failure.permanent("nothing_ordered", "the order has no items");
    return { id: order.id, items, total: items * order.price, kind: order.kind, note: order.note ?? null };
  },
  { errors: ["nothing_ordered"] },
);

handler("echo", (input: unknown) => input);

handler("about", (_: unknown, ctx) => ({
  task_id: ctx.taskId,
  namespace: ctx.namespace,
  step: ctx.stepName,
  attempt: ctx.attempt,
  max_attempts: ctx.maxAttempts,
  key: ctx.idempotencyKey,
  correlation_id: ctx.correlationId,
  traceparent: ctx.traceparent ?? null,
  has_time: ctx.remainingMs > 0,
  input: ctx.taskInput(),
  config: ctx.config(),
  checkpoint: ctx.checkpoint() ?? null,
}));

handler("depends", (input: { step: string }, ctx) => ctx.dependency(input.step));

handler("portions", (_: unknown, ctx): number | Checkpoint<number> => {
  const done = (ctx.checkpoint<number>() ?? 0) + 1;
  return done < 3 ? checkpoint(done) : done;
});

handler("fails", (input: { how: string }) => {
  const details = { details: { balance: 3 } };
  switch (input.how) {
    case "permanent":
      throw Failure.permanent("card_declined", "the bank said no");
    case "retryable":
      throw Failure.retryable("upstream_down", "the upstream said 503");
    case "after":
      throw Failure.retryAfter(1500, "rate_limited", "not so fast");
    case "unicode":
      throw Failure.permanent("wrong_name", "ünïcödé 😀");
    default:
      throw Failure.permanent("card_declined", "the bank said no", details);
  }
});

handler("throws", () => {
  throw new Error("the till is empty", { cause: new Error("nobody filled it") });
});

handler("crashes", () => {
  const till = undefined as unknown as { coins: number[] };
  return till.coins;
});

handler("prints", () => {
  console.log("printed", 1, { a: [2] });
  console.error("complained");
});

handler("logs", () => {
  log.trace("traced");
  log.debug("debugged");
  log.info("informed", { order_id: 7, name: "ünïcödé" });
  log.warn("warned");
  log.error("erred");
});

handler("secret", (input: { name: string; clear: boolean }, ctx) => {
  return input.clear ? ctx.secretInClear(input.name) : ctx.secret(input.name);
});

interface Operation {
  op: "get" | "set" | "replace" | "stale" | "remove" | "keys";
  key: string;
  value?: unknown;
}

function operate(ctx: Context, { op, key, value }: Operation): unknown {
  const counters = ctx.kv("counters");
  switch (op) {
    case "get":
      return counters.get(key).value ?? null;
    case "set":
      return counters.set(key, value);
    case "replace":
      return counters.replace(key, counters.get(key), value);
    case "stale":
      return counters.replace(key, { value: undefined, version: undefined }, value);
    case "remove":
      return counters.remove(key);
    case "keys":
      return counters.keys(key, 10);
  }
}

handler("keeps", (operations: Operation[], ctx) => operations.map((operation) => operate(ctx, operation) ?? null));

interface Charged {
  /** @integer */
  amount: number;
}

/** An order was charged. */
const charged = event<Charged>("orders.charged");

handler("sends", (input: { name: string; payload: unknown }, ctx) => {
  if (input.name === charged.name) ctx.sendEvent(charged, { amount: 3 });
  else ctx.sendEvent(input.name, input.payload);
});

handler("beats", (_: unknown, ctx) => ctx.heartbeat({ done: 0.5 }));

interface Fetch {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  success?: boolean;
  max?: number;
}

handler("fetches", (input: Fetch) => {
  const options = { headers: input.headers ?? {}, body: input.body ?? "", maxBodyBytes: input.max ?? 1 << 20 };
  const response = http.request(input.method, input.url, options);
  if (input.success) response.success();
  return { status: response.status, type: response.header("Content-Type") ?? null, body: response.text() };
});

handler("big", (input: { bytes: number }) => "x".repeat(input.bytes));

handler("random", () => [Math.random(), Math.random()]);

handler("clock", () => Date.now());

/** Counts events by their type. */
subscriber("counts", (event, ctx) => {
  if (event.data["fail"] === true) throw Failure.permanent("refused", "not this one");
  const counters = ctx.kv("counters");
  const found = counters.get<number>(event.type);
  counters.replace(event.type, found, (found.value ?? 0) + 1);
  counters.set("seen", { id: event.id, subject: event.subject ?? null, time: event.time, attributes: event.attributes, data: event.data });
});
