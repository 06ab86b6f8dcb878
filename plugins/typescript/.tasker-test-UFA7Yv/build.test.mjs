// test/build.test.mjs
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path4 from "node:path";
import { after, test } from "node:test";

// build/check.mjs
import { existsSync as existsSync2 } from "node:fs";
import path3 from "node:path";

// build/project.mjs
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
var SDK = realpathSync(fileURLToPath(new URL("..", import.meta.url)));
var ENTRIES = ["src/handlers.ts", "src/index.ts", "src/handlers.js", "src/index.js"];
var Problem = class extends Error {
};
function open(folder) {
  const root = realpathSync(folder);
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const wanted = manifest.tasker?.entry;
  const entry = [wanted ?? ENTRIES].flat().find((one) => existsSync(path.join(root, one)));
  if (entry === void 0) {
    throw new Problem(`there is no ${wanted ?? ENTRIES.join(", ")}; name the file with the handlers as "tasker": {"entry": \u2026} in package.json`);
  }
  const require2 = createRequire(path.join(root, "package.json"));
  return { root, manifest, entry, require: require2 };
}
function load({ require: require2 }, name) {
  try {
    return require2(name);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new Problem(`${name} is not installed; run \`npm install\``);
  }
}

// build/schemas.mjs
import path2 from "node:path";
var KINDS = ["handler", "subscriber", "event"];
var NUMBERS = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];
var TEXTS = ["pattern", "format"];
var NOT_JSON = ["Date", "Map", "Set", "WeakMap", "WeakSet", "Promise", "RegExp", "Uint8Array", "ArrayBuffer", "Buffer"];
function describe(ts, program, sdk, project2) {
  const checker = program.getTypeChecker();
  const found = { handlers: {}, subscribers: {}, events: {} };
  const problems = [];
  const reader = { ts, checker, sdk, project: project2, problems };
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || isWithin(file.fileName, sdk) || file.fileName.includes("/node_modules/")) continue;
    const visit = (node) => {
      if (ts.isCallExpression(node)) add(reader, found, node);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { ...found, problems };
}
function isWithin(file, folder) {
  const relative = path2.relative(folder, file);
  return !relative.startsWith("..") && !path2.isAbsolute(relative);
}
function add(reader, found, node) {
  const kind = kindOf(reader, node);
  if (kind === void 0) return;
  const { checker } = reader;
  const name = checker.getTypeAtLocation(node.arguments[0] ?? node);
  if (!name.isStringLiteral()) {
    return problem(reader, node, `the name of the ${kind} is not known before it runs; write it as text`);
  }
  const description = commentOf(reader, node);
  if (kind === "subscriber") {
    found.subscribers[name.value] = { description };
  } else if (kind === "event") {
    const payload = node.typeArguments?.[0];
    const type = payload === void 0 ? void 0 : checker.getTypeFromTypeNode(payload);
    found.events[name.value] = { description, schema: type === void 0 ? true : schemaOf(reader, node, type) };
  } else {
    found.handlers[name.value] = { description, ...signatureOf(reader, node) };
  }
}
function kindOf({ ts, checker, sdk }, node) {
  let symbol = checker.getSymbolAtLocation(node.expression);
  if (symbol === void 0) return void 0;
  if (symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  if (!KINDS.includes(symbol.name)) return void 0;
  const files = (symbol.declarations ?? []).map((declaration) => declaration.getSourceFile().fileName);
  return files.some((file) => isWithin(file, sdk) && file.endsWith("/registry.ts")) ? symbol.name : void 0;
}
function signatureOf(reader, node) {
  const { checker } = reader;
  const [signature] = checker.getTypeAtLocation(node.arguments[1] ?? node).getCallSignatures();
  if (signature === void 0) return { input: true, result: true };
  const [parameter] = signature.getParameters();
  const input = parameter === void 0 ? void 0 : checker.getTypeOfSymbolAtLocation(parameter, node);
  const returned = signature.getReturnType();
  const result = checker.getAwaitedType(returned) ?? returned;
  return {
    input: input === void 0 ? true : schemaOf(reader, node, input),
    result: schemaOf(reader, node, result, { isResult: true })
  };
}
function schemaOf(reader, node, type, { isResult = false } = {}) {
  const state = { ...reader, node, defs: {}, names: /* @__PURE__ */ new Map(), isResult };
  const schema = toSchema(state, type, "");
  if (Object.keys(state.defs).length === 0) return schema;
  return { ...schema === true ? {} : schema, $defs: state.defs };
}
function toSchema(state, type, at) {
  const { ts, checker } = state;
  const { TypeFlags } = ts;
  if (type.flags & (TypeFlags.Any | TypeFlags.Unknown)) return true;
  if (type.flags & (TypeFlags.Void | TypeFlags.Undefined | TypeFlags.Null)) return { type: "null" };
  if (type.flags & TypeFlags.Never) return false;
  if (type.isUnion()) return unionSchema(state, type, at);
  if (type.flags & TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === "true" };
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  if (type.flags & TypeFlags.StringLike) return { type: "string" };
  if (type.flags & TypeFlags.NumberLike) return { type: "number" };
  if (type.flags & TypeFlags.BigIntLike) return { type: "integer", format: "bigint" };
  if (type.flags & TypeFlags.BooleanLike) return { type: "boolean" };
  if (type.flags & TypeFlags.NonPrimitive) return { type: "object" };
  if (type.flags & TypeFlags.TypeParameter) return true;
  return objectSchema(state, type, at);
}
function unionSchema(state, type, at) {
  const { ts, checker } = state;
  const isAbsent = (one) => one.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void);
  const isKept = (one) => one.symbol?.name === "Checkpoint" && state.isResult;
  const present = type.types.filter((one) => !isKept(one));
  const types = present.some((one) => !isAbsent(one)) && at !== "" ? present.filter((one) => !isAbsent(one)) : present;
  const booleans = types.filter((one) => one.flags & ts.TypeFlags.BooleanLiteral);
  const literals = types.filter((one) => one.isStringLiteral() || one.isNumberLiteral());
  const others = types.filter((one) => !literals.includes(one) && !(booleans.length === 2 && booleans.includes(one)));
  const schemas2 = others.map((one) => toSchema(state, one, at));
  if (booleans.length === 2) schemas2.unshift({ type: "boolean" });
  if (literals.length > 0) schemas2.unshift({ enum: literals.map((one) => one.value) });
  if (schemas2.length === 1) return schemas2[0];
  if (schemas2.some((schema) => schema === true)) return true;
  const isPlain = schemas2.every((schema) => typeof schema.type === "string" && Object.keys(schema).length === 1);
  if (isPlain) return { type: [...new Set(schemas2.map((schema) => schema.type))] };
  return { anyOf: schemas2 };
}
function objectSchema(state, type, at) {
  const { checker } = state;
  if (state.isResult && type.symbol?.name === "Checkpoint") return true;
  if (checker.isTupleType(type)) return tupleSchema(state, type, at);
  if (checker.isArrayType(type)) {
    return { type: "array", items: toSchema(state, checker.getTypeArguments(type)[0], `${at}[]`) };
  }
  if (type.getCallSignatures().length > 0 || NOT_JSON.includes(type.symbol?.name)) {
    const what = type.getCallSignatures().length > 0 ? "function" : type.symbol.name;
    problem(state, state.node, `\`${at || "the type"}\` is a ${what}, which JSON has no form for; use text, numbers, arrays or objects`);
    return true;
  }
  const name = nameOf(state, type);
  if (name === void 0) return members(state, type, at);
  const known = state.names.get(type);
  if (known !== void 0) return { $ref: `#/$defs/${known}` };
  const isOutermost = at === "";
  const free = uniqueName(state, name);
  state.names.set(type, free);
  const schema = members(state, type, at);
  const isUsed = JSON.stringify(schema).includes(`"#/$defs/${free}"`) || JSON.stringify(state.defs).includes(`"#/$defs/${free}"`);
  if (isOutermost && !isUsed) {
    state.names.delete(type);
    return schema;
  }
  state.defs[free] = schema;
  return { $ref: `#/$defs/${free}` };
}
function nameOf(state, type) {
  const symbol = type.aliasSymbol ?? type.symbol;
  if (symbol === void 0 || symbol.name.startsWith("__") || type.aliasTypeArguments !== void 0) return void 0;
  const isGeneric = state.checker.getTypeArguments?.(type)?.length > 0 && type.symbol?.name !== void 0 && type.target !== type;
  return isGeneric && type.typeArguments?.some((one) => one !== type && !one.isTypeParameter?.()) ? void 0 : symbol.name;
}
function uniqueName(state, name) {
  const taken = new Set(state.names.values());
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}${number}`;
    if (!taken.has(free)) return free;
  }
}
function tupleSchema(state, type, at) {
  const types = state.checker.getTypeArguments(type);
  const prefixItems = types.map((one, index) => toSchema(state, one, `${at}[${index}]`));
  return { type: "array", prefixItems, minItems: type.target.minLength, maxItems: types.length };
}
function members(state, type, at) {
  const { ts, checker } = state;
  const properties = {};
  const required = [];
  for (const property of checker.getPropertiesOfType(type)) {
    const member = checker.getTypeOfSymbolAtLocation(property, state.node);
    if (property.flags & ts.SymbolFlags.Method) continue;
    const below = at === "" ? property.name : `${at}.${property.name}`;
    const schema2 = toSchema(state, member, below);
    properties[property.name] = withComment(state, property, schema2);
    const mayBeAbsent = member.isUnion() && member.types.some((one) => one.flags & ts.TypeFlags.Undefined);
    if (!(property.flags & ts.SymbolFlags.Optional) && !mayBeAbsent) required.push(property.name);
  }
  const schema = { type: "object" };
  const named = type.aliasSymbol ?? type.symbol;
  const isNamed = named !== void 0 && !named.name.startsWith("__");
  const description = isNamed ? text(ts, named.getDocumentationComment(checker)) : "";
  if (description !== "") schema.description = description;
  if (Object.keys(properties).length > 0) schema.properties = properties;
  if (required.length > 0) schema.required = required;
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (index === void 0 && checker.getPropertiesOfType(type).length === 0) return true;
  if (index !== void 0) schema.additionalProperties = toSchema(state, index, `${at}.*`);
  return schema;
}
function withComment({ ts, checker }, property, schema) {
  const description = text(ts, property.getDocumentationComment(checker));
  const more = description === "" ? {} : { description };
  for (const tag of property.getJsDocTags(checker)) {
    const said = text(ts, tag.text ?? []);
    if (tag.name === "integer") more.type = "integer";
    else if (NUMBERS.includes(tag.name)) more[tag.name] = Number(said);
    else if (TEXTS.includes(tag.name)) more[tag.name] = said;
  }
  if (Object.keys(more).length === 0) return schema;
  return schema === true ? more : { ...schema, ...more };
}
function text(ts, parts) {
  return ts.displayPartsToString(parts).trim();
}
function commentOf({ ts, checker }, node) {
  let at = node;
  while (at.parent !== void 0 && !ts.isStatement(at)) at = at.parent;
  const comments = ts.getJSDocCommentsAndTags(at).filter((one) => ts.isJSDoc(one));
  const last = comments.at(-1)?.comment;
  return last === void 0 ? void 0 : ts.getTextOfJSDocComment(last)?.trim();
}
function problem({ problems, project: project2 }, node, what) {
  const file = node.getSourceFile();
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
  problems.push(`${path2.relative(project2, file.fileName)}:${line + 1}:${character + 1}: ${what}`);
}

// build/check.mjs
function options(ts, project2) {
  const file = path3.join(project2.root, "tsconfig.json");
  const own = existsSync2(file) ? ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, project2.root).options : {};
  const { paths } = { paths: { "@tasker/sdk": [`${SDK}/src/index.ts`], "@tasker/sdk/http": [`${SDK}/src/http/native.ts`], "@tasker/sdk/testing": [`${SDK}/src/testing.ts`] } };
  return {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    skipLibCheck: true,
    types: [],
    ...own,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    allowJs: true,
    noEmit: true,
    paths: { ...own.paths, ...paths }
  };
}
function check(project2) {
  const ts = load(project2, "typescript");
  const root = path3.join(project2.root, project2.entry);
  const globals = path3.join(SDK, "src/globals.d.ts");
  const program = ts.createProgram([root, globals], options(ts, project2));
  const diagnostics = ts.getPreEmitDiagnostics(program);
  if (diagnostics.length > 0) {
    const host = { getCurrentDirectory: () => project2.root, getCanonicalFileName: (name) => name, getNewLine: () => "\n" };
    throw new Problem(ts.formatDiagnostics(diagnostics, host).trimEnd());
  }
  const { problems, ...described } = describe(ts, program, SDK, project2.root);
  if (problems.length > 0) throw new Problem(problems.join("\n"));
  return described;
}

// build/http.mjs
var TRUE = "wasi:";
var MADE_UP = "wisa:";
var VERSION = ["@0.2.12", "@0.2.11"];
var PACKAGES = ["http", "io", "clocks"];
var IMPORTS = new RegExp(`${TRUE}(${PACKAGES.join("|")})(/[a-z-]+)?${VERSION[0].replaceAll(".", "\\.")}`, "g");
var IMPORT_SECTION = 10;
var HEADER_BYTES = 8;
function disguised(text2) {
  return text2.replace(IMPORTS, (_, name, rest = "") => `${MADE_UP}${name}${rest}${VERSION[1]}`);
}
function revealed(component) {
  const bytes = Buffer.from(component);
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const id = bytes[at];
    const [size, start] = leb128(bytes, at + 1);
    if (id === IMPORT_SECTION) {
      const section = bytes.subarray(start, start + size);
      for (let found = section.indexOf(MADE_UP); found !== -1; found = section.indexOf(MADE_UP, found)) section.write(TRUE, found);
    }
    at = start + size;
  }
  return bytes;
}
function leb128(bytes, at) {
  let [value, shift] = [0, 0];
  for (; ; ) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    shift += 7;
    if (byte < 128) return [value, at];
  }
}

// build/lines.mjs
var DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
function lines(map, name) {
  const deltas = [];
  let [source, line] = [0, 0];
  let [lastSource, lastLine] = [0, 0];
  for (const generated of map.mappings.split(";")) {
    let first;
    for (const segment of generated.split(",")) {
      const [, sourceDelta, lineDelta] = numbers(segment);
      if (sourceDelta === void 0) continue;
      source += sourceDelta;
      line += lineDelta;
      first ??= [source, line + 1];
    }
    const [atSource, atLine] = first ?? [lastSource, lastLine];
    deltas.push(atSource - lastSource, atLine - lastLine);
    [lastSource, lastLine] = [atSource, atLine];
  }
  return { sources: map.sources.map(name), deltas };
}
function numbers(segment) {
  const found = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return found;
}

// test/build.test.mjs
var folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
function project(files) {
  const root = mkdtempSync(path4.join(tmpdir(), "tasker-sdk-"));
  folders.push(root);
  mkdirSync(path4.join(root, "src"));
  writeFileSync(path4.join(root, "package.json"), "{}");
  for (const [name, text2] of Object.entries(files)) writeFileSync(path4.join(root, "src", name), text2);
  return { ...open(root), require: open(".").require };
}
function schemas(text2) {
  const { handlers } = check(project({ "handlers.ts": `import { handler } from "@tasker/sdk";
${text2}` }));
  return handlers;
}
function problem2(text2) {
  try {
    schemas(text2);
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
      d: { enum: ["x", 1] },
      e: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 2, maxItems: 2 },
      f: { type: "object", additionalProperties: { enum: ["s", "l"] } }
    },
    required: ["a", "c", "d", "e", "f"]
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
  const { add: add2 } = schemas(`
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
  assert.equal(add2.description, "Adds.");
  assert.equal(add2.input.description, "What is added.");
  assert.deepEqual(add2.input.properties.first, { type: "integer", description: "The first.", minimum: 1 });
  assert.deepEqual(add2.input.properties.word, { type: "string", pattern: "^[a-z]+$" });
});
test("the types of comments are those of JavaScript", () => {
  const text2 = 'import { handler } from "@tasker/sdk";\nhandler("add", /** @param {{ a: number }} input */ (input) => input.a);\n';
  const { handlers } = check(project({ "handlers.js": text2 }));
  assert.deepEqual(handlers.add.input, { type: "object", properties: { a: { type: "number" } }, required: ["a"] });
});
test("another function of the same name is no handler", () => {
  assert.deepEqual(check(project({ "handlers.ts": 'function handler(name: string) { return name; }\nhandler("a");\nexport {};\n' })).handlers, {});
});
test("a mistake is reported with its place", () => {
  assert.match(problem2('handler("a", (n: number): string => n);'), /src\/handlers\.ts\(2,/);
  assert.match(problem2('handler("a", (input: { at: Date }) => 1);'), /^src\/handlers\.ts:2:1: `at` is a Date, which JSON has no form for/);
  assert.match(problem2('handler("a", () => ({ run: () => 1 }));'), /`run` is a function/);
  assert.match(problem2('const name: string = "a"; handler(name, () => 1);'), /the name of the handler is not known before it runs/);
});
test("a package that is missing is named with what to do", () => {
  assert.throws(() => load({ require: () => {
    throw Object.assign(new Error(), { code: "MODULE_NOT_FOUND" });
  } }, "esbuild"), /esbuild is not installed; run `npm install`/);
});
test("lines of a bundle lead to lines of the source", () => {
  const map = { mappings: "AAAA;AACA;;ACGA", sources: ["a.ts", "b.ts"] };
  assert.deepEqual(lines(map, (source) => `src/${source}`), { sources: ["src/a.ts", "src/b.ts"], deltas: [0, 1, 0, 1, 0, 0, 1, 3] });
});
test("a component gets its true names where it imports, and nowhere else", () => {
  assert.equal(disguised("import wasi:http/types@0.2.12; wasi:cli/exit@0.2.12"), "import wisa:http/types@0.2.11; wasi:cli/exit@0.2.12");
  const section = (id, text2) => Buffer.concat([Buffer.from([id, text2.length]), Buffer.from(text2)]);
  const before = Buffer.concat([Buffer.from("\0asm\r\0\0", "latin1"), section(1, "wisa:io"), section(10, "wisa:io wisa:http")]);
  const after2 = revealed(before).toString("latin1");
  assert.ok(after2.includes("wisa:io") && after2.endsWith("wasi:io wasi:http"), after2);
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiLi4vdGVzdC9idWlsZC50ZXN0Lm1qcyIsICIuLi9idWlsZC9jaGVjay5tanMiLCAiLi4vYnVpbGQvcHJvamVjdC5tanMiLCAiLi4vYnVpbGQvc2NoZW1hcy5tanMiLCAiLi4vYnVpbGQvaHR0cC5tanMiLCAiLi4vYnVpbGQvbGluZXMubWpzIl0sCiAgInNvdXJjZXNDb250ZW50IjogWyJpbXBvcnQgYXNzZXJ0IGZyb20gXCJub2RlOmFzc2VydC9zdHJpY3RcIjtcbmltcG9ydCB7IG1rZGlyU3luYywgbWtkdGVtcFN5bmMsIHJtU3luYywgd3JpdGVGaWxlU3luYyB9IGZyb20gXCJub2RlOmZzXCI7XG5pbXBvcnQgeyB0bXBkaXIgfSBmcm9tIFwibm9kZTpvc1wiO1xuaW1wb3J0IHBhdGggZnJvbSBcIm5vZGU6cGF0aFwiO1xuaW1wb3J0IHsgYWZ0ZXIsIHRlc3QgfSBmcm9tIFwibm9kZTp0ZXN0XCI7XG5pbXBvcnQgeyBjaGVjayB9IGZyb20gXCIuLi9idWlsZC9jaGVjay5tanNcIjtcbmltcG9ydCB7IGRpc2d1aXNlZCwgcmV2ZWFsZWQgfSBmcm9tIFwiLi4vYnVpbGQvaHR0cC5tanNcIjtcbmltcG9ydCB7IGxpbmVzIH0gZnJvbSBcIi4uL2J1aWxkL2xpbmVzLm1qc1wiO1xuaW1wb3J0IHsgbG9hZCwgb3BlbiB9IGZyb20gXCIuLi9idWlsZC9wcm9qZWN0Lm1qc1wiO1xuXG5jb25zdCBmb2xkZXJzID0gW107XG5hZnRlcigoKSA9PiBmb2xkZXJzLmZvckVhY2goKGZvbGRlcikgPT4gcm1TeW5jKGZvbGRlciwgeyByZWN1cnNpdmU6IHRydWUgfSkpKTtcblxuLyoqIEEgcHJvamVjdCB3aXRoIHRoZXNlIGZpbGVzLCB3aG9zZSBwYWNrYWdlcyBhcmUgdGhvc2Ugb2YgdGhlIFNESy4gKi9cbmZ1bmN0aW9uIHByb2plY3QoZmlsZXMpIHtcbiAgY29uc3Qgcm9vdCA9IG1rZHRlbXBTeW5jKHBhdGguam9pbih0bXBkaXIoKSwgXCJ0YXNrZXItc2RrLVwiKSk7XG4gIGZvbGRlcnMucHVzaChyb290KTtcbiAgbWtkaXJTeW5jKHBhdGguam9pbihyb290LCBcInNyY1wiKSk7XG4gIHdyaXRlRmlsZVN5bmMocGF0aC5qb2luKHJvb3QsIFwicGFja2FnZS5qc29uXCIpLCBcInt9XCIpO1xuICBmb3IgKGNvbnN0IFtuYW1lLCB0ZXh0XSBvZiBPYmplY3QuZW50cmllcyhmaWxlcykpIHdyaXRlRmlsZVN5bmMocGF0aC5qb2luKHJvb3QsIFwic3JjXCIsIG5hbWUpLCB0ZXh0KTtcbiAgcmV0dXJuIHsgLi4ub3Blbihyb290KSwgcmVxdWlyZTogb3BlbihcIi5cIikucmVxdWlyZSB9O1xufVxuXG5mdW5jdGlvbiBzY2hlbWFzKHRleHQpIHtcbiAgY29uc3QgeyBoYW5kbGVycyB9ID0gY2hlY2socHJvamVjdCh7IFwiaGFuZGxlcnMudHNcIjogYGltcG9ydCB7IGhhbmRsZXIgfSBmcm9tIFwiQHRhc2tlci9zZGtcIjtcXG4ke3RleHR9YCB9KSk7XG4gIHJldHVybiBoYW5kbGVycztcbn1cblxuZnVuY3Rpb24gcHJvYmxlbSh0ZXh0KSB7XG4gIHRyeSB7XG4gICAgc2NoZW1hcyh0ZXh0KTtcbiAgfSBjYXRjaCAoZXJyb3IpIHtcbiAgICByZXR1cm4gZXJyb3IubWVzc2FnZTtcbiAgfVxuICByZXR1cm4gXCJub25lXCI7XG59XG5cbnRlc3QoXCJ0eXBlcyBiZWNvbWUgc2NoZW1hc1wiLCAoKSA9PiB7XG4gIGNvbnN0IHsgcGxhaW4sIG1vcmUgfSA9IHNjaGVtYXMoYFxuICAgIGVudW0gU2l6ZSB7IFNtYWxsID0gXCJzXCIsIExhcmdlID0gXCJsXCIgfVxuICAgIGludGVyZmFjZSBQYWdlPFQ+IHsgaXRlbXM6IFRbXTsgbmV4dD86IHN0cmluZyB9XG4gICAgaGFuZGxlcihcInBsYWluXCIsIChpbnB1dDogeyBhOiBzdHJpbmc7IGI/OiBudW1iZXI7IGM6IGJvb2xlYW4gfCBudWxsOyBkOiBcInhcIiB8IDE7IGU6IFtzdHJpbmcsIG51bWJlcl07IGY6IFJlY29yZDxzdHJpbmcsIFNpemU+IH0pID0+IDEpO1xuICAgIGhhbmRsZXIoXCJtb3JlXCIsIChpbnB1dDogUGFnZTx7IGlkOiBiaWdpbnQgfT4pOiBQcm9taXNlPHN0cmluZyB8IHVuZGVmaW5lZD4gPT4gUHJvbWlzZS5yZXNvbHZlKFwieFwiKSk7YCk7XG4gIGFzc2VydC5kZWVwRXF1YWwocGxhaW4uaW5wdXQsIHtcbiAgICB0eXBlOiBcIm9iamVjdFwiLFxuICAgIHByb3BlcnRpZXM6IHtcbiAgICAgIGE6IHsgdHlwZTogXCJzdHJpbmdcIiB9LFxuICAgICAgYjogeyB0eXBlOiBcIm51bWJlclwiIH0sXG4gICAgICBjOiB7IHR5cGU6IFtcImJvb2xlYW5cIiwgXCJudWxsXCJdIH0sXG4gICAgICBkOiB7IGVudW06IFtcInhcIiwgMV0gfSxcbiAgICAgIGU6IHsgdHlwZTogXCJhcnJheVwiLCBwcmVmaXhJdGVtczogW3sgdHlwZTogXCJzdHJpbmdcIiB9LCB7IHR5cGU6IFwibnVtYmVyXCIgfV0sIG1pbkl0ZW1zOiAyLCBtYXhJdGVtczogMiB9LFxuICAgICAgZjogeyB0eXBlOiBcIm9iamVjdFwiLCBhZGRpdGlvbmFsUHJvcGVydGllczogeyBlbnVtOiBbXCJzXCIsIFwibFwiXSB9IH0sXG4gICAgfSxcbiAgICByZXF1aXJlZDogW1wiYVwiLCBcImNcIiwgXCJkXCIsIFwiZVwiLCBcImZcIl0sXG4gIH0pO1xuICBhc3NlcnQuZGVlcEVxdWFsKG1vcmUuaW5wdXQucHJvcGVydGllcy5pdGVtcywgeyB0eXBlOiBcImFycmF5XCIsIGl0ZW1zOiB7IHR5cGU6IFwib2JqZWN0XCIsIHByb3BlcnRpZXM6IHsgaWQ6IHsgdHlwZTogXCJpbnRlZ2VyXCIsIGZvcm1hdDogXCJiaWdpbnRcIiB9IH0sIHJlcXVpcmVkOiBbXCJpZFwiXSB9IH0pO1xuICBhc3NlcnQuZGVlcEVxdWFsKG1vcmUucmVzdWx0LCB7IHR5cGU6IFtcIm51bGxcIiwgXCJzdHJpbmdcIl0gfSk7XG59KTtcblxudGVzdChcImEgdHlwZSB0aGF0IGhvbGRzIGl0c2VsZiBpcyBkZWZpbmVkIG9uY2VcIiwgKCkgPT4ge1xuICBjb25zdCB7IHRyZWUgfSA9IHNjaGVtYXMoYFxuICAgIGludGVyZmFjZSBUcmVlIHsgbmFtZTogc3RyaW5nOyBjaGlsZHJlbjogVHJlZVtdIH1cbiAgICBoYW5kbGVyKFwidHJlZVwiLCAoaW5wdXQ6IFRyZWUpOiBUcmVlID0+IGlucHV0KTtgKTtcbiAgYXNzZXJ0LmVxdWFsKHRyZWUuaW5wdXQuJHJlZiwgXCIjLyRkZWZzL1RyZWVcIik7XG4gIGFzc2VydC5kZWVwRXF1YWwodHJlZS5pbnB1dC4kZGVmcy5UcmVlLnByb3BlcnRpZXMuY2hpbGRyZW4sIHsgdHlwZTogXCJhcnJheVwiLCBpdGVtczogeyAkcmVmOiBcIiMvJGRlZnMvVHJlZVwiIH0gfSk7XG59KTtcblxudGVzdChcImNvbW1lbnRzIGRlc2NyaWJlLCBhbmQgc2F5IHdoYXQgdHlwZXMgY2Fubm90XCIsICgpID0+IHtcbiAgY29uc3QgeyBhZGQgfSA9IHNjaGVtYXMoYFxuICAgIC8qKiBXaGF0IGlzIGFkZGVkLiAqL1xuICAgIGludGVyZmFjZSBOdW1iZXJzIHtcbiAgICAgIC8qKiBUaGUgZmlyc3QuXG4gICAgICAgKiBAaW50ZWdlciBAbWluaW11bSAxICovXG4gICAgICBmaXJzdDogbnVtYmVyO1xuICAgICAgLyoqIEBwYXR0ZXJuIF5bYS16XSskICovXG4gICAgICB3b3JkOiBzdHJpbmc7XG4gICAgfVxuICAgIC8qKiBBZGRzLiAqL1xuICAgIGV4cG9ydCBjb25zdCBhZGQgPSBoYW5kbGVyKFwiYWRkXCIsIChpbnB1dDogTnVtYmVycykgPT4gaW5wdXQuZmlyc3QpO2ApO1xuICBhc3NlcnQuZXF1YWwoYWRkLmRlc2NyaXB0aW9uLCBcIkFkZHMuXCIpO1xuICBhc3NlcnQuZXF1YWwoYWRkLmlucHV0LmRlc2NyaXB0aW9uLCBcIldoYXQgaXMgYWRkZWQuXCIpO1xuICBhc3NlcnQuZGVlcEVxdWFsKGFkZC5pbnB1dC5wcm9wZXJ0aWVzLmZpcnN0LCB7IHR5cGU6IFwiaW50ZWdlclwiLCBkZXNjcmlwdGlvbjogXCJUaGUgZmlyc3QuXCIsIG1pbmltdW06IDEgfSk7XG4gIGFzc2VydC5kZWVwRXF1YWwoYWRkLmlucHV0LnByb3BlcnRpZXMud29yZCwgeyB0eXBlOiBcInN0cmluZ1wiLCBwYXR0ZXJuOiBcIl5bYS16XSskXCIgfSk7XG59KTtcblxudGVzdChcInRoZSB0eXBlcyBvZiBjb21tZW50cyBhcmUgdGhvc2Ugb2YgSmF2YVNjcmlwdFwiLCAoKSA9PiB7XG4gIGNvbnN0IHRleHQgPSAnaW1wb3J0IHsgaGFuZGxlciB9IGZyb20gXCJAdGFza2VyL3Nka1wiO1xcbmhhbmRsZXIoXCJhZGRcIiwgLyoqIEBwYXJhbSB7eyBhOiBudW1iZXIgfX0gaW5wdXQgKi8gKGlucHV0KSA9PiBpbnB1dC5hKTtcXG4nO1xuICBjb25zdCB7IGhhbmRsZXJzIH0gPSBjaGVjayhwcm9qZWN0KHsgXCJoYW5kbGVycy5qc1wiOiB0ZXh0IH0pKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChoYW5kbGVycy5hZGQuaW5wdXQsIHsgdHlwZTogXCJvYmplY3RcIiwgcHJvcGVydGllczogeyBhOiB7IHR5cGU6IFwibnVtYmVyXCIgfSB9LCByZXF1aXJlZDogW1wiYVwiXSB9KTtcbn0pO1xuXG50ZXN0KFwiYW5vdGhlciBmdW5jdGlvbiBvZiB0aGUgc2FtZSBuYW1lIGlzIG5vIGhhbmRsZXJcIiwgKCkgPT4ge1xuICBhc3NlcnQuZGVlcEVxdWFsKGNoZWNrKHByb2plY3QoeyBcImhhbmRsZXJzLnRzXCI6ICdmdW5jdGlvbiBoYW5kbGVyKG5hbWU6IHN0cmluZykgeyByZXR1cm4gbmFtZTsgfVxcbmhhbmRsZXIoXCJhXCIpO1xcbmV4cG9ydCB7fTtcXG4nIH0pKS5oYW5kbGVycywge30pO1xufSk7XG5cbnRlc3QoXCJhIG1pc3Rha2UgaXMgcmVwb3J0ZWQgd2l0aCBpdHMgcGxhY2VcIiwgKCkgPT4ge1xuICBhc3NlcnQubWF0Y2gocHJvYmxlbSgnaGFuZGxlcihcImFcIiwgKG46IG51bWJlcik6IHN0cmluZyA9PiBuKTsnKSwgL3NyY1xcL2hhbmRsZXJzXFwudHNcXCgyLC8pO1xuICBhc3NlcnQubWF0Y2gocHJvYmxlbSgnaGFuZGxlcihcImFcIiwgKGlucHV0OiB7IGF0OiBEYXRlIH0pID0+IDEpOycpLCAvXnNyY1xcL2hhbmRsZXJzXFwudHM6MjoxOiBgYXRgIGlzIGEgRGF0ZSwgd2hpY2ggSlNPTiBoYXMgbm8gZm9ybSBmb3IvKTtcbiAgYXNzZXJ0Lm1hdGNoKHByb2JsZW0oJ2hhbmRsZXIoXCJhXCIsICgpID0+ICh7IHJ1bjogKCkgPT4gMSB9KSk7JyksIC9gcnVuYCBpcyBhIGZ1bmN0aW9uLyk7XG4gIGFzc2VydC5tYXRjaChwcm9ibGVtKCdjb25zdCBuYW1lOiBzdHJpbmcgPSBcImFcIjsgaGFuZGxlcihuYW1lLCAoKSA9PiAxKTsnKSwgL3RoZSBuYW1lIG9mIHRoZSBoYW5kbGVyIGlzIG5vdCBrbm93biBiZWZvcmUgaXQgcnVucy8pO1xufSk7XG5cbnRlc3QoXCJhIHBhY2thZ2UgdGhhdCBpcyBtaXNzaW5nIGlzIG5hbWVkIHdpdGggd2hhdCB0byBkb1wiLCAoKSA9PiB7XG4gIGFzc2VydC50aHJvd3MoKCkgPT4gbG9hZCh7IHJlcXVpcmU6ICgpID0+IHsgdGhyb3cgT2JqZWN0LmFzc2lnbihuZXcgRXJyb3IoKSwgeyBjb2RlOiBcIk1PRFVMRV9OT1RfRk9VTkRcIiB9KTsgfSB9LCBcImVzYnVpbGRcIiksIC9lc2J1aWxkIGlzIG5vdCBpbnN0YWxsZWQ7IHJ1biBgbnBtIGluc3RhbGxgLyk7XG59KTtcblxudGVzdChcImxpbmVzIG9mIGEgYnVuZGxlIGxlYWQgdG8gbGluZXMgb2YgdGhlIHNvdXJjZVwiLCAoKSA9PiB7XG4gIC8vIFR3byBsaW5lcyBvZiB0aGUgZmlyc3Qgc291cmNlLCBhIGxpbmUgb2Ygbm9uZSwgYW5kIHRoZSBmaWZ0aCBsaW5lIG9mIHRoZSBzZWNvbmQgc291cmNlLlxuICBjb25zdCBtYXAgPSB7IG1hcHBpbmdzOiBcIkFBQUE7QUFDQTs7QUNHQVwiLCBzb3VyY2VzOiBbXCJhLnRzXCIsIFwiYi50c1wiXSB9O1xuICBhc3NlcnQuZGVlcEVxdWFsKGxpbmVzKG1hcCwgKHNvdXJjZSkgPT4gYHNyYy8ke3NvdXJjZX1gKSwgeyBzb3VyY2VzOiBbXCJzcmMvYS50c1wiLCBcInNyYy9iLnRzXCJdLCBkZWx0YXM6IFswLCAxLCAwLCAxLCAwLCAwLCAxLCAzXSB9KTtcbn0pO1xuXG50ZXN0KFwiYSBjb21wb25lbnQgZ2V0cyBpdHMgdHJ1ZSBuYW1lcyB3aGVyZSBpdCBpbXBvcnRzLCBhbmQgbm93aGVyZSBlbHNlXCIsICgpID0+IHtcbiAgYXNzZXJ0LmVxdWFsKGRpc2d1aXNlZChcImltcG9ydCB3YXNpOmh0dHAvdHlwZXNAMC4yLjEyOyB3YXNpOmNsaS9leGl0QDAuMi4xMlwiKSwgXCJpbXBvcnQgd2lzYTpodHRwL3R5cGVzQDAuMi4xMTsgd2FzaTpjbGkvZXhpdEAwLjIuMTJcIik7XG4gIGNvbnN0IHNlY3Rpb24gPSAoaWQsIHRleHQpID0+IEJ1ZmZlci5jb25jYXQoW0J1ZmZlci5mcm9tKFtpZCwgdGV4dC5sZW5ndGhdKSwgQnVmZmVyLmZyb20odGV4dCldKTtcbiAgY29uc3QgYmVmb3JlID0gQnVmZmVyLmNvbmNhdChbQnVmZmVyLmZyb20oXCJcXDBhc21cXHgwZFxcMFxceDAxXFwwXCIsIFwibGF0aW4xXCIpLCBzZWN0aW9uKDEsIFwid2lzYTppb1wiKSwgc2VjdGlvbigxMCwgXCJ3aXNhOmlvIHdpc2E6aHR0cFwiKV0pO1xuICBjb25zdCBhZnRlciA9IHJldmVhbGVkKGJlZm9yZSkudG9TdHJpbmcoXCJsYXRpbjFcIik7XG4gIGFzc2VydC5vayhhZnRlci5pbmNsdWRlcyhcIndpc2E6aW9cIikgJiYgYWZ0ZXIuZW5kc1dpdGgoXCJ3YXNpOmlvIHdhc2k6aHR0cFwiKSwgYWZ0ZXIpO1xufSk7XG4iLCAiLy8gQ2hlY2tzIHRoZSB0eXBlcyBvZiBhIHByb2plY3QsIGFuZCByZWFkcyB0aGUgc2NoZW1hcyBmcm9tIHRoZW0uXG5pbXBvcnQgeyBleGlzdHNTeW5jIH0gZnJvbSBcIm5vZGU6ZnNcIjtcbmltcG9ydCBwYXRoIGZyb20gXCJub2RlOnBhdGhcIjtcbmltcG9ydCB7IFByb2JsZW0sIFNESywgbG9hZCB9IGZyb20gXCIuL3Byb2plY3QubWpzXCI7XG5pbXBvcnQgeyBkZXNjcmliZSB9IGZyb20gXCIuL3NjaGVtYXMubWpzXCI7XG5cbi8qKiBUaGUgb3B0aW9ucyB0aGF0IGEgcHJvamVjdCBpcyBjaGVja2VkIHdpdGgsIHdoZXJlIGl0cyB0c2NvbmZpZy5qc29uIHNheXMgbm90aGluZyBlbHNlLiAqL1xuZnVuY3Rpb24gb3B0aW9ucyh0cywgcHJvamVjdCkge1xuICBjb25zdCBmaWxlID0gcGF0aC5qb2luKHByb2plY3Qucm9vdCwgXCJ0c2NvbmZpZy5qc29uXCIpO1xuICBjb25zdCBvd24gPSBleGlzdHNTeW5jKGZpbGUpID8gdHMucGFyc2VKc29uQ29uZmlnRmlsZUNvbnRlbnQodHMucmVhZENvbmZpZ0ZpbGUoZmlsZSwgdHMuc3lzLnJlYWRGaWxlKS5jb25maWcsIHRzLnN5cywgcHJvamVjdC5yb290KS5vcHRpb25zIDoge307XG4gIGNvbnN0IHsgcGF0aHMgfSA9IHsgcGF0aHM6IHsgXCJAdGFza2VyL3Nka1wiOiBbYCR7U0RLfS9zcmMvaW5kZXgudHNgXSwgXCJAdGFza2VyL3Nkay9odHRwXCI6IFtgJHtTREt9L3NyYy9odHRwL25hdGl2ZS50c2BdLCBcIkB0YXNrZXIvc2RrL3Rlc3RpbmdcIjogW2Ake1NES30vc3JjL3Rlc3RpbmcudHNgXSB9IH07XG4gIHJldHVybiB7XG4gICAgc3RyaWN0OiB0cnVlLFxuICAgIHRhcmdldDogdHMuU2NyaXB0VGFyZ2V0LkVTMjAyMixcbiAgICBsaWI6IFtcImxpYi5lczIwMjMuZC50c1wiXSxcbiAgICBza2lwTGliQ2hlY2s6IHRydWUsXG4gICAgdHlwZXM6IFtdLFxuICAgIC4uLm93bixcbiAgICBtb2R1bGU6IHRzLk1vZHVsZUtpbmQuRVNOZXh0LFxuICAgIG1vZHVsZVJlc29sdXRpb246IHRzLk1vZHVsZVJlc29sdXRpb25LaW5kLkJ1bmRsZXIsXG4gICAgYWxsb3dJbXBvcnRpbmdUc0V4dGVuc2lvbnM6IHRydWUsXG4gICAgYWxsb3dKczogdHJ1ZSxcbiAgICBub0VtaXQ6IHRydWUsXG4gICAgcGF0aHM6IHsgLi4ub3duLnBhdGhzLCAuLi5wYXRocyB9LFxuICB9O1xufVxuXG4vKiogSGFuZGxlcnMsIHN1YnNjcmliZXJzIGFuZCBldmVudHMgb2YgYSBwcm9qZWN0LCB3aXRoIHRoZWlyIHNjaGVtYXMuICovXG5leHBvcnQgZnVuY3Rpb24gY2hlY2socHJvamVjdCkge1xuICBjb25zdCB0cyA9IGxvYWQocHJvamVjdCwgXCJ0eXBlc2NyaXB0XCIpO1xuICBjb25zdCByb290ID0gcGF0aC5qb2luKHByb2plY3Qucm9vdCwgcHJvamVjdC5lbnRyeSk7XG4gIGNvbnN0IGdsb2JhbHMgPSBwYXRoLmpvaW4oU0RLLCBcInNyYy9nbG9iYWxzLmQudHNcIik7XG4gIGNvbnN0IHByb2dyYW0gPSB0cy5jcmVhdGVQcm9ncmFtKFtyb290LCBnbG9iYWxzXSwgb3B0aW9ucyh0cywgcHJvamVjdCkpO1xuICBjb25zdCBkaWFnbm9zdGljcyA9IHRzLmdldFByZUVtaXREaWFnbm9zdGljcyhwcm9ncmFtKTtcbiAgaWYgKGRpYWdub3N0aWNzLmxlbmd0aCA+IDApIHtcbiAgICBjb25zdCBob3N0ID0geyBnZXRDdXJyZW50RGlyZWN0b3J5OiAoKSA9PiBwcm9qZWN0LnJvb3QsIGdldENhbm9uaWNhbEZpbGVOYW1lOiAobmFtZSkgPT4gbmFtZSwgZ2V0TmV3TGluZTogKCkgPT4gXCJcXG5cIiB9O1xuICAgIHRocm93IG5ldyBQcm9ibGVtKHRzLmZvcm1hdERpYWdub3N0aWNzKGRpYWdub3N0aWNzLCBob3N0KS50cmltRW5kKCkpO1xuICB9XG4gIGNvbnN0IHsgcHJvYmxlbXMsIC4uLmRlc2NyaWJlZCB9ID0gZGVzY3JpYmUodHMsIHByb2dyYW0sIFNESywgcHJvamVjdC5yb290KTtcbiAgaWYgKHByb2JsZW1zLmxlbmd0aCA+IDApIHRocm93IG5ldyBQcm9ibGVtKHByb2JsZW1zLmpvaW4oXCJcXG5cIikpO1xuICByZXR1cm4gZGVzY3JpYmVkO1xufVxuIiwgIi8vIFdoYXQgaXMga25vd24gb2YgdGhlIGZvbGRlciB0aGF0IGlzIGJ1aWx0LlxuaW1wb3J0IHsgZXhpc3RzU3luYywgcmVhZEZpbGVTeW5jLCByZWFscGF0aFN5bmMgfSBmcm9tIFwibm9kZTpmc1wiO1xuaW1wb3J0IHsgY3JlYXRlUmVxdWlyZSB9IGZyb20gXCJub2RlOm1vZHVsZVwiO1xuaW1wb3J0IHBhdGggZnJvbSBcIm5vZGU6cGF0aFwiO1xuaW1wb3J0IHsgZmlsZVVSTFRvUGF0aCB9IGZyb20gXCJub2RlOnVybFwiO1xuXG4vKiogV2hlcmUgdGhlIFNESyBpcy4gKi9cbmV4cG9ydCBjb25zdCBTREsgPSByZWFscGF0aFN5bmMoZmlsZVVSTFRvUGF0aChuZXcgVVJMKFwiLi5cIiwgaW1wb3J0Lm1ldGEudXJsKSkpO1xuXG5jb25zdCBFTlRSSUVTID0gW1wic3JjL2hhbmRsZXJzLnRzXCIsIFwic3JjL2luZGV4LnRzXCIsIFwic3JjL2hhbmRsZXJzLmpzXCIsIFwic3JjL2luZGV4LmpzXCJdO1xuXG4vKiogQSBwcm9ibGVtIHRoYXQgdGhlIGF1dGhvciBjYW4gbWVuZDogaXRzIG1lc3NhZ2UgaXMgYWxsIHRoYXQgaXMgc2hvd24uICovXG5leHBvcnQgY2xhc3MgUHJvYmxlbSBleHRlbmRzIEVycm9yIHt9XG5cbi8qKiBXaGVyZSBtb2R1bGVzIGFyZSBsb29rZWQgZm9yLCBiZXNpZGUgdGhlIGZvbGRlcnMgYWJvdmUgdGhlIHNvdXJjZS4gKi9cbmV4cG9ydCBjb25zdCBOT0RFX1BBVEhTID0gW1wibm9kZV9tb2R1bGVzXCJdO1xuXG4vKiogUmVhZHMgdGhlIHBhY2thZ2UuanNvbiBvZiBhIHByb2plY3QuICovXG5leHBvcnQgZnVuY3Rpb24gb3Blbihmb2xkZXIpIHtcbiAgY29uc3Qgcm9vdCA9IHJlYWxwYXRoU3luYyhmb2xkZXIpO1xuICBjb25zdCBtYW5pZmVzdCA9IEpTT04ucGFyc2UocmVhZEZpbGVTeW5jKHBhdGguam9pbihyb290LCBcInBhY2thZ2UuanNvblwiKSwgXCJ1dGY4XCIpKTtcbiAgY29uc3Qgd2FudGVkID0gbWFuaWZlc3QudGFza2VyPy5lbnRyeTtcbiAgY29uc3QgZW50cnkgPSBbd2FudGVkID8/IEVOVFJJRVNdLmZsYXQoKS5maW5kKChvbmUpID0+IGV4aXN0c1N5bmMocGF0aC5qb2luKHJvb3QsIG9uZSkpKTtcbiAgaWYgKGVudHJ5ID09PSB1bmRlZmluZWQpIHtcbiAgICB0aHJvdyBuZXcgUHJvYmxlbShgdGhlcmUgaXMgbm8gJHt3YW50ZWQgPz8gRU5UUklFUy5qb2luKFwiLCBcIil9OyBuYW1lIHRoZSBmaWxlIHdpdGggdGhlIGhhbmRsZXJzIGFzIFwidGFza2VyXCI6IHtcImVudHJ5XCI6IFx1MjAyNn0gaW4gcGFja2FnZS5qc29uYCk7XG4gIH1cbiAgY29uc3QgcmVxdWlyZSA9IGNyZWF0ZVJlcXVpcmUocGF0aC5qb2luKHJvb3QsIFwicGFja2FnZS5qc29uXCIpKTtcbiAgcmV0dXJuIHsgcm9vdCwgbWFuaWZlc3QsIGVudHJ5LCByZXF1aXJlIH07XG59XG5cbi8qKiBBIHBhY2thZ2Ugb2YgdGhlIHByb2plY3QncyBvd24uICovXG5leHBvcnQgZnVuY3Rpb24gbG9hZCh7IHJlcXVpcmUgfSwgbmFtZSkge1xuICB0cnkge1xuICAgIHJldHVybiByZXF1aXJlKG5hbWUpO1xuICB9IGNhdGNoIChlcnJvcikge1xuICAgIGlmIChlcnJvci5jb2RlICE9PSBcIk1PRFVMRV9OT1RfRk9VTkRcIikgdGhyb3cgZXJyb3I7XG4gICAgdGhyb3cgbmV3IFByb2JsZW0oYCR7bmFtZX0gaXMgbm90IGluc3RhbGxlZDsgcnVuIFxcYG5wbSBpbnN0YWxsXFxgYCk7XG4gIH1cbn1cblxuLyoqIE1ha2VzIGBAdGFza2VyL3Nka2AgdGhpcyBTREssIHdoZXJldmVyIHRoZSBwcm9qZWN0IGhhcyBpdCBmcm9tLiAqL1xuZXhwb3J0IGNvbnN0IHNka1BsdWdpbiA9IHtcbiAgbmFtZTogXCJ0YXNrZXItc2RrXCIsXG4gIHNldHVwKGJ1aWxkKSB7XG4gICAgY29uc3QgZXhwb3J0cyA9IEpTT04ucGFyc2UocmVhZEZpbGVTeW5jKHBhdGguam9pbihTREssIFwicGFja2FnZS5qc29uXCIpLCBcInV0ZjhcIikpLmV4cG9ydHM7XG4gICAgYnVpbGQub25SZXNvbHZlKHsgZmlsdGVyOiAvXkB0YXNrZXJcXC9zZGsoXFwvfCQpLyB9LCAoeyBwYXRoOiB3YW50ZWQgfSkgPT4ge1xuICAgICAgY29uc3QgZm91bmQgPSBleHBvcnRzW3dhbnRlZC5yZXBsYWNlKFwiQHRhc2tlci9zZGtcIiwgXCIuXCIpXTtcbiAgICAgIGlmIChmb3VuZCA9PT0gdW5kZWZpbmVkKSByZXR1cm4geyBlcnJvcnM6IFt7IHRleHQ6IGB0aGUgU0RLIGhhcyBubyAke3dhbnRlZH1gIH1dIH07XG4gICAgICBjb25zdCBpc0NvbXBvbmVudCA9IGJ1aWxkLmluaXRpYWxPcHRpb25zLmNvbmRpdGlvbnM/LmluY2x1ZGVzKFwidGFza2VyXCIpID09PSB0cnVlO1xuICAgICAgY29uc3QgdGFyZ2V0ID0gdHlwZW9mIGZvdW5kID09PSBcInN0cmluZ1wiID8gZm91bmQgOiBmb3VuZFtpc0NvbXBvbmVudCA/IFwidGFza2VyXCIgOiBcImRlZmF1bHRcIl07XG4gICAgICByZXR1cm4geyBwYXRoOiBwYXRoLmpvaW4oU0RLLCB0YXJnZXQpIH07XG4gICAgfSk7XG4gIH0sXG59O1xuIiwgIi8vIFJlYWRzIGhhbmRsZXJzLCBzdWJzY3JpYmVycyBhbmQgZXZlbnRzIGZyb20gdGhlIHNvdXJjZTogdGhlaXIgbmFtZXMsIGNvbW1lbnRzLCBhbmQgdGhlIEpTT04gU2NoZW1hcyBvZiB0aGVpciB0eXBlcy5cbmltcG9ydCBwYXRoIGZyb20gXCJub2RlOnBhdGhcIjtcblxuY29uc3QgS0lORFMgPSBbXCJoYW5kbGVyXCIsIFwic3Vic2NyaWJlclwiLCBcImV2ZW50XCJdO1xuLy8gQ29tbWVudHMgb2YgbWVtYmVycyB0aGF0IHNheSBtb3JlIHRoYW4gdHlwZXMgY2FuLlxuY29uc3QgTlVNQkVSUyA9IFtcIm1pbmltdW1cIiwgXCJtYXhpbXVtXCIsIFwibWluTGVuZ3RoXCIsIFwibWF4TGVuZ3RoXCIsIFwibWluSXRlbXNcIiwgXCJtYXhJdGVtc1wiXTtcbmNvbnN0IFRFWFRTID0gW1wicGF0dGVyblwiLCBcImZvcm1hdFwiXTtcbmNvbnN0IE5PVF9KU09OID0gW1wiRGF0ZVwiLCBcIk1hcFwiLCBcIlNldFwiLCBcIldlYWtNYXBcIiwgXCJXZWFrU2V0XCIsIFwiUHJvbWlzZVwiLCBcIlJlZ0V4cFwiLCBcIlVpbnQ4QXJyYXlcIiwgXCJBcnJheUJ1ZmZlclwiLCBcIkJ1ZmZlclwiXTtcblxuLyoqIEFsbCB0aGF0IGEgcHJvZ3JhbSByZWdpc3RlcnMsIGFzIGBEZXNjcmliZWRgIGhhcyBpdCwgYW5kIHRoZSBwcm9ibGVtcyB0aGF0IHdlcmUgZm91bmQ6IGBwbGFjZTogd2hhdGAuICovXG5leHBvcnQgZnVuY3Rpb24gZGVzY3JpYmUodHMsIHByb2dyYW0sIHNkaywgcHJvamVjdCkge1xuICBjb25zdCBjaGVja2VyID0gcHJvZ3JhbS5nZXRUeXBlQ2hlY2tlcigpO1xuICBjb25zdCBmb3VuZCA9IHsgaGFuZGxlcnM6IHt9LCBzdWJzY3JpYmVyczoge30sIGV2ZW50czoge30gfTtcbiAgY29uc3QgcHJvYmxlbXMgPSBbXTtcbiAgY29uc3QgcmVhZGVyID0geyB0cywgY2hlY2tlciwgc2RrLCBwcm9qZWN0LCBwcm9ibGVtcyB9O1xuICBmb3IgKGNvbnN0IGZpbGUgb2YgcHJvZ3JhbS5nZXRTb3VyY2VGaWxlcygpKSB7XG4gICAgaWYgKGZpbGUuaXNEZWNsYXJhdGlvbkZpbGUgfHwgaXNXaXRoaW4oZmlsZS5maWxlTmFtZSwgc2RrKSB8fCBmaWxlLmZpbGVOYW1lLmluY2x1ZGVzKFwiL25vZGVfbW9kdWxlcy9cIikpIGNvbnRpbnVlO1xuICAgIGNvbnN0IHZpc2l0ID0gKG5vZGUpID0+IHtcbiAgICAgIGlmICh0cy5pc0NhbGxFeHByZXNzaW9uKG5vZGUpKSBhZGQocmVhZGVyLCBmb3VuZCwgbm9kZSk7XG4gICAgICB0cy5mb3JFYWNoQ2hpbGQobm9kZSwgdmlzaXQpO1xuICAgIH07XG4gICAgdmlzaXQoZmlsZSk7XG4gIH1cbiAgcmV0dXJuIHsgLi4uZm91bmQsIHByb2JsZW1zIH07XG59XG5cbmZ1bmN0aW9uIGlzV2l0aGluKGZpbGUsIGZvbGRlcikge1xuICBjb25zdCByZWxhdGl2ZSA9IHBhdGgucmVsYXRpdmUoZm9sZGVyLCBmaWxlKTtcbiAgcmV0dXJuICFyZWxhdGl2ZS5zdGFydHNXaXRoKFwiLi5cIikgJiYgIXBhdGguaXNBYnNvbHV0ZShyZWxhdGl2ZSk7XG59XG5cbmZ1bmN0aW9uIGFkZChyZWFkZXIsIGZvdW5kLCBub2RlKSB7XG4gIGNvbnN0IGtpbmQgPSBraW5kT2YocmVhZGVyLCBub2RlKTtcbiAgaWYgKGtpbmQgPT09IHVuZGVmaW5lZCkgcmV0dXJuO1xuICBjb25zdCB7IGNoZWNrZXIgfSA9IHJlYWRlcjtcbiAgY29uc3QgbmFtZSA9IGNoZWNrZXIuZ2V0VHlwZUF0TG9jYXRpb24obm9kZS5hcmd1bWVudHNbMF0gPz8gbm9kZSk7XG4gIGlmICghbmFtZS5pc1N0cmluZ0xpdGVyYWwoKSkge1xuICAgIHJldHVybiBwcm9ibGVtKHJlYWRlciwgbm9kZSwgYHRoZSBuYW1lIG9mIHRoZSAke2tpbmR9IGlzIG5vdCBrbm93biBiZWZvcmUgaXQgcnVuczsgd3JpdGUgaXQgYXMgdGV4dGApO1xuICB9XG4gIGNvbnN0IGRlc2NyaXB0aW9uID0gY29tbWVudE9mKHJlYWRlciwgbm9kZSk7XG4gIGlmIChraW5kID09PSBcInN1YnNjcmliZXJcIikge1xuICAgIGZvdW5kLnN1YnNjcmliZXJzW25hbWUudmFsdWVdID0geyBkZXNjcmlwdGlvbiB9O1xuICB9IGVsc2UgaWYgKGtpbmQgPT09IFwiZXZlbnRcIikge1xuICAgIGNvbnN0IHBheWxvYWQgPSBub2RlLnR5cGVBcmd1bWVudHM/LlswXTtcbiAgICBjb25zdCB0eXBlID0gcGF5bG9hZCA9PT0gdW5kZWZpbmVkID8gdW5kZWZpbmVkIDogY2hlY2tlci5nZXRUeXBlRnJvbVR5cGVOb2RlKHBheWxvYWQpO1xuICAgIGZvdW5kLmV2ZW50c1tuYW1lLnZhbHVlXSA9IHsgZGVzY3JpcHRpb24sIHNjaGVtYTogdHlwZSA9PT0gdW5kZWZpbmVkID8gdHJ1ZSA6IHNjaGVtYU9mKHJlYWRlciwgbm9kZSwgdHlwZSkgfTtcbiAgfSBlbHNlIHtcbiAgICBmb3VuZC5oYW5kbGVyc1tuYW1lLnZhbHVlXSA9IHsgZGVzY3JpcHRpb24sIC4uLnNpZ25hdHVyZU9mKHJlYWRlciwgbm9kZSkgfTtcbiAgfVxufVxuXG4vKiogV2hpY2ggZnVuY3Rpb24gb2YgdGhlIFNESyBpcyBjYWxsZWQsIGlmIG9uZSBpcy4gKi9cbmZ1bmN0aW9uIGtpbmRPZih7IHRzLCBjaGVja2VyLCBzZGsgfSwgbm9kZSkge1xuICBsZXQgc3ltYm9sID0gY2hlY2tlci5nZXRTeW1ib2xBdExvY2F0aW9uKG5vZGUuZXhwcmVzc2lvbik7XG4gIGlmIChzeW1ib2wgPT09IHVuZGVmaW5lZCkgcmV0dXJuIHVuZGVmaW5lZDtcbiAgaWYgKHN5bWJvbC5mbGFncyAmIHRzLlN5bWJvbEZsYWdzLkFsaWFzKSBzeW1ib2wgPSBjaGVja2VyLmdldEFsaWFzZWRTeW1ib2woc3ltYm9sKTtcbiAgaWYgKCFLSU5EUy5pbmNsdWRlcyhzeW1ib2wubmFtZSkpIHJldHVybiB1bmRlZmluZWQ7XG4gIGNvbnN0IGZpbGVzID0gKHN5bWJvbC5kZWNsYXJhdGlvbnMgPz8gW10pLm1hcCgoZGVjbGFyYXRpb24pID0+IGRlY2xhcmF0aW9uLmdldFNvdXJjZUZpbGUoKS5maWxlTmFtZSk7XG4gIHJldHVybiBmaWxlcy5zb21lKChmaWxlKSA9PiBpc1dpdGhpbihmaWxlLCBzZGspICYmIGZpbGUuZW5kc1dpdGgoXCIvcmVnaXN0cnkudHNcIikpID8gc3ltYm9sLm5hbWUgOiB1bmRlZmluZWQ7XG59XG5cbmZ1bmN0aW9uIHNpZ25hdHVyZU9mKHJlYWRlciwgbm9kZSkge1xuICBjb25zdCB7IGNoZWNrZXIgfSA9IHJlYWRlcjtcbiAgY29uc3QgW3NpZ25hdHVyZV0gPSBjaGVja2VyLmdldFR5cGVBdExvY2F0aW9uKG5vZGUuYXJndW1lbnRzWzFdID8/IG5vZGUpLmdldENhbGxTaWduYXR1cmVzKCk7XG4gIGlmIChzaWduYXR1cmUgPT09IHVuZGVmaW5lZCkgcmV0dXJuIHsgaW5wdXQ6IHRydWUsIHJlc3VsdDogdHJ1ZSB9O1xuICBjb25zdCBbcGFyYW1ldGVyXSA9IHNpZ25hdHVyZS5nZXRQYXJhbWV0ZXJzKCk7XG4gIGNvbnN0IGlucHV0ID0gcGFyYW1ldGVyID09PSB1bmRlZmluZWQgPyB1bmRlZmluZWQgOiBjaGVja2VyLmdldFR5cGVPZlN5bWJvbEF0TG9jYXRpb24ocGFyYW1ldGVyLCBub2RlKTtcbiAgY29uc3QgcmV0dXJuZWQgPSBzaWduYXR1cmUuZ2V0UmV0dXJuVHlwZSgpO1xuICBjb25zdCByZXN1bHQgPSBjaGVja2VyLmdldEF3YWl0ZWRUeXBlKHJldHVybmVkKSA/PyByZXR1cm5lZDtcbiAgcmV0dXJuIHtcbiAgICBpbnB1dDogaW5wdXQgPT09IHVuZGVmaW5lZCA/IHRydWUgOiBzY2hlbWFPZihyZWFkZXIsIG5vZGUsIGlucHV0KSxcbiAgICByZXN1bHQ6IHNjaGVtYU9mKHJlYWRlciwgbm9kZSwgcmVzdWx0LCB7IGlzUmVzdWx0OiB0cnVlIH0pLFxuICB9O1xufVxuXG4vKiogVGhlIHNjaGVtYSBvZiBhIHR5cGUgd2l0aCB0aGUgdHlwZXMgdGhhdCBpdCBuYW1lcyBiZWxvdyBgJGRlZnNgLiAqL1xuZnVuY3Rpb24gc2NoZW1hT2YocmVhZGVyLCBub2RlLCB0eXBlLCB7IGlzUmVzdWx0ID0gZmFsc2UgfSA9IHt9KSB7XG4gIGNvbnN0IHN0YXRlID0geyAuLi5yZWFkZXIsIG5vZGUsIGRlZnM6IHt9LCBuYW1lczogbmV3IE1hcCgpLCBpc1Jlc3VsdCB9O1xuICBjb25zdCBzY2hlbWEgPSB0b1NjaGVtYShzdGF0ZSwgdHlwZSwgXCJcIik7XG4gIGlmIChPYmplY3Qua2V5cyhzdGF0ZS5kZWZzKS5sZW5ndGggPT09IDApIHJldHVybiBzY2hlbWE7XG4gIHJldHVybiB7IC4uLihzY2hlbWEgPT09IHRydWUgPyB7fSA6IHNjaGVtYSksICRkZWZzOiBzdGF0ZS5kZWZzIH07XG59XG5cbmZ1bmN0aW9uIHRvU2NoZW1hKHN0YXRlLCB0eXBlLCBhdCkge1xuICBjb25zdCB7IHRzLCBjaGVja2VyIH0gPSBzdGF0ZTtcbiAgY29uc3QgeyBUeXBlRmxhZ3MgfSA9IHRzO1xuICBpZiAodHlwZS5mbGFncyAmIChUeXBlRmxhZ3MuQW55IHwgVHlwZUZsYWdzLlVua25vd24pKSByZXR1cm4gdHJ1ZTtcbiAgaWYgKHR5cGUuZmxhZ3MgJiAoVHlwZUZsYWdzLlZvaWQgfCBUeXBlRmxhZ3MuVW5kZWZpbmVkIHwgVHlwZUZsYWdzLk51bGwpKSByZXR1cm4geyB0eXBlOiBcIm51bGxcIiB9O1xuICBpZiAodHlwZS5mbGFncyAmIFR5cGVGbGFncy5OZXZlcikgcmV0dXJuIGZhbHNlO1xuICBpZiAodHlwZS5pc1VuaW9uKCkpIHJldHVybiB1bmlvblNjaGVtYShzdGF0ZSwgdHlwZSwgYXQpO1xuICBpZiAodHlwZS5mbGFncyAmIFR5cGVGbGFncy5Cb29sZWFuTGl0ZXJhbCkgcmV0dXJuIHsgY29uc3Q6IGNoZWNrZXIudHlwZVRvU3RyaW5nKHR5cGUpID09PSBcInRydWVcIiB9O1xuICBpZiAodHlwZS5pc1N0cmluZ0xpdGVyYWwoKSB8fCB0eXBlLmlzTnVtYmVyTGl0ZXJhbCgpKSByZXR1cm4geyBjb25zdDogdHlwZS52YWx1ZSB9O1xuICBpZiAodHlwZS5mbGFncyAmIFR5cGVGbGFncy5TdHJpbmdMaWtlKSByZXR1cm4geyB0eXBlOiBcInN0cmluZ1wiIH07XG4gIGlmICh0eXBlLmZsYWdzICYgVHlwZUZsYWdzLk51bWJlckxpa2UpIHJldHVybiB7IHR5cGU6IFwibnVtYmVyXCIgfTtcbiAgaWYgKHR5cGUuZmxhZ3MgJiBUeXBlRmxhZ3MuQmlnSW50TGlrZSkgcmV0dXJuIHsgdHlwZTogXCJpbnRlZ2VyXCIsIGZvcm1hdDogXCJiaWdpbnRcIiB9O1xuICBpZiAodHlwZS5mbGFncyAmIFR5cGVGbGFncy5Cb29sZWFuTGlrZSkgcmV0dXJuIHsgdHlwZTogXCJib29sZWFuXCIgfTtcbiAgaWYgKHR5cGUuZmxhZ3MgJiBUeXBlRmxhZ3MuTm9uUHJpbWl0aXZlKSByZXR1cm4geyB0eXBlOiBcIm9iamVjdFwiIH07XG4gIGlmICh0eXBlLmZsYWdzICYgVHlwZUZsYWdzLlR5cGVQYXJhbWV0ZXIpIHJldHVybiB0cnVlO1xuICByZXR1cm4gb2JqZWN0U2NoZW1hKHN0YXRlLCB0eXBlLCBhdCk7XG59XG5cbmZ1bmN0aW9uIHVuaW9uU2NoZW1hKHN0YXRlLCB0eXBlLCBhdCkge1xuICBjb25zdCB7IHRzLCBjaGVja2VyIH0gPSBzdGF0ZTtcbiAgY29uc3QgaXNBYnNlbnQgPSAob25lKSA9PiBvbmUuZmxhZ3MgJiAodHMuVHlwZUZsYWdzLlVuZGVmaW5lZCB8IHRzLlR5cGVGbGFncy5Wb2lkKTtcbiAgY29uc3QgaXNLZXB0ID0gKG9uZSkgPT4gb25lLnN5bWJvbD8ubmFtZSA9PT0gXCJDaGVja3BvaW50XCIgJiYgc3RhdGUuaXNSZXN1bHQ7XG4gIGNvbnN0IHByZXNlbnQgPSB0eXBlLnR5cGVzLmZpbHRlcigob25lKSA9PiAhaXNLZXB0KG9uZSkpO1xuICBjb25zdCB0eXBlcyA9IHByZXNlbnQuc29tZSgob25lKSA9PiAhaXNBYnNlbnQob25lKSkgJiYgYXQgIT09IFwiXCIgPyBwcmVzZW50LmZpbHRlcigob25lKSA9PiAhaXNBYnNlbnQob25lKSkgOiBwcmVzZW50O1xuICBjb25zdCBib29sZWFucyA9IHR5cGVzLmZpbHRlcigob25lKSA9PiBvbmUuZmxhZ3MgJiB0cy5UeXBlRmxhZ3MuQm9vbGVhbkxpdGVyYWwpO1xuICBjb25zdCBsaXRlcmFscyA9IHR5cGVzLmZpbHRlcigob25lKSA9PiBvbmUuaXNTdHJpbmdMaXRlcmFsKCkgfHwgb25lLmlzTnVtYmVyTGl0ZXJhbCgpKTtcbiAgY29uc3Qgb3RoZXJzID0gdHlwZXMuZmlsdGVyKChvbmUpID0+ICFsaXRlcmFscy5pbmNsdWRlcyhvbmUpICYmICEoYm9vbGVhbnMubGVuZ3RoID09PSAyICYmIGJvb2xlYW5zLmluY2x1ZGVzKG9uZSkpKTtcbiAgY29uc3Qgc2NoZW1hcyA9IG90aGVycy5tYXAoKG9uZSkgPT4gdG9TY2hlbWEoc3RhdGUsIG9uZSwgYXQpKTtcbiAgaWYgKGJvb2xlYW5zLmxlbmd0aCA9PT0gMikgc2NoZW1hcy51bnNoaWZ0KHsgdHlwZTogXCJib29sZWFuXCIgfSk7XG4gIGlmIChsaXRlcmFscy5sZW5ndGggPiAwKSBzY2hlbWFzLnVuc2hpZnQoeyBlbnVtOiBsaXRlcmFscy5tYXAoKG9uZSkgPT4gb25lLnZhbHVlKSB9KTtcbiAgaWYgKHNjaGVtYXMubGVuZ3RoID09PSAxKSByZXR1cm4gc2NoZW1hc1swXTtcbiAgaWYgKHNjaGVtYXMuc29tZSgoc2NoZW1hKSA9PiBzY2hlbWEgPT09IHRydWUpKSByZXR1cm4gdHJ1ZTtcbiAgY29uc3QgaXNQbGFpbiA9IHNjaGVtYXMuZXZlcnkoKHNjaGVtYSkgPT4gdHlwZW9mIHNjaGVtYS50eXBlID09PSBcInN0cmluZ1wiICYmIE9iamVjdC5rZXlzKHNjaGVtYSkubGVuZ3RoID09PSAxKTtcbiAgaWYgKGlzUGxhaW4pIHJldHVybiB7IHR5cGU6IFsuLi5uZXcgU2V0KHNjaGVtYXMubWFwKChzY2hlbWEpID0+IHNjaGVtYS50eXBlKSldIH07XG4gIHJldHVybiB7IGFueU9mOiBzY2hlbWFzIH07XG59XG5cbmZ1bmN0aW9uIG9iamVjdFNjaGVtYShzdGF0ZSwgdHlwZSwgYXQpIHtcbiAgY29uc3QgeyBjaGVja2VyIH0gPSBzdGF0ZTtcbiAgaWYgKHN0YXRlLmlzUmVzdWx0ICYmIHR5cGUuc3ltYm9sPy5uYW1lID09PSBcIkNoZWNrcG9pbnRcIikgcmV0dXJuIHRydWU7XG4gIGlmIChjaGVja2VyLmlzVHVwbGVUeXBlKHR5cGUpKSByZXR1cm4gdHVwbGVTY2hlbWEoc3RhdGUsIHR5cGUsIGF0KTtcbiAgaWYgKGNoZWNrZXIuaXNBcnJheVR5cGUodHlwZSkpIHtcbiAgICByZXR1cm4geyB0eXBlOiBcImFycmF5XCIsIGl0ZW1zOiB0b1NjaGVtYShzdGF0ZSwgY2hlY2tlci5nZXRUeXBlQXJndW1lbnRzKHR5cGUpWzBdLCBgJHthdH1bXWApIH07XG4gIH1cbiAgaWYgKHR5cGUuZ2V0Q2FsbFNpZ25hdHVyZXMoKS5sZW5ndGggPiAwIHx8IE5PVF9KU09OLmluY2x1ZGVzKHR5cGUuc3ltYm9sPy5uYW1lKSkge1xuICAgIGNvbnN0IHdoYXQgPSB0eXBlLmdldENhbGxTaWduYXR1cmVzKCkubGVuZ3RoID4gMCA/IFwiZnVuY3Rpb25cIiA6IHR5cGUuc3ltYm9sLm5hbWU7XG4gICAgcHJvYmxlbShzdGF0ZSwgc3RhdGUubm9kZSwgYFxcYCR7YXQgfHwgXCJ0aGUgdHlwZVwifVxcYCBpcyBhICR7d2hhdH0sIHdoaWNoIEpTT04gaGFzIG5vIGZvcm0gZm9yOyB1c2UgdGV4dCwgbnVtYmVycywgYXJyYXlzIG9yIG9iamVjdHNgKTtcbiAgICByZXR1cm4gdHJ1ZTtcbiAgfVxuICBjb25zdCBuYW1lID0gbmFtZU9mKHN0YXRlLCB0eXBlKTtcbiAgaWYgKG5hbWUgPT09IHVuZGVmaW5lZCkgcmV0dXJuIG1lbWJlcnMoc3RhdGUsIHR5cGUsIGF0KTtcbiAgY29uc3Qga25vd24gPSBzdGF0ZS5uYW1lcy5nZXQodHlwZSk7XG4gIGlmIChrbm93biAhPT0gdW5kZWZpbmVkKSByZXR1cm4geyAkcmVmOiBgIy8kZGVmcy8ke2tub3dufWAgfTtcbiAgLy8gVGhlIG91dGVybW9zdCB0eXBlIGlzIHdyaXR0ZW4gb3V0LCB1bmxlc3MgaXQgaG9sZHMgaXRzZWxmLlxuICBjb25zdCBpc091dGVybW9zdCA9IGF0ID09PSBcIlwiO1xuICBjb25zdCBmcmVlID0gdW5pcXVlTmFtZShzdGF0ZSwgbmFtZSk7XG4gIHN0YXRlLm5hbWVzLnNldCh0eXBlLCBmcmVlKTtcbiAgY29uc3Qgc2NoZW1hID0gbWVtYmVycyhzdGF0ZSwgdHlwZSwgYXQpO1xuICBjb25zdCBpc1VzZWQgPSBKU09OLnN0cmluZ2lmeShzY2hlbWEpLmluY2x1ZGVzKGBcIiMvJGRlZnMvJHtmcmVlfVwiYCkgfHwgSlNPTi5zdHJpbmdpZnkoc3RhdGUuZGVmcykuaW5jbHVkZXMoYFwiIy8kZGVmcy8ke2ZyZWV9XCJgKTtcbiAgaWYgKGlzT3V0ZXJtb3N0ICYmICFpc1VzZWQpIHtcbiAgICBzdGF0ZS5uYW1lcy5kZWxldGUodHlwZSk7XG4gICAgcmV0dXJuIHNjaGVtYTtcbiAgfVxuICBzdGF0ZS5kZWZzW2ZyZWVdID0gc2NoZW1hO1xuICByZXR1cm4geyAkcmVmOiBgIy8kZGVmcy8ke2ZyZWV9YCB9O1xufVxuXG5mdW5jdGlvbiBuYW1lT2Yoc3RhdGUsIHR5cGUpIHtcbiAgY29uc3Qgc3ltYm9sID0gdHlwZS5hbGlhc1N5bWJvbCA/PyB0eXBlLnN5bWJvbDtcbiAgaWYgKHN5bWJvbCA9PT0gdW5kZWZpbmVkIHx8IHN5bWJvbC5uYW1lLnN0YXJ0c1dpdGgoXCJfX1wiKSB8fCB0eXBlLmFsaWFzVHlwZUFyZ3VtZW50cyAhPT0gdW5kZWZpbmVkKSByZXR1cm4gdW5kZWZpbmVkO1xuICBjb25zdCBpc0dlbmVyaWMgPSBzdGF0ZS5jaGVja2VyLmdldFR5cGVBcmd1bWVudHM/Lih0eXBlKT8ubGVuZ3RoID4gMCAmJiB0eXBlLnN5bWJvbD8ubmFtZSAhPT0gdW5kZWZpbmVkICYmIHR5cGUudGFyZ2V0ICE9PSB0eXBlO1xuICByZXR1cm4gaXNHZW5lcmljICYmIHR5cGUudHlwZUFyZ3VtZW50cz8uc29tZSgob25lKSA9PiBvbmUgIT09IHR5cGUgJiYgIW9uZS5pc1R5cGVQYXJhbWV0ZXI/LigpKSA/IHVuZGVmaW5lZCA6IHN5bWJvbC5uYW1lO1xufVxuXG5mdW5jdGlvbiB1bmlxdWVOYW1lKHN0YXRlLCBuYW1lKSB7XG4gIGNvbnN0IHRha2VuID0gbmV3IFNldChzdGF0ZS5uYW1lcy52YWx1ZXMoKSk7XG4gIGZvciAobGV0IG51bWJlciA9IDE7IDsgbnVtYmVyICs9IDEpIHtcbiAgICBjb25zdCBmcmVlID0gbnVtYmVyID09PSAxID8gbmFtZSA6IGAke25hbWV9JHtudW1iZXJ9YDtcbiAgICBpZiAoIXRha2VuLmhhcyhmcmVlKSkgcmV0dXJuIGZyZWU7XG4gIH1cbn1cblxuZnVuY3Rpb24gdHVwbGVTY2hlbWEoc3RhdGUsIHR5cGUsIGF0KSB7XG4gIGNvbnN0IHR5cGVzID0gc3RhdGUuY2hlY2tlci5nZXRUeXBlQXJndW1lbnRzKHR5cGUpO1xuICBjb25zdCBwcmVmaXhJdGVtcyA9IHR5cGVzLm1hcCgob25lLCBpbmRleCkgPT4gdG9TY2hlbWEoc3RhdGUsIG9uZSwgYCR7YXR9WyR7aW5kZXh9XWApKTtcbiAgcmV0dXJuIHsgdHlwZTogXCJhcnJheVwiLCBwcmVmaXhJdGVtcywgbWluSXRlbXM6IHR5cGUudGFyZ2V0Lm1pbkxlbmd0aCwgbWF4SXRlbXM6IHR5cGVzLmxlbmd0aCB9O1xufVxuXG5mdW5jdGlvbiBtZW1iZXJzKHN0YXRlLCB0eXBlLCBhdCkge1xuICBjb25zdCB7IHRzLCBjaGVja2VyIH0gPSBzdGF0ZTtcbiAgY29uc3QgcHJvcGVydGllcyA9IHt9O1xuICBjb25zdCByZXF1aXJlZCA9IFtdO1xuICBmb3IgKGNvbnN0IHByb3BlcnR5IG9mIGNoZWNrZXIuZ2V0UHJvcGVydGllc09mVHlwZSh0eXBlKSkge1xuICAgIGNvbnN0IG1lbWJlciA9IGNoZWNrZXIuZ2V0VHlwZU9mU3ltYm9sQXRMb2NhdGlvbihwcm9wZXJ0eSwgc3RhdGUubm9kZSk7XG4gICAgaWYgKHByb3BlcnR5LmZsYWdzICYgdHMuU3ltYm9sRmxhZ3MuTWV0aG9kKSBjb250aW51ZTtcbiAgICBjb25zdCBiZWxvdyA9IGF0ID09PSBcIlwiID8gcHJvcGVydHkubmFtZSA6IGAke2F0fS4ke3Byb3BlcnR5Lm5hbWV9YDtcbiAgICBjb25zdCBzY2hlbWEgPSB0b1NjaGVtYShzdGF0ZSwgbWVtYmVyLCBiZWxvdyk7XG4gICAgcHJvcGVydGllc1twcm9wZXJ0eS5uYW1lXSA9IHdpdGhDb21tZW50KHN0YXRlLCBwcm9wZXJ0eSwgc2NoZW1hKTtcbiAgICBjb25zdCBtYXlCZUFic2VudCA9IG1lbWJlci5pc1VuaW9uKCkgJiYgbWVtYmVyLnR5cGVzLnNvbWUoKG9uZSkgPT4gb25lLmZsYWdzICYgdHMuVHlwZUZsYWdzLlVuZGVmaW5lZCk7XG4gICAgaWYgKCEocHJvcGVydHkuZmxhZ3MgJiB0cy5TeW1ib2xGbGFncy5PcHRpb25hbCkgJiYgIW1heUJlQWJzZW50KSByZXF1aXJlZC5wdXNoKHByb3BlcnR5Lm5hbWUpO1xuICB9XG4gIGNvbnN0IHNjaGVtYSA9IHsgdHlwZTogXCJvYmplY3RcIiB9O1xuICBjb25zdCBuYW1lZCA9IHR5cGUuYWxpYXNTeW1ib2wgPz8gdHlwZS5zeW1ib2w7XG4gIGNvbnN0IGlzTmFtZWQgPSBuYW1lZCAhPT0gdW5kZWZpbmVkICYmICFuYW1lZC5uYW1lLnN0YXJ0c1dpdGgoXCJfX1wiKTtcbiAgY29uc3QgZGVzY3JpcHRpb24gPSBpc05hbWVkID8gdGV4dCh0cywgbmFtZWQuZ2V0RG9jdW1lbnRhdGlvbkNvbW1lbnQoY2hlY2tlcikpIDogXCJcIjtcbiAgaWYgKGRlc2NyaXB0aW9uICE9PSBcIlwiKSBzY2hlbWEuZGVzY3JpcHRpb24gPSBkZXNjcmlwdGlvbjtcbiAgaWYgKE9iamVjdC5rZXlzKHByb3BlcnRpZXMpLmxlbmd0aCA+IDApIHNjaGVtYS5wcm9wZXJ0aWVzID0gcHJvcGVydGllcztcbiAgaWYgKHJlcXVpcmVkLmxlbmd0aCA+IDApIHNjaGVtYS5yZXF1aXJlZCA9IHJlcXVpcmVkO1xuICBjb25zdCBpbmRleCA9IGNoZWNrZXIuZ2V0SW5kZXhUeXBlT2ZUeXBlKHR5cGUsIHRzLkluZGV4S2luZC5TdHJpbmcpO1xuICAvLyBge31gIGlzIGV2ZXJ5IHZhbHVlIGJ1dCBudWxsLlxuICBpZiAoaW5kZXggPT09IHVuZGVmaW5lZCAmJiBjaGVja2VyLmdldFByb3BlcnRpZXNPZlR5cGUodHlwZSkubGVuZ3RoID09PSAwKSByZXR1cm4gdHJ1ZTtcbiAgaWYgKGluZGV4ICE9PSB1bmRlZmluZWQpIHNjaGVtYS5hZGRpdGlvbmFsUHJvcGVydGllcyA9IHRvU2NoZW1hKHN0YXRlLCBpbmRleCwgYCR7YXR9LipgKTtcbiAgcmV0dXJuIHNjaGVtYTtcbn1cblxuZnVuY3Rpb24gd2l0aENvbW1lbnQoeyB0cywgY2hlY2tlciB9LCBwcm9wZXJ0eSwgc2NoZW1hKSB7XG4gIGNvbnN0IGRlc2NyaXB0aW9uID0gdGV4dCh0cywgcHJvcGVydHkuZ2V0RG9jdW1lbnRhdGlvbkNvbW1lbnQoY2hlY2tlcikpO1xuICBjb25zdCBtb3JlID0gZGVzY3JpcHRpb24gPT09IFwiXCIgPyB7fSA6IHsgZGVzY3JpcHRpb24gfTtcbiAgZm9yIChjb25zdCB0YWcgb2YgcHJvcGVydHkuZ2V0SnNEb2NUYWdzKGNoZWNrZXIpKSB7XG4gICAgY29uc3Qgc2FpZCA9IHRleHQodHMsIHRhZy50ZXh0ID8/IFtdKTtcbiAgICBpZiAodGFnLm5hbWUgPT09IFwiaW50ZWdlclwiKSBtb3JlLnR5cGUgPSBcImludGVnZXJcIjtcbiAgICBlbHNlIGlmIChOVU1CRVJTLmluY2x1ZGVzKHRhZy5uYW1lKSkgbW9yZVt0YWcubmFtZV0gPSBOdW1iZXIoc2FpZCk7XG4gICAgZWxzZSBpZiAoVEVYVFMuaW5jbHVkZXModGFnLm5hbWUpKSBtb3JlW3RhZy5uYW1lXSA9IHNhaWQ7XG4gIH1cbiAgaWYgKE9iamVjdC5rZXlzKG1vcmUpLmxlbmd0aCA9PT0gMCkgcmV0dXJuIHNjaGVtYTtcbiAgcmV0dXJuIHNjaGVtYSA9PT0gdHJ1ZSA/IG1vcmUgOiB7IC4uLnNjaGVtYSwgLi4ubW9yZSB9O1xufVxuXG5mdW5jdGlvbiB0ZXh0KHRzLCBwYXJ0cykge1xuICByZXR1cm4gdHMuZGlzcGxheVBhcnRzVG9TdHJpbmcocGFydHMpLnRyaW0oKTtcbn1cblxuLyoqIFRoZSBjb21tZW50IGJlZm9yZSB0aGUgc3RhdGVtZW50IHRoYXQgYSBjYWxsIHN0YW5kcyBpbi4gKi9cbmZ1bmN0aW9uIGNvbW1lbnRPZih7IHRzLCBjaGVja2VyIH0sIG5vZGUpIHtcbiAgbGV0IGF0ID0gbm9kZTtcbiAgd2hpbGUgKGF0LnBhcmVudCAhPT0gdW5kZWZpbmVkICYmICF0cy5pc1N0YXRlbWVudChhdCkpIGF0ID0gYXQucGFyZW50O1xuICBjb25zdCBjb21tZW50cyA9IHRzLmdldEpTRG9jQ29tbWVudHNBbmRUYWdzKGF0KS5maWx0ZXIoKG9uZSkgPT4gdHMuaXNKU0RvYyhvbmUpKTtcbiAgY29uc3QgbGFzdCA9IGNvbW1lbnRzLmF0KC0xKT8uY29tbWVudDtcbiAgcmV0dXJuIGxhc3QgPT09IHVuZGVmaW5lZCA/IHVuZGVmaW5lZCA6IHRzLmdldFRleHRPZkpTRG9jQ29tbWVudChsYXN0KT8udHJpbSgpO1xufVxuXG5mdW5jdGlvbiBwcm9ibGVtKHsgcHJvYmxlbXMsIHByb2plY3QgfSwgbm9kZSwgd2hhdCkge1xuICBjb25zdCBmaWxlID0gbm9kZS5nZXRTb3VyY2VGaWxlKCk7XG4gIGNvbnN0IHsgbGluZSwgY2hhcmFjdGVyIH0gPSBmaWxlLmdldExpbmVBbmRDaGFyYWN0ZXJPZlBvc2l0aW9uKG5vZGUuZ2V0U3RhcnQoKSk7XG4gIHByb2JsZW1zLnB1c2goYCR7cGF0aC5yZWxhdGl2ZShwcm9qZWN0LCBmaWxlLmZpbGVOYW1lKX06JHtsaW5lICsgMX06JHtjaGFyYWN0ZXIgKyAxfTogJHt3aGF0fWApO1xufVxuIiwgIi8vIENvbXBvbmVudHMgdGhhdCBzZW5kIEhUVFAgcmVxdWVzdHMgbmVlZCBhIGRldG91ci4gVGhlIGVuZ2luZSdzIHRvb2wgcnVucyBhIGNvbXBvbmVudCBvbmNlIHdoaWxlIGl0IG1ha2VzIGl0LCB3aXRoIGEgV0FTSVxuLy8gb2YgaXRzIG93biwgd2hpY2ggbGFja3MgYHdhc2k6aHR0cGA7IGl0IHB1dHMgc29tZXRoaW5nIGluIGl0cyBwbGFjZSB0aGF0IGRvZXMgbm90IGZpdCBpdHMgYHdhc2k6aW9gLiBTbyB0aGUgY29tcG9uZW50IGlzXG4vLyBtYWRlIHdpdGggbmFtZXMgdGhhdCB0aGUgdG9vbCBkb2VzIG5vdCBrbm93LCB3aGljaCBhcmUgYXMgbG9uZywgYW5kIGdldHMgdGhlIHRydWUgbmFtZXMgYWZ0ZXJ3YXJkcy5cbmltcG9ydCB7IGNwU3luYywgbWtkdGVtcFN5bmMsIHJlYWRGaWxlU3luYywgcmVhZGRpclN5bmMsIHJtU3luYywgc3RhdFN5bmMsIHdyaXRlRmlsZVN5bmMgfSBmcm9tIFwibm9kZTpmc1wiO1xuaW1wb3J0IHsgdG1wZGlyIH0gZnJvbSBcIm5vZGU6b3NcIjtcbmltcG9ydCBwYXRoIGZyb20gXCJub2RlOnBhdGhcIjtcblxuY29uc3QgVFJVRSA9IFwid2FzaTpcIjtcbmNvbnN0IE1BREVfVVAgPSBcIndpc2E6XCI7XG4vKiogVGhlIGVuZ2luZSBpbXBvcnRzIDAuMi4xMiBpdHNlbGY7IHRoZSBzYW1lIGludGVyZmFjZSBpcyBub3QgaW1wb3J0ZWQgdHdpY2UgdW5kZXIgb25lIG5hbWUuICovXG5jb25zdCBWRVJTSU9OID0gW1wiQDAuMi4xMlwiLCBcIkAwLjIuMTFcIl07XG4vKiogV2hhdCBIVFRQIHJlcXVlc3RzIGFyZSBtYWRlIG9mLiAqL1xuY29uc3QgUEFDS0FHRVMgPSBbXCJodHRwXCIsIFwiaW9cIiwgXCJjbG9ja3NcIl07XG5jb25zdCBJTVBPUlRTID0gbmV3IFJlZ0V4cChgJHtUUlVFfSgke1BBQ0tBR0VTLmpvaW4oXCJ8XCIpfSkoL1thLXotXSspPyR7VkVSU0lPTlswXS5yZXBsYWNlQWxsKFwiLlwiLCBcIlxcXFwuXCIpfWAsIFwiZ1wiKTtcblxuY29uc3QgSU1QT1JUX1NFQ1RJT04gPSAxMDtcbmNvbnN0IEhFQURFUl9CWVRFUyA9IDg7XG5cbi8qKiBUaGUgdGV4dCB3aXRoIG1hZGUtdXAgbmFtZXMuICovXG5leHBvcnQgZnVuY3Rpb24gZGlzZ3Vpc2VkKHRleHQpIHtcbiAgcmV0dXJuIHRleHQucmVwbGFjZShJTVBPUlRTLCAoXywgbmFtZSwgcmVzdCA9IFwiXCIpID0+IGAke01BREVfVVB9JHtuYW1lfSR7cmVzdH0ke1ZFUlNJT05bMV19YCk7XG59XG5cbi8qKiBDYWxscyB3aXRoIGEgY29weSBvZiB0aGUgV0lUIHRoYXQgaGFzIG1hZGUtdXAgbmFtZXMuICovXG5leHBvcnQgYXN5bmMgZnVuY3Rpb24gd2l0aERpc2d1aXNlZFdpdCh3aXQsIGNhbGwpIHtcbiAgY29uc3QgY29weSA9IG1rZHRlbXBTeW5jKHBhdGguam9pbih0bXBkaXIoKSwgXCJ0YXNrZXItd2l0LVwiKSk7XG4gIHRyeSB7XG4gICAgY3BTeW5jKHdpdCwgY29weSwgeyByZWN1cnNpdmU6IHRydWUgfSk7XG4gICAgZm9yIChjb25zdCBmaWxlIG9mIHJlYWRkaXJTeW5jKGNvcHksIHsgcmVjdXJzaXZlOiB0cnVlIH0pKSB7XG4gICAgICBjb25zdCBhdCA9IHBhdGguam9pbihjb3B5LCBmaWxlKTtcbiAgICAgIGlmIChzdGF0U3luYyhhdCkuaXNGaWxlKCkpIHdyaXRlRmlsZVN5bmMoYXQsIGRpc2d1aXNlZChyZWFkRmlsZVN5bmMoYXQsIFwidXRmOFwiKSkpO1xuICAgIH1cbiAgICByZXR1cm4gYXdhaXQgY2FsbChjb3B5KTtcbiAgfSBmaW5hbGx5IHtcbiAgICBybVN5bmMoY29weSwgeyByZWN1cnNpdmU6IHRydWUgfSk7XG4gIH1cbn1cblxuLyoqIFRoZSBjb21wb25lbnQgd2l0aCBpdHMgdHJ1ZSBuYW1lczogb25seSB0aG9zZSBvZiBpdHMgb3duIGltcG9ydHMgY291bnQuICovXG5leHBvcnQgZnVuY3Rpb24gcmV2ZWFsZWQoY29tcG9uZW50KSB7XG4gIGNvbnN0IGJ5dGVzID0gQnVmZmVyLmZyb20oY29tcG9uZW50KTtcbiAgZm9yIChsZXQgYXQgPSBIRUFERVJfQllURVM7IGF0IDwgYnl0ZXMubGVuZ3RoOyApIHtcbiAgICBjb25zdCBpZCA9IGJ5dGVzW2F0XTtcbiAgICBjb25zdCBbc2l6ZSwgc3RhcnRdID0gbGViMTI4KGJ5dGVzLCBhdCArIDEpO1xuICAgIGlmIChpZCA9PT0gSU1QT1JUX1NFQ1RJT04pIHtcbiAgICAgIGNvbnN0IHNlY3Rpb24gPSBieXRlcy5zdWJhcnJheShzdGFydCwgc3RhcnQgKyBzaXplKTtcbiAgICAgIGZvciAobGV0IGZvdW5kID0gc2VjdGlvbi5pbmRleE9mKE1BREVfVVApOyBmb3VuZCAhPT0gLTE7IGZvdW5kID0gc2VjdGlvbi5pbmRleE9mKE1BREVfVVAsIGZvdW5kKSkgc2VjdGlvbi53cml0ZShUUlVFLCBmb3VuZCk7XG4gICAgfVxuICAgIGF0ID0gc3RhcnQgKyBzaXplO1xuICB9XG4gIHJldHVybiBieXRlcztcbn1cblxuZnVuY3Rpb24gbGViMTI4KGJ5dGVzLCBhdCkge1xuICBsZXQgW3ZhbHVlLCBzaGlmdF0gPSBbMCwgMF07XG4gIGZvciAoOzspIHtcbiAgICBjb25zdCBieXRlID0gYnl0ZXNbYXQrK107XG4gICAgdmFsdWUgKz0gKGJ5dGUgJiAweDdmKSAqIDIgKiogc2hpZnQ7XG4gICAgc2hpZnQgKz0gNztcbiAgICBpZiAoYnl0ZSA8IDB4ODApIHJldHVybiBbdmFsdWUsIGF0XTtcbiAgfVxufVxuIiwgIi8vIFdoaWNoIGxpbmUgb2Ygd2hpY2ggc291cmNlIGVhY2ggbGluZSBvZiBhIGJ1bmRsZSBjYW1lIGZyb20sIGZyb20gaXRzIHNvdXJjZSBtYXAuXG5jb25zdCBESUdJVFMgPSBcIkFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU2Nzg5Ky9cIjtcblxuLyoqIEFzIGBMaW5lc2Agb2YgYHNyYy90cmFjZS50c2AgaGFzIGl0OiBmb3IgZWFjaCBsaW5lIHRoZSBkaWZmZXJlbmNlcyBvZiBzb3VyY2UgYW5kIGxpbmUgZnJvbSB0aGUgbGluZSBiZWZvcmUuICovXG5leHBvcnQgZnVuY3Rpb24gbGluZXMobWFwLCBuYW1lKSB7XG4gIGNvbnN0IGRlbHRhcyA9IFtdO1xuICBsZXQgW3NvdXJjZSwgbGluZV0gPSBbMCwgMF07XG4gIGxldCBbbGFzdFNvdXJjZSwgbGFzdExpbmVdID0gWzAsIDBdO1xuICBmb3IgKGNvbnN0IGdlbmVyYXRlZCBvZiBtYXAubWFwcGluZ3Muc3BsaXQoXCI7XCIpKSB7XG4gICAgbGV0IGZpcnN0O1xuICAgIGZvciAoY29uc3Qgc2VnbWVudCBvZiBnZW5lcmF0ZWQuc3BsaXQoXCIsXCIpKSB7XG4gICAgICBjb25zdCBbLCBzb3VyY2VEZWx0YSwgbGluZURlbHRhXSA9IG51bWJlcnMoc2VnbWVudCk7XG4gICAgICBpZiAoc291cmNlRGVsdGEgPT09IHVuZGVmaW5lZCkgY29udGludWU7XG4gICAgICBzb3VyY2UgKz0gc291cmNlRGVsdGE7XG4gICAgICBsaW5lICs9IGxpbmVEZWx0YTtcbiAgICAgIGZpcnN0ID8/PSBbc291cmNlLCBsaW5lICsgMV07XG4gICAgfVxuICAgIGNvbnN0IFthdFNvdXJjZSwgYXRMaW5lXSA9IGZpcnN0ID8/IFtsYXN0U291cmNlLCBsYXN0TGluZV07XG4gICAgZGVsdGFzLnB1c2goYXRTb3VyY2UgLSBsYXN0U291cmNlLCBhdExpbmUgLSBsYXN0TGluZSk7XG4gICAgW2xhc3RTb3VyY2UsIGxhc3RMaW5lXSA9IFthdFNvdXJjZSwgYXRMaW5lXTtcbiAgfVxuICByZXR1cm4geyBzb3VyY2VzOiBtYXAuc291cmNlcy5tYXAobmFtZSksIGRlbHRhcyB9O1xufVxuXG5mdW5jdGlvbiBudW1iZXJzKHNlZ21lbnQpIHtcbiAgY29uc3QgZm91bmQgPSBbXTtcbiAgbGV0IFt2YWx1ZSwgc2hpZnRdID0gWzAsIDBdO1xuICBmb3IgKGNvbnN0IGRpZ2l0IG9mIHNlZ21lbnQpIHtcbiAgICBjb25zdCBiaXRzID0gRElHSVRTLmluZGV4T2YoZGlnaXQpO1xuICAgIHZhbHVlIHw9IChiaXRzICYgMzEpIDw8IHNoaWZ0O1xuICAgIHNoaWZ0ICs9IDU7XG4gICAgaWYgKGJpdHMgJiAzMikgY29udGludWU7XG4gICAgZm91bmQucHVzaCh2YWx1ZSAmIDEgPyAtKHZhbHVlID4+IDEpIDogdmFsdWUgPj4gMSk7XG4gICAgW3ZhbHVlLCBzaGlmdF0gPSBbMCwgMF07XG4gIH1cbiAgcmV0dXJuIGZvdW5kO1xufVxuIl0sCiAgIm1hcHBpbmdzIjogIjtBQUFBLE9BQU8sWUFBWTtBQUNuQixTQUFTLFdBQVcsYUFBYSxRQUFRLHFCQUFxQjtBQUM5RCxTQUFTLGNBQWM7QUFDdkIsT0FBT0EsV0FBVTtBQUNqQixTQUFTLE9BQU8sWUFBWTs7O0FDSDVCLFNBQVMsY0FBQUMsbUJBQWtCO0FBQzNCLE9BQU9DLFdBQVU7OztBQ0RqQixTQUFTLFlBQVksY0FBYyxvQkFBb0I7QUFDdkQsU0FBUyxxQkFBcUI7QUFDOUIsT0FBTyxVQUFVO0FBQ2pCLFNBQVMscUJBQXFCO0FBR3ZCLElBQU0sTUFBTSxhQUFhLGNBQWMsSUFBSSxJQUFJLE1BQU0sWUFBWSxHQUFHLENBQUMsQ0FBQztBQUU3RSxJQUFNLFVBQVUsQ0FBQyxtQkFBbUIsZ0JBQWdCLG1CQUFtQixjQUFjO0FBRzlFLElBQU0sVUFBTixjQUFzQixNQUFNO0FBQUM7QUFNN0IsU0FBUyxLQUFLLFFBQVE7QUFDM0IsUUFBTSxPQUFPLGFBQWEsTUFBTTtBQUNoQyxRQUFNLFdBQVcsS0FBSyxNQUFNLGFBQWEsS0FBSyxLQUFLLE1BQU0sY0FBYyxHQUFHLE1BQU0sQ0FBQztBQUNqRixRQUFNLFNBQVMsU0FBUyxRQUFRO0FBQ2hDLFFBQU0sUUFBUSxDQUFDLFVBQVUsT0FBTyxFQUFFLEtBQUssRUFBRSxLQUFLLENBQUMsUUFBUSxXQUFXLEtBQUssS0FBSyxNQUFNLEdBQUcsQ0FBQyxDQUFDO0FBQ3ZGLE1BQUksVUFBVSxRQUFXO0FBQ3ZCLFVBQU0sSUFBSSxRQUFRLGVBQWUsVUFBVSxRQUFRLEtBQUssSUFBSSxDQUFDLGtGQUE2RTtBQUFBLEVBQzVJO0FBQ0EsUUFBTUMsV0FBVSxjQUFjLEtBQUssS0FBSyxNQUFNLGNBQWMsQ0FBQztBQUM3RCxTQUFPLEVBQUUsTUFBTSxVQUFVLE9BQU8sU0FBQUEsU0FBUTtBQUMxQztBQUdPLFNBQVMsS0FBSyxFQUFFLFNBQUFBLFNBQVEsR0FBRyxNQUFNO0FBQ3RDLE1BQUk7QUFDRixXQUFPQSxTQUFRLElBQUk7QUFBQSxFQUNyQixTQUFTLE9BQU87QUFDZCxRQUFJLE1BQU0sU0FBUyxtQkFBb0IsT0FBTTtBQUM3QyxVQUFNLElBQUksUUFBUSxHQUFHLElBQUksd0NBQXdDO0FBQUEsRUFDbkU7QUFDRjs7O0FDckNBLE9BQU9DLFdBQVU7QUFFakIsSUFBTSxRQUFRLENBQUMsV0FBVyxjQUFjLE9BQU87QUFFL0MsSUFBTSxVQUFVLENBQUMsV0FBVyxXQUFXLGFBQWEsYUFBYSxZQUFZLFVBQVU7QUFDdkYsSUFBTSxRQUFRLENBQUMsV0FBVyxRQUFRO0FBQ2xDLElBQU0sV0FBVyxDQUFDLFFBQVEsT0FBTyxPQUFPLFdBQVcsV0FBVyxXQUFXLFVBQVUsY0FBYyxlQUFlLFFBQVE7QUFHakgsU0FBUyxTQUFTLElBQUksU0FBUyxLQUFLQyxVQUFTO0FBQ2xELFFBQU0sVUFBVSxRQUFRLGVBQWU7QUFDdkMsUUFBTSxRQUFRLEVBQUUsVUFBVSxDQUFDLEdBQUcsYUFBYSxDQUFDLEdBQUcsUUFBUSxDQUFDLEVBQUU7QUFDMUQsUUFBTSxXQUFXLENBQUM7QUFDbEIsUUFBTSxTQUFTLEVBQUUsSUFBSSxTQUFTLEtBQUssU0FBQUEsVUFBUyxTQUFTO0FBQ3JELGFBQVcsUUFBUSxRQUFRLGVBQWUsR0FBRztBQUMzQyxRQUFJLEtBQUsscUJBQXFCLFNBQVMsS0FBSyxVQUFVLEdBQUcsS0FBSyxLQUFLLFNBQVMsU0FBUyxnQkFBZ0IsRUFBRztBQUN4RyxVQUFNLFFBQVEsQ0FBQyxTQUFTO0FBQ3RCLFVBQUksR0FBRyxpQkFBaUIsSUFBSSxFQUFHLEtBQUksUUFBUSxPQUFPLElBQUk7QUFDdEQsU0FBRyxhQUFhLE1BQU0sS0FBSztBQUFBLElBQzdCO0FBQ0EsVUFBTSxJQUFJO0FBQUEsRUFDWjtBQUNBLFNBQU8sRUFBRSxHQUFHLE9BQU8sU0FBUztBQUM5QjtBQUVBLFNBQVMsU0FBUyxNQUFNLFFBQVE7QUFDOUIsUUFBTSxXQUFXRCxNQUFLLFNBQVMsUUFBUSxJQUFJO0FBQzNDLFNBQU8sQ0FBQyxTQUFTLFdBQVcsSUFBSSxLQUFLLENBQUNBLE1BQUssV0FBVyxRQUFRO0FBQ2hFO0FBRUEsU0FBUyxJQUFJLFFBQVEsT0FBTyxNQUFNO0FBQ2hDLFFBQU0sT0FBTyxPQUFPLFFBQVEsSUFBSTtBQUNoQyxNQUFJLFNBQVMsT0FBVztBQUN4QixRQUFNLEVBQUUsUUFBUSxJQUFJO0FBQ3BCLFFBQU0sT0FBTyxRQUFRLGtCQUFrQixLQUFLLFVBQVUsQ0FBQyxLQUFLLElBQUk7QUFDaEUsTUFBSSxDQUFDLEtBQUssZ0JBQWdCLEdBQUc7QUFDM0IsV0FBTyxRQUFRLFFBQVEsTUFBTSxtQkFBbUIsSUFBSSxnREFBZ0Q7QUFBQSxFQUN0RztBQUNBLFFBQU0sY0FBYyxVQUFVLFFBQVEsSUFBSTtBQUMxQyxNQUFJLFNBQVMsY0FBYztBQUN6QixVQUFNLFlBQVksS0FBSyxLQUFLLElBQUksRUFBRSxZQUFZO0FBQUEsRUFDaEQsV0FBVyxTQUFTLFNBQVM7QUFDM0IsVUFBTSxVQUFVLEtBQUssZ0JBQWdCLENBQUM7QUFDdEMsVUFBTSxPQUFPLFlBQVksU0FBWSxTQUFZLFFBQVEsb0JBQW9CLE9BQU87QUFDcEYsVUFBTSxPQUFPLEtBQUssS0FBSyxJQUFJLEVBQUUsYUFBYSxRQUFRLFNBQVMsU0FBWSxPQUFPLFNBQVMsUUFBUSxNQUFNLElBQUksRUFBRTtBQUFBLEVBQzdHLE9BQU87QUFDTCxVQUFNLFNBQVMsS0FBSyxLQUFLLElBQUksRUFBRSxhQUFhLEdBQUcsWUFBWSxRQUFRLElBQUksRUFBRTtBQUFBLEVBQzNFO0FBQ0Y7QUFHQSxTQUFTLE9BQU8sRUFBRSxJQUFJLFNBQVMsSUFBSSxHQUFHLE1BQU07QUFDMUMsTUFBSSxTQUFTLFFBQVEsb0JBQW9CLEtBQUssVUFBVTtBQUN4RCxNQUFJLFdBQVcsT0FBVyxRQUFPO0FBQ2pDLE1BQUksT0FBTyxRQUFRLEdBQUcsWUFBWSxNQUFPLFVBQVMsUUFBUSxpQkFBaUIsTUFBTTtBQUNqRixNQUFJLENBQUMsTUFBTSxTQUFTLE9BQU8sSUFBSSxFQUFHLFFBQU87QUFDekMsUUFBTSxTQUFTLE9BQU8sZ0JBQWdCLENBQUMsR0FBRyxJQUFJLENBQUMsZ0JBQWdCLFlBQVksY0FBYyxFQUFFLFFBQVE7QUFDbkcsU0FBTyxNQUFNLEtBQUssQ0FBQyxTQUFTLFNBQVMsTUFBTSxHQUFHLEtBQUssS0FBSyxTQUFTLGNBQWMsQ0FBQyxJQUFJLE9BQU8sT0FBTztBQUNwRztBQUVBLFNBQVMsWUFBWSxRQUFRLE1BQU07QUFDakMsUUFBTSxFQUFFLFFBQVEsSUFBSTtBQUNwQixRQUFNLENBQUMsU0FBUyxJQUFJLFFBQVEsa0JBQWtCLEtBQUssVUFBVSxDQUFDLEtBQUssSUFBSSxFQUFFLGtCQUFrQjtBQUMzRixNQUFJLGNBQWMsT0FBVyxRQUFPLEVBQUUsT0FBTyxNQUFNLFFBQVEsS0FBSztBQUNoRSxRQUFNLENBQUMsU0FBUyxJQUFJLFVBQVUsY0FBYztBQUM1QyxRQUFNLFFBQVEsY0FBYyxTQUFZLFNBQVksUUFBUSwwQkFBMEIsV0FBVyxJQUFJO0FBQ3JHLFFBQU0sV0FBVyxVQUFVLGNBQWM7QUFDekMsUUFBTSxTQUFTLFFBQVEsZUFBZSxRQUFRLEtBQUs7QUFDbkQsU0FBTztBQUFBLElBQ0wsT0FBTyxVQUFVLFNBQVksT0FBTyxTQUFTLFFBQVEsTUFBTSxLQUFLO0FBQUEsSUFDaEUsUUFBUSxTQUFTLFFBQVEsTUFBTSxRQUFRLEVBQUUsVUFBVSxLQUFLLENBQUM7QUFBQSxFQUMzRDtBQUNGO0FBR0EsU0FBUyxTQUFTLFFBQVEsTUFBTSxNQUFNLEVBQUUsV0FBVyxNQUFNLElBQUksQ0FBQyxHQUFHO0FBQy9ELFFBQU0sUUFBUSxFQUFFLEdBQUcsUUFBUSxNQUFNLE1BQU0sQ0FBQyxHQUFHLE9BQU8sb0JBQUksSUFBSSxHQUFHLFNBQVM7QUFDdEUsUUFBTSxTQUFTLFNBQVMsT0FBTyxNQUFNLEVBQUU7QUFDdkMsTUFBSSxPQUFPLEtBQUssTUFBTSxJQUFJLEVBQUUsV0FBVyxFQUFHLFFBQU87QUFDakQsU0FBTyxFQUFFLEdBQUksV0FBVyxPQUFPLENBQUMsSUFBSSxRQUFTLE9BQU8sTUFBTSxLQUFLO0FBQ2pFO0FBRUEsU0FBUyxTQUFTLE9BQU8sTUFBTSxJQUFJO0FBQ2pDLFFBQU0sRUFBRSxJQUFJLFFBQVEsSUFBSTtBQUN4QixRQUFNLEVBQUUsVUFBVSxJQUFJO0FBQ3RCLE1BQUksS0FBSyxTQUFTLFVBQVUsTUFBTSxVQUFVLFNBQVUsUUFBTztBQUM3RCxNQUFJLEtBQUssU0FBUyxVQUFVLE9BQU8sVUFBVSxZQUFZLFVBQVUsTUFBTyxRQUFPLEVBQUUsTUFBTSxPQUFPO0FBQ2hHLE1BQUksS0FBSyxRQUFRLFVBQVUsTUFBTyxRQUFPO0FBQ3pDLE1BQUksS0FBSyxRQUFRLEVBQUcsUUFBTyxZQUFZLE9BQU8sTUFBTSxFQUFFO0FBQ3RELE1BQUksS0FBSyxRQUFRLFVBQVUsZUFBZ0IsUUFBTyxFQUFFLE9BQU8sUUFBUSxhQUFhLElBQUksTUFBTSxPQUFPO0FBQ2pHLE1BQUksS0FBSyxnQkFBZ0IsS0FBSyxLQUFLLGdCQUFnQixFQUFHLFFBQU8sRUFBRSxPQUFPLEtBQUssTUFBTTtBQUNqRixNQUFJLEtBQUssUUFBUSxVQUFVLFdBQVksUUFBTyxFQUFFLE1BQU0sU0FBUztBQUMvRCxNQUFJLEtBQUssUUFBUSxVQUFVLFdBQVksUUFBTyxFQUFFLE1BQU0sU0FBUztBQUMvRCxNQUFJLEtBQUssUUFBUSxVQUFVLFdBQVksUUFBTyxFQUFFLE1BQU0sV0FBVyxRQUFRLFNBQVM7QUFDbEYsTUFBSSxLQUFLLFFBQVEsVUFBVSxZQUFhLFFBQU8sRUFBRSxNQUFNLFVBQVU7QUFDakUsTUFBSSxLQUFLLFFBQVEsVUFBVSxhQUFjLFFBQU8sRUFBRSxNQUFNLFNBQVM7QUFDakUsTUFBSSxLQUFLLFFBQVEsVUFBVSxjQUFlLFFBQU87QUFDakQsU0FBTyxhQUFhLE9BQU8sTUFBTSxFQUFFO0FBQ3JDO0FBRUEsU0FBUyxZQUFZLE9BQU8sTUFBTSxJQUFJO0FBQ3BDLFFBQU0sRUFBRSxJQUFJLFFBQVEsSUFBSTtBQUN4QixRQUFNLFdBQVcsQ0FBQyxRQUFRLElBQUksU0FBUyxHQUFHLFVBQVUsWUFBWSxHQUFHLFVBQVU7QUFDN0UsUUFBTSxTQUFTLENBQUMsUUFBUSxJQUFJLFFBQVEsU0FBUyxnQkFBZ0IsTUFBTTtBQUNuRSxRQUFNLFVBQVUsS0FBSyxNQUFNLE9BQU8sQ0FBQyxRQUFRLENBQUMsT0FBTyxHQUFHLENBQUM7QUFDdkQsUUFBTSxRQUFRLFFBQVEsS0FBSyxDQUFDLFFBQVEsQ0FBQyxTQUFTLEdBQUcsQ0FBQyxLQUFLLE9BQU8sS0FBSyxRQUFRLE9BQU8sQ0FBQyxRQUFRLENBQUMsU0FBUyxHQUFHLENBQUMsSUFBSTtBQUM3RyxRQUFNLFdBQVcsTUFBTSxPQUFPLENBQUMsUUFBUSxJQUFJLFFBQVEsR0FBRyxVQUFVLGNBQWM7QUFDOUUsUUFBTSxXQUFXLE1BQU0sT0FBTyxDQUFDLFFBQVEsSUFBSSxnQkFBZ0IsS0FBSyxJQUFJLGdCQUFnQixDQUFDO0FBQ3JGLFFBQU0sU0FBUyxNQUFNLE9BQU8sQ0FBQyxRQUFRLENBQUMsU0FBUyxTQUFTLEdBQUcsS0FBSyxFQUFFLFNBQVMsV0FBVyxLQUFLLFNBQVMsU0FBUyxHQUFHLEVBQUU7QUFDbEgsUUFBTUUsV0FBVSxPQUFPLElBQUksQ0FBQyxRQUFRLFNBQVMsT0FBTyxLQUFLLEVBQUUsQ0FBQztBQUM1RCxNQUFJLFNBQVMsV0FBVyxFQUFHLENBQUFBLFNBQVEsUUFBUSxFQUFFLE1BQU0sVUFBVSxDQUFDO0FBQzlELE1BQUksU0FBUyxTQUFTLEVBQUcsQ0FBQUEsU0FBUSxRQUFRLEVBQUUsTUFBTSxTQUFTLElBQUksQ0FBQyxRQUFRLElBQUksS0FBSyxFQUFFLENBQUM7QUFDbkYsTUFBSUEsU0FBUSxXQUFXLEVBQUcsUUFBT0EsU0FBUSxDQUFDO0FBQzFDLE1BQUlBLFNBQVEsS0FBSyxDQUFDLFdBQVcsV0FBVyxJQUFJLEVBQUcsUUFBTztBQUN0RCxRQUFNLFVBQVVBLFNBQVEsTUFBTSxDQUFDLFdBQVcsT0FBTyxPQUFPLFNBQVMsWUFBWSxPQUFPLEtBQUssTUFBTSxFQUFFLFdBQVcsQ0FBQztBQUM3RyxNQUFJLFFBQVMsUUFBTyxFQUFFLE1BQU0sQ0FBQyxHQUFHLElBQUksSUFBSUEsU0FBUSxJQUFJLENBQUMsV0FBVyxPQUFPLElBQUksQ0FBQyxDQUFDLEVBQUU7QUFDL0UsU0FBTyxFQUFFLE9BQU9BLFNBQVE7QUFDMUI7QUFFQSxTQUFTLGFBQWEsT0FBTyxNQUFNLElBQUk7QUFDckMsUUFBTSxFQUFFLFFBQVEsSUFBSTtBQUNwQixNQUFJLE1BQU0sWUFBWSxLQUFLLFFBQVEsU0FBUyxhQUFjLFFBQU87QUFDakUsTUFBSSxRQUFRLFlBQVksSUFBSSxFQUFHLFFBQU8sWUFBWSxPQUFPLE1BQU0sRUFBRTtBQUNqRSxNQUFJLFFBQVEsWUFBWSxJQUFJLEdBQUc7QUFDN0IsV0FBTyxFQUFFLE1BQU0sU0FBUyxPQUFPLFNBQVMsT0FBTyxRQUFRLGlCQUFpQixJQUFJLEVBQUUsQ0FBQyxHQUFHLEdBQUcsRUFBRSxJQUFJLEVBQUU7QUFBQSxFQUMvRjtBQUNBLE1BQUksS0FBSyxrQkFBa0IsRUFBRSxTQUFTLEtBQUssU0FBUyxTQUFTLEtBQUssUUFBUSxJQUFJLEdBQUc7QUFDL0UsVUFBTSxPQUFPLEtBQUssa0JBQWtCLEVBQUUsU0FBUyxJQUFJLGFBQWEsS0FBSyxPQUFPO0FBQzVFLFlBQVEsT0FBTyxNQUFNLE1BQU0sS0FBSyxNQUFNLFVBQVUsV0FBVyxJQUFJLG9FQUFvRTtBQUNuSSxXQUFPO0FBQUEsRUFDVDtBQUNBLFFBQU0sT0FBTyxPQUFPLE9BQU8sSUFBSTtBQUMvQixNQUFJLFNBQVMsT0FBVyxRQUFPLFFBQVEsT0FBTyxNQUFNLEVBQUU7QUFDdEQsUUFBTSxRQUFRLE1BQU0sTUFBTSxJQUFJLElBQUk7QUFDbEMsTUFBSSxVQUFVLE9BQVcsUUFBTyxFQUFFLE1BQU0sV0FBVyxLQUFLLEdBQUc7QUFFM0QsUUFBTSxjQUFjLE9BQU87QUFDM0IsUUFBTSxPQUFPLFdBQVcsT0FBTyxJQUFJO0FBQ25DLFFBQU0sTUFBTSxJQUFJLE1BQU0sSUFBSTtBQUMxQixRQUFNLFNBQVMsUUFBUSxPQUFPLE1BQU0sRUFBRTtBQUN0QyxRQUFNLFNBQVMsS0FBSyxVQUFVLE1BQU0sRUFBRSxTQUFTLFlBQVksSUFBSSxHQUFHLEtBQUssS0FBSyxVQUFVLE1BQU0sSUFBSSxFQUFFLFNBQVMsWUFBWSxJQUFJLEdBQUc7QUFDOUgsTUFBSSxlQUFlLENBQUMsUUFBUTtBQUMxQixVQUFNLE1BQU0sT0FBTyxJQUFJO0FBQ3ZCLFdBQU87QUFBQSxFQUNUO0FBQ0EsUUFBTSxLQUFLLElBQUksSUFBSTtBQUNuQixTQUFPLEVBQUUsTUFBTSxXQUFXLElBQUksR0FBRztBQUNuQztBQUVBLFNBQVMsT0FBTyxPQUFPLE1BQU07QUFDM0IsUUFBTSxTQUFTLEtBQUssZUFBZSxLQUFLO0FBQ3hDLE1BQUksV0FBVyxVQUFhLE9BQU8sS0FBSyxXQUFXLElBQUksS0FBSyxLQUFLLHVCQUF1QixPQUFXLFFBQU87QUFDMUcsUUFBTSxZQUFZLE1BQU0sUUFBUSxtQkFBbUIsSUFBSSxHQUFHLFNBQVMsS0FBSyxLQUFLLFFBQVEsU0FBUyxVQUFhLEtBQUssV0FBVztBQUMzSCxTQUFPLGFBQWEsS0FBSyxlQUFlLEtBQUssQ0FBQyxRQUFRLFFBQVEsUUFBUSxDQUFDLElBQUksa0JBQWtCLENBQUMsSUFBSSxTQUFZLE9BQU87QUFDdkg7QUFFQSxTQUFTLFdBQVcsT0FBTyxNQUFNO0FBQy9CLFFBQU0sUUFBUSxJQUFJLElBQUksTUFBTSxNQUFNLE9BQU8sQ0FBQztBQUMxQyxXQUFTLFNBQVMsS0FBSyxVQUFVLEdBQUc7QUFDbEMsVUFBTSxPQUFPLFdBQVcsSUFBSSxPQUFPLEdBQUcsSUFBSSxHQUFHLE1BQU07QUFDbkQsUUFBSSxDQUFDLE1BQU0sSUFBSSxJQUFJLEVBQUcsUUFBTztBQUFBLEVBQy9CO0FBQ0Y7QUFFQSxTQUFTLFlBQVksT0FBTyxNQUFNLElBQUk7QUFDcEMsUUFBTSxRQUFRLE1BQU0sUUFBUSxpQkFBaUIsSUFBSTtBQUNqRCxRQUFNLGNBQWMsTUFBTSxJQUFJLENBQUMsS0FBSyxVQUFVLFNBQVMsT0FBTyxLQUFLLEdBQUcsRUFBRSxJQUFJLEtBQUssR0FBRyxDQUFDO0FBQ3JGLFNBQU8sRUFBRSxNQUFNLFNBQVMsYUFBYSxVQUFVLEtBQUssT0FBTyxXQUFXLFVBQVUsTUFBTSxPQUFPO0FBQy9GO0FBRUEsU0FBUyxRQUFRLE9BQU8sTUFBTSxJQUFJO0FBQ2hDLFFBQU0sRUFBRSxJQUFJLFFBQVEsSUFBSTtBQUN4QixRQUFNLGFBQWEsQ0FBQztBQUNwQixRQUFNLFdBQVcsQ0FBQztBQUNsQixhQUFXLFlBQVksUUFBUSxvQkFBb0IsSUFBSSxHQUFHO0FBQ3hELFVBQU0sU0FBUyxRQUFRLDBCQUEwQixVQUFVLE1BQU0sSUFBSTtBQUNyRSxRQUFJLFNBQVMsUUFBUSxHQUFHLFlBQVksT0FBUTtBQUM1QyxVQUFNLFFBQVEsT0FBTyxLQUFLLFNBQVMsT0FBTyxHQUFHLEVBQUUsSUFBSSxTQUFTLElBQUk7QUFDaEUsVUFBTUMsVUFBUyxTQUFTLE9BQU8sUUFBUSxLQUFLO0FBQzVDLGVBQVcsU0FBUyxJQUFJLElBQUksWUFBWSxPQUFPLFVBQVVBLE9BQU07QUFDL0QsVUFBTSxjQUFjLE9BQU8sUUFBUSxLQUFLLE9BQU8sTUFBTSxLQUFLLENBQUMsUUFBUSxJQUFJLFFBQVEsR0FBRyxVQUFVLFNBQVM7QUFDckcsUUFBSSxFQUFFLFNBQVMsUUFBUSxHQUFHLFlBQVksYUFBYSxDQUFDLFlBQWEsVUFBUyxLQUFLLFNBQVMsSUFBSTtBQUFBLEVBQzlGO0FBQ0EsUUFBTSxTQUFTLEVBQUUsTUFBTSxTQUFTO0FBQ2hDLFFBQU0sUUFBUSxLQUFLLGVBQWUsS0FBSztBQUN2QyxRQUFNLFVBQVUsVUFBVSxVQUFhLENBQUMsTUFBTSxLQUFLLFdBQVcsSUFBSTtBQUNsRSxRQUFNLGNBQWMsVUFBVSxLQUFLLElBQUksTUFBTSx3QkFBd0IsT0FBTyxDQUFDLElBQUk7QUFDakYsTUFBSSxnQkFBZ0IsR0FBSSxRQUFPLGNBQWM7QUFDN0MsTUFBSSxPQUFPLEtBQUssVUFBVSxFQUFFLFNBQVMsRUFBRyxRQUFPLGFBQWE7QUFDNUQsTUFBSSxTQUFTLFNBQVMsRUFBRyxRQUFPLFdBQVc7QUFDM0MsUUFBTSxRQUFRLFFBQVEsbUJBQW1CLE1BQU0sR0FBRyxVQUFVLE1BQU07QUFFbEUsTUFBSSxVQUFVLFVBQWEsUUFBUSxvQkFBb0IsSUFBSSxFQUFFLFdBQVcsRUFBRyxRQUFPO0FBQ2xGLE1BQUksVUFBVSxPQUFXLFFBQU8sdUJBQXVCLFNBQVMsT0FBTyxPQUFPLEdBQUcsRUFBRSxJQUFJO0FBQ3ZGLFNBQU87QUFDVDtBQUVBLFNBQVMsWUFBWSxFQUFFLElBQUksUUFBUSxHQUFHLFVBQVUsUUFBUTtBQUN0RCxRQUFNLGNBQWMsS0FBSyxJQUFJLFNBQVMsd0JBQXdCLE9BQU8sQ0FBQztBQUN0RSxRQUFNLE9BQU8sZ0JBQWdCLEtBQUssQ0FBQyxJQUFJLEVBQUUsWUFBWTtBQUNyRCxhQUFXLE9BQU8sU0FBUyxhQUFhLE9BQU8sR0FBRztBQUNoRCxVQUFNLE9BQU8sS0FBSyxJQUFJLElBQUksUUFBUSxDQUFDLENBQUM7QUFDcEMsUUFBSSxJQUFJLFNBQVMsVUFBVyxNQUFLLE9BQU87QUFBQSxhQUMvQixRQUFRLFNBQVMsSUFBSSxJQUFJLEVBQUcsTUFBSyxJQUFJLElBQUksSUFBSSxPQUFPLElBQUk7QUFBQSxhQUN4RCxNQUFNLFNBQVMsSUFBSSxJQUFJLEVBQUcsTUFBSyxJQUFJLElBQUksSUFBSTtBQUFBLEVBQ3REO0FBQ0EsTUFBSSxPQUFPLEtBQUssSUFBSSxFQUFFLFdBQVcsRUFBRyxRQUFPO0FBQzNDLFNBQU8sV0FBVyxPQUFPLE9BQU8sRUFBRSxHQUFHLFFBQVEsR0FBRyxLQUFLO0FBQ3ZEO0FBRUEsU0FBUyxLQUFLLElBQUksT0FBTztBQUN2QixTQUFPLEdBQUcscUJBQXFCLEtBQUssRUFBRSxLQUFLO0FBQzdDO0FBR0EsU0FBUyxVQUFVLEVBQUUsSUFBSSxRQUFRLEdBQUcsTUFBTTtBQUN4QyxNQUFJLEtBQUs7QUFDVCxTQUFPLEdBQUcsV0FBVyxVQUFhLENBQUMsR0FBRyxZQUFZLEVBQUUsRUFBRyxNQUFLLEdBQUc7QUFDL0QsUUFBTSxXQUFXLEdBQUcsd0JBQXdCLEVBQUUsRUFBRSxPQUFPLENBQUMsUUFBUSxHQUFHLFFBQVEsR0FBRyxDQUFDO0FBQy9FLFFBQU0sT0FBTyxTQUFTLEdBQUcsRUFBRSxHQUFHO0FBQzlCLFNBQU8sU0FBUyxTQUFZLFNBQVksR0FBRyxzQkFBc0IsSUFBSSxHQUFHLEtBQUs7QUFDL0U7QUFFQSxTQUFTLFFBQVEsRUFBRSxVQUFVLFNBQUFGLFNBQVEsR0FBRyxNQUFNLE1BQU07QUFDbEQsUUFBTSxPQUFPLEtBQUssY0FBYztBQUNoQyxRQUFNLEVBQUUsTUFBTSxVQUFVLElBQUksS0FBSyw4QkFBOEIsS0FBSyxTQUFTLENBQUM7QUFDOUUsV0FBUyxLQUFLLEdBQUdELE1BQUssU0FBU0MsVUFBUyxLQUFLLFFBQVEsQ0FBQyxJQUFJLE9BQU8sQ0FBQyxJQUFJLFlBQVksQ0FBQyxLQUFLLElBQUksRUFBRTtBQUNoRzs7O0FGN05BLFNBQVMsUUFBUSxJQUFJRyxVQUFTO0FBQzVCLFFBQU0sT0FBT0MsTUFBSyxLQUFLRCxTQUFRLE1BQU0sZUFBZTtBQUNwRCxRQUFNLE1BQU1FLFlBQVcsSUFBSSxJQUFJLEdBQUcsMkJBQTJCLEdBQUcsZUFBZSxNQUFNLEdBQUcsSUFBSSxRQUFRLEVBQUUsUUFBUSxHQUFHLEtBQUtGLFNBQVEsSUFBSSxFQUFFLFVBQVUsQ0FBQztBQUMvSSxRQUFNLEVBQUUsTUFBTSxJQUFJLEVBQUUsT0FBTyxFQUFFLGVBQWUsQ0FBQyxHQUFHLEdBQUcsZUFBZSxHQUFHLG9CQUFvQixDQUFDLEdBQUcsR0FBRyxxQkFBcUIsR0FBRyx1QkFBdUIsQ0FBQyxHQUFHLEdBQUcsaUJBQWlCLEVBQUUsRUFBRTtBQUMzSyxTQUFPO0FBQUEsSUFDTCxRQUFRO0FBQUEsSUFDUixRQUFRLEdBQUcsYUFBYTtBQUFBLElBQ3hCLEtBQUssQ0FBQyxpQkFBaUI7QUFBQSxJQUN2QixjQUFjO0FBQUEsSUFDZCxPQUFPLENBQUM7QUFBQSxJQUNSLEdBQUc7QUFBQSxJQUNILFFBQVEsR0FBRyxXQUFXO0FBQUEsSUFDdEIsa0JBQWtCLEdBQUcscUJBQXFCO0FBQUEsSUFDMUMsNEJBQTRCO0FBQUEsSUFDNUIsU0FBUztBQUFBLElBQ1QsUUFBUTtBQUFBLElBQ1IsT0FBTyxFQUFFLEdBQUcsSUFBSSxPQUFPLEdBQUcsTUFBTTtBQUFBLEVBQ2xDO0FBQ0Y7QUFHTyxTQUFTLE1BQU1BLFVBQVM7QUFDN0IsUUFBTSxLQUFLLEtBQUtBLFVBQVMsWUFBWTtBQUNyQyxRQUFNLE9BQU9DLE1BQUssS0FBS0QsU0FBUSxNQUFNQSxTQUFRLEtBQUs7QUFDbEQsUUFBTSxVQUFVQyxNQUFLLEtBQUssS0FBSyxrQkFBa0I7QUFDakQsUUFBTSxVQUFVLEdBQUcsY0FBYyxDQUFDLE1BQU0sT0FBTyxHQUFHLFFBQVEsSUFBSUQsUUFBTyxDQUFDO0FBQ3RFLFFBQU0sY0FBYyxHQUFHLHNCQUFzQixPQUFPO0FBQ3BELE1BQUksWUFBWSxTQUFTLEdBQUc7QUFDMUIsVUFBTSxPQUFPLEVBQUUscUJBQXFCLE1BQU1BLFNBQVEsTUFBTSxzQkFBc0IsQ0FBQyxTQUFTLE1BQU0sWUFBWSxNQUFNLEtBQUs7QUFDckgsVUFBTSxJQUFJLFFBQVEsR0FBRyxrQkFBa0IsYUFBYSxJQUFJLEVBQUUsUUFBUSxDQUFDO0FBQUEsRUFDckU7QUFDQSxRQUFNLEVBQUUsVUFBVSxHQUFHLFVBQVUsSUFBSSxTQUFTLElBQUksU0FBUyxLQUFLQSxTQUFRLElBQUk7QUFDMUUsTUFBSSxTQUFTLFNBQVMsRUFBRyxPQUFNLElBQUksUUFBUSxTQUFTLEtBQUssSUFBSSxDQUFDO0FBQzlELFNBQU87QUFDVDs7O0FHbENBLElBQU0sT0FBTztBQUNiLElBQU0sVUFBVTtBQUVoQixJQUFNLFVBQVUsQ0FBQyxXQUFXLFNBQVM7QUFFckMsSUFBTSxXQUFXLENBQUMsUUFBUSxNQUFNLFFBQVE7QUFDeEMsSUFBTSxVQUFVLElBQUksT0FBTyxHQUFHLElBQUksSUFBSSxTQUFTLEtBQUssR0FBRyxDQUFDLGVBQWUsUUFBUSxDQUFDLEVBQUUsV0FBVyxLQUFLLEtBQUssQ0FBQyxJQUFJLEdBQUc7QUFFL0csSUFBTSxpQkFBaUI7QUFDdkIsSUFBTSxlQUFlO0FBR2QsU0FBUyxVQUFVRyxPQUFNO0FBQzlCLFNBQU9BLE1BQUssUUFBUSxTQUFTLENBQUMsR0FBRyxNQUFNLE9BQU8sT0FBTyxHQUFHLE9BQU8sR0FBRyxJQUFJLEdBQUcsSUFBSSxHQUFHLFFBQVEsQ0FBQyxDQUFDLEVBQUU7QUFDOUY7QUFrQk8sU0FBUyxTQUFTLFdBQVc7QUFDbEMsUUFBTSxRQUFRLE9BQU8sS0FBSyxTQUFTO0FBQ25DLFdBQVMsS0FBSyxjQUFjLEtBQUssTUFBTSxVQUFVO0FBQy9DLFVBQU0sS0FBSyxNQUFNLEVBQUU7QUFDbkIsVUFBTSxDQUFDLE1BQU0sS0FBSyxJQUFJLE9BQU8sT0FBTyxLQUFLLENBQUM7QUFDMUMsUUFBSSxPQUFPLGdCQUFnQjtBQUN6QixZQUFNLFVBQVUsTUFBTSxTQUFTLE9BQU8sUUFBUSxJQUFJO0FBQ2xELGVBQVMsUUFBUSxRQUFRLFFBQVEsT0FBTyxHQUFHLFVBQVUsSUFBSSxRQUFRLFFBQVEsUUFBUSxTQUFTLEtBQUssRUFBRyxTQUFRLE1BQU0sTUFBTSxLQUFLO0FBQUEsSUFDN0g7QUFDQSxTQUFLLFFBQVE7QUFBQSxFQUNmO0FBQ0EsU0FBTztBQUNUO0FBRUEsU0FBUyxPQUFPLE9BQU8sSUFBSTtBQUN6QixNQUFJLENBQUMsT0FBTyxLQUFLLElBQUksQ0FBQyxHQUFHLENBQUM7QUFDMUIsYUFBUztBQUNQLFVBQU0sT0FBTyxNQUFNLElBQUk7QUFDdkIsY0FBVSxPQUFPLE9BQVEsS0FBSztBQUM5QixhQUFTO0FBQ1QsUUFBSSxPQUFPLElBQU0sUUFBTyxDQUFDLE9BQU8sRUFBRTtBQUFBLEVBQ3BDO0FBQ0Y7OztBQzVEQSxJQUFNLFNBQVM7QUFHUixTQUFTLE1BQU0sS0FBSyxNQUFNO0FBQy9CLFFBQU0sU0FBUyxDQUFDO0FBQ2hCLE1BQUksQ0FBQyxRQUFRLElBQUksSUFBSSxDQUFDLEdBQUcsQ0FBQztBQUMxQixNQUFJLENBQUMsWUFBWSxRQUFRLElBQUksQ0FBQyxHQUFHLENBQUM7QUFDbEMsYUFBVyxhQUFhLElBQUksU0FBUyxNQUFNLEdBQUcsR0FBRztBQUMvQyxRQUFJO0FBQ0osZUFBVyxXQUFXLFVBQVUsTUFBTSxHQUFHLEdBQUc7QUFDMUMsWUFBTSxDQUFDLEVBQUUsYUFBYSxTQUFTLElBQUksUUFBUSxPQUFPO0FBQ2xELFVBQUksZ0JBQWdCLE9BQVc7QUFDL0IsZ0JBQVU7QUFDVixjQUFRO0FBQ1IsZ0JBQVUsQ0FBQyxRQUFRLE9BQU8sQ0FBQztBQUFBLElBQzdCO0FBQ0EsVUFBTSxDQUFDLFVBQVUsTUFBTSxJQUFJLFNBQVMsQ0FBQyxZQUFZLFFBQVE7QUFDekQsV0FBTyxLQUFLLFdBQVcsWUFBWSxTQUFTLFFBQVE7QUFDcEQsS0FBQyxZQUFZLFFBQVEsSUFBSSxDQUFDLFVBQVUsTUFBTTtBQUFBLEVBQzVDO0FBQ0EsU0FBTyxFQUFFLFNBQVMsSUFBSSxRQUFRLElBQUksSUFBSSxHQUFHLE9BQU87QUFDbEQ7QUFFQSxTQUFTLFFBQVEsU0FBUztBQUN4QixRQUFNLFFBQVEsQ0FBQztBQUNmLE1BQUksQ0FBQyxPQUFPLEtBQUssSUFBSSxDQUFDLEdBQUcsQ0FBQztBQUMxQixhQUFXLFNBQVMsU0FBUztBQUMzQixVQUFNLE9BQU8sT0FBTyxRQUFRLEtBQUs7QUFDakMsY0FBVSxPQUFPLE9BQU87QUFDeEIsYUFBUztBQUNULFFBQUksT0FBTyxHQUFJO0FBQ2YsVUFBTSxLQUFLLFFBQVEsSUFBSSxFQUFFLFNBQVMsS0FBSyxTQUFTLENBQUM7QUFDakQsS0FBQyxPQUFPLEtBQUssSUFBSSxDQUFDLEdBQUcsQ0FBQztBQUFBLEVBQ3hCO0FBQ0EsU0FBTztBQUNUOzs7QUwxQkEsSUFBTSxVQUFVLENBQUM7QUFDakIsTUFBTSxNQUFNLFFBQVEsUUFBUSxDQUFDLFdBQVcsT0FBTyxRQUFRLEVBQUUsV0FBVyxLQUFLLENBQUMsQ0FBQyxDQUFDO0FBRzVFLFNBQVMsUUFBUSxPQUFPO0FBQ3RCLFFBQU0sT0FBTyxZQUFZQyxNQUFLLEtBQUssT0FBTyxHQUFHLGFBQWEsQ0FBQztBQUMzRCxVQUFRLEtBQUssSUFBSTtBQUNqQixZQUFVQSxNQUFLLEtBQUssTUFBTSxLQUFLLENBQUM7QUFDaEMsZ0JBQWNBLE1BQUssS0FBSyxNQUFNLGNBQWMsR0FBRyxJQUFJO0FBQ25ELGFBQVcsQ0FBQyxNQUFNQyxLQUFJLEtBQUssT0FBTyxRQUFRLEtBQUssRUFBRyxlQUFjRCxNQUFLLEtBQUssTUFBTSxPQUFPLElBQUksR0FBR0MsS0FBSTtBQUNsRyxTQUFPLEVBQUUsR0FBRyxLQUFLLElBQUksR0FBRyxTQUFTLEtBQUssR0FBRyxFQUFFLFFBQVE7QUFDckQ7QUFFQSxTQUFTLFFBQVFBLE9BQU07QUFDckIsUUFBTSxFQUFFLFNBQVMsSUFBSSxNQUFNLFFBQVEsRUFBRSxlQUFlO0FBQUEsRUFBMkNBLEtBQUksR0FBRyxDQUFDLENBQUM7QUFDeEcsU0FBTztBQUNUO0FBRUEsU0FBU0MsU0FBUUQsT0FBTTtBQUNyQixNQUFJO0FBQ0YsWUFBUUEsS0FBSTtBQUFBLEVBQ2QsU0FBUyxPQUFPO0FBQ2QsV0FBTyxNQUFNO0FBQUEsRUFDZjtBQUNBLFNBQU87QUFDVDtBQUVBLEtBQUssd0JBQXdCLE1BQU07QUFDakMsUUFBTSxFQUFFLE9BQU8sS0FBSyxJQUFJLFFBQVE7QUFBQTtBQUFBO0FBQUE7QUFBQSx5R0FJdUU7QUFDdkcsU0FBTyxVQUFVLE1BQU0sT0FBTztBQUFBLElBQzVCLE1BQU07QUFBQSxJQUNOLFlBQVk7QUFBQSxNQUNWLEdBQUcsRUFBRSxNQUFNLFNBQVM7QUFBQSxNQUNwQixHQUFHLEVBQUUsTUFBTSxTQUFTO0FBQUEsTUFDcEIsR0FBRyxFQUFFLE1BQU0sQ0FBQyxXQUFXLE1BQU0sRUFBRTtBQUFBLE1BQy9CLEdBQUcsRUFBRSxNQUFNLENBQUMsS0FBSyxDQUFDLEVBQUU7QUFBQSxNQUNwQixHQUFHLEVBQUUsTUFBTSxTQUFTLGFBQWEsQ0FBQyxFQUFFLE1BQU0sU0FBUyxHQUFHLEVBQUUsTUFBTSxTQUFTLENBQUMsR0FBRyxVQUFVLEdBQUcsVUFBVSxFQUFFO0FBQUEsTUFDcEcsR0FBRyxFQUFFLE1BQU0sVUFBVSxzQkFBc0IsRUFBRSxNQUFNLENBQUMsS0FBSyxHQUFHLEVBQUUsRUFBRTtBQUFBLElBQ2xFO0FBQUEsSUFDQSxVQUFVLENBQUMsS0FBSyxLQUFLLEtBQUssS0FBSyxHQUFHO0FBQUEsRUFDcEMsQ0FBQztBQUNELFNBQU8sVUFBVSxLQUFLLE1BQU0sV0FBVyxPQUFPLEVBQUUsTUFBTSxTQUFTLE9BQU8sRUFBRSxNQUFNLFVBQVUsWUFBWSxFQUFFLElBQUksRUFBRSxNQUFNLFdBQVcsUUFBUSxTQUFTLEVBQUUsR0FBRyxVQUFVLENBQUMsSUFBSSxFQUFFLEVBQUUsQ0FBQztBQUN2SyxTQUFPLFVBQVUsS0FBSyxRQUFRLEVBQUUsTUFBTSxDQUFDLFFBQVEsUUFBUSxFQUFFLENBQUM7QUFDNUQsQ0FBQztBQUVELEtBQUssNENBQTRDLE1BQU07QUFDckQsUUFBTSxFQUFFLEtBQUssSUFBSSxRQUFRO0FBQUE7QUFBQSxtREFFd0I7QUFDakQsU0FBTyxNQUFNLEtBQUssTUFBTSxNQUFNLGNBQWM7QUFDNUMsU0FBTyxVQUFVLEtBQUssTUFBTSxNQUFNLEtBQUssV0FBVyxVQUFVLEVBQUUsTUFBTSxTQUFTLE9BQU8sRUFBRSxNQUFNLGVBQWUsRUFBRSxDQUFDO0FBQ2hILENBQUM7QUFFRCxLQUFLLGdEQUFnRCxNQUFNO0FBQ3pELFFBQU0sRUFBRSxLQUFBRSxLQUFJLElBQUksUUFBUTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHdFQVU4QztBQUN0RSxTQUFPLE1BQU1BLEtBQUksYUFBYSxPQUFPO0FBQ3JDLFNBQU8sTUFBTUEsS0FBSSxNQUFNLGFBQWEsZ0JBQWdCO0FBQ3BELFNBQU8sVUFBVUEsS0FBSSxNQUFNLFdBQVcsT0FBTyxFQUFFLE1BQU0sV0FBVyxhQUFhLGNBQWMsU0FBUyxFQUFFLENBQUM7QUFDdkcsU0FBTyxVQUFVQSxLQUFJLE1BQU0sV0FBVyxNQUFNLEVBQUUsTUFBTSxVQUFVLFNBQVMsV0FBVyxDQUFDO0FBQ3JGLENBQUM7QUFFRCxLQUFLLGlEQUFpRCxNQUFNO0FBQzFELFFBQU1GLFFBQU87QUFDYixRQUFNLEVBQUUsU0FBUyxJQUFJLE1BQU0sUUFBUSxFQUFFLGVBQWVBLE1BQUssQ0FBQyxDQUFDO0FBQzNELFNBQU8sVUFBVSxTQUFTLElBQUksT0FBTyxFQUFFLE1BQU0sVUFBVSxZQUFZLEVBQUUsR0FBRyxFQUFFLE1BQU0sU0FBUyxFQUFFLEdBQUcsVUFBVSxDQUFDLEdBQUcsRUFBRSxDQUFDO0FBQ2pILENBQUM7QUFFRCxLQUFLLG1EQUFtRCxNQUFNO0FBQzVELFNBQU8sVUFBVSxNQUFNLFFBQVEsRUFBRSxlQUFlLCtFQUErRSxDQUFDLENBQUMsRUFBRSxVQUFVLENBQUMsQ0FBQztBQUNqSixDQUFDO0FBRUQsS0FBSyx3Q0FBd0MsTUFBTTtBQUNqRCxTQUFPLE1BQU1DLFNBQVEseUNBQXlDLEdBQUcsdUJBQXVCO0FBQ3hGLFNBQU8sTUFBTUEsU0FBUSwyQ0FBMkMsR0FBRyxvRUFBb0U7QUFDdkksU0FBTyxNQUFNQSxTQUFRLHlDQUF5QyxHQUFHLHFCQUFxQjtBQUN0RixTQUFPLE1BQU1BLFNBQVEsbURBQW1ELEdBQUcscURBQXFEO0FBQ2xJLENBQUM7QUFFRCxLQUFLLHNEQUFzRCxNQUFNO0FBQy9ELFNBQU8sT0FBTyxNQUFNLEtBQUssRUFBRSxTQUFTLE1BQU07QUFBRSxVQUFNLE9BQU8sT0FBTyxJQUFJLE1BQU0sR0FBRyxFQUFFLE1BQU0sbUJBQW1CLENBQUM7QUFBQSxFQUFHLEVBQUUsR0FBRyxTQUFTLEdBQUcsNkNBQTZDO0FBQzVLLENBQUM7QUFFRCxLQUFLLGlEQUFpRCxNQUFNO0FBRTFELFFBQU0sTUFBTSxFQUFFLFVBQVUsbUJBQW1CLFNBQVMsQ0FBQyxRQUFRLE1BQU0sRUFBRTtBQUNyRSxTQUFPLFVBQVUsTUFBTSxLQUFLLENBQUMsV0FBVyxPQUFPLE1BQU0sRUFBRSxHQUFHLEVBQUUsU0FBUyxDQUFDLFlBQVksVUFBVSxHQUFHLFFBQVEsQ0FBQyxHQUFHLEdBQUcsR0FBRyxHQUFHLEdBQUcsR0FBRyxHQUFHLENBQUMsRUFBRSxDQUFDO0FBQ25JLENBQUM7QUFFRCxLQUFLLHNFQUFzRSxNQUFNO0FBQy9FLFNBQU8sTUFBTSxVQUFVLHFEQUFxRCxHQUFHLHFEQUFxRDtBQUNwSSxRQUFNLFVBQVUsQ0FBQyxJQUFJRCxVQUFTLE9BQU8sT0FBTyxDQUFDLE9BQU8sS0FBSyxDQUFDLElBQUlBLE1BQUssTUFBTSxDQUFDLEdBQUcsT0FBTyxLQUFLQSxLQUFJLENBQUMsQ0FBQztBQUMvRixRQUFNLFNBQVMsT0FBTyxPQUFPLENBQUMsT0FBTyxLQUFLLGdCQUFxQixRQUFRLEdBQUcsUUFBUSxHQUFHLFNBQVMsR0FBRyxRQUFRLElBQUksbUJBQW1CLENBQUMsQ0FBQztBQUNsSSxRQUFNRyxTQUFRLFNBQVMsTUFBTSxFQUFFLFNBQVMsUUFBUTtBQUNoRCxTQUFPLEdBQUdBLE9BQU0sU0FBUyxTQUFTLEtBQUtBLE9BQU0sU0FBUyxtQkFBbUIsR0FBR0EsTUFBSztBQUNuRixDQUFDOyIsCiAgIm5hbWVzIjogWyJwYXRoIiwgImV4aXN0c1N5bmMiLCAicGF0aCIsICJyZXF1aXJlIiwgInBhdGgiLCAicHJvamVjdCIsICJzY2hlbWFzIiwgInNjaGVtYSIsICJwcm9qZWN0IiwgInBhdGgiLCAiZXhpc3RzU3luYyIsICJ0ZXh0IiwgInBhdGgiLCAidGV4dCIsICJwcm9ibGVtIiwgImFkZCIsICJhZnRlciJdCn0K
