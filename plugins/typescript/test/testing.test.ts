import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure, capabilities, checkpoint, event, handler, subscriber } from "../src/index";
import { describe } from "../src/run";
import { attempt, execute } from "../src/testing";

handler("portion", (_: unknown, ctx) => (ctx.checkpoint() === undefined ? checkpoint(1) : "done"));
handler("broken", () => {
  throw new RangeError("too far", { cause: new Error("no map") });
});
handler("later", async () => {
  throw Failure.retryAfter(30_000, "busy", "later", { details: [1] });
});
subscriber("counts", () => {}, { description: "Counts." });
event<number>("orders.charged", { description: "An order was charged." });
capabilities("events orders", "kv counters");

test("a context answers as the test says", () => {
  const ctx = attempt({ attempt: 2, config: { a: 1 }, dependencies: { price: 100 }, secrets: { key: "sk" } });
  assert.deepEqual([ctx.attempt, ctx.config(), ctx.dependency("price")], [2, { a: 1 }, 100]);
  assert.equal(ctx.secretInClear("key"), "sk");
  assert.match(ctx.secret("key"), /^tasker-secret-/);
  assert.throws(() => ctx.secret("other"), { code: "secret_unknown" });
  assert.throws(() => ctx.dependency("reserve"), { code: "missing_dependency", message: /depends_on/ });
  assert.throws(() => attempt({ cancelled: true }).heartbeat(), { code: "cancelled" });
});

test("an attempt sees what it wrote, and what it sent", () => {
  const ctx = attempt({ kv: { counters: { a: 1 } } });
  const counters = ctx.kv("counters");
  const found = counters.get<number>("a");
  counters.replace("a", found, 2);
  assert.throws(() => counters.replace("a", found, 3), { code: "kv_conflict", retry: "policy" });
  counters.set("b", "x");
  assert.deepEqual(counters.keys(), ["a", "b"]);
  counters.remove("a");
  assert.equal(counters.get("a").value, undefined);
  ctx.sendEvent("orders.charged", { amount: 3 });
  assert.deepEqual(ctx.sentEvents, [{ name: "orders.charged", payload: { amount: 3 } }]);
});

test("a handler is run by its name as the host does", async () => {
  assert.deepEqual(await execute("portion", {}), { tag: "checkpoint", val: "1" });
  assert.deepEqual(await execute("portion", {}, { checkpoint: 1 }), { tag: "complete", val: '"done"' });
  const broken = await execute("broken", {});
  assert("code" in broken);
  assert.equal(broken.code, "internal");
  assert.match(broken.message, /^RangeError: too far: Error: no map at /);
  assert.deepEqual(await execute("later", {}), { code: "busy", message: "later", details: "[1]", retry: { tag: "after-ms", val: 30_000 } });
});

test("a component describes what was registered", () => {
  const described = { handlers: { portion: { input: true, result: { type: "string" } } }, subscribers: {}, events: { "orders.charged": { schema: { type: "number" } } } };
  const told = JSON.parse(describe(described));
  assert.deepEqual(told.capabilities, ["events orders", "kv counters"]);
  assert.deepEqual(told.events, { "orders.charged": { description: "An order was charged.", schema: { type: "number" } } });
  assert.deepEqual(told.handlers[0].result_schema, { type: "string" });
  assert.equal(told.subscribers[0].description, "Counts.");
});

test("a name is given once", () => {
  assert.throws(() => handler("portion", () => 1), /there are two handlers `portion`/);
});
