import { Failure } from "./failure.ts";

// What `JSON` has where components run, and TypeScript's library does not know yet.
interface RawJson {
  rawJSON?(text: string): unknown;
}
type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

const LARGE_NUMBER = /\d{16}/;
const INTEGER = /^-?\d+$/;

/** Integers that a number does not hold exactly become a bigint. */
const exact: Reviver = (_key, value, context) => {
  const isInexact = typeof value === "number" && !Number.isSafeInteger(value);
  const source = context?.source;
  return isInexact && source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
};

/** Reads JSON text, or fails for good with `invalid_<what>`. */
export function read(what: string, text: string): unknown {
  try {
    return LARGE_NUMBER.test(text) ? JSON.parse(text, exact as never) : JSON.parse(text);
  } catch (error) {
    throw Failure.permanent(`invalid_${what}`, `the ${what} is no JSON: ${(error as Error).message}`);
  }
}

/** Writes a value as JSON text, or fails for good with `invalid_<what>`; `undefined` is `null`. */
export function write(what: string, value: unknown): string {
  const refuse = (why: string) => Failure.permanent(`invalid_${what}`, `the ${what} cannot be written as JSON: ${why}`);
  const replace = function (this: unknown, key: string, value: unknown): unknown {
    if (typeof value === "number" && !Number.isFinite(value)) throw refuse(`${value}${at(key)} is no number of JSON`);
    if (typeof value === "function" || typeof value === "symbol") throw refuse(`it has a ${typeof value}${at(key)}`);
    if (typeof value !== "bigint") return value;
    const raw = (JSON as RawJson).rawJSON;
    if (raw === undefined) throw refuse("this Node.js does not write a bigint as JSON; use version 22");
    return raw(value.toString());
  };
  try {
    return JSON.stringify(value === undefined ? null : value, replace);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refuse((error as Error).message);
  }
}

function at(key: string): string {
  return key === "" ? "" : ` at \`${key}\``;
}
