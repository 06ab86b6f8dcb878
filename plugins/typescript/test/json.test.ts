import assert from "node:assert/strict";
import { test } from "node:test";
import { read, write } from "../src/json";

test("text that is no JSON is a permanent failure", () => {
  assert.throws(() => read("input", "{"), { code: "invalid_input", retry: "never" });
});

test("what JSON cannot say is refused with its place", () => {
  assert.throws(() => write("result", { total: Number.NaN }), {
    code: "invalid_result",
    message: "the result cannot be written as JSON: NaN at `total` is no number of JSON",
  });
  assert.throws(() => write("result", [() => 1]), { code: "invalid_result" });
  const circle: { self?: unknown } = {};
  circle.self = circle;
  assert.throws(() => write("result", circle), { code: "invalid_result" });
});

test("nothing is null", () => {
  assert.equal(write("result", undefined), "null");
});
