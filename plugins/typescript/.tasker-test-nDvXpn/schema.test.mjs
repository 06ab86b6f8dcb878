// test/schema.test.ts
import assert from "node:assert/strict";
import { test } from "node:test";

// src/schema.ts
var Mismatch = class extends Error {
  constructor(path, why) {
    super(why);
    this.path = path;
    this.why = why;
  }
  path;
  why;
};
function fit(schema, value) {
  const root = typeof schema === "boolean" ? {} : schema;
  return at(root, schema, value, "");
}
function at(root, schema, value, path) {
  if (schema === true) return value;
  if (schema === false) throw new Mismatch(path, "nothing is allowed here");
  if (schema.$ref !== void 0) {
    const definition = root.$defs?.[schema.$ref.slice("#/$defs/".length)];
    if (definition !== void 0) value = at(root, definition, value, path);
  }
  for (const part of schema.allOf ?? []) value = at(root, part, value, path);
  if (schema.anyOf !== void 0) value = any(root, schema.anyOf, value, path);
  if (schema.type !== void 0) hasType(schema, value, path);
  if (schema.const !== void 0) isOneOf([schema.const], value, path);
  if (schema.enum !== void 0) isOneOf(schema.enum, value, path);
  if (typeof value === "string") inBounds(schema, value, path);
  if (typeof value === "number" || typeof value === "bigint") return number(schema, value, path);
  if (Array.isArray(value)) return items(root, schema, value, path);
  if (typeof value === "object" && value !== null) return members(root, schema, value, path);
  return value;
}
function any(root, schemas, value, path) {
  let nearest;
  for (const schema of schemas) {
    try {
      return at(root, schema, value, path);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      if (nearest === void 0 || error.path.length > nearest.path.length) nearest = error;
    }
  }
  if (nearest === void 0 || nearest.path.length > path.length) throw nearest ?? new Mismatch(path, "nothing is allowed here");
  const names = schemas.map((schema) => nameOf(root, schema));
  throw new Mismatch(path, `expected ${names.join(" or ")}, found ${shown(value)}`);
}
function nameOf(root, schema) {
  if (schema.$ref !== void 0) return schema.$ref.slice("#/$defs/".length);
  if (schema.const !== void 0) return JSON.stringify(schema.const);
  if (schema.enum !== void 0) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  return [schema.type ?? "anything"].flat().map(article).join(" or ");
}
function article(type) {
  if (type === "null") return type;
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}
function typeOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "bigint") return "integer";
  return typeof value;
}
function shown(value) {
  const text = typeof value === "bigint" ? value.toString() : JSON.stringify(value) ?? "nothing";
  return text.length > 40 || typeof value === "object" ? article(typeOf(value)) : `${article(typeOf(value))} (${text})`;
}
function hasType(schema, value, path) {
  const found = typeOf(value);
  const allowed = [schema.type ?? []].flat();
  const fits = (type) => type === found || type === "integer" && found === "number" && Number.isInteger(value) || type === "number" && found === "integer";
  if (!allowed.some(fits)) {
    throw new Mismatch(path, `expected ${allowed.map(article).join(" or ")}, found ${shown(value)}`);
  }
}
function isOneOf(allowed, value, path) {
  if (allowed.includes(value)) return;
  const words = allowed.map((one) => JSON.stringify(one)).join(" or ");
  throw new Mismatch(path, `expected ${words}, found ${shown(value)}`);
}
function inBounds(schema, value, path) {
  const length = [...value].length;
  if (length < (schema.minLength ?? 0)) throw new Mismatch(path, `expected at least ${schema.minLength} characters`);
  if (length > (schema.maxLength ?? length)) throw new Mismatch(path, `expected at most ${schema.maxLength} characters`);
  if (schema.pattern !== void 0 && !new RegExp(schema.pattern, "u").test(value)) {
    throw new Mismatch(path, `expected text like ${schema.pattern}, found ${shown(value)}`);
  }
}
function number(schema, value, path) {
  if (schema.minimum !== void 0 && value < schema.minimum) throw new Mismatch(path, `expected at least ${schema.minimum}, found ${value}`);
  if (schema.maximum !== void 0 && value > schema.maximum) throw new Mismatch(path, `expected at most ${schema.maximum}, found ${value}`);
  if (schema.format === "bigint") return BigInt(value);
  if (typeof value === "bigint" && schema.type !== void 0) {
    throw new Mismatch(path, `${value} is not held exactly by a number of JavaScript; declare the member as bigint`);
  }
  return value;
}
function items(root, schema, value, path) {
  if (value.length < (schema.minItems ?? 0)) throw new Mismatch(path, `expected at least ${schema.minItems} items`);
  if (value.length > (schema.maxItems ?? value.length)) throw new Mismatch(path, `expected at most ${schema.maxItems} items`);
  const of = (index) => schema.prefixItems?.[index] ?? schema.items ?? true;
  return value.map((item, index) => at(root, of(index), item, `${path}[${index}]`));
}
function members(root, schema, value, path) {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) throw new Mismatch(path, `\`${name}\` is missing`);
  }
  const properties = schema.properties ?? {};
  for (const name of Object.keys(value)) {
    const of = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties ?? true;
    if (of === void 0 || of === true) continue;
    const below = path === "" ? name : `${path}.${name}`;
    value[name] = at(root, of, value[name], below);
  }
  return value;
}

// test/schema.test.ts
var TREE = {
  $ref: "#/$defs/Tree",
  $defs: {
    Tree: {
      type: "object",
      properties: { name: { type: "string", minLength: 1 }, children: { type: "array", items: { $ref: "#/$defs/Tree" } } },
      required: ["name"]
    }
  }
};
function mismatch(schema, value) {
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
  const shape = { anyOf: [{ type: "string" }, { type: "object", properties: { x: { type: "number" } } }] };
  assert.equal(mismatch(shape, { x: "1" }), 'x: expected a number, found a string ("1")');
  assert.equal(mismatch(shape, 5), ": expected a string or an object, found a number (5)");
});
test("bounds and patterns are kept", () => {
  assert.equal(mismatch({ type: "integer", minimum: 1, maximum: 3 }, 4), ": expected at most 3, found 4");
  assert.equal(mismatch({ type: "string", pattern: "^[A-Z]{2}$" }, "de"), ': expected text like ^[A-Z]{2}$, found a string ("de")');
  assert.equal(mismatch({ type: "array", prefixItems: [{ type: "string" }], minItems: 1, maxItems: 1 }, []), ": expected at least 1 items");
  assert.equal(mismatch({ type: "integer" }, 1.5), ": expected an integer, found a number (1.5)");
});
test("a bigint is one wherever its number came from", () => {
  assert.equal(fit({ type: "integer", format: "bigint" }, 7), 7n);
  assert.equal(mismatch({ type: "number" }, 2n ** 64n), ": 18446744073709551616 is not held exactly by a number of JavaScript; declare the member as bigint");
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiLi4vdGVzdC9zY2hlbWEudGVzdC50cyIsICIuLi9zcmMvc2NoZW1hLnRzIl0sCiAgInNvdXJjZXNDb250ZW50IjogWyJpbXBvcnQgYXNzZXJ0IGZyb20gXCJub2RlOmFzc2VydC9zdHJpY3RcIjtcbmltcG9ydCB7IHRlc3QgfSBmcm9tIFwibm9kZTp0ZXN0XCI7XG5pbXBvcnQgeyBNaXNtYXRjaCwgdHlwZSBTY2hlbWEsIGZpdCB9IGZyb20gXCIuLi9zcmMvc2NoZW1hXCI7XG5cbmNvbnN0IFRSRUU6IFNjaGVtYSA9IHtcbiAgJHJlZjogXCIjLyRkZWZzL1RyZWVcIixcbiAgJGRlZnM6IHtcbiAgICBUcmVlOiB7XG4gICAgICB0eXBlOiBcIm9iamVjdFwiLFxuICAgICAgcHJvcGVydGllczogeyBuYW1lOiB7IHR5cGU6IFwic3RyaW5nXCIsIG1pbkxlbmd0aDogMSB9LCBjaGlsZHJlbjogeyB0eXBlOiBcImFycmF5XCIsIGl0ZW1zOiB7ICRyZWY6IFwiIy8kZGVmcy9UcmVlXCIgfSB9IH0sXG4gICAgICByZXF1aXJlZDogW1wibmFtZVwiXSxcbiAgICB9LFxuICB9LFxufTtcblxuZnVuY3Rpb24gbWlzbWF0Y2goc2NoZW1hOiBTY2hlbWEsIHZhbHVlOiB1bmtub3duKTogc3RyaW5nIHtcbiAgdHJ5IHtcbiAgICBmaXQoc2NoZW1hLCB2YWx1ZSk7XG4gIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgYXNzZXJ0KGVycm9yIGluc3RhbmNlb2YgTWlzbWF0Y2gpO1xuICAgIHJldHVybiBgJHtlcnJvci5wYXRofTogJHtlcnJvci53aHl9YDtcbiAgfVxuICByZXR1cm4gXCJpdCBmaXRzXCI7XG59XG5cbnRlc3QoXCJhIHR5cGUgdGhhdCBob2xkcyBpdHNlbGYgaXMgZm9sbG93ZWQgdG8gd2hlcmUgaXQgaXMgd3JvbmdcIiwgKCkgPT4ge1xuICBhc3NlcnQuZXF1YWwobWlzbWF0Y2goVFJFRSwgeyBuYW1lOiBcImFcIiwgY2hpbGRyZW46IFt7IG5hbWU6IFwiYlwiLCBjaGlsZHJlbjogW10gfV0gfSksIFwiaXQgZml0c1wiKTtcbiAgYXNzZXJ0LmVxdWFsKG1pc21hdGNoKFRSRUUsIHsgbmFtZTogXCJhXCIsIGNoaWxkcmVuOiBbeyBuYW1lOiBcImJcIiwgY2hpbGRyZW46IFt7fV0gfV0gfSksIFwiY2hpbGRyZW5bMF0uY2hpbGRyZW5bMF06IGBuYW1lYCBpcyBtaXNzaW5nXCIpO1xuICBhc3NlcnQuZXF1YWwobWlzbWF0Y2goVFJFRSwgeyBuYW1lOiBcImFcIiwgY2hpbGRyZW46IFt7IG5hbWU6IFwiXCIgfV0gfSksIFwiY2hpbGRyZW5bMF0ubmFtZTogZXhwZWN0ZWQgYXQgbGVhc3QgMSBjaGFyYWN0ZXJzXCIpO1xufSk7XG5cbnRlc3QoXCJ3aGF0IGZpdHMgbm9uZSBvZiBzZXZlcmFsIHR5cGVzIGlzIHJlcG9ydGVkIGJ5IHRoZSBvbmUgdGhhdCB3YXMgZm9sbG93ZWQgZnVydGhlc3RcIiwgKCkgPT4ge1xuICBjb25zdCBzaGFwZTogU2NoZW1hID0geyBhbnlPZjogW3sgdHlwZTogXCJzdHJpbmdcIiB9LCB7IHR5cGU6IFwib2JqZWN0XCIsIHByb3BlcnRpZXM6IHsgeDogeyB0eXBlOiBcIm51bWJlclwiIH0gfSB9XSB9O1xuICBhc3NlcnQuZXF1YWwobWlzbWF0Y2goc2hhcGUsIHsgeDogXCIxXCIgfSksIFwieDogZXhwZWN0ZWQgYSBudW1iZXIsIGZvdW5kIGEgc3RyaW5nIChcXFwiMVxcXCIpXCIpO1xuICBhc3NlcnQuZXF1YWwobWlzbWF0Y2goc2hhcGUsIDUpLCBcIjogZXhwZWN0ZWQgYSBzdHJpbmcgb3IgYW4gb2JqZWN0LCBmb3VuZCBhIG51bWJlciAoNSlcIik7XG59KTtcblxudGVzdChcImJvdW5kcyBhbmQgcGF0dGVybnMgYXJlIGtlcHRcIiwgKCkgPT4ge1xuICBhc3NlcnQuZXF1YWwobWlzbWF0Y2goeyB0eXBlOiBcImludGVnZXJcIiwgbWluaW11bTogMSwgbWF4aW11bTogMyB9LCA0KSwgXCI6IGV4cGVjdGVkIGF0IG1vc3QgMywgZm91bmQgNFwiKTtcbiAgYXNzZXJ0LmVxdWFsKG1pc21hdGNoKHsgdHlwZTogXCJzdHJpbmdcIiwgcGF0dGVybjogXCJeW0EtWl17Mn0kXCIgfSwgXCJkZVwiKSwgXCI6IGV4cGVjdGVkIHRleHQgbGlrZSBeW0EtWl17Mn0kLCBmb3VuZCBhIHN0cmluZyAoXFxcImRlXFxcIilcIik7XG4gIGFzc2VydC5lcXVhbChtaXNtYXRjaCh7IHR5cGU6IFwiYXJyYXlcIiwgcHJlZml4SXRlbXM6IFt7IHR5cGU6IFwic3RyaW5nXCIgfV0sIG1pbkl0ZW1zOiAxLCBtYXhJdGVtczogMSB9LCBbXSksIFwiOiBleHBlY3RlZCBhdCBsZWFzdCAxIGl0ZW1zXCIpO1xuICBhc3NlcnQuZXF1YWwobWlzbWF0Y2goeyB0eXBlOiBcImludGVnZXJcIiB9LCAxLjUpLCBcIjogZXhwZWN0ZWQgYW4gaW50ZWdlciwgZm91bmQgYSBudW1iZXIgKDEuNSlcIik7XG59KTtcblxudGVzdChcImEgYmlnaW50IGlzIG9uZSB3aGVyZXZlciBpdHMgbnVtYmVyIGNhbWUgZnJvbVwiLCAoKSA9PiB7XG4gIGFzc2VydC5lcXVhbChmaXQoeyB0eXBlOiBcImludGVnZXJcIiwgZm9ybWF0OiBcImJpZ2ludFwiIH0sIDcpLCA3bik7XG4gIGFzc2VydC5lcXVhbChtaXNtYXRjaCh7IHR5cGU6IFwibnVtYmVyXCIgfSwgMm4gKiogNjRuKSwgXCI6IDE4NDQ2NzQ0MDczNzA5NTUxNjE2IGlzIG5vdCBoZWxkIGV4YWN0bHkgYnkgYSBudW1iZXIgb2YgSmF2YVNjcmlwdDsgZGVjbGFyZSB0aGUgbWVtYmVyIGFzIGJpZ2ludFwiKTtcbn0pO1xuIiwgIi8qKiBBIEpTT04gU2NoZW1hIGFzIHRoZSBidWlsZCBtYWtlcyBpdCBvZiBhIHR5cGU6IHRoZXNlIHdvcmRzIG9mIGl0IGFuZCBubyBvdGhlcnMuICovXG5leHBvcnQgaW50ZXJmYWNlIFNjaGVtYSB7XG4gIHR5cGU/OiBzdHJpbmcgfCBzdHJpbmdbXTtcbiAgY29uc3Q/OiB1bmtub3duO1xuICBlbnVtPzogdW5rbm93bltdO1xuICBwcm9wZXJ0aWVzPzogUmVjb3JkPHN0cmluZywgU2NoZW1hPjtcbiAgcmVxdWlyZWQ/OiBzdHJpbmdbXTtcbiAgYWRkaXRpb25hbFByb3BlcnRpZXM/OiBTY2hlbWEgfCBib29sZWFuO1xuICBpdGVtcz86IFNjaGVtYSB8IGJvb2xlYW47XG4gIHByZWZpeEl0ZW1zPzogU2NoZW1hW107XG4gIG1pbkl0ZW1zPzogbnVtYmVyO1xuICBtYXhJdGVtcz86IG51bWJlcjtcbiAgYW55T2Y/OiBTY2hlbWFbXTtcbiAgYWxsT2Y/OiBTY2hlbWFbXTtcbiAgJHJlZj86IHN0cmluZztcbiAgJGRlZnM/OiBSZWNvcmQ8c3RyaW5nLCBTY2hlbWE+O1xuICBmb3JtYXQ/OiBzdHJpbmc7XG4gIG1pbmltdW0/OiBudW1iZXI7XG4gIG1heGltdW0/OiBudW1iZXI7XG4gIG1pbkxlbmd0aD86IG51bWJlcjtcbiAgbWF4TGVuZ3RoPzogbnVtYmVyO1xuICBwYXR0ZXJuPzogc3RyaW5nO1xuICBkZXNjcmlwdGlvbj86IHN0cmluZztcbn1cblxuLyoqIFdoYXQgd2FzIHdyb25nOiB3aGVyZSwgYW5kIGluIHdvcmRzLiAqL1xuZXhwb3J0IGNsYXNzIE1pc21hdGNoIGV4dGVuZHMgRXJyb3Ige1xuICBjb25zdHJ1Y3RvcihcbiAgICByZWFkb25seSBwYXRoOiBzdHJpbmcsXG4gICAgcmVhZG9ubHkgd2h5OiBzdHJpbmcsXG4gICkge1xuICAgIHN1cGVyKHdoeSk7XG4gIH1cbn1cblxuLyoqXG4gKiBIb2xkcyBhIHZhbHVlIHRvIGEgc2NoZW1hIGFuZCByZXR1cm5zIGl0LiBOdW1iZXJzIHdoZXJlIHRoZSB0eXBlIHNheXMgYmlnaW50IGJlY29tZSBvbmUsIHdoaWNoIGlzIHdoeSB0aGVyZSBpcyBhIHJlc3VsdC5cbiAqL1xuZXhwb3J0IGZ1bmN0aW9uIGZpdChzY2hlbWE6IFNjaGVtYSB8IGJvb2xlYW4sIHZhbHVlOiB1bmtub3duKTogdW5rbm93biB7XG4gIGNvbnN0IHJvb3QgPSB0eXBlb2Ygc2NoZW1hID09PSBcImJvb2xlYW5cIiA/IHt9IDogc2NoZW1hO1xuICByZXR1cm4gYXQocm9vdCwgc2NoZW1hLCB2YWx1ZSwgXCJcIik7XG59XG5cbmZ1bmN0aW9uIGF0KHJvb3Q6IFNjaGVtYSwgc2NoZW1hOiBTY2hlbWEgfCBib29sZWFuLCB2YWx1ZTogdW5rbm93biwgcGF0aDogc3RyaW5nKTogdW5rbm93biB7XG4gIGlmIChzY2hlbWEgPT09IHRydWUpIHJldHVybiB2YWx1ZTtcbiAgaWYgKHNjaGVtYSA9PT0gZmFsc2UpIHRocm93IG5ldyBNaXNtYXRjaChwYXRoLCBcIm5vdGhpbmcgaXMgYWxsb3dlZCBoZXJlXCIpO1xuICBpZiAoc2NoZW1hLiRyZWYgIT09IHVuZGVmaW5lZCkge1xuICAgIGNvbnN0IGRlZmluaXRpb24gPSByb290LiRkZWZzPy5bc2NoZW1hLiRyZWYuc2xpY2UoXCIjLyRkZWZzL1wiLmxlbmd0aCldO1xuICAgIGlmIChkZWZpbml0aW9uICE9PSB1bmRlZmluZWQpIHZhbHVlID0gYXQocm9vdCwgZGVmaW5pdGlvbiwgdmFsdWUsIHBhdGgpO1xuICB9XG4gIGZvciAoY29uc3QgcGFydCBvZiBzY2hlbWEuYWxsT2YgPz8gW10pIHZhbHVlID0gYXQocm9vdCwgcGFydCwgdmFsdWUsIHBhdGgpO1xuICBpZiAoc2NoZW1hLmFueU9mICE9PSB1bmRlZmluZWQpIHZhbHVlID0gYW55KHJvb3QsIHNjaGVtYS5hbnlPZiwgdmFsdWUsIHBhdGgpO1xuICBpZiAoc2NoZW1hLnR5cGUgIT09IHVuZGVmaW5lZCkgaGFzVHlwZShzY2hlbWEsIHZhbHVlLCBwYXRoKTtcbiAgaWYgKHNjaGVtYS5jb25zdCAhPT0gdW5kZWZpbmVkKSBpc09uZU9mKFtzY2hlbWEuY29uc3RdLCB2YWx1ZSwgcGF0aCk7XG4gIGlmIChzY2hlbWEuZW51bSAhPT0gdW5kZWZpbmVkKSBpc09uZU9mKHNjaGVtYS5lbnVtLCB2YWx1ZSwgcGF0aCk7XG4gIGlmICh0eXBlb2YgdmFsdWUgPT09IFwic3RyaW5nXCIpIGluQm91bmRzKHNjaGVtYSwgdmFsdWUsIHBhdGgpO1xuICBpZiAodHlwZW9mIHZhbHVlID09PSBcIm51bWJlclwiIHx8IHR5cGVvZiB2YWx1ZSA9PT0gXCJiaWdpbnRcIikgcmV0dXJuIG51bWJlcihzY2hlbWEsIHZhbHVlLCBwYXRoKTtcbiAgaWYgKEFycmF5LmlzQXJyYXkodmFsdWUpKSByZXR1cm4gaXRlbXMocm9vdCwgc2NoZW1hLCB2YWx1ZSwgcGF0aCk7XG4gIGlmICh0eXBlb2YgdmFsdWUgPT09IFwib2JqZWN0XCIgJiYgdmFsdWUgIT09IG51bGwpIHJldHVybiBtZW1iZXJzKHJvb3QsIHNjaGVtYSwgdmFsdWUgYXMgUmVjb3JkPHN0cmluZywgdW5rbm93bj4sIHBhdGgpO1xuICByZXR1cm4gdmFsdWU7XG59XG5cbmZ1bmN0aW9uIGFueShyb290OiBTY2hlbWEsIHNjaGVtYXM6IFNjaGVtYVtdLCB2YWx1ZTogdW5rbm93biwgcGF0aDogc3RyaW5nKTogdW5rbm93biB7XG4gIGxldCBuZWFyZXN0OiBNaXNtYXRjaCB8IHVuZGVmaW5lZDtcbiAgZm9yIChjb25zdCBzY2hlbWEgb2Ygc2NoZW1hcykge1xuICAgIHRyeSB7XG4gICAgICByZXR1cm4gYXQocm9vdCwgc2NoZW1hLCB2YWx1ZSwgcGF0aCk7XG4gICAgfSBjYXRjaCAoZXJyb3IpIHtcbiAgICAgIGlmICghKGVycm9yIGluc3RhbmNlb2YgTWlzbWF0Y2gpKSB0aHJvdyBlcnJvcjtcbiAgICAgIC8vIFRoZSBhbHRlcm5hdGl2ZSB0aGF0IHdhcyBmb2xsb3dlZCBmdXJ0aGVzdCBpcyB0aGUgb25lIHRoYXQgd2FzIG1lYW50LlxuICAgICAgaWYgKG5lYXJlc3QgPT09IHVuZGVmaW5lZCB8fCBlcnJvci5wYXRoLmxlbmd0aCA+IG5lYXJlc3QucGF0aC5sZW5ndGgpIG5lYXJlc3QgPSBlcnJvcjtcbiAgICB9XG4gIH1cbiAgaWYgKG5lYXJlc3QgPT09IHVuZGVmaW5lZCB8fCBuZWFyZXN0LnBhdGgubGVuZ3RoID4gcGF0aC5sZW5ndGgpIHRocm93IG5lYXJlc3QgPz8gbmV3IE1pc21hdGNoKHBhdGgsIFwibm90aGluZyBpcyBhbGxvd2VkIGhlcmVcIik7XG4gIGNvbnN0IG5hbWVzID0gc2NoZW1hcy5tYXAoKHNjaGVtYSkgPT4gbmFtZU9mKHJvb3QsIHNjaGVtYSkpO1xuICB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkICR7bmFtZXMuam9pbihcIiBvciBcIil9LCBmb3VuZCAke3Nob3duKHZhbHVlKX1gKTtcbn1cblxuZnVuY3Rpb24gbmFtZU9mKHJvb3Q6IFNjaGVtYSwgc2NoZW1hOiBTY2hlbWEpOiBzdHJpbmcge1xuICBpZiAoc2NoZW1hLiRyZWYgIT09IHVuZGVmaW5lZCkgcmV0dXJuIHNjaGVtYS4kcmVmLnNsaWNlKFwiIy8kZGVmcy9cIi5sZW5ndGgpO1xuICBpZiAoc2NoZW1hLmNvbnN0ICE9PSB1bmRlZmluZWQpIHJldHVybiBKU09OLnN0cmluZ2lmeShzY2hlbWEuY29uc3QpO1xuICBpZiAoc2NoZW1hLmVudW0gIT09IHVuZGVmaW5lZCkgcmV0dXJuIHNjaGVtYS5lbnVtLm1hcCgodmFsdWUpID0+IEpTT04uc3RyaW5naWZ5KHZhbHVlKSkuam9pbihcIiBvciBcIik7XG4gIHJldHVybiBbc2NoZW1hLnR5cGUgPz8gXCJhbnl0aGluZ1wiXS5mbGF0KCkubWFwKGFydGljbGUpLmpvaW4oXCIgb3IgXCIpO1xufVxuXG5mdW5jdGlvbiBhcnRpY2xlKHR5cGU6IHN0cmluZyk6IHN0cmluZyB7XG4gIGlmICh0eXBlID09PSBcIm51bGxcIikgcmV0dXJuIHR5cGU7XG4gIHJldHVybiBgJHsvXlthZWlvdV0vLnRlc3QodHlwZSkgPyBcImFuXCIgOiBcImFcIn0gJHt0eXBlfWA7XG59XG5cbmZ1bmN0aW9uIHR5cGVPZih2YWx1ZTogdW5rbm93bik6IHN0cmluZyB7XG4gIGlmICh2YWx1ZSA9PT0gbnVsbCkgcmV0dXJuIFwibnVsbFwiO1xuICBpZiAoQXJyYXkuaXNBcnJheSh2YWx1ZSkpIHJldHVybiBcImFycmF5XCI7XG4gIGlmICh0eXBlb2YgdmFsdWUgPT09IFwiYmlnaW50XCIpIHJldHVybiBcImludGVnZXJcIjtcbiAgcmV0dXJuIHR5cGVvZiB2YWx1ZTtcbn1cblxuZnVuY3Rpb24gc2hvd24odmFsdWU6IHVua25vd24pOiBzdHJpbmcge1xuICBjb25zdCB0ZXh0ID0gdHlwZW9mIHZhbHVlID09PSBcImJpZ2ludFwiID8gdmFsdWUudG9TdHJpbmcoKSA6IEpTT04uc3RyaW5naWZ5KHZhbHVlKSA/PyBcIm5vdGhpbmdcIjtcbiAgcmV0dXJuIHRleHQubGVuZ3RoID4gNDAgfHwgdHlwZW9mIHZhbHVlID09PSBcIm9iamVjdFwiID8gYXJ0aWNsZSh0eXBlT2YodmFsdWUpKSA6IGAke2FydGljbGUodHlwZU9mKHZhbHVlKSl9ICgke3RleHR9KWA7XG59XG5cbmZ1bmN0aW9uIGhhc1R5cGUoc2NoZW1hOiBTY2hlbWEsIHZhbHVlOiB1bmtub3duLCBwYXRoOiBzdHJpbmcpOiB2b2lkIHtcbiAgY29uc3QgZm91bmQgPSB0eXBlT2YodmFsdWUpO1xuICBjb25zdCBhbGxvd2VkID0gW3NjaGVtYS50eXBlID8/IFtdXS5mbGF0KCk7XG4gIGNvbnN0IGZpdHMgPSAodHlwZTogc3RyaW5nKSA9PlxuICAgIHR5cGUgPT09IGZvdW5kIHx8XG4gICAgKHR5cGUgPT09IFwiaW50ZWdlclwiICYmIGZvdW5kID09PSBcIm51bWJlclwiICYmIE51bWJlci5pc0ludGVnZXIodmFsdWUpKSB8fFxuICAgICh0eXBlID09PSBcIm51bWJlclwiICYmIGZvdW5kID09PSBcImludGVnZXJcIik7XG4gIGlmICghYWxsb3dlZC5zb21lKGZpdHMpKSB7XG4gICAgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCAke2FsbG93ZWQubWFwKGFydGljbGUpLmpvaW4oXCIgb3IgXCIpfSwgZm91bmQgJHtzaG93bih2YWx1ZSl9YCk7XG4gIH1cbn1cblxuZnVuY3Rpb24gaXNPbmVPZihhbGxvd2VkOiB1bmtub3duW10sIHZhbHVlOiB1bmtub3duLCBwYXRoOiBzdHJpbmcpOiB2b2lkIHtcbiAgaWYgKGFsbG93ZWQuaW5jbHVkZXModmFsdWUpKSByZXR1cm47XG4gIGNvbnN0IHdvcmRzID0gYWxsb3dlZC5tYXAoKG9uZSkgPT4gSlNPTi5zdHJpbmdpZnkob25lKSkuam9pbihcIiBvciBcIik7XG4gIHRocm93IG5ldyBNaXNtYXRjaChwYXRoLCBgZXhwZWN0ZWQgJHt3b3Jkc30sIGZvdW5kICR7c2hvd24odmFsdWUpfWApO1xufVxuXG5mdW5jdGlvbiBpbkJvdW5kcyhzY2hlbWE6IFNjaGVtYSwgdmFsdWU6IHN0cmluZywgcGF0aDogc3RyaW5nKTogdm9pZCB7XG4gIGNvbnN0IGxlbmd0aCA9IFsuLi52YWx1ZV0ubGVuZ3RoO1xuICBpZiAobGVuZ3RoIDwgKHNjaGVtYS5taW5MZW5ndGggPz8gMCkpIHRocm93IG5ldyBNaXNtYXRjaChwYXRoLCBgZXhwZWN0ZWQgYXQgbGVhc3QgJHtzY2hlbWEubWluTGVuZ3RofSBjaGFyYWN0ZXJzYCk7XG4gIGlmIChsZW5ndGggPiAoc2NoZW1hLm1heExlbmd0aCA/PyBsZW5ndGgpKSB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkIGF0IG1vc3QgJHtzY2hlbWEubWF4TGVuZ3RofSBjaGFyYWN0ZXJzYCk7XG4gIGlmIChzY2hlbWEucGF0dGVybiAhPT0gdW5kZWZpbmVkICYmICFuZXcgUmVnRXhwKHNjaGVtYS5wYXR0ZXJuLCBcInVcIikudGVzdCh2YWx1ZSkpIHtcbiAgICB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkIHRleHQgbGlrZSAke3NjaGVtYS5wYXR0ZXJufSwgZm91bmQgJHtzaG93bih2YWx1ZSl9YCk7XG4gIH1cbn1cblxuZnVuY3Rpb24gbnVtYmVyKHNjaGVtYTogU2NoZW1hLCB2YWx1ZTogbnVtYmVyIHwgYmlnaW50LCBwYXRoOiBzdHJpbmcpOiBudW1iZXIgfCBiaWdpbnQge1xuICBpZiAoc2NoZW1hLm1pbmltdW0gIT09IHVuZGVmaW5lZCAmJiB2YWx1ZSA8IHNjaGVtYS5taW5pbXVtKSB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkIGF0IGxlYXN0ICR7c2NoZW1hLm1pbmltdW19LCBmb3VuZCAke3ZhbHVlfWApO1xuICBpZiAoc2NoZW1hLm1heGltdW0gIT09IHVuZGVmaW5lZCAmJiB2YWx1ZSA+IHNjaGVtYS5tYXhpbXVtKSB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkIGF0IG1vc3QgJHtzY2hlbWEubWF4aW11bX0sIGZvdW5kICR7dmFsdWV9YCk7XG4gIGlmIChzY2hlbWEuZm9ybWF0ID09PSBcImJpZ2ludFwiKSByZXR1cm4gQmlnSW50KHZhbHVlKTtcbiAgaWYgKHR5cGVvZiB2YWx1ZSA9PT0gXCJiaWdpbnRcIiAmJiBzY2hlbWEudHlwZSAhPT0gdW5kZWZpbmVkKSB7XG4gICAgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGAke3ZhbHVlfSBpcyBub3QgaGVsZCBleGFjdGx5IGJ5IGEgbnVtYmVyIG9mIEphdmFTY3JpcHQ7IGRlY2xhcmUgdGhlIG1lbWJlciBhcyBiaWdpbnRgKTtcbiAgfVxuICByZXR1cm4gdmFsdWU7XG59XG5cbmZ1bmN0aW9uIGl0ZW1zKHJvb3Q6IFNjaGVtYSwgc2NoZW1hOiBTY2hlbWEsIHZhbHVlOiB1bmtub3duW10sIHBhdGg6IHN0cmluZyk6IHVua25vd25bXSB7XG4gIGlmICh2YWx1ZS5sZW5ndGggPCAoc2NoZW1hLm1pbkl0ZW1zID8/IDApKSB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkIGF0IGxlYXN0ICR7c2NoZW1hLm1pbkl0ZW1zfSBpdGVtc2ApO1xuICBpZiAodmFsdWUubGVuZ3RoID4gKHNjaGVtYS5tYXhJdGVtcyA/PyB2YWx1ZS5sZW5ndGgpKSB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkIGF0IG1vc3QgJHtzY2hlbWEubWF4SXRlbXN9IGl0ZW1zYCk7XG4gIGNvbnN0IG9mID0gKGluZGV4OiBudW1iZXIpID0+IHNjaGVtYS5wcmVmaXhJdGVtcz8uW2luZGV4XSA/PyBzY2hlbWEuaXRlbXMgPz8gdHJ1ZTtcbiAgcmV0dXJuIHZhbHVlLm1hcCgoaXRlbSwgaW5kZXgpID0+IGF0KHJvb3QsIG9mKGluZGV4KSwgaXRlbSwgYCR7cGF0aH1bJHtpbmRleH1dYCkpO1xufVxuXG5mdW5jdGlvbiBtZW1iZXJzKHJvb3Q6IFNjaGVtYSwgc2NoZW1hOiBTY2hlbWEsIHZhbHVlOiBSZWNvcmQ8c3RyaW5nLCB1bmtub3duPiwgcGF0aDogc3RyaW5nKTogUmVjb3JkPHN0cmluZywgdW5rbm93bj4ge1xuICBmb3IgKGNvbnN0IG5hbWUgb2Ygc2NoZW1hLnJlcXVpcmVkID8/IFtdKSB7XG4gICAgaWYgKCFPYmplY3QuaGFzT3duKHZhbHVlLCBuYW1lKSkgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBcXGAke25hbWV9XFxgIGlzIG1pc3NpbmdgKTtcbiAgfVxuICBjb25zdCBwcm9wZXJ0aWVzID0gc2NoZW1hLnByb3BlcnRpZXMgPz8ge307XG4gIGZvciAoY29uc3QgbmFtZSBvZiBPYmplY3Qua2V5cyh2YWx1ZSkpIHtcbiAgICBjb25zdCBvZiA9IE9iamVjdC5oYXNPd24ocHJvcGVydGllcywgbmFtZSkgPyBwcm9wZXJ0aWVzW25hbWVdIDogKHNjaGVtYS5hZGRpdGlvbmFsUHJvcGVydGllcyA/PyB0cnVlKTtcbiAgICBpZiAob2YgPT09IHVuZGVmaW5lZCB8fCBvZiA9PT0gdHJ1ZSkgY29udGludWU7XG4gICAgY29uc3QgYmVsb3cgPSBwYXRoID09PSBcIlwiID8gbmFtZSA6IGAke3BhdGh9LiR7bmFtZX1gO1xuICAgIHZhbHVlW25hbWVdID0gYXQocm9vdCwgb2YsIHZhbHVlW25hbWVdLCBiZWxvdyk7XG4gIH1cbiAgcmV0dXJuIHZhbHVlO1xufVxuIl0sCiAgIm1hcHBpbmdzIjogIjtBQUFBLE9BQU8sWUFBWTtBQUNuQixTQUFTLFlBQVk7OztBQ3lCZCxJQUFNLFdBQU4sY0FBdUIsTUFBTTtBQUFBLEVBQ2xDLFlBQ1csTUFDQSxLQUNUO0FBQ0EsVUFBTSxHQUFHO0FBSEE7QUFDQTtBQUFBLEVBR1g7QUFBQSxFQUpXO0FBQUEsRUFDQTtBQUliO0FBS08sU0FBUyxJQUFJLFFBQTBCLE9BQXlCO0FBQ3JFLFFBQU0sT0FBTyxPQUFPLFdBQVcsWUFBWSxDQUFDLElBQUk7QUFDaEQsU0FBTyxHQUFHLE1BQU0sUUFBUSxPQUFPLEVBQUU7QUFDbkM7QUFFQSxTQUFTLEdBQUcsTUFBYyxRQUEwQixPQUFnQixNQUF1QjtBQUN6RixNQUFJLFdBQVcsS0FBTSxRQUFPO0FBQzVCLE1BQUksV0FBVyxNQUFPLE9BQU0sSUFBSSxTQUFTLE1BQU0seUJBQXlCO0FBQ3hFLE1BQUksT0FBTyxTQUFTLFFBQVc7QUFDN0IsVUFBTSxhQUFhLEtBQUssUUFBUSxPQUFPLEtBQUssTUFBTSxXQUFXLE1BQU0sQ0FBQztBQUNwRSxRQUFJLGVBQWUsT0FBVyxTQUFRLEdBQUcsTUFBTSxZQUFZLE9BQU8sSUFBSTtBQUFBLEVBQ3hFO0FBQ0EsYUFBVyxRQUFRLE9BQU8sU0FBUyxDQUFDLEVBQUcsU0FBUSxHQUFHLE1BQU0sTUFBTSxPQUFPLElBQUk7QUFDekUsTUFBSSxPQUFPLFVBQVUsT0FBVyxTQUFRLElBQUksTUFBTSxPQUFPLE9BQU8sT0FBTyxJQUFJO0FBQzNFLE1BQUksT0FBTyxTQUFTLE9BQVcsU0FBUSxRQUFRLE9BQU8sSUFBSTtBQUMxRCxNQUFJLE9BQU8sVUFBVSxPQUFXLFNBQVEsQ0FBQyxPQUFPLEtBQUssR0FBRyxPQUFPLElBQUk7QUFDbkUsTUFBSSxPQUFPLFNBQVMsT0FBVyxTQUFRLE9BQU8sTUFBTSxPQUFPLElBQUk7QUFDL0QsTUFBSSxPQUFPLFVBQVUsU0FBVSxVQUFTLFFBQVEsT0FBTyxJQUFJO0FBQzNELE1BQUksT0FBTyxVQUFVLFlBQVksT0FBTyxVQUFVLFNBQVUsUUFBTyxPQUFPLFFBQVEsT0FBTyxJQUFJO0FBQzdGLE1BQUksTUFBTSxRQUFRLEtBQUssRUFBRyxRQUFPLE1BQU0sTUFBTSxRQUFRLE9BQU8sSUFBSTtBQUNoRSxNQUFJLE9BQU8sVUFBVSxZQUFZLFVBQVUsS0FBTSxRQUFPLFFBQVEsTUFBTSxRQUFRLE9BQWtDLElBQUk7QUFDcEgsU0FBTztBQUNUO0FBRUEsU0FBUyxJQUFJLE1BQWMsU0FBbUIsT0FBZ0IsTUFBdUI7QUFDbkYsTUFBSTtBQUNKLGFBQVcsVUFBVSxTQUFTO0FBQzVCLFFBQUk7QUFDRixhQUFPLEdBQUcsTUFBTSxRQUFRLE9BQU8sSUFBSTtBQUFBLElBQ3JDLFNBQVMsT0FBTztBQUNkLFVBQUksRUFBRSxpQkFBaUIsVUFBVyxPQUFNO0FBRXhDLFVBQUksWUFBWSxVQUFhLE1BQU0sS0FBSyxTQUFTLFFBQVEsS0FBSyxPQUFRLFdBQVU7QUFBQSxJQUNsRjtBQUFBLEVBQ0Y7QUFDQSxNQUFJLFlBQVksVUFBYSxRQUFRLEtBQUssU0FBUyxLQUFLLE9BQVEsT0FBTSxXQUFXLElBQUksU0FBUyxNQUFNLHlCQUF5QjtBQUM3SCxRQUFNLFFBQVEsUUFBUSxJQUFJLENBQUMsV0FBVyxPQUFPLE1BQU0sTUFBTSxDQUFDO0FBQzFELFFBQU0sSUFBSSxTQUFTLE1BQU0sWUFBWSxNQUFNLEtBQUssTUFBTSxDQUFDLFdBQVcsTUFBTSxLQUFLLENBQUMsRUFBRTtBQUNsRjtBQUVBLFNBQVMsT0FBTyxNQUFjLFFBQXdCO0FBQ3BELE1BQUksT0FBTyxTQUFTLE9BQVcsUUFBTyxPQUFPLEtBQUssTUFBTSxXQUFXLE1BQU07QUFDekUsTUFBSSxPQUFPLFVBQVUsT0FBVyxRQUFPLEtBQUssVUFBVSxPQUFPLEtBQUs7QUFDbEUsTUFBSSxPQUFPLFNBQVMsT0FBVyxRQUFPLE9BQU8sS0FBSyxJQUFJLENBQUMsVUFBVSxLQUFLLFVBQVUsS0FBSyxDQUFDLEVBQUUsS0FBSyxNQUFNO0FBQ25HLFNBQU8sQ0FBQyxPQUFPLFFBQVEsVUFBVSxFQUFFLEtBQUssRUFBRSxJQUFJLE9BQU8sRUFBRSxLQUFLLE1BQU07QUFDcEU7QUFFQSxTQUFTLFFBQVEsTUFBc0I7QUFDckMsTUFBSSxTQUFTLE9BQVEsUUFBTztBQUM1QixTQUFPLEdBQUcsV0FBVyxLQUFLLElBQUksSUFBSSxPQUFPLEdBQUcsSUFBSSxJQUFJO0FBQ3REO0FBRUEsU0FBUyxPQUFPLE9BQXdCO0FBQ3RDLE1BQUksVUFBVSxLQUFNLFFBQU87QUFDM0IsTUFBSSxNQUFNLFFBQVEsS0FBSyxFQUFHLFFBQU87QUFDakMsTUFBSSxPQUFPLFVBQVUsU0FBVSxRQUFPO0FBQ3RDLFNBQU8sT0FBTztBQUNoQjtBQUVBLFNBQVMsTUFBTSxPQUF3QjtBQUNyQyxRQUFNLE9BQU8sT0FBTyxVQUFVLFdBQVcsTUFBTSxTQUFTLElBQUksS0FBSyxVQUFVLEtBQUssS0FBSztBQUNyRixTQUFPLEtBQUssU0FBUyxNQUFNLE9BQU8sVUFBVSxXQUFXLFFBQVEsT0FBTyxLQUFLLENBQUMsSUFBSSxHQUFHLFFBQVEsT0FBTyxLQUFLLENBQUMsQ0FBQyxLQUFLLElBQUk7QUFDcEg7QUFFQSxTQUFTLFFBQVEsUUFBZ0IsT0FBZ0IsTUFBb0I7QUFDbkUsUUFBTSxRQUFRLE9BQU8sS0FBSztBQUMxQixRQUFNLFVBQVUsQ0FBQyxPQUFPLFFBQVEsQ0FBQyxDQUFDLEVBQUUsS0FBSztBQUN6QyxRQUFNLE9BQU8sQ0FBQyxTQUNaLFNBQVMsU0FDUixTQUFTLGFBQWEsVUFBVSxZQUFZLE9BQU8sVUFBVSxLQUFLLEtBQ2xFLFNBQVMsWUFBWSxVQUFVO0FBQ2xDLE1BQUksQ0FBQyxRQUFRLEtBQUssSUFBSSxHQUFHO0FBQ3ZCLFVBQU0sSUFBSSxTQUFTLE1BQU0sWUFBWSxRQUFRLElBQUksT0FBTyxFQUFFLEtBQUssTUFBTSxDQUFDLFdBQVcsTUFBTSxLQUFLLENBQUMsRUFBRTtBQUFBLEVBQ2pHO0FBQ0Y7QUFFQSxTQUFTLFFBQVEsU0FBb0IsT0FBZ0IsTUFBb0I7QUFDdkUsTUFBSSxRQUFRLFNBQVMsS0FBSyxFQUFHO0FBQzdCLFFBQU0sUUFBUSxRQUFRLElBQUksQ0FBQyxRQUFRLEtBQUssVUFBVSxHQUFHLENBQUMsRUFBRSxLQUFLLE1BQU07QUFDbkUsUUFBTSxJQUFJLFNBQVMsTUFBTSxZQUFZLEtBQUssV0FBVyxNQUFNLEtBQUssQ0FBQyxFQUFFO0FBQ3JFO0FBRUEsU0FBUyxTQUFTLFFBQWdCLE9BQWUsTUFBb0I7QUFDbkUsUUFBTSxTQUFTLENBQUMsR0FBRyxLQUFLLEVBQUU7QUFDMUIsTUFBSSxVQUFVLE9BQU8sYUFBYSxHQUFJLE9BQU0sSUFBSSxTQUFTLE1BQU0scUJBQXFCLE9BQU8sU0FBUyxhQUFhO0FBQ2pILE1BQUksVUFBVSxPQUFPLGFBQWEsUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLG9CQUFvQixPQUFPLFNBQVMsYUFBYTtBQUNySCxNQUFJLE9BQU8sWUFBWSxVQUFhLENBQUMsSUFBSSxPQUFPLE9BQU8sU0FBUyxHQUFHLEVBQUUsS0FBSyxLQUFLLEdBQUc7QUFDaEYsVUFBTSxJQUFJLFNBQVMsTUFBTSxzQkFBc0IsT0FBTyxPQUFPLFdBQVcsTUFBTSxLQUFLLENBQUMsRUFBRTtBQUFBLEVBQ3hGO0FBQ0Y7QUFFQSxTQUFTLE9BQU8sUUFBZ0IsT0FBd0IsTUFBK0I7QUFDckYsTUFBSSxPQUFPLFlBQVksVUFBYSxRQUFRLE9BQU8sUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLHFCQUFxQixPQUFPLE9BQU8sV0FBVyxLQUFLLEVBQUU7QUFDMUksTUFBSSxPQUFPLFlBQVksVUFBYSxRQUFRLE9BQU8sUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLG9CQUFvQixPQUFPLE9BQU8sV0FBVyxLQUFLLEVBQUU7QUFDekksTUFBSSxPQUFPLFdBQVcsU0FBVSxRQUFPLE9BQU8sS0FBSztBQUNuRCxNQUFJLE9BQU8sVUFBVSxZQUFZLE9BQU8sU0FBUyxRQUFXO0FBQzFELFVBQU0sSUFBSSxTQUFTLE1BQU0sR0FBRyxLQUFLLDhFQUE4RTtBQUFBLEVBQ2pIO0FBQ0EsU0FBTztBQUNUO0FBRUEsU0FBUyxNQUFNLE1BQWMsUUFBZ0IsT0FBa0IsTUFBeUI7QUFDdEYsTUFBSSxNQUFNLFVBQVUsT0FBTyxZQUFZLEdBQUksT0FBTSxJQUFJLFNBQVMsTUFBTSxxQkFBcUIsT0FBTyxRQUFRLFFBQVE7QUFDaEgsTUFBSSxNQUFNLFVBQVUsT0FBTyxZQUFZLE1BQU0sUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLG9CQUFvQixPQUFPLFFBQVEsUUFBUTtBQUMxSCxRQUFNLEtBQUssQ0FBQyxVQUFrQixPQUFPLGNBQWMsS0FBSyxLQUFLLE9BQU8sU0FBUztBQUM3RSxTQUFPLE1BQU0sSUFBSSxDQUFDLE1BQU0sVUFBVSxHQUFHLE1BQU0sR0FBRyxLQUFLLEdBQUcsTUFBTSxHQUFHLElBQUksSUFBSSxLQUFLLEdBQUcsQ0FBQztBQUNsRjtBQUVBLFNBQVMsUUFBUSxNQUFjLFFBQWdCLE9BQWdDLE1BQXVDO0FBQ3BILGFBQVcsUUFBUSxPQUFPLFlBQVksQ0FBQyxHQUFHO0FBQ3hDLFFBQUksQ0FBQyxPQUFPLE9BQU8sT0FBTyxJQUFJLEVBQUcsT0FBTSxJQUFJLFNBQVMsTUFBTSxLQUFLLElBQUksZUFBZTtBQUFBLEVBQ3BGO0FBQ0EsUUFBTSxhQUFhLE9BQU8sY0FBYyxDQUFDO0FBQ3pDLGFBQVcsUUFBUSxPQUFPLEtBQUssS0FBSyxHQUFHO0FBQ3JDLFVBQU0sS0FBSyxPQUFPLE9BQU8sWUFBWSxJQUFJLElBQUksV0FBVyxJQUFJLElBQUssT0FBTyx3QkFBd0I7QUFDaEcsUUFBSSxPQUFPLFVBQWEsT0FBTyxLQUFNO0FBQ3JDLFVBQU0sUUFBUSxTQUFTLEtBQUssT0FBTyxHQUFHLElBQUksSUFBSSxJQUFJO0FBQ2xELFVBQU0sSUFBSSxJQUFJLEdBQUcsTUFBTSxJQUFJLE1BQU0sSUFBSSxHQUFHLEtBQUs7QUFBQSxFQUMvQztBQUNBLFNBQU87QUFDVDs7O0FEMUpBLElBQU0sT0FBZTtBQUFBLEVBQ25CLE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxJQUNMLE1BQU07QUFBQSxNQUNKLE1BQU07QUFBQSxNQUNOLFlBQVksRUFBRSxNQUFNLEVBQUUsTUFBTSxVQUFVLFdBQVcsRUFBRSxHQUFHLFVBQVUsRUFBRSxNQUFNLFNBQVMsT0FBTyxFQUFFLE1BQU0sZUFBZSxFQUFFLEVBQUU7QUFBQSxNQUNuSCxVQUFVLENBQUMsTUFBTTtBQUFBLElBQ25CO0FBQUEsRUFDRjtBQUNGO0FBRUEsU0FBUyxTQUFTLFFBQWdCLE9BQXdCO0FBQ3hELE1BQUk7QUFDRixRQUFJLFFBQVEsS0FBSztBQUFBLEVBQ25CLFNBQVMsT0FBTztBQUNkLFdBQU8saUJBQWlCLFFBQVE7QUFDaEMsV0FBTyxHQUFHLE1BQU0sSUFBSSxLQUFLLE1BQU0sR0FBRztBQUFBLEVBQ3BDO0FBQ0EsU0FBTztBQUNUO0FBRUEsS0FBSyw2REFBNkQsTUFBTTtBQUN0RSxTQUFPLE1BQU0sU0FBUyxNQUFNLEVBQUUsTUFBTSxLQUFLLFVBQVUsQ0FBQyxFQUFFLE1BQU0sS0FBSyxVQUFVLENBQUMsRUFBRSxDQUFDLEVBQUUsQ0FBQyxHQUFHLFNBQVM7QUFDOUYsU0FBTyxNQUFNLFNBQVMsTUFBTSxFQUFFLE1BQU0sS0FBSyxVQUFVLENBQUMsRUFBRSxNQUFNLEtBQUssVUFBVSxDQUFDLENBQUMsQ0FBQyxFQUFFLENBQUMsRUFBRSxDQUFDLEdBQUcsNENBQTRDO0FBQ25JLFNBQU8sTUFBTSxTQUFTLE1BQU0sRUFBRSxNQUFNLEtBQUssVUFBVSxDQUFDLEVBQUUsTUFBTSxHQUFHLENBQUMsRUFBRSxDQUFDLEdBQUcsa0RBQWtEO0FBQzFILENBQUM7QUFFRCxLQUFLLHFGQUFxRixNQUFNO0FBQzlGLFFBQU0sUUFBZ0IsRUFBRSxPQUFPLENBQUMsRUFBRSxNQUFNLFNBQVMsR0FBRyxFQUFFLE1BQU0sVUFBVSxZQUFZLEVBQUUsR0FBRyxFQUFFLE1BQU0sU0FBUyxFQUFFLEVBQUUsQ0FBQyxFQUFFO0FBQy9HLFNBQU8sTUFBTSxTQUFTLE9BQU8sRUFBRSxHQUFHLElBQUksQ0FBQyxHQUFHLDRDQUE4QztBQUN4RixTQUFPLE1BQU0sU0FBUyxPQUFPLENBQUMsR0FBRyxzREFBc0Q7QUFDekYsQ0FBQztBQUVELEtBQUssZ0NBQWdDLE1BQU07QUFDekMsU0FBTyxNQUFNLFNBQVMsRUFBRSxNQUFNLFdBQVcsU0FBUyxHQUFHLFNBQVMsRUFBRSxHQUFHLENBQUMsR0FBRywrQkFBK0I7QUFDdEcsU0FBTyxNQUFNLFNBQVMsRUFBRSxNQUFNLFVBQVUsU0FBUyxhQUFhLEdBQUcsSUFBSSxHQUFHLHdEQUEwRDtBQUNsSSxTQUFPLE1BQU0sU0FBUyxFQUFFLE1BQU0sU0FBUyxhQUFhLENBQUMsRUFBRSxNQUFNLFNBQVMsQ0FBQyxHQUFHLFVBQVUsR0FBRyxVQUFVLEVBQUUsR0FBRyxDQUFDLENBQUMsR0FBRyw2QkFBNkI7QUFDeEksU0FBTyxNQUFNLFNBQVMsRUFBRSxNQUFNLFVBQVUsR0FBRyxHQUFHLEdBQUcsNkNBQTZDO0FBQ2hHLENBQUM7QUFFRCxLQUFLLGlEQUFpRCxNQUFNO0FBQzFELFNBQU8sTUFBTSxJQUFJLEVBQUUsTUFBTSxXQUFXLFFBQVEsU0FBUyxHQUFHLENBQUMsR0FBRyxFQUFFO0FBQzlELFNBQU8sTUFBTSxTQUFTLEVBQUUsTUFBTSxTQUFTLEdBQUcsTUFBTSxHQUFHLEdBQUcsb0dBQW9HO0FBQzVKLENBQUM7IiwKICAibmFtZXMiOiBbXQp9Cg==
