/** A JSON Schema as the build makes it of a type: these words of it and no others. */
export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  anyOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  description?: string;
}

/** What was wrong: where, and in words. */
export class Mismatch extends Error {
  constructor(
    readonly path: string,
    readonly why: string,
  ) {
    super(why);
  }
}

/**
 * Holds a value to a schema and returns it. Numbers where the type says bigint become one, which is why there is a result.
 */
export function fit(schema: Schema | boolean, value: unknown): unknown {
  const root = typeof schema === "boolean" ? {} : schema;
  return at(root, schema, value, "");
}

function at(root: Schema, schema: Schema | boolean, value: unknown, path: string): unknown {
  if (schema === true) return value;
  if (schema === false) throw new Mismatch(path, "nothing is allowed here");
  if (schema.$ref !== undefined) {
    const definition = root.$defs?.[schema.$ref.slice("#/$defs/".length)];
    if (definition !== undefined) value = at(root, definition, value, path);
  }
  for (const part of schema.allOf ?? []) value = at(root, part, value, path);
  if (schema.anyOf !== undefined) value = any(root, schema.anyOf, value, path);
  if (schema.type !== undefined) hasType(schema, value, path);
  if (schema.const !== undefined) isOneOf([schema.const], value, path);
  if (schema.enum !== undefined) isOneOf(schema.enum, value, path);
  if (typeof value === "string") inBounds(schema, value, path);
  if (typeof value === "number" || typeof value === "bigint") return number(schema, value, path);
  if (Array.isArray(value)) return items(root, schema, value, path);
  if (typeof value === "object" && value !== null) return members(root, schema, value as Record<string, unknown>, path);
  return value;
}

function any(root: Schema, schemas: Schema[], value: unknown, path: string): unknown {
  let nearest: Mismatch | undefined;
  for (const schema of schemas) {
    try {
      return at(root, schema, value, path);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      // The alternative that was followed furthest is the one that was meant.
      if (nearest === undefined || error.path.length > nearest.path.length) nearest = error;
    }
  }
  if (nearest === undefined || nearest.path.length > path.length) throw nearest ?? new Mismatch(path, "nothing is allowed here");
  const names = schemas.map((schema) => nameOf(root, schema));
  throw new Mismatch(path, `expected ${names.join(" or ")}, found ${shown(value)}`);
}

function nameOf(root: Schema, schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.slice("#/$defs/".length);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  return [schema.type ?? "anything"].flat().map(article).join(" or ");
}

function article(type: string): string {
  if (type === "null") return type;
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "bigint") return "integer";
  return typeof value;
}

function shown(value: unknown): string {
  const text = typeof value === "bigint" ? value.toString() : JSON.stringify(value) ?? "nothing";
  return text.length > 40 || typeof value === "object" ? article(typeOf(value)) : `${article(typeOf(value))} (${text})`;
}

function hasType(schema: Schema, value: unknown, path: string): void {
  const found = typeOf(value);
  const allowed = [schema.type ?? []].flat();
  const fits = (type: string) =>
    type === found ||
    (type === "integer" && found === "number" && Number.isInteger(value)) ||
    (type === "number" && found === "integer");
  if (!allowed.some(fits)) {
    throw new Mismatch(path, `expected ${allowed.map(article).join(" or ")}, found ${shown(value)}`);
  }
}

function isOneOf(allowed: unknown[], value: unknown, path: string): void {
  if (allowed.includes(value)) return;
  const words = allowed.map((one) => JSON.stringify(one)).join(" or ");
  throw new Mismatch(path, `expected ${words}, found ${shown(value)}`);
}

function inBounds(schema: Schema, value: string, path: string): void {
  const length = [...value].length;
  if (length < (schema.minLength ?? 0)) throw new Mismatch(path, `expected at least ${schema.minLength} characters`);
  if (length > (schema.maxLength ?? length)) throw new Mismatch(path, `expected at most ${schema.maxLength} characters`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) {
    throw new Mismatch(path, `expected text like ${schema.pattern}, found ${shown(value)}`);
  }
}

function number(schema: Schema, value: number | bigint, path: string): number | bigint {
  if (schema.minimum !== undefined && value < schema.minimum) throw new Mismatch(path, `expected at least ${schema.minimum}, found ${value}`);
  if (schema.maximum !== undefined && value > schema.maximum) throw new Mismatch(path, `expected at most ${schema.maximum}, found ${value}`);
  if (schema.format === "bigint") return BigInt(value);
  if (typeof value === "bigint" && schema.type !== undefined) {
    throw new Mismatch(path, `${value} is not held exactly by a number of JavaScript; declare the member as bigint`);
  }
  return value;
}

function items(root: Schema, schema: Schema, value: unknown[], path: string): unknown[] {
  if (value.length < (schema.minItems ?? 0)) throw new Mismatch(path, `expected at least ${schema.minItems} items`);
  if (value.length > (schema.maxItems ?? value.length)) throw new Mismatch(path, `expected at most ${schema.maxItems} items`);
  const of = (index: number) => schema.prefixItems?.[index] ?? schema.items ?? true;
  return value.map((item, index) => at(root, of(index), item, `${path}[${index}]`));
}

function members(root: Schema, schema: Schema, value: Record<string, unknown>, path: string): Record<string, unknown> {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) throw new Mismatch(path, `\`${name}\` is missing`);
  }
  const properties = schema.properties ?? {};
  for (const name of Object.keys(value)) {
    const of = Object.hasOwn(properties, name) ? properties[name] : (schema.additionalProperties ?? true);
    if (of === undefined || of === true) continue;
    const below = path === "" ? name : `${path}.${name}`;
    value[name] = at(root, of, value[name], below);
  }
  return value;
}
