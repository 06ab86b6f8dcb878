import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { check } from "../build/check.mjs";
import { disguised, revealed } from "../build/http.mjs";
import { lines } from "../build/lines.mjs";
import { load, open } from "../build/project.mjs";

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A project with these files, whose packages are those of the SDK. */
function project(files) {
  const root = mkdtempSync(path.join(tmpdir(), "tasker-sdk-"));
  folders.push(root);
  mkdirSync(path.join(root, "src"));
  writeFileSync(path.join(root, "package.json"), "{}");
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, "src", name), text);
  return { ...open(root), require: open(".").require };
}

function schemas(text) {
  const { handlers } = check(project({ "handlers.ts": `import { handler } from "@tasker/sdk";\n${text}` }));
  return handlers;
}

function problem(text) {
  try {
    schemas(text);
  } catch (error) {
    return error.message;
  }
  return "none";
}

test("types become schemas", () => {
  const { plain, more } = schemas(`
    enum Size { Small = "s", Large = "l" }
    interface Page<T> { items: T[]; next?: string }
    handler("plain", (input: { a: string; b?: number; c: boolean | null; d: "x" | 1; e: [string, number]; f: Record<string, Size> }) => 1);
    handler("more", (input: Page<{ id: bigint }>): Promise<string | undefined> => Promise.resolve("x"));`);
  assert.deepEqual(plain.input, {
    type: "object",
    properties: {
      a: { type: "string" },
      b: { type: "number" },
      c: { type: ["boolean", "null"] },
      d: { enum: [1, "x"] },
      e: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 2, maxItems: 2 },
      f: { type: "object", additionalProperties: { enum: ["s", "l"] } },
    },
    required: ["a", "c", "d", "e", "f"],
  });
  assert.deepEqual(more.input.properties.items, { type: "array", items: { type: "object", properties: { id: { type: "integer", format: "bigint" } }, required: ["id"] } });
  assert.deepEqual(more.result, { type: ["null", "string"] });
});

test("a type that holds itself is defined once", () => {
  const { tree } = schemas(`
    interface Tree { name: string; children: Tree[] }
    handler("tree", (input: Tree): Tree => input);`);
  assert.equal(tree.input.$ref, "#/$defs/Tree");
  assert.deepEqual(tree.input.$defs.Tree.properties.children, { type: "array", items: { $ref: "#/$defs/Tree" } });
});

test("comments describe, and say what types cannot", () => {
  const { add } = schemas(`
    /** What is added. */
    interface Numbers {
      /** The first.
       * @integer @minimum 1 */
      first: number;
      /** @pattern ^[a-z]+$ */
      word: string;
    }
    /** Adds. */
    export const add = handler("add", (input: Numbers) => input.first);`);
  assert.equal(add.description, "Adds.");
  assert.equal(add.input.description, "What is added.");
  assert.deepEqual(add.input.properties.first, { type: "integer", description: "The first.", minimum: 1 });
  assert.deepEqual(add.input.properties.word, { type: "string", pattern: "^[a-z]+$" });
});

test("the types of comments are those of JavaScript", () => {
  const text = 'import { handler } from "@tasker/sdk";\nhandler("add", /** @param {{ a: number }} input */ (input) => input.a);\n';
  const { handlers } = check(project({ "handlers.js": text }));
  assert.deepEqual(handlers.add.input, { type: "object", properties: { a: { type: "number" } }, required: ["a"] });
});

test("another function of the same name is no handler", () => {
  assert.deepEqual(check(project({ "handlers.ts": 'function handler(name: string) { return name; }\nhandler("a");\nexport {};\n' })).handlers, {});
});

test("a mistake is reported with its place", () => {
  assert.match(problem('handler("a", (n: number): string => n);'), /src\/handlers\.ts\(2,/);
  assert.match(problem('handler("a", (input: { at: Date }) => 1);'), /^src\/handlers\.ts:2:1: `at` is a Date, which JSON has no form for/);
  assert.match(problem('handler("a", () => ({ run: () => 1 }));'), /`run` is a function/);
  assert.match(problem('const name: string = "a"; handler(name, () => 1);'), /the name of the handler is not known before it runs/);
});

test("a package that is missing is named with what to do", () => {
  assert.throws(() => load({ require: () => { throw Object.assign(new Error(), { code: "MODULE_NOT_FOUND" }); } }, "esbuild"), /esbuild is not installed; run `npm install`/);
});

test("lines of a bundle lead to lines of the source", () => {
  // Two lines of the first source, a line of none, and the fifth line of the second source.
  const map = { mappings: "AAAA;AACA;;ACGA", sources: ["a.ts", "b.ts"] };
  assert.deepEqual(lines(map, (source) => `src/${source}`), { sources: ["src/a.ts", "src/b.ts"], deltas: [0, 1, 0, 1, 0, 0, 1, 3] });
});

test("a component gets its true names where it imports, and nowhere else", () => {
  assert.equal(disguised("import wasi:http/types@0.2.12; wasi:cli/exit@0.2.12"), "import wisa:http/types@0.2.11; wasi:cli/exit@0.2.12");
  const section = (id, text) => Buffer.concat([Buffer.from([id, text.length]), Buffer.from(text)]);
  const before = Buffer.concat([Buffer.from("\0asm\x0d\0\x01\0", "latin1"), section(1, "wisa:io"), section(10, "wisa:io wisa:http")]);
  const after = revealed(before).toString("latin1");
  assert.ok(after.includes("wisa:io") && after.endsWith("wasi:io wasi:http"), after);
});
