// Reads handlers, subscribers and events from the source: their names, comments, and the JSON Schemas of their types.
import path from "node:path";

const KINDS = ["handler", "subscriber", "event"];
// Comments of members that say more than types can.
const NUMBERS = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];
const TEXTS = ["pattern", "format"];
const NOT_JSON = ["Date", "Map", "Set", "WeakMap", "WeakSet", "Promise", "RegExp", "Uint8Array", "ArrayBuffer", "Buffer"];

/** All that a program registers, as `Described` has it, and the problems that were found: `place: what`. */
export function describe(ts, program, sdk, project) {
  const checker = program.getTypeChecker();
  const found = { handlers: {}, subscribers: {}, events: {} };
  const problems = [];
  const reader = { ts, checker, sdk, project, problems };
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
  const relative = path.relative(folder, file);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}

function add(reader, found, node) {
  const kind = kindOf(reader, node);
  if (kind === undefined) return;
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
    const type = payload === undefined ? undefined : checker.getTypeFromTypeNode(payload);
    found.events[name.value] = { description, schema: type === undefined ? true : schemaOf(reader, node, type) };
  } else {
    found.handlers[name.value] = { description, ...signatureOf(reader, node) };
  }
}

/** Which function of the SDK is called, if one is. */
function kindOf({ ts, checker, sdk }, node) {
  let symbol = checker.getSymbolAtLocation(node.expression);
  if (symbol === undefined) return undefined;
  if (symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  if (!KINDS.includes(symbol.name)) return undefined;
  const files = (symbol.declarations ?? []).map((declaration) => declaration.getSourceFile().fileName);
  return files.some((file) => isWithin(file, sdk) && file.endsWith("/registry.ts")) ? symbol.name : undefined;
}

function signatureOf(reader, node) {
  const { checker } = reader;
  const [signature] = checker.getTypeAtLocation(node.arguments[1] ?? node).getCallSignatures();
  if (signature === undefined) return { input: true, result: true };
  const [parameter] = signature.getParameters();
  const input = parameter === undefined ? undefined : checker.getTypeOfSymbolAtLocation(parameter, node);
  const returned = signature.getReturnType();
  const result = checker.getAwaitedType(returned) ?? returned;
  return {
    input: input === undefined ? true : schemaOf(reader, node, input),
    result: schemaOf(reader, node, result, { isResult: true }),
  };
}

/** The schema of a type with the types that it names below `$defs`. */
function schemaOf(reader, node, type, { isResult = false } = {}) {
  const state = { ...reader, node, defs: {}, names: new Map(), isResult };
  const schema = toSchema(state, type, "");
  if (Object.keys(state.defs).length === 0) return schema;
  return { ...(schema === true ? {} : schema), $defs: state.defs };
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
  const schemas = others.map((one) => toSchema(state, one, at));
  if (booleans.length === 2) schemas.unshift({ type: "boolean" });
  if (literals.length > 0) schemas.unshift({ enum: literals.map((one) => one.value) });
  if (schemas.length === 1) return schemas[0];
  if (schemas.some((schema) => schema === true)) return true;
  const isPlain = schemas.every((schema) => typeof schema.type === "string" && Object.keys(schema).length === 1);
  if (isPlain) return { type: [...new Set(schemas.map((schema) => schema.type))] };
  return { anyOf: schemas };
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
  if (name === undefined) return members(state, type, at);
  const known = state.names.get(type);
  if (known !== undefined) return { $ref: `#/$defs/${known}` };
  // The outermost type is written out, unless it holds itself.
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
  if (symbol === undefined || symbol.name.startsWith("__") || type.aliasTypeArguments !== undefined) return undefined;
  const isGeneric = state.checker.getTypeArguments?.(type)?.length > 0 && type.symbol?.name !== undefined && type.target !== type;
  return isGeneric && type.typeArguments?.some((one) => one !== type && !one.isTypeParameter?.()) ? undefined : symbol.name;
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
    const schema = toSchema(state, member, below);
    properties[property.name] = withComment(state, property, schema);
    const mayBeAbsent = member.isUnion() && member.types.some((one) => one.flags & ts.TypeFlags.Undefined);
    if (!(property.flags & ts.SymbolFlags.Optional) && !mayBeAbsent) required.push(property.name);
  }
  const schema = { type: "object" };
  const named = type.aliasSymbol ?? type.symbol;
  const isOwn = named?.declarations?.every((one) => !one.getSourceFile().isDeclarationFile) === true;
  const isNamed = isOwn && !named.name.startsWith("__");
  const description = isNamed ? text(ts, named.getDocumentationComment(checker)) : "";
  if (description !== "") schema.description = description;
  if (Object.keys(properties).length > 0) schema.properties = properties;
  if (required.length > 0) schema.required = required;
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  // `{}` is every value but null.
  if (index === undefined && checker.getPropertiesOfType(type).length === 0) return true;
  if (index !== undefined) schema.additionalProperties = toSchema(state, index, `${at}.*`);
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

/** The comment before the statement that a call stands in. */
function commentOf({ ts, checker }, node) {
  let at = node;
  while (at.parent !== undefined && !ts.isStatement(at)) at = at.parent;
  const comments = ts.getJSDocCommentsAndTags(at).filter((one) => ts.isJSDoc(one));
  const last = comments.at(-1)?.comment;
  return last === undefined ? undefined : ts.getTextOfJSDocComment(last)?.trim();
}

function problem({ problems, project }, node, what) {
  const file = node.getSourceFile();
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
  problems.push(`${path.relative(project, file.fileName)}:${line + 1}:${character + 1}: ${what}`);
}
