// Components that send HTTP requests need a detour. The engine's tool runs a component once while it makes it, with a WASI
// of its own, which lacks `wasi:http`; it puts something in its place that does not fit its `wasi:io`. So the component is
// made with names that the tool does not know, which are as long, and gets the true names afterwards.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const TRUE = "wasi:";
const MADE_UP = "wisa:";
/** The engine imports 0.2.12 itself; the same interface is not imported twice under one name. */
const VERSION = ["@0.2.12", "@0.2.11"];
/** What HTTP requests are made of. */
const PACKAGES = ["http", "io", "clocks"];
const IMPORTS = new RegExp(`${TRUE}(${PACKAGES.join("|")})(/[a-z-]+)?${VERSION[0].replaceAll(".", "\\.")}`, "g");

const IMPORT_SECTION = 10;
const HEADER_BYTES = 8;

/** The text with made-up names. */
export function disguised(text) {
  return text.replace(IMPORTS, (_, name, rest = "") => `${MADE_UP}${name}${rest}${VERSION[1]}`);
}

/** Calls with a copy of the WIT that has made-up names. */
export async function withDisguisedWit(wit, call) {
  const copy = mkdtempSync(path.join(tmpdir(), "tasker-wit-"));
  try {
    cpSync(wit, copy, { recursive: true });
    for (const file of readdirSync(copy, { recursive: true })) {
      const at = path.join(copy, file);
      if (statSync(at).isFile()) writeFileSync(at, disguised(readFileSync(at, "utf8")));
    }
    return await call(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** The component with its true names: only those of its own imports count. */
export function revealed(component) {
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
  for (;;) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) return [value, at];
  }
}
