import assert from "node:assert/strict";
import { test } from "node:test";
import { Mismatch, type Schema, fit } from "../src/schema";

const TREE: Schema = {
  $ref: "#/$defs/Tree",
  $defs: {
    Tree: {
      type: "object",
      properties: { name: { type: "string", minLength: 1 }, children: { type: "array", items: { $ref: "#/$defs/Tree" } } },
      required: ["name"],
    },
  },
};

function mismatch(schema: Schema, value: unknown): string {
  try {
    fit(schema, value);
  } catch (error) {
    assert(error instanceof Mismatch);
    return `${error.path}: ${error.why}`;
  }
  return "it fits";
}

test("a type that holds itself is followed to where it is wrong", () => {
  assert.equal(mismatch(TREE, { name: "a", children: [{ name: "b", children: [] }] }), "it fits");
  assert.equal(mismatch(TREE, { name: "a", children: [{ name: "b", children: [{}] }] }), "children[0].children[0]: `name` is missing");
  assert.equal(mismatch(TREE, { name: "a", children: [{ name: "" }] }), "children[0].name: expected at least 1 characters");
});

test("what fits none of several types is reported by the one that was followed furthest", () => {
  const shape: Schema = { anyOf: [{ type: "string" }, { type: "object", properties: { x: { type: "number" } } }] };
  assert.equal(mismatch(shape, { x: "1" }), "x: expected a number, found a string (\"1\")");
  assert.equal(mismatch(shape, 5), ": expected a string or an object, found a number (5)");
});

test("bounds and patterns are kept", () => {
  assert.equal(mismatch({ type: "integer", minimum: 1, maximum: 3 }, 4), ": expected at most 3, found 4");
  assert.equal(mismatch({ type: "string", pattern: "^[A-Z]{2}$" }, "de"), ": expected text like ^[A-Z]{2}$, found a string (\"de\")");
  assert.equal(mismatch({ type: "array", prefixItems: [{ type: "string" }], minItems: 1, maxItems: 1 }, []), ": expected at least 1 items");
  assert.equal(mismatch({ type: "integer" }, 1.5), ": expected an integer, found a number (1.5)");
});

test("a bigint is one wherever its number came from", () => {
  assert.equal(fit({ type: "integer", format: "bigint" }, 7), 7n);
  assert.equal(mismatch({ type: "number" }, 2n ** 64n), ": 18446744073709551616 is not held exactly by a number of JavaScript; declare the member as bigint");
});
