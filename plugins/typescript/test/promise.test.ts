import assert from "node:assert/strict";
import { test } from "node:test";

test("promises settle without a host, in the order of the language", async () => {
  const [native, queue] = [globalThis.Promise, globalThis.queueMicrotask];
  const { install, settle } = await import("../src/promise");
  install();
  const order: string[] = [];
  try {
    const first = Promise.resolve(1).then((value) => (order.push("a"), value + 1));
    const second = new Promise<number>((resolve) => resolve(first)).finally(() => order.push("c"));
    Promise.resolve().then(() => order.push("b"));
    assert.equal(settle(second), 2);
    assert.deepEqual(order, ["a", "b", "c"]);
    assert.throws(() => settle(Promise.reject(new Error("no"))), /no/);
    assert.deepEqual(settle(Promise.all([1, Promise.resolve(2)])), [1, 2]);
    assert.deepEqual(settle(Promise.all([])), []);
    assert.equal(settle(Promise.any([Promise.reject(1), Promise.resolve(2)])), 2);
    assert.throws(() => settle(Promise.any([Promise.reject(1)])), AggregateError);
    assert.deepEqual(settle(Promise.allSettled([Promise.reject(1)])), [{ status: "rejected", reason: 1 }]);
    assert.throws(() => settle(new Promise(() => {})), /nothing settles/);
  } finally {
    globalThis.Promise = native;
    globalThis.queueMicrotask = queue;
  }
});
