// test/testing.test.ts
import assert from "node:assert/strict";
import { test } from "node:test";

// src/failure.ts
var INTERNAL = "internal";
var Failure = class _Failure extends Error {
  constructor(code, message, retry = "policy", options = {}) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.code = code;
    this.retry = retry;
    this.name = "Failure";
    this.details = options.details;
  }
  code;
  retry;
  details;
  /** A failure that another attempt would only repeat: the step ends here. */
  static permanent(code, message, options) {
    return new _Failure(code, message, "never", options);
  }
  /** A failure that may pass: tried again as the step's retry policy says. */
  static retryable(code, message, options) {
    return new _Failure(code, message, "policy", options);
  }
  /** A failure that may pass, but not within this many milliseconds. */
  static retryAfter(ms, code, message, options) {
    return new _Failure(code, message, { afterMs: ms }, options);
  }
};

// src/host.ts
var Refused = class extends Error {
  constructor(reason, why = "") {
    super(`the host refused it: ${reason} ${why}`);
    this.reason = reason;
    this.why = why;
  }
  reason;
  why;
};

// src/json.ts
var LARGE_NUMBER = /\d{16}/;
var INTEGER = /^-?\d+$/;
var exact = (_key, value, context) => {
  const isInexact = typeof value === "number" && !Number.isSafeInteger(value);
  const source = context?.source;
  return isInexact && source !== void 0 && INTEGER.test(source) ? BigInt(source) : value;
};
function read(what, text2) {
  try {
    return LARGE_NUMBER.test(text2) ? JSON.parse(text2, exact) : JSON.parse(text2);
  } catch (error) {
    throw Failure.permanent(`invalid_${what}`, `the ${what} is no JSON: ${error.message}`);
  }
}
function write(what, value) {
  const refuse = (why) => Failure.permanent(`invalid_${what}`, `the ${what} cannot be written as JSON: ${why}`);
  const replace = function(key, value2) {
    if (typeof value2 === "number" && !Number.isFinite(value2)) throw refuse(`${value2}${at(key)} is no number of JSON`);
    if (typeof value2 === "function" || typeof value2 === "symbol") throw refuse(`it has a ${typeof value2}${at(key)}`);
    if (typeof value2 !== "bigint") return value2;
    const raw = JSON.rawJSON;
    if (raw === void 0) throw refuse("this Node.js does not write a bigint as JSON; use version 22");
    return raw(value2.toString());
  };
  try {
    return JSON.stringify(value === void 0 ? null : value, replace);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refuse(error.message);
  }
}
function at(key) {
  return key === "" ? "" : ` at \`${key}\``;
}

// src/kv.ts
var Kv = class {
  #host;
  #bucket;
  constructor(host, bucket) {
    this.#host = host;
    this.#bucket = bucket;
  }
  /** What stands under a key of 1 to 200 bytes. */
  get(key) {
    const found = this.#ask(key, () => this.#host.kvGet(this.#bucket, key));
    if (found === void 0) return { value: void 0, version: void 0 };
    return { value: read("kv_value", found.value), version: found.version };
  }
  /** Sets a value of at most 64 KiB as JSON, whatever stands there; at most 100 keys an attempt. */
  set(key, value) {
    const text2 = write("kv_value", value);
    this.#ask(key, () => this.#host.kvSet(this.#bucket, key, text2));
  }
  /**
   * Sets a value in the place of what was found (which may be nothing), as long as that stands there. Where another was
   * faster, this fails with the retryable `kv_conflict`, or the attempt is repeated when it ends.
   */
  replace(key, found, value) {
    const text2 = write("kv_value", value);
    this.#ask(key, () => this.#host.kvCompareAndSet(this.#bucket, key, found.version, text2));
  }
  /** Removes what stands there, if anything. */
  remove(key) {
    this.#ask(key, () => this.#host.kvDelete(this.#bucket, key));
  }
  /** The first keys that begin with this, in byte order; at most `limit`, and 1,000. */
  keys(prefix = "", limit = 1e3) {
    return this.#ask(prefix, () => this.#host.kvListKeys(this.#bucket, prefix, limit));
  }
  #ask(key, call2) {
    try {
      return call2();
    } catch (error) {
      if (error instanceof Refused) throw refused(`kv ${this.#bucket}/${key}`, error);
      throw error;
    }
  }
};
function refused(place2, { reason, why }) {
  switch (reason) {
    case "not-granted":
      return Failure.permanent("kv_not_granted", `${place2}: this component was not granted the bucket for this use`);
    case "invalid":
      return Failure.permanent("kv_invalid", `${place2}: ${why}`);
    case "conflict":
      return Failure.retryable("kv_conflict", `${place2}: another attempt changed it meanwhile`);
    default:
      return Failure.retryable("kv_failed", `${place2}: ${reason}`);
  }
}

// src/context.ts
var Context = class {
  #host;
  constructor(host) {
    this.#host = host;
  }
  /** The task, as a UUID. */
  get taskId() {
    return this.#host.taskId();
  }
  /** The namespace of the task. */
  get namespace() {
    return this.#host.namespace();
  }
  /** The step's name in its template. */
  get stepName() {
    return this.#host.stepName();
  }
  /** Which attempt this is, from 1. */
  get attempt() {
    return this.#host.attempt();
  }
  /** How many attempts the step has in all. */
  get maxAttempts() {
    return this.#host.maxAttempts();
  }
  /** The same for every attempt of this step, different for every other step: pass it to downstream services. */
  get idempotencyKey() {
    return this.#host.idempotencyKey();
  }
  /** The same from the request that made the task to each of its steps. */
  get correlationId() {
    return this.#host.correlationId();
  }
  /** The W3C trace context to pass on, if the host traces. */
  get traceparent() {
    return this.#host.traceparent();
  }
  /** Milliseconds until the host ends this attempt. */
  get remainingMs() {
    return this.#host.remainingMs();
  }
  /** The task's input. */
  taskInput() {
    return read("task_input", this.#host.taskInput());
  }
  /** The result of a step that this one depends on; a permanent failure where it has none. */
  dependency(step) {
    const text2 = this.#host.dependency(step);
    if (text2 === void 0) {
      const message = `there is no result of a step \`${step}\` here; name it in this step's depends_on`;
      throw Failure.permanent("missing_dependency", message);
    }
    return read("dependency", text2);
  }
  /** The same, undefined where there is none. */
  optionalDependency(step) {
    const text2 = this.#host.dependency(step);
    return text2 === void 0 ? void 0 : read("dependency", text2);
  }
  /** The step's `config` in the template; an empty object where it has none. */
  config() {
    return read("config", this.#host.config()) ?? {};
  }
  /** What the last attempt left with `checkpoint`. */
  checkpoint() {
    const text2 = this.#host.lastCheckpoint();
    return text2 === void 0 ? void 0 : read("checkpoint", text2);
  }
  /** Reports that the handler is alive and how far it is. A permanent failure `cancelled` when the task was cancelled. */
  heartbeat(progress) {
    const text2 = progress === void 0 ? void 0 : write("progress", progress);
    if (!this.#host.heartbeat(text2)) throw Failure.permanent("cancelled", "the task was cancelled");
  }
  sendEvent(event2, payload) {
    const name = typeof event2 === "string" ? event2 : event2.name;
    const text2 = write("event", payload);
    try {
      this.#host.sendEvent(name, text2);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw eventRefused(name, error);
    }
  }
  /** A bucket of small values that outlive tasks. */
  kv(bucket) {
    return new Kv(this.#host, bucket);
  }
  /**
   * A placeholder for a secret of the namespace. In a header of a request, or in a small JSON or form body, the host puts
   * the secret in its place. Fails for good with `secret_unknown` or `secret_not_granted`.
   */
  secret(name) {
    return ask(name, () => this.#host.secret(name));
  }
  /** A secret in clear, which is a grant of its own. The host redacts it from whatever the attempt leaves. */
  secretInClear(name) {
    return ask(name, () => this.#host.secretInClear(name));
  }
};
function ask(name, call2) {
  try {
    return call2();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    switch (error.reason) {
      case "unknown":
        throw Failure.permanent("secret_unknown", `there is no secret \`${name}\` in this namespace; an operator can set it`);
      case "not-granted":
        throw Failure.permanent("secret_not_granted", `this component was not granted the secret \`${name}\` for this use`);
      default:
        throw Failure.retryable("secret_failed", `there is no secret \`${name}\`: ${error.reason}`);
    }
  }
}
function eventRefused(name, { reason, why }) {
  switch (reason) {
    case "not-granted":
      return Failure.permanent("event_not_granted", `this component was not granted the event \`${name}\``);
    case "invalid":
      return Failure.permanent("event_invalid", `event \`${name}\`: ${why}`);
    default:
      return Failure.retryable("event_failed", `event \`${name}\`: ${reason}`);
  }
}

// src/log.ts
var sink = (level, message, fields) => {
  const words = fields.map(([name, value]) => ` ${name}=${value}`);
  console.error(`${level} ${message}${words.join("")}`);
};
function writer(level) {
  return (message, fields = {}) => {
    const texts = Object.entries(fields).map(([name, value]) => [name, text(value)]);
    sink(level, message, texts);
  };
}
var log = {
  trace: writer("trace"),
  debug: writer("debug"),
  info: writer("info"),
  warn: writer("warn"),
  error: writer("error")
};
function text(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value, (_key, member) => typeof member === "bigint" ? `${member}` : member);
  } catch {
    return String(value);
  }
}

// src/registry.ts
var Checkpoint = class {
  constructor(value) {
    this.value = value;
  }
  value;
};
function checkpoint(value) {
  return new Checkpoint(value);
}
var registered = {
  handlers: /* @__PURE__ */ new Map(),
  subscribers: /* @__PURE__ */ new Map(),
  events: /* @__PURE__ */ new Map(),
  capabilities: /* @__PURE__ */ new Set()
};
function handler(name, run, options = {}) {
  unused(registered.handlers, "handler", name);
  registered.handlers.set(name, { run, options });
  return run;
}
function subscriber(name, handle, options = {}) {
  unused(registered.subscribers, "subscriber", name);
  registered.subscribers.set(name, { handle, description: options.description });
  return handle;
}
function event(name, options = {}) {
  unused(registered.events, "event", name);
  const declared = { name, description: options.description };
  registered.events.set(name, declared);
  return declared;
}
function capabilities(...wanted) {
  for (const one of wanted) registered.capabilities.add(one);
}
function unused(map, what, name) {
  if (map.has(name)) throw new Error(`there are two ${what}s \`${name}\`; give one of them another name`);
}

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
  return at2(root, schema, value, "");
}
function at2(root, schema, value, path) {
  if (schema === true) return value;
  if (schema === false) throw new Mismatch(path, "nothing is allowed here");
  if (schema.$ref !== void 0) {
    const definition = root.$defs?.[schema.$ref.slice("#/$defs/".length)];
    if (definition !== void 0) value = at2(root, definition, value, path);
  }
  for (const part of schema.allOf ?? []) value = at2(root, part, value, path);
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
      return at2(root, schema, value, path);
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
  const text2 = typeof value === "bigint" ? value.toString() : JSON.stringify(value) ?? "nothing";
  return text2.length > 40 || typeof value === "object" ? article(typeOf(value)) : `${article(typeOf(value))} (${text2})`;
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
  return value.map((item, index) => at2(root, of(index), item, `${path}[${index}]`));
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
    value[name] = at2(root, of, value[name], below);
  }
  return value;
}

// src/trace.ts
var places;
var encoded;
function decode() {
  const { sources, deltas } = encoded ?? { sources: [], deltas: [] };
  let [source, line] = [0, 0];
  const decoded = [];
  for (let at3 = 0; at3 < deltas.length; at3 += 2) {
    source += deltas[at3] ?? 0;
    line += deltas[at3 + 1] ?? 0;
    const name = sources[source];
    decoded.push(name === void 0 || line === 0 ? void 0 : [name, line]);
  }
  return decoded;
}
function frames(error) {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  const lines = stack.split("\n").map((line) => line.trim());
  const all = lines.filter((line) => line.startsWith("at ")).map((line) => inSource(line.slice(3)));
  const own = all.filter((frame) => !frame.includes("@tasker/sdk/") && !frame.includes("(native)"));
  return own.length > 0 ? own : all;
}
function inSource(frame) {
  places ??= decode();
  return frame.replace(/(?:file:\/\/)?[^\s()]*?:(\d+):\d+/, (whole, line) => {
    const place2 = places?.[Number(line) - 1];
    return place2 === void 0 ? whole : `${place2[0]}:${place2[1]}`;
  });
}
function place(trace) {
  const places2 = trace.map((frame) => /[^\s()]+:\d+/.exec(frame)?.[0]);
  return places2.find((place2) => place2 !== void 0 && !place2.includes("@tasker/sdk"));
}
function withCauses(error) {
  const messages = [error instanceof Error && error.name === "Failure" ? error.message : text(error)];
  let cause = error instanceof Error ? error.cause : void 0;
  for (let depth = 0; cause !== void 0 && depth < 10; depth += 1) {
    messages.push(text(cause));
    cause = cause instanceof Error ? cause.cause : void 0;
  }
  return messages.join(": ");
}

// src/run.ts
function call(described, host, name, input) {
  const found = registered.handlers.get(name);
  if (found === void 0) throw unknown("handler", name, registered.handlers);
  const schema = described.handlers[name]?.input ?? true;
  const typed = fitted("input", schema, read("input", input));
  return found.run(typed, new Context(host));
}
function outcome(returned) {
  if (returned instanceof Checkpoint) return { tag: "checkpoint", val: write("checkpoint", returned.value) };
  return { tag: "complete", val: write("result", returned) };
}
function fitted(what, schema, value) {
  try {
    return fit(schema, value);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const at3 = error.path === "" ? "" : ` at \`${error.path}\``;
    throw Failure.permanent(`invalid_${what}`, `the ${what} is wrong${at3}: ${error.why}`);
  }
}
function unknown(what, name, known2) {
  const names = [...known2.keys()].join(", ");
  return Failure.permanent(`unknown_${what}`, `this component has no ${what} \`${name}\`; it has ${names}`);
}
function failure(thrown) {
  if (thrown instanceof Failure) return chosen(thrown);
  const trace = frames(thrown);
  const at3 = place(trace);
  const message = withCauses(thrown) + (at3 === void 0 ? "" : ` at ${at3}`);
  log.error([message, ...trace.map((frame) => `    at ${frame}`)].join("\n"));
  return { code: INTERNAL, message, details: JSON.stringify({ place: at3, trace }), retry: { tag: "policy" } };
}
function chosen(failure2) {
  const { code, retry } = failure2;
  let details;
  try {
    details = failure2.details === void 0 ? void 0 : write("details", failure2.details);
  } catch (error) {
    log.warn("the details of the failure are left out", { error });
  }
  return { code, message: withCauses(failure2), details, retry: wireRetry(retry) };
}
function wireRetry(retry) {
  if (retry === "policy" || retry === "never") return { tag: retry };
  const ms = Number.isFinite(retry.afterMs) ? Math.max(0, Math.trunc(retry.afterMs)) : 0;
  return { tag: "after-ms", val: Math.min(ms, Number.MAX_SAFE_INTEGER) };
}
function describe(described) {
  const handlers = [...registered.handlers].map(([name, { options }]) => {
    const types = described.handlers[name];
    return {
      name,
      description: options.description ?? types?.description,
      input_schema: types?.input ?? true,
      result_schema: types?.result ?? true,
      error_codes: options.errors ?? [],
      retry: options.retry
    };
  });
  const subscribers = [...registered.subscribers].map(([name, { description }]) => {
    return { name, description: description ?? described.subscribers[name]?.description };
  });
  const events = [...registered.events.values()].map(({ name, description }) => {
    const types = described.events[name];
    return [name, { description: description ?? types?.description, schema: types?.schema ?? true }];
  });
  return JSON.stringify({
    handlers,
    subscribers: subscribers.length === 0 ? void 0 : subscribers,
    capabilities: [...registered.capabilities],
    events: events.length === 0 ? void 0 : Object.fromEntries(events)
  });
}

// src/utf8.ts
function encode(text2) {
  const bytes = new Uint8Array(text2.length * 3);
  let length = 0;
  for (const character of text2) {
    const code = character.codePointAt(0) ?? 0;
    const point = code >= 55296 && code <= 57343 ? 65533 : code;
    length = put(bytes, length, point);
  }
  return bytes.slice(0, length);
}
function put(bytes, at3, point) {
  if (point < 128) {
    bytes[at3] = point;
    return at3 + 1;
  }
  const count = point < 2048 ? 2 : point < 65536 ? 3 : 4;
  const lead = [0, 0, 192, 224, 240][count] ?? 0;
  bytes[at3] = lead | point >> 6 * (count - 1);
  for (let rest = count - 2; rest >= 0; rest -= 1) bytes[at3 + count - 1 - rest] = 128 | point >> 6 * rest & 63;
  return at3 + count;
}

// src/http/request.ts
var DEFAULT_TIMEOUT_MS = 1e4;
var DEFAULT_MAX_BODY_BYTES = 8 << 20;
function prepared(method, url, options) {
  const headers = Object.entries(options.headers ?? {});
  const has = (name) => headers.some(([header]) => header.toLowerCase() === name);
  let body = options.body ?? "";
  if (options.json !== void 0) {
    body = write("body", options.json);
    if (!has("content-type")) headers.push(["content-type", "application/json"]);
  }
  const bytes = typeof body === "string" ? encode(body) : body;
  if (bytes.length > 0 && !has("content-length")) headers.push(["content-length", String(bytes.length)]);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return { method, url, headers, body: bytes, timeoutMs, maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES };
}
function sender(send2) {
  const request = (method, url, options = {}) => send2(prepared(method, url, options));
  return {
    /**
     * Sends a request and reads the whole response, whatever its status. Fails for good with `http_invalid_request`,
     * `http_denied` (not granted) or `http_body_too_large`, retryably with `http_timeout` or `http_failed`.
     */
    request,
    /** Sends a GET request. */
    get: (url, options) => request("GET", url, options),
    /** Sends a POST request. */
    post: (url, options) => request("POST", url, options),
    /** Sends a PUT request. */
    put: (url, options) => request("PUT", url, options),
    /** Sends a PATCH request. */
    patch: (url, options) => request("PATCH", url, options),
    /** Sends a DELETE request. */
    delete: (url, options) => request("DELETE", url, options)
  };
}

// src/http/native.ts
var send = ({ method, url }) => {
  throw Failure.permanent("http_failed", `no host to send ${method} ${url} here; a test says what is answered by answerWith()`);
};
var http = sender((request) => send(request));

// src/testing.ts
var AttemptContext = class extends Context {
  constructor(host, sentEvents) {
    super(host);
    this.sentEvents = sentEvents;
  }
  sentEvents;
};
var TASK = "00000000-0000-7000-8000-000000000000";
function attempt(options = {}) {
  const sent = [];
  return new AttemptContext(madeUp(options, sent), sent);
}
function madeUp(options, sent) {
  const text2 = (value) => value === void 0 ? void 0 : write("value", value);
  const stepName = options.stepName ?? "step";
  return {
    taskId: () => TASK,
    namespace: () => "test",
    stepName: () => stepName,
    attempt: () => options.attempt ?? 1,
    maxAttempts: () => options.maxAttempts ?? 3,
    idempotencyKey: () => `${TASK}:${stepName}`,
    correlationId: () => "test",
    traceparent: () => void 0,
    remainingMs: () => options.remainingMs ?? 3e4,
    taskInput: () => text2(options.taskInput ?? {}) ?? "{}",
    dependency: (step) => text2(options.dependencies?.[step]),
    config: () => text2(options.config ?? null) ?? "null",
    lastCheckpoint: () => text2(options.checkpoint),
    heartbeat: () => options.cancelled !== true,
    secret: (name) => `tasker-secret-${known(options, name).length.toString().padStart(32, "0")}`,
    secretInClear: (name) => known(options, name),
    ...entries(options),
    sendEvent: (name, payload) => void sent.push({ name, payload: JSON.parse(payload) })
  };
}
function known(options, name) {
  const value = options.secrets?.[name];
  if (value === void 0) throw new Refused("unknown");
  return value;
}
function entries(options) {
  const stored = /* @__PURE__ */ new Map();
  const place2 = (bucket, key) => `${bucket}/${key}`;
  const set = (bucket, key, value) => {
    const version = (stored.get(place2(bucket, key))?.version ?? 0) + 1;
    stored.set(place2(bucket, key), { value, version });
  };
  for (const [bucket, values] of Object.entries(options.kv ?? {})) {
    for (const [key, value] of Object.entries(values)) set(bucket, key, write("value", value));
  }
  return {
    kvGet: (bucket, key) => stored.get(place2(bucket, key)),
    kvSet: set,
    kvCompareAndSet: (bucket, key, expected, value) => {
      if (stored.get(place2(bucket, key))?.version !== expected) throw new Refused("conflict");
      set(bucket, key, value);
    },
    kvDelete: (bucket, key) => void stored.delete(place2(bucket, key)),
    kvListKeys: (bucket, prefix, limit) => {
      const inBucket = [...stored.keys()].filter((at3) => at3.startsWith(`${bucket}/${prefix}`));
      return inBucket.map((at3) => at3.slice(bucket.length + 1)).sort().slice(0, limit);
    }
  };
}
async function execute(name, input, options = {}) {
  const described = { handlers: {}, subscribers: {}, events: {} };
  try {
    return outcome(await call(described, madeUp(options, []), name, write("input", input)));
  } catch (error) {
    return failure(error);
  }
}

// test/testing.test.ts
handler("portion", (_, ctx) => ctx.checkpoint() === void 0 ? checkpoint(1) : "done");
handler("broken", () => {
  throw new RangeError("too far", { cause: new Error("no map") });
});
handler("later", async () => {
  throw Failure.retryAfter(3e4, "busy", "later", { details: [1] });
});
subscriber("counts", () => {
}, { description: "Counts." });
event("orders.charged", { description: "An order was charged." });
capabilities("events orders", "kv counters");
test("a context answers as the test says", () => {
  const ctx = attempt({ attempt: 2, config: { a: 1 }, dependencies: { price: 100 }, secrets: { key: "sk" } });
  assert.deepEqual([ctx.attempt, ctx.config(), ctx.dependency("price")], [2, { a: 1 }, 100]);
  assert.equal(ctx.secretInClear("key"), "sk");
  assert.match(ctx.secret("key"), /^tasker-secret-/);
  assert.throws(() => ctx.secret("other"), { code: "secret_unknown" });
  assert.throws(() => ctx.dependency("reserve"), { code: "missing_dependency", message: /depends_on/ });
  assert.throws(() => attempt({ cancelled: true }).heartbeat(), { code: "cancelled" });
});
test("an attempt sees what it wrote, and what it sent", () => {
  const ctx = attempt({ kv: { counters: { a: 1 } } });
  const counters = ctx.kv("counters");
  const found = counters.get("a");
  counters.replace("a", found, 2);
  assert.throws(() => counters.replace("a", found, 3), { code: "kv_conflict", retry: "policy" });
  counters.set("b", "x");
  assert.deepEqual(counters.keys(), ["a", "b"]);
  counters.remove("a");
  assert.equal(counters.get("a").value, void 0);
  ctx.sendEvent("orders.charged", { amount: 3 });
  assert.deepEqual(ctx.sentEvents, [{ name: "orders.charged", payload: { amount: 3 } }]);
});
test("a handler is run by its name as the host does", async () => {
  assert.deepEqual(await execute("portion", {}), { tag: "checkpoint", val: "1" });
  assert.deepEqual(await execute("portion", {}, { checkpoint: 1 }), { tag: "complete", val: '"done"' });
  const broken = await execute("broken", {});
  assert("code" in broken);
  assert.equal(broken.code, "internal");
  assert.match(broken.message, /^RangeError: too far: Error: no map at /);
  assert.deepEqual(await execute("later", {}), { code: "busy", message: "later", details: "[1]", retry: { tag: "after-ms", val: 3e4 } });
});
test("a component describes what was registered", () => {
  const described = { handlers: { portion: { input: true, result: { type: "string" } } }, subscribers: {}, events: { "orders.charged": { schema: { type: "number" } } } };
  const told = JSON.parse(describe(described));
  assert.deepEqual(told.capabilities, ["events orders", "kv counters"]);
  assert.deepEqual(told.events, { "orders.charged": { description: "An order was charged.", schema: { type: "number" } } });
  assert.deepEqual(told.handlers[0].result_schema, { type: "string" });
  assert.equal(told.subscribers[0].description, "Counts.");
});
test("a name is given once", () => {
  assert.throws(() => handler("portion", () => 1), /there are two handlers `portion`/);
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiLi4vdGVzdC90ZXN0aW5nLnRlc3QudHMiLCAiLi4vc3JjL2ZhaWx1cmUudHMiLCAiLi4vc3JjL2hvc3QudHMiLCAiLi4vc3JjL2pzb24udHMiLCAiLi4vc3JjL2t2LnRzIiwgIi4uL3NyYy9jb250ZXh0LnRzIiwgIi4uL3NyYy9sb2cudHMiLCAiLi4vc3JjL3JlZ2lzdHJ5LnRzIiwgIi4uL3NyYy9zY2hlbWEudHMiLCAiLi4vc3JjL3RyYWNlLnRzIiwgIi4uL3NyYy9ydW4udHMiLCAiLi4vc3JjL3V0ZjgudHMiLCAiLi4vc3JjL2h0dHAvcmVxdWVzdC50cyIsICIuLi9zcmMvaHR0cC9uYXRpdmUudHMiLCAiLi4vc3JjL3Rlc3RpbmcudHMiXSwKICAic291cmNlc0NvbnRlbnQiOiBbImltcG9ydCBhc3NlcnQgZnJvbSBcIm5vZGU6YXNzZXJ0L3N0cmljdFwiO1xuaW1wb3J0IHsgdGVzdCB9IGZyb20gXCJub2RlOnRlc3RcIjtcbmltcG9ydCB7IEZhaWx1cmUsIGNhcGFiaWxpdGllcywgY2hlY2twb2ludCwgZXZlbnQsIGhhbmRsZXIsIHN1YnNjcmliZXIgfSBmcm9tIFwiLi4vc3JjL2luZGV4XCI7XG5pbXBvcnQgeyBkZXNjcmliZSB9IGZyb20gXCIuLi9zcmMvcnVuXCI7XG5pbXBvcnQgeyBhdHRlbXB0LCBleGVjdXRlIH0gZnJvbSBcIi4uL3NyYy90ZXN0aW5nXCI7XG5cbmhhbmRsZXIoXCJwb3J0aW9uXCIsIChfOiB1bmtub3duLCBjdHgpID0+IChjdHguY2hlY2twb2ludCgpID09PSB1bmRlZmluZWQgPyBjaGVja3BvaW50KDEpIDogXCJkb25lXCIpKTtcbmhhbmRsZXIoXCJicm9rZW5cIiwgKCkgPT4ge1xuICB0aHJvdyBuZXcgUmFuZ2VFcnJvcihcInRvbyBmYXJcIiwgeyBjYXVzZTogbmV3IEVycm9yKFwibm8gbWFwXCIpIH0pO1xufSk7XG5oYW5kbGVyKFwibGF0ZXJcIiwgYXN5bmMgKCkgPT4ge1xuICB0aHJvdyBGYWlsdXJlLnJldHJ5QWZ0ZXIoMzBfMDAwLCBcImJ1c3lcIiwgXCJsYXRlclwiLCB7IGRldGFpbHM6IFsxXSB9KTtcbn0pO1xuc3Vic2NyaWJlcihcImNvdW50c1wiLCAoKSA9PiB7fSwgeyBkZXNjcmlwdGlvbjogXCJDb3VudHMuXCIgfSk7XG5ldmVudDxudW1iZXI+KFwib3JkZXJzLmNoYXJnZWRcIiwgeyBkZXNjcmlwdGlvbjogXCJBbiBvcmRlciB3YXMgY2hhcmdlZC5cIiB9KTtcbmNhcGFiaWxpdGllcyhcImV2ZW50cyBvcmRlcnNcIiwgXCJrdiBjb3VudGVyc1wiKTtcblxudGVzdChcImEgY29udGV4dCBhbnN3ZXJzIGFzIHRoZSB0ZXN0IHNheXNcIiwgKCkgPT4ge1xuICBjb25zdCBjdHggPSBhdHRlbXB0KHsgYXR0ZW1wdDogMiwgY29uZmlnOiB7IGE6IDEgfSwgZGVwZW5kZW5jaWVzOiB7IHByaWNlOiAxMDAgfSwgc2VjcmV0czogeyBrZXk6IFwic2tcIiB9IH0pO1xuICBhc3NlcnQuZGVlcEVxdWFsKFtjdHguYXR0ZW1wdCwgY3R4LmNvbmZpZygpLCBjdHguZGVwZW5kZW5jeShcInByaWNlXCIpXSwgWzIsIHsgYTogMSB9LCAxMDBdKTtcbiAgYXNzZXJ0LmVxdWFsKGN0eC5zZWNyZXRJbkNsZWFyKFwia2V5XCIpLCBcInNrXCIpO1xuICBhc3NlcnQubWF0Y2goY3R4LnNlY3JldChcImtleVwiKSwgL150YXNrZXItc2VjcmV0LS8pO1xuICBhc3NlcnQudGhyb3dzKCgpID0+IGN0eC5zZWNyZXQoXCJvdGhlclwiKSwgeyBjb2RlOiBcInNlY3JldF91bmtub3duXCIgfSk7XG4gIGFzc2VydC50aHJvd3MoKCkgPT4gY3R4LmRlcGVuZGVuY3koXCJyZXNlcnZlXCIpLCB7IGNvZGU6IFwibWlzc2luZ19kZXBlbmRlbmN5XCIsIG1lc3NhZ2U6IC9kZXBlbmRzX29uLyB9KTtcbiAgYXNzZXJ0LnRocm93cygoKSA9PiBhdHRlbXB0KHsgY2FuY2VsbGVkOiB0cnVlIH0pLmhlYXJ0YmVhdCgpLCB7IGNvZGU6IFwiY2FuY2VsbGVkXCIgfSk7XG59KTtcblxudGVzdChcImFuIGF0dGVtcHQgc2VlcyB3aGF0IGl0IHdyb3RlLCBhbmQgd2hhdCBpdCBzZW50XCIsICgpID0+IHtcbiAgY29uc3QgY3R4ID0gYXR0ZW1wdCh7IGt2OiB7IGNvdW50ZXJzOiB7IGE6IDEgfSB9IH0pO1xuICBjb25zdCBjb3VudGVycyA9IGN0eC5rdihcImNvdW50ZXJzXCIpO1xuICBjb25zdCBmb3VuZCA9IGNvdW50ZXJzLmdldDxudW1iZXI+KFwiYVwiKTtcbiAgY291bnRlcnMucmVwbGFjZShcImFcIiwgZm91bmQsIDIpO1xuICBhc3NlcnQudGhyb3dzKCgpID0+IGNvdW50ZXJzLnJlcGxhY2UoXCJhXCIsIGZvdW5kLCAzKSwgeyBjb2RlOiBcImt2X2NvbmZsaWN0XCIsIHJldHJ5OiBcInBvbGljeVwiIH0pO1xuICBjb3VudGVycy5zZXQoXCJiXCIsIFwieFwiKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChjb3VudGVycy5rZXlzKCksIFtcImFcIiwgXCJiXCJdKTtcbiAgY291bnRlcnMucmVtb3ZlKFwiYVwiKTtcbiAgYXNzZXJ0LmVxdWFsKGNvdW50ZXJzLmdldChcImFcIikudmFsdWUsIHVuZGVmaW5lZCk7XG4gIGN0eC5zZW5kRXZlbnQoXCJvcmRlcnMuY2hhcmdlZFwiLCB7IGFtb3VudDogMyB9KTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChjdHguc2VudEV2ZW50cywgW3sgbmFtZTogXCJvcmRlcnMuY2hhcmdlZFwiLCBwYXlsb2FkOiB7IGFtb3VudDogMyB9IH1dKTtcbn0pO1xuXG50ZXN0KFwiYSBoYW5kbGVyIGlzIHJ1biBieSBpdHMgbmFtZSBhcyB0aGUgaG9zdCBkb2VzXCIsIGFzeW5jICgpID0+IHtcbiAgYXNzZXJ0LmRlZXBFcXVhbChhd2FpdCBleGVjdXRlKFwicG9ydGlvblwiLCB7fSksIHsgdGFnOiBcImNoZWNrcG9pbnRcIiwgdmFsOiBcIjFcIiB9KTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChhd2FpdCBleGVjdXRlKFwicG9ydGlvblwiLCB7fSwgeyBjaGVja3BvaW50OiAxIH0pLCB7IHRhZzogXCJjb21wbGV0ZVwiLCB2YWw6ICdcImRvbmVcIicgfSk7XG4gIGNvbnN0IGJyb2tlbiA9IGF3YWl0IGV4ZWN1dGUoXCJicm9rZW5cIiwge30pO1xuICBhc3NlcnQoXCJjb2RlXCIgaW4gYnJva2VuKTtcbiAgYXNzZXJ0LmVxdWFsKGJyb2tlbi5jb2RlLCBcImludGVybmFsXCIpO1xuICBhc3NlcnQubWF0Y2goYnJva2VuLm1lc3NhZ2UsIC9eUmFuZ2VFcnJvcjogdG9vIGZhcjogRXJyb3I6IG5vIG1hcCBhdCAvKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbChhd2FpdCBleGVjdXRlKFwibGF0ZXJcIiwge30pLCB7IGNvZGU6IFwiYnVzeVwiLCBtZXNzYWdlOiBcImxhdGVyXCIsIGRldGFpbHM6IFwiWzFdXCIsIHJldHJ5OiB7IHRhZzogXCJhZnRlci1tc1wiLCB2YWw6IDMwXzAwMCB9IH0pO1xufSk7XG5cbnRlc3QoXCJhIGNvbXBvbmVudCBkZXNjcmliZXMgd2hhdCB3YXMgcmVnaXN0ZXJlZFwiLCAoKSA9PiB7XG4gIGNvbnN0IGRlc2NyaWJlZCA9IHsgaGFuZGxlcnM6IHsgcG9ydGlvbjogeyBpbnB1dDogdHJ1ZSwgcmVzdWx0OiB7IHR5cGU6IFwic3RyaW5nXCIgfSB9IH0sIHN1YnNjcmliZXJzOiB7fSwgZXZlbnRzOiB7IFwib3JkZXJzLmNoYXJnZWRcIjogeyBzY2hlbWE6IHsgdHlwZTogXCJudW1iZXJcIiB9IH0gfSB9O1xuICBjb25zdCB0b2xkID0gSlNPTi5wYXJzZShkZXNjcmliZShkZXNjcmliZWQpKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbCh0b2xkLmNhcGFiaWxpdGllcywgW1wiZXZlbnRzIG9yZGVyc1wiLCBcImt2IGNvdW50ZXJzXCJdKTtcbiAgYXNzZXJ0LmRlZXBFcXVhbCh0b2xkLmV2ZW50cywgeyBcIm9yZGVycy5jaGFyZ2VkXCI6IHsgZGVzY3JpcHRpb246IFwiQW4gb3JkZXIgd2FzIGNoYXJnZWQuXCIsIHNjaGVtYTogeyB0eXBlOiBcIm51bWJlclwiIH0gfSB9KTtcbiAgYXNzZXJ0LmRlZXBFcXVhbCh0b2xkLmhhbmRsZXJzWzBdLnJlc3VsdF9zY2hlbWEsIHsgdHlwZTogXCJzdHJpbmdcIiB9KTtcbiAgYXNzZXJ0LmVxdWFsKHRvbGQuc3Vic2NyaWJlcnNbMF0uZGVzY3JpcHRpb24sIFwiQ291bnRzLlwiKTtcbn0pO1xuXG50ZXN0KFwiYSBuYW1lIGlzIGdpdmVuIG9uY2VcIiwgKCkgPT4ge1xuICBhc3NlcnQudGhyb3dzKCgpID0+IGhhbmRsZXIoXCJwb3J0aW9uXCIsICgpID0+IDEpLCAvdGhlcmUgYXJlIHR3byBoYW5kbGVycyBgcG9ydGlvbmAvKTtcbn0pO1xuIiwgIi8qKiBXaGV0aGVyIGFuZCB3aGVuIHRoZSBob3N0IG1heSB0cnkgYSBmYWlsZWQgc3RlcCBhZ2Fpbi4gKi9cbmV4cG9ydCB0eXBlIFJldHJ5ID0gXCJwb2xpY3lcIiB8IFwibmV2ZXJcIiB8IHsgYWZ0ZXJNczogbnVtYmVyIH07XG5cbi8qKiBUaGUgY29kZSBvZiBhIGZhaWx1cmUgdGhhdCBjYW1lIGZyb20gYW4gb3JkaW5hcnkgZXhjZXB0aW9uLiAqL1xuZXhwb3J0IGNvbnN0IElOVEVSTkFMID0gXCJpbnRlcm5hbFwiO1xuXG4vKiogV2hhdCBhIGZhaWx1cmUgbWF5IHNheSBiZXNpZGVzIGl0cyBjb2RlIGFuZCBtZXNzYWdlLiAqL1xuZXhwb3J0IGludGVyZmFjZSBGYWlsdXJlT3B0aW9ucyB7XG4gIC8qKiBGb3IgbWFjaGluZXM6IGFueXRoaW5nIHRoYXQgSlNPTiBjYW4gc2F5LiAqL1xuICBkZXRhaWxzPzogdW5rbm93bjtcbiAgLyoqIFRoZSBlcnJvciBiZWhpbmQgaXQuICovXG4gIGNhdXNlPzogdW5rbm93bjtcbn1cblxuLyoqXG4gKiBXaHkgYW4gYXR0ZW1wdCBmYWlsZWQuIFRocm93IGl0OyBhbnkgb3RoZXIgZXhjZXB0aW9uIGJlY29tZXMgYSByZXRyeWFibGUgZmFpbHVyZSB3aXRoIHRoZSBjb2RlIGBpbnRlcm5hbGAsIHRoZSBtZXNzYWdlXG4gKiBvZiB0aGUgZXhjZXB0aW9uLCBpdHMgcGxhY2UgYW5kIGl0cyB0cmFjZS5cbiAqL1xuZXhwb3J0IGNsYXNzIEZhaWx1cmUgZXh0ZW5kcyBFcnJvciB7XG4gIHJlYWRvbmx5IGRldGFpbHM6IHVua25vd247XG5cbiAgY29uc3RydWN0b3IoXG4gICAgLyoqIExvd2VyIGNhc2Ugd2l0aCB1bmRlcnNjb3JlcyBvciBkb3RzLCBzdWNoIGFzIGBjYXJkX2RlY2xpbmVkYDsgYXQgbW9zdCAxMDAgYnl0ZXMuICovXG4gICAgcmVhZG9ubHkgY29kZTogc3RyaW5nLFxuICAgIG1lc3NhZ2U6IHN0cmluZyxcbiAgICAvKiogV2hlbiB0aGUgaG9zdCBtYXkgdHJ5IGFnYWluLiAqL1xuICAgIHJlYWRvbmx5IHJldHJ5OiBSZXRyeSA9IFwicG9saWN5XCIsXG4gICAgb3B0aW9uczogRmFpbHVyZU9wdGlvbnMgPSB7fSxcbiAgKSB7XG4gICAgc3VwZXIobWVzc2FnZSwgb3B0aW9ucy5jYXVzZSA9PT0gdW5kZWZpbmVkID8gdW5kZWZpbmVkIDogeyBjYXVzZTogb3B0aW9ucy5jYXVzZSB9KTtcbiAgICB0aGlzLm5hbWUgPSBcIkZhaWx1cmVcIjtcbiAgICB0aGlzLmRldGFpbHMgPSBvcHRpb25zLmRldGFpbHM7XG4gIH1cblxuICAvKiogQSBmYWlsdXJlIHRoYXQgYW5vdGhlciBhdHRlbXB0IHdvdWxkIG9ubHkgcmVwZWF0OiB0aGUgc3RlcCBlbmRzIGhlcmUuICovXG4gIHN0YXRpYyBwZXJtYW5lbnQoY29kZTogc3RyaW5nLCBtZXNzYWdlOiBzdHJpbmcsIG9wdGlvbnM/OiBGYWlsdXJlT3B0aW9ucyk6IEZhaWx1cmUge1xuICAgIHJldHVybiBuZXcgRmFpbHVyZShjb2RlLCBtZXNzYWdlLCBcIm5ldmVyXCIsIG9wdGlvbnMpO1xuICB9XG5cbiAgLyoqIEEgZmFpbHVyZSB0aGF0IG1heSBwYXNzOiB0cmllZCBhZ2FpbiBhcyB0aGUgc3RlcCdzIHJldHJ5IHBvbGljeSBzYXlzLiAqL1xuICBzdGF0aWMgcmV0cnlhYmxlKGNvZGU6IHN0cmluZywgbWVzc2FnZTogc3RyaW5nLCBvcHRpb25zPzogRmFpbHVyZU9wdGlvbnMpOiBGYWlsdXJlIHtcbiAgICByZXR1cm4gbmV3IEZhaWx1cmUoY29kZSwgbWVzc2FnZSwgXCJwb2xpY3lcIiwgb3B0aW9ucyk7XG4gIH1cblxuICAvKiogQSBmYWlsdXJlIHRoYXQgbWF5IHBhc3MsIGJ1dCBub3Qgd2l0aGluIHRoaXMgbWFueSBtaWxsaXNlY29uZHMuICovXG4gIHN0YXRpYyByZXRyeUFmdGVyKG1zOiBudW1iZXIsIGNvZGU6IHN0cmluZywgbWVzc2FnZTogc3RyaW5nLCBvcHRpb25zPzogRmFpbHVyZU9wdGlvbnMpOiBGYWlsdXJlIHtcbiAgICByZXR1cm4gbmV3IEZhaWx1cmUoY29kZSwgbWVzc2FnZSwgeyBhZnRlck1zOiBtcyB9LCBvcHRpb25zKTtcbiAgfVxufVxuIiwgIi8qKiBXaGF0IGFuIFNESyBhc2tzIG9mIHRoZSBob3N0OyBhIHRlc3QgbWFrZXMgaXQgdXAuIEFsbCB2YWx1ZXMgYXJlIEpTT04gdGV4dC4gKi9cbmV4cG9ydCBpbnRlcmZhY2UgSG9zdCB7XG4gIHRhc2tJZCgpOiBzdHJpbmc7XG4gIG5hbWVzcGFjZSgpOiBzdHJpbmc7XG4gIHN0ZXBOYW1lKCk6IHN0cmluZztcbiAgYXR0ZW1wdCgpOiBudW1iZXI7XG4gIG1heEF0dGVtcHRzKCk6IG51bWJlcjtcbiAgaWRlbXBvdGVuY3lLZXkoKTogc3RyaW5nO1xuICBjb3JyZWxhdGlvbklkKCk6IHN0cmluZztcbiAgdHJhY2VwYXJlbnQoKTogc3RyaW5nIHwgdW5kZWZpbmVkO1xuICByZW1haW5pbmdNcygpOiBudW1iZXI7XG4gIHRhc2tJbnB1dCgpOiBzdHJpbmc7XG4gIGRlcGVuZGVuY3koc3RlcDogc3RyaW5nKTogc3RyaW5nIHwgdW5kZWZpbmVkO1xuICBjb25maWcoKTogc3RyaW5nO1xuICBsYXN0Q2hlY2twb2ludCgpOiBzdHJpbmcgfCB1bmRlZmluZWQ7XG4gIGhlYXJ0YmVhdChwcm9ncmVzczogc3RyaW5nIHwgdW5kZWZpbmVkKTogYm9vbGVhbjtcbiAgc2VjcmV0KG5hbWU6IHN0cmluZyk6IHN0cmluZztcbiAgc2VjcmV0SW5DbGVhcihuYW1lOiBzdHJpbmcpOiBzdHJpbmc7XG4gIGt2R2V0KGJ1Y2tldDogc3RyaW5nLCBrZXk6IHN0cmluZyk6IHsgdmFsdWU6IHN0cmluZzsgdmVyc2lvbjogbnVtYmVyIH0gfCB1bmRlZmluZWQ7XG4gIGt2U2V0KGJ1Y2tldDogc3RyaW5nLCBrZXk6IHN0cmluZywgdmFsdWU6IHN0cmluZyk6IHZvaWQ7XG4gIGt2Q29tcGFyZUFuZFNldChidWNrZXQ6IHN0cmluZywga2V5OiBzdHJpbmcsIGV4cGVjdGVkOiBudW1iZXIgfCB1bmRlZmluZWQsIHZhbHVlOiBzdHJpbmcpOiB2b2lkO1xuICBrdkRlbGV0ZShidWNrZXQ6IHN0cmluZywga2V5OiBzdHJpbmcpOiB2b2lkO1xuICBrdkxpc3RLZXlzKGJ1Y2tldDogc3RyaW5nLCBwcmVmaXg6IHN0cmluZywgbGltaXQ6IG51bWJlcik6IHN0cmluZ1tdO1xuICBzZW5kRXZlbnQobmFtZTogc3RyaW5nLCBwYXlsb2FkOiBzdHJpbmcpOiB2b2lkO1xufVxuXG4vKiogV2h5IHRoZSBob3N0IHJlZnVzZWQgYSBjYWxsOiBgdW5rbm93bmAsIGBub3QtZ3JhbnRlZGAsIGBpbnZhbGlkYCwgYGNvbmZsaWN0YCwgb3Igd2hhdCBhIGxhdGVyIGhvc3Qgc2F5cy4gKi9cbmV4cG9ydCBjbGFzcyBSZWZ1c2VkIGV4dGVuZHMgRXJyb3Ige1xuICBjb25zdHJ1Y3RvcihcbiAgICByZWFkb25seSByZWFzb246IHN0cmluZyxcbiAgICByZWFkb25seSB3aHk6IHN0cmluZyA9IFwiXCIsXG4gICkge1xuICAgIHN1cGVyKGB0aGUgaG9zdCByZWZ1c2VkIGl0OiAke3JlYXNvbn0gJHt3aHl9YCk7XG4gIH1cbn1cbiIsICJpbXBvcnQgeyBGYWlsdXJlIH0gZnJvbSBcIi4vZmFpbHVyZS50c1wiO1xuXG4vLyBXaGF0IGBKU09OYCBoYXMgd2hlcmUgY29tcG9uZW50cyBydW4sIGFuZCBUeXBlU2NyaXB0J3MgbGlicmFyeSBkb2VzIG5vdCBrbm93IHlldC5cbmludGVyZmFjZSBSYXdKc29uIHtcbiAgcmF3SlNPTj8odGV4dDogc3RyaW5nKTogdW5rbm93bjtcbn1cbnR5cGUgUmV2aXZlciA9ICh0aGlzOiB1bmtub3duLCBrZXk6IHN0cmluZywgdmFsdWU6IHVua25vd24sIGNvbnRleHQ/OiB7IHNvdXJjZT86IHN0cmluZyB9KSA9PiB1bmtub3duO1xuXG5jb25zdCBMQVJHRV9OVU1CRVIgPSAvXFxkezE2fS87XG5jb25zdCBJTlRFR0VSID0gL14tP1xcZCskLztcblxuLyoqIEludGVnZXJzIHRoYXQgYSBudW1iZXIgZG9lcyBub3QgaG9sZCBleGFjdGx5IGJlY29tZSBhIGJpZ2ludC4gKi9cbmNvbnN0IGV4YWN0OiBSZXZpdmVyID0gKF9rZXksIHZhbHVlLCBjb250ZXh0KSA9PiB7XG4gIGNvbnN0IGlzSW5leGFjdCA9IHR5cGVvZiB2YWx1ZSA9PT0gXCJudW1iZXJcIiAmJiAhTnVtYmVyLmlzU2FmZUludGVnZXIodmFsdWUpO1xuICBjb25zdCBzb3VyY2UgPSBjb250ZXh0Py5zb3VyY2U7XG4gIHJldHVybiBpc0luZXhhY3QgJiYgc291cmNlICE9PSB1bmRlZmluZWQgJiYgSU5URUdFUi50ZXN0KHNvdXJjZSkgPyBCaWdJbnQoc291cmNlKSA6IHZhbHVlO1xufTtcblxuLyoqIFJlYWRzIEpTT04gdGV4dCwgb3IgZmFpbHMgZm9yIGdvb2Qgd2l0aCBgaW52YWxpZF88d2hhdD5gLiAqL1xuZXhwb3J0IGZ1bmN0aW9uIHJlYWQod2hhdDogc3RyaW5nLCB0ZXh0OiBzdHJpbmcpOiB1bmtub3duIHtcbiAgdHJ5IHtcbiAgICByZXR1cm4gTEFSR0VfTlVNQkVSLnRlc3QodGV4dCkgPyBKU09OLnBhcnNlKHRleHQsIGV4YWN0IGFzIG5ldmVyKSA6IEpTT04ucGFyc2UodGV4dCk7XG4gIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgdGhyb3cgRmFpbHVyZS5wZXJtYW5lbnQoYGludmFsaWRfJHt3aGF0fWAsIGB0aGUgJHt3aGF0fSBpcyBubyBKU09OOiAkeyhlcnJvciBhcyBFcnJvcikubWVzc2FnZX1gKTtcbiAgfVxufVxuXG4vKiogV3JpdGVzIGEgdmFsdWUgYXMgSlNPTiB0ZXh0LCBvciBmYWlscyBmb3IgZ29vZCB3aXRoIGBpbnZhbGlkXzx3aGF0PmA7IGB1bmRlZmluZWRgIGlzIGBudWxsYC4gKi9cbmV4cG9ydCBmdW5jdGlvbiB3cml0ZSh3aGF0OiBzdHJpbmcsIHZhbHVlOiB1bmtub3duKTogc3RyaW5nIHtcbiAgY29uc3QgcmVmdXNlID0gKHdoeTogc3RyaW5nKSA9PiBGYWlsdXJlLnBlcm1hbmVudChgaW52YWxpZF8ke3doYXR9YCwgYHRoZSAke3doYXR9IGNhbm5vdCBiZSB3cml0dGVuIGFzIEpTT046ICR7d2h5fWApO1xuICBjb25zdCByZXBsYWNlID0gZnVuY3Rpb24gKHRoaXM6IHVua25vd24sIGtleTogc3RyaW5nLCB2YWx1ZTogdW5rbm93bik6IHVua25vd24ge1xuICAgIGlmICh0eXBlb2YgdmFsdWUgPT09IFwibnVtYmVyXCIgJiYgIU51bWJlci5pc0Zpbml0ZSh2YWx1ZSkpIHRocm93IHJlZnVzZShgJHt2YWx1ZX0ke2F0KGtleSl9IGlzIG5vIG51bWJlciBvZiBKU09OYCk7XG4gICAgaWYgKHR5cGVvZiB2YWx1ZSA9PT0gXCJmdW5jdGlvblwiIHx8IHR5cGVvZiB2YWx1ZSA9PT0gXCJzeW1ib2xcIikgdGhyb3cgcmVmdXNlKGBpdCBoYXMgYSAke3R5cGVvZiB2YWx1ZX0ke2F0KGtleSl9YCk7XG4gICAgaWYgKHR5cGVvZiB2YWx1ZSAhPT0gXCJiaWdpbnRcIikgcmV0dXJuIHZhbHVlO1xuICAgIGNvbnN0IHJhdyA9IChKU09OIGFzIFJhd0pzb24pLnJhd0pTT047XG4gICAgaWYgKHJhdyA9PT0gdW5kZWZpbmVkKSB0aHJvdyByZWZ1c2UoXCJ0aGlzIE5vZGUuanMgZG9lcyBub3Qgd3JpdGUgYSBiaWdpbnQgYXMgSlNPTjsgdXNlIHZlcnNpb24gMjJcIik7XG4gICAgcmV0dXJuIHJhdyh2YWx1ZS50b1N0cmluZygpKTtcbiAgfTtcbiAgdHJ5IHtcbiAgICByZXR1cm4gSlNPTi5zdHJpbmdpZnkodmFsdWUgPT09IHVuZGVmaW5lZCA/IG51bGwgOiB2YWx1ZSwgcmVwbGFjZSk7XG4gIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgaWYgKGVycm9yIGluc3RhbmNlb2YgRmFpbHVyZSkgdGhyb3cgZXJyb3I7XG4gICAgdGhyb3cgcmVmdXNlKChlcnJvciBhcyBFcnJvcikubWVzc2FnZSk7XG4gIH1cbn1cblxuZnVuY3Rpb24gYXQoa2V5OiBzdHJpbmcpOiBzdHJpbmcge1xuICByZXR1cm4ga2V5ID09PSBcIlwiID8gXCJcIiA6IGAgYXQgXFxgJHtrZXl9XFxgYDtcbn1cbiIsICJpbXBvcnQgeyBGYWlsdXJlIH0gZnJvbSBcIi4vZmFpbHVyZS50c1wiO1xuaW1wb3J0IHsgdHlwZSBIb3N0LCBSZWZ1c2VkIH0gZnJvbSBcIi4vaG9zdC50c1wiO1xuaW1wb3J0IHsgcmVhZCwgd3JpdGUgfSBmcm9tIFwiLi9qc29uLnRzXCI7XG5cbi8qKiBXaGF0IHdhcyBmb3VuZCB1bmRlciBhIGtleTogYHZhbHVlYCBpcyB1bmRlZmluZWQgd2hlcmUgdGhlcmUgaXMgbm90aGluZy4gKi9cbmV4cG9ydCBpbnRlcmZhY2UgRm91bmQ8VD4ge1xuICByZWFkb25seSB2YWx1ZTogVCB8IHVuZGVmaW5lZDtcbiAgcmVhZG9ubHkgdmVyc2lvbjogbnVtYmVyIHwgdW5kZWZpbmVkO1xufVxuXG4vKipcbiAqIEEgYnVja2V0IG9mIHNtYWxsIHZhbHVlcyB0aGF0IG91dGxpdmUgdGFza3MsIGFzIG9uZSBhdHRlbXB0IHNlZXMgaXQuIFdyaXRlcyB0YWtlIGVmZmVjdCB0b2dldGhlciB3aXRoIHRoZSBhdHRlbXB0J3NcbiAqIHJlc3VsdCBvciBjaGVja3BvaW50LCBvbmNlOyBhbiBhdHRlbXB0IHRoYXQgZmFpbHMgd3JpdGVzIG5vdGhpbmcuIENhbGxzIGZhaWwgZm9yIGdvb2Qgd2l0aCBga3Zfbm90X2dyYW50ZWRgIG9yXG4gKiBga3ZfaW52YWxpZGAgKGEga2V5IG9yIHZhbHVlIG91dCBvZiBib3VuZHMpLlxuICovXG5leHBvcnQgY2xhc3MgS3Yge1xuICByZWFkb25seSAjaG9zdDogSG9zdDtcbiAgcmVhZG9ubHkgI2J1Y2tldDogc3RyaW5nO1xuXG4gIGNvbnN0cnVjdG9yKGhvc3Q6IEhvc3QsIGJ1Y2tldDogc3RyaW5nKSB7XG4gICAgdGhpcy4jaG9zdCA9IGhvc3Q7XG4gICAgdGhpcy4jYnVja2V0ID0gYnVja2V0O1xuICB9XG5cbiAgLyoqIFdoYXQgc3RhbmRzIHVuZGVyIGEga2V5IG9mIDEgdG8gMjAwIGJ5dGVzLiAqL1xuICBnZXQ8VD4oa2V5OiBzdHJpbmcpOiBGb3VuZDxUPiB7XG4gICAgY29uc3QgZm91bmQgPSB0aGlzLiNhc2soa2V5LCAoKSA9PiB0aGlzLiNob3N0Lmt2R2V0KHRoaXMuI2J1Y2tldCwga2V5KSk7XG4gICAgaWYgKGZvdW5kID09PSB1bmRlZmluZWQpIHJldHVybiB7IHZhbHVlOiB1bmRlZmluZWQsIHZlcnNpb246IHVuZGVmaW5lZCB9O1xuICAgIHJldHVybiB7IHZhbHVlOiByZWFkKFwia3ZfdmFsdWVcIiwgZm91bmQudmFsdWUpIGFzIFQsIHZlcnNpb246IGZvdW5kLnZlcnNpb24gfTtcbiAgfVxuXG4gIC8qKiBTZXRzIGEgdmFsdWUgb2YgYXQgbW9zdCA2NCBLaUIgYXMgSlNPTiwgd2hhdGV2ZXIgc3RhbmRzIHRoZXJlOyBhdCBtb3N0IDEwMCBrZXlzIGFuIGF0dGVtcHQuICovXG4gIHNldChrZXk6IHN0cmluZywgdmFsdWU6IHVua25vd24pOiB2b2lkIHtcbiAgICBjb25zdCB0ZXh0ID0gd3JpdGUoXCJrdl92YWx1ZVwiLCB2YWx1ZSk7XG4gICAgdGhpcy4jYXNrKGtleSwgKCkgPT4gdGhpcy4jaG9zdC5rdlNldCh0aGlzLiNidWNrZXQsIGtleSwgdGV4dCkpO1xuICB9XG5cbiAgLyoqXG4gICAqIFNldHMgYSB2YWx1ZSBpbiB0aGUgcGxhY2Ugb2Ygd2hhdCB3YXMgZm91bmQgKHdoaWNoIG1heSBiZSBub3RoaW5nKSwgYXMgbG9uZyBhcyB0aGF0IHN0YW5kcyB0aGVyZS4gV2hlcmUgYW5vdGhlciB3YXNcbiAgICogZmFzdGVyLCB0aGlzIGZhaWxzIHdpdGggdGhlIHJldHJ5YWJsZSBga3ZfY29uZmxpY3RgLCBvciB0aGUgYXR0ZW1wdCBpcyByZXBlYXRlZCB3aGVuIGl0IGVuZHMuXG4gICAqL1xuICByZXBsYWNlKGtleTogc3RyaW5nLCBmb3VuZDogRm91bmQ8dW5rbm93bj4sIHZhbHVlOiB1bmtub3duKTogdm9pZCB7XG4gICAgY29uc3QgdGV4dCA9IHdyaXRlKFwia3ZfdmFsdWVcIiwgdmFsdWUpO1xuICAgIHRoaXMuI2FzayhrZXksICgpID0+IHRoaXMuI2hvc3Qua3ZDb21wYXJlQW5kU2V0KHRoaXMuI2J1Y2tldCwga2V5LCBmb3VuZC52ZXJzaW9uLCB0ZXh0KSk7XG4gIH1cblxuICAvKiogUmVtb3ZlcyB3aGF0IHN0YW5kcyB0aGVyZSwgaWYgYW55dGhpbmcuICovXG4gIHJlbW92ZShrZXk6IHN0cmluZyk6IHZvaWQge1xuICAgIHRoaXMuI2FzayhrZXksICgpID0+IHRoaXMuI2hvc3Qua3ZEZWxldGUodGhpcy4jYnVja2V0LCBrZXkpKTtcbiAgfVxuXG4gIC8qKiBUaGUgZmlyc3Qga2V5cyB0aGF0IGJlZ2luIHdpdGggdGhpcywgaW4gYnl0ZSBvcmRlcjsgYXQgbW9zdCBgbGltaXRgLCBhbmQgMSwwMDAuICovXG4gIGtleXMocHJlZml4ID0gXCJcIiwgbGltaXQgPSAxMDAwKTogc3RyaW5nW10ge1xuICAgIHJldHVybiB0aGlzLiNhc2socHJlZml4LCAoKSA9PiB0aGlzLiNob3N0Lmt2TGlzdEtleXModGhpcy4jYnVja2V0LCBwcmVmaXgsIGxpbWl0KSk7XG4gIH1cblxuICAjYXNrPFQ+KGtleTogc3RyaW5nLCBjYWxsOiAoKSA9PiBUKTogVCB7XG4gICAgdHJ5IHtcbiAgICAgIHJldHVybiBjYWxsKCk7XG4gICAgfSBjYXRjaCAoZXJyb3IpIHtcbiAgICAgIGlmIChlcnJvciBpbnN0YW5jZW9mIFJlZnVzZWQpIHRocm93IHJlZnVzZWQoYGt2ICR7dGhpcy4jYnVja2V0fS8ke2tleX1gLCBlcnJvcik7XG4gICAgICB0aHJvdyBlcnJvcjtcbiAgICB9XG4gIH1cbn1cblxuZnVuY3Rpb24gcmVmdXNlZChwbGFjZTogc3RyaW5nLCB7IHJlYXNvbiwgd2h5IH06IFJlZnVzZWQpOiBGYWlsdXJlIHtcbiAgc3dpdGNoIChyZWFzb24pIHtcbiAgICBjYXNlIFwibm90LWdyYW50ZWRcIjpcbiAgICAgIHJldHVybiBGYWlsdXJlLnBlcm1hbmVudChcImt2X25vdF9ncmFudGVkXCIsIGAke3BsYWNlfTogdGhpcyBjb21wb25lbnQgd2FzIG5vdCBncmFudGVkIHRoZSBidWNrZXQgZm9yIHRoaXMgdXNlYCk7XG4gICAgY2FzZSBcImludmFsaWRcIjpcbiAgICAgIHJldHVybiBGYWlsdXJlLnBlcm1hbmVudChcImt2X2ludmFsaWRcIiwgYCR7cGxhY2V9OiAke3doeX1gKTtcbiAgICBjYXNlIFwiY29uZmxpY3RcIjpcbiAgICAgIHJldHVybiBGYWlsdXJlLnJldHJ5YWJsZShcImt2X2NvbmZsaWN0XCIsIGAke3BsYWNlfTogYW5vdGhlciBhdHRlbXB0IGNoYW5nZWQgaXQgbWVhbndoaWxlYCk7XG4gICAgZGVmYXVsdDpcbiAgICAgIHJldHVybiBGYWlsdXJlLnJldHJ5YWJsZShcImt2X2ZhaWxlZFwiLCBgJHtwbGFjZX06ICR7cmVhc29ufWApO1xuICB9XG59XG4iLCAiaW1wb3J0IHsgRmFpbHVyZSB9IGZyb20gXCIuL2ZhaWx1cmUudHNcIjtcbmltcG9ydCB7IHR5cGUgSG9zdCwgUmVmdXNlZCB9IGZyb20gXCIuL2hvc3QudHNcIjtcbmltcG9ydCB7IHJlYWQsIHdyaXRlIH0gZnJvbSBcIi4vanNvbi50c1wiO1xuaW1wb3J0IHsgS3YgfSBmcm9tIFwiLi9rdi50c1wiO1xuaW1wb3J0IHR5cGUgeyBEZWNsYXJlZEV2ZW50IH0gZnJvbSBcIi4vcmVnaXN0cnkudHNcIjtcblxuLyoqIFRoZSBhdHRlbXB0IHRoYXQgYSBoYW5kbGVyIHJ1bnMgaW4uIFRlc3RzIG1ha2Ugb25lIHdpdGggYGF0dGVtcHQoKWAgb2YgYEB0YXNrZXIvc2RrL3Rlc3RpbmdgLiAqL1xuZXhwb3J0IGNsYXNzIENvbnRleHQge1xuICByZWFkb25seSAjaG9zdDogSG9zdDtcblxuICBjb25zdHJ1Y3Rvcihob3N0OiBIb3N0KSB7XG4gICAgdGhpcy4jaG9zdCA9IGhvc3Q7XG4gIH1cblxuICAvKiogVGhlIHRhc2ssIGFzIGEgVVVJRC4gKi9cbiAgZ2V0IHRhc2tJZCgpOiBzdHJpbmcge1xuICAgIHJldHVybiB0aGlzLiNob3N0LnRhc2tJZCgpO1xuICB9XG5cbiAgLyoqIFRoZSBuYW1lc3BhY2Ugb2YgdGhlIHRhc2suICovXG4gIGdldCBuYW1lc3BhY2UoKTogc3RyaW5nIHtcbiAgICByZXR1cm4gdGhpcy4jaG9zdC5uYW1lc3BhY2UoKTtcbiAgfVxuXG4gIC8qKiBUaGUgc3RlcCdzIG5hbWUgaW4gaXRzIHRlbXBsYXRlLiAqL1xuICBnZXQgc3RlcE5hbWUoKTogc3RyaW5nIHtcbiAgICByZXR1cm4gdGhpcy4jaG9zdC5zdGVwTmFtZSgpO1xuICB9XG5cbiAgLyoqIFdoaWNoIGF0dGVtcHQgdGhpcyBpcywgZnJvbSAxLiAqL1xuICBnZXQgYXR0ZW1wdCgpOiBudW1iZXIge1xuICAgIHJldHVybiB0aGlzLiNob3N0LmF0dGVtcHQoKTtcbiAgfVxuXG4gIC8qKiBIb3cgbWFueSBhdHRlbXB0cyB0aGUgc3RlcCBoYXMgaW4gYWxsLiAqL1xuICBnZXQgbWF4QXR0ZW1wdHMoKTogbnVtYmVyIHtcbiAgICByZXR1cm4gdGhpcy4jaG9zdC5tYXhBdHRlbXB0cygpO1xuICB9XG5cbiAgLyoqIFRoZSBzYW1lIGZvciBldmVyeSBhdHRlbXB0IG9mIHRoaXMgc3RlcCwgZGlmZmVyZW50IGZvciBldmVyeSBvdGhlciBzdGVwOiBwYXNzIGl0IHRvIGRvd25zdHJlYW0gc2VydmljZXMuICovXG4gIGdldCBpZGVtcG90ZW5jeUtleSgpOiBzdHJpbmcge1xuICAgIHJldHVybiB0aGlzLiNob3N0LmlkZW1wb3RlbmN5S2V5KCk7XG4gIH1cblxuICAvKiogVGhlIHNhbWUgZnJvbSB0aGUgcmVxdWVzdCB0aGF0IG1hZGUgdGhlIHRhc2sgdG8gZWFjaCBvZiBpdHMgc3RlcHMuICovXG4gIGdldCBjb3JyZWxhdGlvbklkKCk6IHN0cmluZyB7XG4gICAgcmV0dXJuIHRoaXMuI2hvc3QuY29ycmVsYXRpb25JZCgpO1xuICB9XG5cbiAgLyoqIFRoZSBXM0MgdHJhY2UgY29udGV4dCB0byBwYXNzIG9uLCBpZiB0aGUgaG9zdCB0cmFjZXMuICovXG4gIGdldCB0cmFjZXBhcmVudCgpOiBzdHJpbmcgfCB1bmRlZmluZWQge1xuICAgIHJldHVybiB0aGlzLiNob3N0LnRyYWNlcGFyZW50KCk7XG4gIH1cblxuICAvKiogTWlsbGlzZWNvbmRzIHVudGlsIHRoZSBob3N0IGVuZHMgdGhpcyBhdHRlbXB0LiAqL1xuICBnZXQgcmVtYWluaW5nTXMoKTogbnVtYmVyIHtcbiAgICByZXR1cm4gdGhpcy4jaG9zdC5yZW1haW5pbmdNcygpO1xuICB9XG5cbiAgLyoqIFRoZSB0YXNrJ3MgaW5wdXQuICovXG4gIHRhc2tJbnB1dDxUID0gdW5rbm93bj4oKTogVCB7XG4gICAgcmV0dXJuIHJlYWQoXCJ0YXNrX2lucHV0XCIsIHRoaXMuI2hvc3QudGFza0lucHV0KCkpIGFzIFQ7XG4gIH1cblxuICAvKiogVGhlIHJlc3VsdCBvZiBhIHN0ZXAgdGhhdCB0aGlzIG9uZSBkZXBlbmRzIG9uOyBhIHBlcm1hbmVudCBmYWlsdXJlIHdoZXJlIGl0IGhhcyBub25lLiAqL1xuICBkZXBlbmRlbmN5PFQgPSB1bmtub3duPihzdGVwOiBzdHJpbmcpOiBUIHtcbiAgICBjb25zdCB0ZXh0ID0gdGhpcy4jaG9zdC5kZXBlbmRlbmN5KHN0ZXApO1xuICAgIGlmICh0ZXh0ID09PSB1bmRlZmluZWQpIHtcbiAgICAgIGNvbnN0IG1lc3NhZ2UgPSBgdGhlcmUgaXMgbm8gcmVzdWx0IG9mIGEgc3RlcCBcXGAke3N0ZXB9XFxgIGhlcmU7IG5hbWUgaXQgaW4gdGhpcyBzdGVwJ3MgZGVwZW5kc19vbmA7XG4gICAgICB0aHJvdyBGYWlsdXJlLnBlcm1hbmVudChcIm1pc3NpbmdfZGVwZW5kZW5jeVwiLCBtZXNzYWdlKTtcbiAgICB9XG4gICAgcmV0dXJuIHJlYWQoXCJkZXBlbmRlbmN5XCIsIHRleHQpIGFzIFQ7XG4gIH1cblxuICAvKiogVGhlIHNhbWUsIHVuZGVmaW5lZCB3aGVyZSB0aGVyZSBpcyBub25lLiAqL1xuICBvcHRpb25hbERlcGVuZGVuY3k8VCA9IHVua25vd24+KHN0ZXA6IHN0cmluZyk6IFQgfCB1bmRlZmluZWQge1xuICAgIGNvbnN0IHRleHQgPSB0aGlzLiNob3N0LmRlcGVuZGVuY3koc3RlcCk7XG4gICAgcmV0dXJuIHRleHQgPT09IHVuZGVmaW5lZCA/IHVuZGVmaW5lZCA6IChyZWFkKFwiZGVwZW5kZW5jeVwiLCB0ZXh0KSBhcyBUKTtcbiAgfVxuXG4gIC8qKiBUaGUgc3RlcCdzIGBjb25maWdgIGluIHRoZSB0ZW1wbGF0ZTsgYW4gZW1wdHkgb2JqZWN0IHdoZXJlIGl0IGhhcyBub25lLiAqL1xuICBjb25maWc8VCA9IFJlY29yZDxzdHJpbmcsIHVua25vd24+PigpOiBUIHtcbiAgICByZXR1cm4gKHJlYWQoXCJjb25maWdcIiwgdGhpcy4jaG9zdC5jb25maWcoKSkgPz8ge30pIGFzIFQ7XG4gIH1cblxuICAvKiogV2hhdCB0aGUgbGFzdCBhdHRlbXB0IGxlZnQgd2l0aCBgY2hlY2twb2ludGAuICovXG4gIGNoZWNrcG9pbnQ8VCA9IHVua25vd24+KCk6IFQgfCB1bmRlZmluZWQge1xuICAgIGNvbnN0IHRleHQgPSB0aGlzLiNob3N0Lmxhc3RDaGVja3BvaW50KCk7XG4gICAgcmV0dXJuIHRleHQgPT09IHVuZGVmaW5lZCA/IHVuZGVmaW5lZCA6IChyZWFkKFwiY2hlY2twb2ludFwiLCB0ZXh0KSBhcyBUKTtcbiAgfVxuXG4gIC8qKiBSZXBvcnRzIHRoYXQgdGhlIGhhbmRsZXIgaXMgYWxpdmUgYW5kIGhvdyBmYXIgaXQgaXMuIEEgcGVybWFuZW50IGZhaWx1cmUgYGNhbmNlbGxlZGAgd2hlbiB0aGUgdGFzayB3YXMgY2FuY2VsbGVkLiAqL1xuICBoZWFydGJlYXQocHJvZ3Jlc3M/OiB1bmtub3duKTogdm9pZCB7XG4gICAgY29uc3QgdGV4dCA9IHByb2dyZXNzID09PSB1bmRlZmluZWQgPyB1bmRlZmluZWQgOiB3cml0ZShcInByb2dyZXNzXCIsIHByb2dyZXNzKTtcbiAgICBpZiAoIXRoaXMuI2hvc3QuaGVhcnRiZWF0KHRleHQpKSB0aHJvdyBGYWlsdXJlLnBlcm1hbmVudChcImNhbmNlbGxlZFwiLCBcInRoZSB0YXNrIHdhcyBjYW5jZWxsZWRcIik7XG4gIH1cblxuICAvKipcbiAgICogU2VuZHMgYW4gZXZlbnQgdW5kZXIgYSBkb3R0ZWQgbmFtZSBzdWNoIGFzIGBvcmRlcnMuY2hhcmdlZGAsIG9yIG9uZSB0aGF0IHdhcyBkZWNsYXJlZCB3aXRoIGBldmVudCgpYC4gSXQgaXMgcmVjb3JkZWRcbiAgICogdG9nZXRoZXIgd2l0aCB0aGUgYXR0ZW1wdCdzIHJlc3VsdCBvciBjaGVja3BvaW50LCBvbmNlLiBGYWlscyBmb3IgZ29vZCB3aXRoIGBldmVudF9ub3RfZ3JhbnRlZGAgb3IgYGV2ZW50X2ludmFsaWRgLlxuICAgKi9cbiAgc2VuZEV2ZW50KG5hbWU6IHN0cmluZywgcGF5bG9hZD86IHVua25vd24pOiB2b2lkO1xuICBzZW5kRXZlbnQ8VD4oZXZlbnQ6IERlY2xhcmVkRXZlbnQ8VD4sIHBheWxvYWQ6IFQpOiB2b2lkO1xuICBzZW5kRXZlbnQoZXZlbnQ6IHN0cmluZyB8IERlY2xhcmVkRXZlbnQ8dW5rbm93bj4sIHBheWxvYWQ/OiB1bmtub3duKTogdm9pZCB7XG4gICAgY29uc3QgbmFtZSA9IHR5cGVvZiBldmVudCA9PT0gXCJzdHJpbmdcIiA/IGV2ZW50IDogZXZlbnQubmFtZTtcbiAgICBjb25zdCB0ZXh0ID0gd3JpdGUoXCJldmVudFwiLCBwYXlsb2FkKTtcbiAgICB0cnkge1xuICAgICAgdGhpcy4jaG9zdC5zZW5kRXZlbnQobmFtZSwgdGV4dCk7XG4gICAgfSBjYXRjaCAoZXJyb3IpIHtcbiAgICAgIGlmICghKGVycm9yIGluc3RhbmNlb2YgUmVmdXNlZCkpIHRocm93IGVycm9yO1xuICAgICAgdGhyb3cgZXZlbnRSZWZ1c2VkKG5hbWUsIGVycm9yKTtcbiAgICB9XG4gIH1cblxuICAvKiogQSBidWNrZXQgb2Ygc21hbGwgdmFsdWVzIHRoYXQgb3V0bGl2ZSB0YXNrcy4gKi9cbiAga3YoYnVja2V0OiBzdHJpbmcpOiBLdiB7XG4gICAgcmV0dXJuIG5ldyBLdih0aGlzLiNob3N0LCBidWNrZXQpO1xuICB9XG5cbiAgLyoqXG4gICAqIEEgcGxhY2Vob2xkZXIgZm9yIGEgc2VjcmV0IG9mIHRoZSBuYW1lc3BhY2UuIEluIGEgaGVhZGVyIG9mIGEgcmVxdWVzdCwgb3IgaW4gYSBzbWFsbCBKU09OIG9yIGZvcm0gYm9keSwgdGhlIGhvc3QgcHV0c1xuICAgKiB0aGUgc2VjcmV0IGluIGl0cyBwbGFjZS4gRmFpbHMgZm9yIGdvb2Qgd2l0aCBgc2VjcmV0X3Vua25vd25gIG9yIGBzZWNyZXRfbm90X2dyYW50ZWRgLlxuICAgKi9cbiAgc2VjcmV0KG5hbWU6IHN0cmluZyk6IHN0cmluZyB7XG4gICAgcmV0dXJuIGFzayhuYW1lLCAoKSA9PiB0aGlzLiNob3N0LnNlY3JldChuYW1lKSk7XG4gIH1cblxuICAvKiogQSBzZWNyZXQgaW4gY2xlYXIsIHdoaWNoIGlzIGEgZ3JhbnQgb2YgaXRzIG93bi4gVGhlIGhvc3QgcmVkYWN0cyBpdCBmcm9tIHdoYXRldmVyIHRoZSBhdHRlbXB0IGxlYXZlcy4gKi9cbiAgc2VjcmV0SW5DbGVhcihuYW1lOiBzdHJpbmcpOiBzdHJpbmcge1xuICAgIHJldHVybiBhc2sobmFtZSwgKCkgPT4gdGhpcy4jaG9zdC5zZWNyZXRJbkNsZWFyKG5hbWUpKTtcbiAgfVxufVxuXG5mdW5jdGlvbiBhc2sobmFtZTogc3RyaW5nLCBjYWxsOiAoKSA9PiBzdHJpbmcpOiBzdHJpbmcge1xuICB0cnkge1xuICAgIHJldHVybiBjYWxsKCk7XG4gIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgaWYgKCEoZXJyb3IgaW5zdGFuY2VvZiBSZWZ1c2VkKSkgdGhyb3cgZXJyb3I7XG4gICAgc3dpdGNoIChlcnJvci5yZWFzb24pIHtcbiAgICAgIGNhc2UgXCJ1bmtub3duXCI6XG4gICAgICAgIHRocm93IEZhaWx1cmUucGVybWFuZW50KFwic2VjcmV0X3Vua25vd25cIiwgYHRoZXJlIGlzIG5vIHNlY3JldCBcXGAke25hbWV9XFxgIGluIHRoaXMgbmFtZXNwYWNlOyBhbiBvcGVyYXRvciBjYW4gc2V0IGl0YCk7XG4gICAgICBjYXNlIFwibm90LWdyYW50ZWRcIjpcbiAgICAgICAgdGhyb3cgRmFpbHVyZS5wZXJtYW5lbnQoXCJzZWNyZXRfbm90X2dyYW50ZWRcIiwgYHRoaXMgY29tcG9uZW50IHdhcyBub3QgZ3JhbnRlZCB0aGUgc2VjcmV0IFxcYCR7bmFtZX1cXGAgZm9yIHRoaXMgdXNlYCk7XG4gICAgICBkZWZhdWx0OlxuICAgICAgICB0aHJvdyBGYWlsdXJlLnJldHJ5YWJsZShcInNlY3JldF9mYWlsZWRcIiwgYHRoZXJlIGlzIG5vIHNlY3JldCBcXGAke25hbWV9XFxgOiAke2Vycm9yLnJlYXNvbn1gKTtcbiAgICB9XG4gIH1cbn1cblxuZnVuY3Rpb24gZXZlbnRSZWZ1c2VkKG5hbWU6IHN0cmluZywgeyByZWFzb24sIHdoeSB9OiBSZWZ1c2VkKTogRmFpbHVyZSB7XG4gIHN3aXRjaCAocmVhc29uKSB7XG4gICAgY2FzZSBcIm5vdC1ncmFudGVkXCI6XG4gICAgICByZXR1cm4gRmFpbHVyZS5wZXJtYW5lbnQoXCJldmVudF9ub3RfZ3JhbnRlZFwiLCBgdGhpcyBjb21wb25lbnQgd2FzIG5vdCBncmFudGVkIHRoZSBldmVudCBcXGAke25hbWV9XFxgYCk7XG4gICAgY2FzZSBcImludmFsaWRcIjpcbiAgICAgIHJldHVybiBGYWlsdXJlLnBlcm1hbmVudChcImV2ZW50X2ludmFsaWRcIiwgYGV2ZW50IFxcYCR7bmFtZX1cXGA6ICR7d2h5fWApO1xuICAgIGRlZmF1bHQ6XG4gICAgICByZXR1cm4gRmFpbHVyZS5yZXRyeWFibGUoXCJldmVudF9mYWlsZWRcIiwgYGV2ZW50IFxcYCR7bmFtZX1cXGA6ICR7cmVhc29ufWApO1xuICB9XG59XG4iLCAiLyoqIEhvdyBtdWNoIGEgbGluZSBtYXR0ZXJzLiAqL1xuZXhwb3J0IHR5cGUgTGV2ZWwgPSBcInRyYWNlXCIgfCBcImRlYnVnXCIgfCBcImluZm9cIiB8IFwid2FyblwiIHwgXCJlcnJvclwiO1xuXG4vKiogTmFtZXMgYW5kIHZhbHVlcyBiZXNpZGUgYSBtZXNzYWdlLiAqL1xuZXhwb3J0IHR5cGUgRmllbGRzID0gUmVjb3JkPHN0cmluZywgdW5rbm93bj47XG5cbi8qKiBXaGVyZSBsaW5lcyBnbzogdGhlIGF0dGVtcHQncyBsb2csIG9yIHN0YW5kYXJkIGVycm9yIG9mIGEgdGVzdC4gKi9cbmV4cG9ydCB0eXBlIFNpbmsgPSAobGV2ZWw6IExldmVsLCBtZXNzYWdlOiBzdHJpbmcsIGZpZWxkczogW3N0cmluZywgc3RyaW5nXVtdKSA9PiB2b2lkO1xuXG5sZXQgc2luazogU2luayA9IChsZXZlbCwgbWVzc2FnZSwgZmllbGRzKSA9PiB7XG4gIGNvbnN0IHdvcmRzID0gZmllbGRzLm1hcCgoW25hbWUsIHZhbHVlXSkgPT4gYCAke25hbWV9PSR7dmFsdWV9YCk7XG4gIGNvbnNvbGUuZXJyb3IoYCR7bGV2ZWx9ICR7bWVzc2FnZX0ke3dvcmRzLmpvaW4oXCJcIil9YCk7XG59O1xuXG4vKiogU2VuZHMgbGluZXMgZWxzZXdoZXJlLiAqL1xuZXhwb3J0IGZ1bmN0aW9uIHNldFNpbmsodG86IFNpbmspOiB2b2lkIHtcbiAgc2luayA9IHRvO1xufVxuXG5mdW5jdGlvbiB3cml0ZXIobGV2ZWw6IExldmVsKSB7XG4gIHJldHVybiAobWVzc2FnZTogc3RyaW5nLCBmaWVsZHM6IEZpZWxkcyA9IHt9KTogdm9pZCA9PiB7XG4gICAgY29uc3QgdGV4dHMgPSBPYmplY3QuZW50cmllcyhmaWVsZHMpLm1hcCgoW25hbWUsIHZhbHVlXSk6IFtzdHJpbmcsIHN0cmluZ10gPT4gW25hbWUsIHRleHQodmFsdWUpXSk7XG4gICAgc2luayhsZXZlbCwgbWVzc2FnZSwgdGV4dHMpO1xuICB9O1xufVxuXG4vKiogVGhlIGF0dGVtcHQncyBsb2c6IGBsb2cuaW5mbyhcImNoYXJnaW5nXCIsIHsgb3JkZXJfaWQ6IGlkIH0pYC4gV2hhdCBgY29uc29sZWAgcHJpbnRzIGdvZXMgdGhlcmUgYXMgd2VsbC4gKi9cbmV4cG9ydCBjb25zdCBsb2cgPSB7XG4gIHRyYWNlOiB3cml0ZXIoXCJ0cmFjZVwiKSxcbiAgZGVidWc6IHdyaXRlcihcImRlYnVnXCIpLFxuICBpbmZvOiB3cml0ZXIoXCJpbmZvXCIpLFxuICB3YXJuOiB3cml0ZXIoXCJ3YXJuXCIpLFxuICBlcnJvcjogd3JpdGVyKFwiZXJyb3JcIiksXG59O1xuXG4vKiogQSB2YWx1ZSBhcyBwZW9wbGUgcmVhZCBpdC4gKi9cbmV4cG9ydCBmdW5jdGlvbiB0ZXh0KHZhbHVlOiB1bmtub3duKTogc3RyaW5nIHtcbiAgaWYgKHR5cGVvZiB2YWx1ZSA9PT0gXCJzdHJpbmdcIikgcmV0dXJuIHZhbHVlO1xuICBpZiAodmFsdWUgaW5zdGFuY2VvZiBFcnJvcikgcmV0dXJuIGAke3ZhbHVlLm5hbWV9OiAke3ZhbHVlLm1lc3NhZ2V9YDtcbiAgaWYgKHR5cGVvZiB2YWx1ZSAhPT0gXCJvYmplY3RcIiB8fCB2YWx1ZSA9PT0gbnVsbCkgcmV0dXJuIFN0cmluZyh2YWx1ZSk7XG4gIHRyeSB7XG4gICAgcmV0dXJuIEpTT04uc3RyaW5naWZ5KHZhbHVlLCAoX2tleSwgbWVtYmVyKSA9PiAodHlwZW9mIG1lbWJlciA9PT0gXCJiaWdpbnRcIiA/IGAke21lbWJlcn1gIDogbWVtYmVyKSk7XG4gIH0gY2F0Y2gge1xuICAgIHJldHVybiBTdHJpbmcodmFsdWUpO1xuICB9XG59XG4iLCAiaW1wb3J0IHR5cGUgeyBDb250ZXh0IH0gZnJvbSBcIi4vY29udGV4dC50c1wiO1xuaW1wb3J0IHR5cGUgeyBTY2hlbWEgfSBmcm9tIFwiLi9zY2hlbWEudHNcIjtcblxuLyoqIFdoYXQgYSBoYW5kbGVyIHNheXMgb2YgaXRzZWxmIGJlc2lkZXMgaXRzIHR5cGVzLiAqL1xuZXhwb3J0IGludGVyZmFjZSBIYW5kbGVyT3B0aW9ucyB7XG4gIC8qKiBXaGF0IHBlb3BsZSByZWFkIGluIHRoZSByZWdpc3RyeS4gQnkgZGVmYXVsdCB0aGUgY29tbWVudCBiZWZvcmUgdGhlIGRlY2xhcmF0aW9uLiAqL1xuICBkZXNjcmlwdGlvbj86IHN0cmluZztcbiAgLyoqIFRoZSBjb2RlcyBvZiBmYWlsdXJlcyB0aGF0IGNhbGxlcnMgbWF5IHRlbGwgYXBhcnQuICovXG4gIGVycm9ycz86IHN0cmluZ1tdO1xuICAvKiogQXMgYHJldHJ5YCBpbiBhIHRlbXBsYXRlLiAqL1xuICByZXRyeT86IFJlY29yZDxzdHJpbmcsIHVua25vd24+O1xufVxuXG4vKiogQW4gZXZlbnQgb2YgdGhlIGZlZWQsIHdpdGggdGhlIGF0dHJpYnV0ZXMgb2YgQ2xvdWRFdmVudHMgMS4wLiAqL1xuZXhwb3J0IGludGVyZmFjZSBFdmVudDxUID0gUmVjb3JkPHN0cmluZywgdW5rbm93bj4+IHtcbiAgLyoqIFRoZSBzYW1lIGluIGVhY2ggdHJ5LCBhbmQgaW4gZXZlcnkgb3RoZXIgZm9ybSBvZiB0aGUgZXZlbnQuICovXG4gIGlkOiBzdHJpbmc7XG4gIC8qKiBXaGVyZSBpdCBoYXBwZW5lZDogYC9uYW1lc3BhY2VzL29yZGVyc2AuICovXG4gIHNvdXJjZTogc3RyaW5nO1xuICAvKiogV2hhdCBoYXBwZW5lZDogYHRhc2tlci50YXNrLmNvbXBsZXRlZGAuICovXG4gIHR5cGU6IHN0cmluZztcbiAgLyoqIFdoYXQgaXQgaGFwcGVuZWQgdG8uICovXG4gIHN1YmplY3Q6IHN0cmluZyB8IHVuZGVmaW5lZDtcbiAgLyoqIFdoZW4gaXQgaGFwcGVuZWQ6IGAyMDI2LTAxLTMxVDEyOjAwOjAwWmAuICovXG4gIHRpbWU6IHN0cmluZztcbiAgLyoqIFRoZSBjdXJzb3IgYmVoaW5kIHRoZSBldmVudC4gKi9cbiAgc2VxdWVuY2U6IHN0cmluZztcbiAgLyoqIFRoZSBzYW1lIGZyb20gdGhlIHJlcXVlc3QgdGhhdCBjcmVhdGVkIHRoZSB0YXNrIHRvIGV2ZXJ5IGV2ZW50IG9mIGl0LiAqL1xuICBjb3JyZWxhdGlvbklkOiBzdHJpbmcgfCB1bmRlZmluZWQ7XG4gIC8qKiBUaGUgb3RoZXIgYXR0cmlidXRlcywgYnkgbmFtZS4gKi9cbiAgYXR0cmlidXRlczogUmVjb3JkPHN0cmluZywgc3RyaW5nPjtcbiAgLyoqIFRoZSBldmVudCdzIGRhdGEuICovXG4gIGRhdGE6IFQ7XG59XG5cbi8qKiBBbiBldmVudCB0aGF0IGhhbmRsZXJzIHNlbmQsIHdpdGggdGhlIHR5cGUgb2YgaXRzIHBheWxvYWQuICovXG5leHBvcnQgaW50ZXJmYWNlIERlY2xhcmVkRXZlbnQ8VD4ge1xuICByZWFkb25seSBuYW1lOiBzdHJpbmc7XG4gIHJlYWRvbmx5IGRlc2NyaXB0aW9uOiBzdHJpbmcgfCB1bmRlZmluZWQ7XG4gIC8qKiBOZXZlciB0aGVyZTsgaXQgY2FycmllcyB0aGUgdHlwZS4gKi9cbiAgcmVhZG9ubHkgcGF5bG9hZD86IFQ7XG59XG5cbi8qKiBXaGF0IGEgaGFuZGxlciByZXR1cm5zIHRoYXQgaXMgbm90IGRvbmUuICovXG5leHBvcnQgY2xhc3MgQ2hlY2twb2ludDxDID0gdW5rbm93bj4ge1xuICBjb25zdHJ1Y3RvcihyZWFkb25seSB2YWx1ZTogQykge31cbn1cblxuLyoqIE5vdCBkb25lOiB0aGUgaG9zdCBrZWVwcyB0aGlzIGFuZCBjYWxscyB0aGUgaGFuZGxlciBhZ2FpbjsgaXQgc3Vydml2ZXMgY3Jhc2hlcyBhbmQgcmV0cmllcy4gKi9cbmV4cG9ydCBmdW5jdGlvbiBjaGVja3BvaW50PEM+KHZhbHVlOiBDKTogQ2hlY2twb2ludDxDPiB7XG4gIHJldHVybiBuZXcgQ2hlY2twb2ludCh2YWx1ZSk7XG59XG5cbi8vIGJpb21lLWlnbm9yZSBsaW50OiB0aGUgaW5wdXQgaXMgd2hhdGV2ZXIgdGhlIGF1dGhvciBzYXlzLlxudHlwZSBSdW4gPSAoaW5wdXQ6IGFueSwgY3R4OiBDb250ZXh0KSA9PiB1bmtub3duO1xudHlwZSBIYW5kbGUgPSAoZXZlbnQ6IEV2ZW50PGFueT4sIGN0eDogQ29udGV4dCkgPT4gdm9pZCB8IFByb21pc2U8dm9pZD47XG5cbi8qKiBFdmVyeXRoaW5nIHRoYXQgd2FzIHJlZ2lzdGVyZWQsIGJ5IG5hbWUuICovXG5leHBvcnQgY29uc3QgcmVnaXN0ZXJlZCA9IHtcbiAgaGFuZGxlcnM6IG5ldyBNYXA8c3RyaW5nLCB7IHJ1bjogUnVuOyBvcHRpb25zOiBIYW5kbGVyT3B0aW9ucyB9PigpLFxuICBzdWJzY3JpYmVyczogbmV3IE1hcDxzdHJpbmcsIHsgaGFuZGxlOiBIYW5kbGU7IGRlc2NyaXB0aW9uOiBzdHJpbmcgfCB1bmRlZmluZWQgfT4oKSxcbiAgZXZlbnRzOiBuZXcgTWFwPHN0cmluZywgRGVjbGFyZWRFdmVudDx1bmtub3duPj4oKSxcbiAgY2FwYWJpbGl0aWVzOiBuZXcgU2V0PHN0cmluZz4oKSxcbn07XG5cbi8qKiBXaGF0IHRoZSBidWlsZCByZWFkIGZyb20gdGhlIHR5cGVzIG9mIHRoZSBzb3VyY2UuICovXG5leHBvcnQgaW50ZXJmYWNlIERlc2NyaWJlZCB7XG4gIGhhbmRsZXJzOiBSZWNvcmQ8c3RyaW5nLCB7IGRlc2NyaXB0aW9uPzogc3RyaW5nOyBpbnB1dDogU2NoZW1hIHwgYm9vbGVhbjsgcmVzdWx0OiBTY2hlbWEgfCBib29sZWFuIH0+O1xuICBzdWJzY3JpYmVyczogUmVjb3JkPHN0cmluZywgeyBkZXNjcmlwdGlvbj86IHN0cmluZyB9PjtcbiAgZXZlbnRzOiBSZWNvcmQ8c3RyaW5nLCB7IGRlc2NyaXB0aW9uPzogc3RyaW5nOyBzY2hlbWE6IFNjaGVtYSB8IGJvb2xlYW4gfT47XG59XG5cbi8qKlxuICogUmVnaXN0ZXJzIGEgc3RlcCBoYW5kbGVyIHVuZGVyIHRoZSBuYW1lIHRoYXQgdGVtcGxhdGVzIGNhbGwgaXQgYnksIGFuZCByZXR1cm5zIHRoZSBmdW5jdGlvbiBhcyBpdCBpcywgZm9yIHRlc3RzLlxuICpcbiAqICAgICBleHBvcnQgY29uc3QgY2hhcmdlID0gaGFuZGxlcihcImNoYXJnZVwiLCAob3JkZXI6IE9yZGVyLCBjdHgpOiBSZWNlaXB0ID0+IHsgXHUyMDI2IH0sIHsgZXJyb3JzOiBbXCJjYXJkX2RlY2xpbmVkXCJdIH0pO1xuICpcbiAqIFRoZSBmdW5jdGlvbiBtYXkgYmUgYXN5bmMuIEl0cyB0eXBlcyBhcmUgdGhlIGhhbmRsZXIncyBKU09OIFNjaGVtYXMsIHdoaWNoIGB0YXNrZXIgYnVpbGRgIHJlYWRzIGZyb20gdGhlIHNvdXJjZTogYW5cbiAqIGlucHV0IHRoYXQgZG9lcyBub3QgZml0IGlzIGEgcGVybWFuZW50IGZhaWx1cmUgYGludmFsaWRfaW5wdXRgLlxuICovXG5leHBvcnQgZnVuY3Rpb24gaGFuZGxlcjxGIGV4dGVuZHMgUnVuPihuYW1lOiBzdHJpbmcsIHJ1bjogRiwgb3B0aW9uczogSGFuZGxlck9wdGlvbnMgPSB7fSk6IEYge1xuICB1bnVzZWQocmVnaXN0ZXJlZC5oYW5kbGVycywgXCJoYW5kbGVyXCIsIG5hbWUpO1xuICByZWdpc3RlcmVkLmhhbmRsZXJzLnNldChuYW1lLCB7IHJ1biwgb3B0aW9ucyB9KTtcbiAgcmV0dXJuIHJ1bjtcbn1cblxuLyoqIFJlZ2lzdGVycyBhIHN1YnNjcmliZXI6IGEgZnVuY3Rpb24gdGhhdCBpcyBjYWxsZWQgd2l0aCB0aGUgZXZlbnRzIG9mIGEgc3Vic2NyaXB0aW9uLiAqL1xuZXhwb3J0IGZ1bmN0aW9uIHN1YnNjcmliZXI8RiBleHRlbmRzIEhhbmRsZT4obmFtZTogc3RyaW5nLCBoYW5kbGU6IEYsIG9wdGlvbnM6IHsgZGVzY3JpcHRpb24/OiBzdHJpbmcgfSA9IHt9KTogRiB7XG4gIHVudXNlZChyZWdpc3RlcmVkLnN1YnNjcmliZXJzLCBcInN1YnNjcmliZXJcIiwgbmFtZSk7XG4gIHJlZ2lzdGVyZWQuc3Vic2NyaWJlcnMuc2V0KG5hbWUsIHsgaGFuZGxlLCBkZXNjcmlwdGlvbjogb3B0aW9ucy5kZXNjcmlwdGlvbiB9KTtcbiAgcmV0dXJuIGhhbmRsZTtcbn1cblxuLyoqIERlY2xhcmVzIGFuIGV2ZW50IHRoYXQgaGFuZGxlcnMgc2VuZCwgd2l0aCB0aGUgdHlwZSBvZiBpdHMgcGF5bG9hZDogYGNvbnN0IGNoYXJnZWQgPSBldmVudDxDaGFyZ2VkPihcIm9yZGVycy5jaGFyZ2VkXCIpYC4gKi9cbmV4cG9ydCBmdW5jdGlvbiBldmVudDxUPihuYW1lOiBzdHJpbmcsIG9wdGlvbnM6IHsgZGVzY3JpcHRpb24/OiBzdHJpbmcgfSA9IHt9KTogRGVjbGFyZWRFdmVudDxUPiB7XG4gIHVudXNlZChyZWdpc3RlcmVkLmV2ZW50cywgXCJldmVudFwiLCBuYW1lKTtcbiAgY29uc3QgZGVjbGFyZWQgPSB7IG5hbWUsIGRlc2NyaXB0aW9uOiBvcHRpb25zLmRlc2NyaXB0aW9uIH07XG4gIHJlZ2lzdGVyZWQuZXZlbnRzLnNldChuYW1lLCBkZWNsYXJlZCk7XG4gIHJldHVybiBkZWNsYXJlZDtcbn1cblxuLyoqIFNheXMgd2hhdCB0aGUgY29tcG9uZW50IHdhbnRzIHRvIGJlIGdyYW50ZWQ6IGBjYXBhYmlsaXRpZXMoXCJrdiBjb3VudGVyc1wiLCBcImh0dHAgUE9TVCBhcGkuZXhhbXBsZS5jb20vdjEvKlwiKWAuICovXG5leHBvcnQgZnVuY3Rpb24gY2FwYWJpbGl0aWVzKC4uLndhbnRlZDogc3RyaW5nW10pOiB2b2lkIHtcbiAgZm9yIChjb25zdCBvbmUgb2Ygd2FudGVkKSByZWdpc3RlcmVkLmNhcGFiaWxpdGllcy5hZGQob25lKTtcbn1cblxuZnVuY3Rpb24gdW51c2VkKG1hcDogTWFwPHN0cmluZywgdW5rbm93bj4sIHdoYXQ6IHN0cmluZywgbmFtZTogc3RyaW5nKTogdm9pZCB7XG4gIGlmIChtYXAuaGFzKG5hbWUpKSB0aHJvdyBuZXcgRXJyb3IoYHRoZXJlIGFyZSB0d28gJHt3aGF0fXMgXFxgJHtuYW1lfVxcYDsgZ2l2ZSBvbmUgb2YgdGhlbSBhbm90aGVyIG5hbWVgKTtcbn1cbiIsICIvKiogQSBKU09OIFNjaGVtYSBhcyB0aGUgYnVpbGQgbWFrZXMgaXQgb2YgYSB0eXBlOiB0aGVzZSB3b3JkcyBvZiBpdCBhbmQgbm8gb3RoZXJzLiAqL1xuZXhwb3J0IGludGVyZmFjZSBTY2hlbWEge1xuICB0eXBlPzogc3RyaW5nIHwgc3RyaW5nW107XG4gIGNvbnN0PzogdW5rbm93bjtcbiAgZW51bT86IHVua25vd25bXTtcbiAgcHJvcGVydGllcz86IFJlY29yZDxzdHJpbmcsIFNjaGVtYT47XG4gIHJlcXVpcmVkPzogc3RyaW5nW107XG4gIGFkZGl0aW9uYWxQcm9wZXJ0aWVzPzogU2NoZW1hIHwgYm9vbGVhbjtcbiAgaXRlbXM/OiBTY2hlbWEgfCBib29sZWFuO1xuICBwcmVmaXhJdGVtcz86IFNjaGVtYVtdO1xuICBtaW5JdGVtcz86IG51bWJlcjtcbiAgbWF4SXRlbXM/OiBudW1iZXI7XG4gIGFueU9mPzogU2NoZW1hW107XG4gIGFsbE9mPzogU2NoZW1hW107XG4gICRyZWY/OiBzdHJpbmc7XG4gICRkZWZzPzogUmVjb3JkPHN0cmluZywgU2NoZW1hPjtcbiAgZm9ybWF0Pzogc3RyaW5nO1xuICBtaW5pbXVtPzogbnVtYmVyO1xuICBtYXhpbXVtPzogbnVtYmVyO1xuICBtaW5MZW5ndGg/OiBudW1iZXI7XG4gIG1heExlbmd0aD86IG51bWJlcjtcbiAgcGF0dGVybj86IHN0cmluZztcbiAgZGVzY3JpcHRpb24/OiBzdHJpbmc7XG59XG5cbi8qKiBXaGF0IHdhcyB3cm9uZzogd2hlcmUsIGFuZCBpbiB3b3Jkcy4gKi9cbmV4cG9ydCBjbGFzcyBNaXNtYXRjaCBleHRlbmRzIEVycm9yIHtcbiAgY29uc3RydWN0b3IoXG4gICAgcmVhZG9ubHkgcGF0aDogc3RyaW5nLFxuICAgIHJlYWRvbmx5IHdoeTogc3RyaW5nLFxuICApIHtcbiAgICBzdXBlcih3aHkpO1xuICB9XG59XG5cbi8qKlxuICogSG9sZHMgYSB2YWx1ZSB0byBhIHNjaGVtYSBhbmQgcmV0dXJucyBpdC4gTnVtYmVycyB3aGVyZSB0aGUgdHlwZSBzYXlzIGJpZ2ludCBiZWNvbWUgb25lLCB3aGljaCBpcyB3aHkgdGhlcmUgaXMgYSByZXN1bHQuXG4gKi9cbmV4cG9ydCBmdW5jdGlvbiBmaXQoc2NoZW1hOiBTY2hlbWEgfCBib29sZWFuLCB2YWx1ZTogdW5rbm93bik6IHVua25vd24ge1xuICBjb25zdCByb290ID0gdHlwZW9mIHNjaGVtYSA9PT0gXCJib29sZWFuXCIgPyB7fSA6IHNjaGVtYTtcbiAgcmV0dXJuIGF0KHJvb3QsIHNjaGVtYSwgdmFsdWUsIFwiXCIpO1xufVxuXG5mdW5jdGlvbiBhdChyb290OiBTY2hlbWEsIHNjaGVtYTogU2NoZW1hIHwgYm9vbGVhbiwgdmFsdWU6IHVua25vd24sIHBhdGg6IHN0cmluZyk6IHVua25vd24ge1xuICBpZiAoc2NoZW1hID09PSB0cnVlKSByZXR1cm4gdmFsdWU7XG4gIGlmIChzY2hlbWEgPT09IGZhbHNlKSB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgXCJub3RoaW5nIGlzIGFsbG93ZWQgaGVyZVwiKTtcbiAgaWYgKHNjaGVtYS4kcmVmICE9PSB1bmRlZmluZWQpIHtcbiAgICBjb25zdCBkZWZpbml0aW9uID0gcm9vdC4kZGVmcz8uW3NjaGVtYS4kcmVmLnNsaWNlKFwiIy8kZGVmcy9cIi5sZW5ndGgpXTtcbiAgICBpZiAoZGVmaW5pdGlvbiAhPT0gdW5kZWZpbmVkKSB2YWx1ZSA9IGF0KHJvb3QsIGRlZmluaXRpb24sIHZhbHVlLCBwYXRoKTtcbiAgfVxuICBmb3IgKGNvbnN0IHBhcnQgb2Ygc2NoZW1hLmFsbE9mID8/IFtdKSB2YWx1ZSA9IGF0KHJvb3QsIHBhcnQsIHZhbHVlLCBwYXRoKTtcbiAgaWYgKHNjaGVtYS5hbnlPZiAhPT0gdW5kZWZpbmVkKSB2YWx1ZSA9IGFueShyb290LCBzY2hlbWEuYW55T2YsIHZhbHVlLCBwYXRoKTtcbiAgaWYgKHNjaGVtYS50eXBlICE9PSB1bmRlZmluZWQpIGhhc1R5cGUoc2NoZW1hLCB2YWx1ZSwgcGF0aCk7XG4gIGlmIChzY2hlbWEuY29uc3QgIT09IHVuZGVmaW5lZCkgaXNPbmVPZihbc2NoZW1hLmNvbnN0XSwgdmFsdWUsIHBhdGgpO1xuICBpZiAoc2NoZW1hLmVudW0gIT09IHVuZGVmaW5lZCkgaXNPbmVPZihzY2hlbWEuZW51bSwgdmFsdWUsIHBhdGgpO1xuICBpZiAodHlwZW9mIHZhbHVlID09PSBcInN0cmluZ1wiKSBpbkJvdW5kcyhzY2hlbWEsIHZhbHVlLCBwYXRoKTtcbiAgaWYgKHR5cGVvZiB2YWx1ZSA9PT0gXCJudW1iZXJcIiB8fCB0eXBlb2YgdmFsdWUgPT09IFwiYmlnaW50XCIpIHJldHVybiBudW1iZXIoc2NoZW1hLCB2YWx1ZSwgcGF0aCk7XG4gIGlmIChBcnJheS5pc0FycmF5KHZhbHVlKSkgcmV0dXJuIGl0ZW1zKHJvb3QsIHNjaGVtYSwgdmFsdWUsIHBhdGgpO1xuICBpZiAodHlwZW9mIHZhbHVlID09PSBcIm9iamVjdFwiICYmIHZhbHVlICE9PSBudWxsKSByZXR1cm4gbWVtYmVycyhyb290LCBzY2hlbWEsIHZhbHVlIGFzIFJlY29yZDxzdHJpbmcsIHVua25vd24+LCBwYXRoKTtcbiAgcmV0dXJuIHZhbHVlO1xufVxuXG5mdW5jdGlvbiBhbnkocm9vdDogU2NoZW1hLCBzY2hlbWFzOiBTY2hlbWFbXSwgdmFsdWU6IHVua25vd24sIHBhdGg6IHN0cmluZyk6IHVua25vd24ge1xuICBsZXQgbmVhcmVzdDogTWlzbWF0Y2ggfCB1bmRlZmluZWQ7XG4gIGZvciAoY29uc3Qgc2NoZW1hIG9mIHNjaGVtYXMpIHtcbiAgICB0cnkge1xuICAgICAgcmV0dXJuIGF0KHJvb3QsIHNjaGVtYSwgdmFsdWUsIHBhdGgpO1xuICAgIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgICBpZiAoIShlcnJvciBpbnN0YW5jZW9mIE1pc21hdGNoKSkgdGhyb3cgZXJyb3I7XG4gICAgICAvLyBUaGUgYWx0ZXJuYXRpdmUgdGhhdCB3YXMgZm9sbG93ZWQgZnVydGhlc3QgaXMgdGhlIG9uZSB0aGF0IHdhcyBtZWFudC5cbiAgICAgIGlmIChuZWFyZXN0ID09PSB1bmRlZmluZWQgfHwgZXJyb3IucGF0aC5sZW5ndGggPiBuZWFyZXN0LnBhdGgubGVuZ3RoKSBuZWFyZXN0ID0gZXJyb3I7XG4gICAgfVxuICB9XG4gIGlmIChuZWFyZXN0ID09PSB1bmRlZmluZWQgfHwgbmVhcmVzdC5wYXRoLmxlbmd0aCA+IHBhdGgubGVuZ3RoKSB0aHJvdyBuZWFyZXN0ID8/IG5ldyBNaXNtYXRjaChwYXRoLCBcIm5vdGhpbmcgaXMgYWxsb3dlZCBoZXJlXCIpO1xuICBjb25zdCBuYW1lcyA9IHNjaGVtYXMubWFwKChzY2hlbWEpID0+IG5hbWVPZihyb290LCBzY2hlbWEpKTtcbiAgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCAke25hbWVzLmpvaW4oXCIgb3IgXCIpfSwgZm91bmQgJHtzaG93bih2YWx1ZSl9YCk7XG59XG5cbmZ1bmN0aW9uIG5hbWVPZihyb290OiBTY2hlbWEsIHNjaGVtYTogU2NoZW1hKTogc3RyaW5nIHtcbiAgaWYgKHNjaGVtYS4kcmVmICE9PSB1bmRlZmluZWQpIHJldHVybiBzY2hlbWEuJHJlZi5zbGljZShcIiMvJGRlZnMvXCIubGVuZ3RoKTtcbiAgaWYgKHNjaGVtYS5jb25zdCAhPT0gdW5kZWZpbmVkKSByZXR1cm4gSlNPTi5zdHJpbmdpZnkoc2NoZW1hLmNvbnN0KTtcbiAgaWYgKHNjaGVtYS5lbnVtICE9PSB1bmRlZmluZWQpIHJldHVybiBzY2hlbWEuZW51bS5tYXAoKHZhbHVlKSA9PiBKU09OLnN0cmluZ2lmeSh2YWx1ZSkpLmpvaW4oXCIgb3IgXCIpO1xuICByZXR1cm4gW3NjaGVtYS50eXBlID8/IFwiYW55dGhpbmdcIl0uZmxhdCgpLm1hcChhcnRpY2xlKS5qb2luKFwiIG9yIFwiKTtcbn1cblxuZnVuY3Rpb24gYXJ0aWNsZSh0eXBlOiBzdHJpbmcpOiBzdHJpbmcge1xuICBpZiAodHlwZSA9PT0gXCJudWxsXCIpIHJldHVybiB0eXBlO1xuICByZXR1cm4gYCR7L15bYWVpb3VdLy50ZXN0KHR5cGUpID8gXCJhblwiIDogXCJhXCJ9ICR7dHlwZX1gO1xufVxuXG5mdW5jdGlvbiB0eXBlT2YodmFsdWU6IHVua25vd24pOiBzdHJpbmcge1xuICBpZiAodmFsdWUgPT09IG51bGwpIHJldHVybiBcIm51bGxcIjtcbiAgaWYgKEFycmF5LmlzQXJyYXkodmFsdWUpKSByZXR1cm4gXCJhcnJheVwiO1xuICBpZiAodHlwZW9mIHZhbHVlID09PSBcImJpZ2ludFwiKSByZXR1cm4gXCJpbnRlZ2VyXCI7XG4gIHJldHVybiB0eXBlb2YgdmFsdWU7XG59XG5cbmZ1bmN0aW9uIHNob3duKHZhbHVlOiB1bmtub3duKTogc3RyaW5nIHtcbiAgY29uc3QgdGV4dCA9IHR5cGVvZiB2YWx1ZSA9PT0gXCJiaWdpbnRcIiA/IHZhbHVlLnRvU3RyaW5nKCkgOiBKU09OLnN0cmluZ2lmeSh2YWx1ZSkgPz8gXCJub3RoaW5nXCI7XG4gIHJldHVybiB0ZXh0Lmxlbmd0aCA+IDQwIHx8IHR5cGVvZiB2YWx1ZSA9PT0gXCJvYmplY3RcIiA/IGFydGljbGUodHlwZU9mKHZhbHVlKSkgOiBgJHthcnRpY2xlKHR5cGVPZih2YWx1ZSkpfSAoJHt0ZXh0fSlgO1xufVxuXG5mdW5jdGlvbiBoYXNUeXBlKHNjaGVtYTogU2NoZW1hLCB2YWx1ZTogdW5rbm93biwgcGF0aDogc3RyaW5nKTogdm9pZCB7XG4gIGNvbnN0IGZvdW5kID0gdHlwZU9mKHZhbHVlKTtcbiAgY29uc3QgYWxsb3dlZCA9IFtzY2hlbWEudHlwZSA/PyBbXV0uZmxhdCgpO1xuICBjb25zdCBmaXRzID0gKHR5cGU6IHN0cmluZykgPT5cbiAgICB0eXBlID09PSBmb3VuZCB8fFxuICAgICh0eXBlID09PSBcImludGVnZXJcIiAmJiBmb3VuZCA9PT0gXCJudW1iZXJcIiAmJiBOdW1iZXIuaXNJbnRlZ2VyKHZhbHVlKSkgfHxcbiAgICAodHlwZSA9PT0gXCJudW1iZXJcIiAmJiBmb3VuZCA9PT0gXCJpbnRlZ2VyXCIpO1xuICBpZiAoIWFsbG93ZWQuc29tZShmaXRzKSkge1xuICAgIHRocm93IG5ldyBNaXNtYXRjaChwYXRoLCBgZXhwZWN0ZWQgJHthbGxvd2VkLm1hcChhcnRpY2xlKS5qb2luKFwiIG9yIFwiKX0sIGZvdW5kICR7c2hvd24odmFsdWUpfWApO1xuICB9XG59XG5cbmZ1bmN0aW9uIGlzT25lT2YoYWxsb3dlZDogdW5rbm93bltdLCB2YWx1ZTogdW5rbm93biwgcGF0aDogc3RyaW5nKTogdm9pZCB7XG4gIGlmIChhbGxvd2VkLmluY2x1ZGVzKHZhbHVlKSkgcmV0dXJuO1xuICBjb25zdCB3b3JkcyA9IGFsbG93ZWQubWFwKChvbmUpID0+IEpTT04uc3RyaW5naWZ5KG9uZSkpLmpvaW4oXCIgb3IgXCIpO1xuICB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkICR7d29yZHN9LCBmb3VuZCAke3Nob3duKHZhbHVlKX1gKTtcbn1cblxuZnVuY3Rpb24gaW5Cb3VuZHMoc2NoZW1hOiBTY2hlbWEsIHZhbHVlOiBzdHJpbmcsIHBhdGg6IHN0cmluZyk6IHZvaWQge1xuICBjb25zdCBsZW5ndGggPSBbLi4udmFsdWVdLmxlbmd0aDtcbiAgaWYgKGxlbmd0aCA8IChzY2hlbWEubWluTGVuZ3RoID8/IDApKSB0aHJvdyBuZXcgTWlzbWF0Y2gocGF0aCwgYGV4cGVjdGVkIGF0IGxlYXN0ICR7c2NoZW1hLm1pbkxlbmd0aH0gY2hhcmFjdGVyc2ApO1xuICBpZiAobGVuZ3RoID4gKHNjaGVtYS5tYXhMZW5ndGggPz8gbGVuZ3RoKSkgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCBhdCBtb3N0ICR7c2NoZW1hLm1heExlbmd0aH0gY2hhcmFjdGVyc2ApO1xuICBpZiAoc2NoZW1hLnBhdHRlcm4gIT09IHVuZGVmaW5lZCAmJiAhbmV3IFJlZ0V4cChzY2hlbWEucGF0dGVybiwgXCJ1XCIpLnRlc3QodmFsdWUpKSB7XG4gICAgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCB0ZXh0IGxpa2UgJHtzY2hlbWEucGF0dGVybn0sIGZvdW5kICR7c2hvd24odmFsdWUpfWApO1xuICB9XG59XG5cbmZ1bmN0aW9uIG51bWJlcihzY2hlbWE6IFNjaGVtYSwgdmFsdWU6IG51bWJlciB8IGJpZ2ludCwgcGF0aDogc3RyaW5nKTogbnVtYmVyIHwgYmlnaW50IHtcbiAgaWYgKHNjaGVtYS5taW5pbXVtICE9PSB1bmRlZmluZWQgJiYgdmFsdWUgPCBzY2hlbWEubWluaW11bSkgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCBhdCBsZWFzdCAke3NjaGVtYS5taW5pbXVtfSwgZm91bmQgJHt2YWx1ZX1gKTtcbiAgaWYgKHNjaGVtYS5tYXhpbXVtICE9PSB1bmRlZmluZWQgJiYgdmFsdWUgPiBzY2hlbWEubWF4aW11bSkgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCBhdCBtb3N0ICR7c2NoZW1hLm1heGltdW19LCBmb3VuZCAke3ZhbHVlfWApO1xuICBpZiAoc2NoZW1hLmZvcm1hdCA9PT0gXCJiaWdpbnRcIikgcmV0dXJuIEJpZ0ludCh2YWx1ZSk7XG4gIGlmICh0eXBlb2YgdmFsdWUgPT09IFwiYmlnaW50XCIgJiYgc2NoZW1hLnR5cGUgIT09IHVuZGVmaW5lZCkge1xuICAgIHRocm93IG5ldyBNaXNtYXRjaChwYXRoLCBgJHt2YWx1ZX0gaXMgbm90IGhlbGQgZXhhY3RseSBieSBhIG51bWJlciBvZiBKYXZhU2NyaXB0OyBkZWNsYXJlIHRoZSBtZW1iZXIgYXMgYmlnaW50YCk7XG4gIH1cbiAgcmV0dXJuIHZhbHVlO1xufVxuXG5mdW5jdGlvbiBpdGVtcyhyb290OiBTY2hlbWEsIHNjaGVtYTogU2NoZW1hLCB2YWx1ZTogdW5rbm93bltdLCBwYXRoOiBzdHJpbmcpOiB1bmtub3duW10ge1xuICBpZiAodmFsdWUubGVuZ3RoIDwgKHNjaGVtYS5taW5JdGVtcyA/PyAwKSkgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCBhdCBsZWFzdCAke3NjaGVtYS5taW5JdGVtc30gaXRlbXNgKTtcbiAgaWYgKHZhbHVlLmxlbmd0aCA+IChzY2hlbWEubWF4SXRlbXMgPz8gdmFsdWUubGVuZ3RoKSkgdGhyb3cgbmV3IE1pc21hdGNoKHBhdGgsIGBleHBlY3RlZCBhdCBtb3N0ICR7c2NoZW1hLm1heEl0ZW1zfSBpdGVtc2ApO1xuICBjb25zdCBvZiA9IChpbmRleDogbnVtYmVyKSA9PiBzY2hlbWEucHJlZml4SXRlbXM/LltpbmRleF0gPz8gc2NoZW1hLml0ZW1zID8/IHRydWU7XG4gIHJldHVybiB2YWx1ZS5tYXAoKGl0ZW0sIGluZGV4KSA9PiBhdChyb290LCBvZihpbmRleCksIGl0ZW0sIGAke3BhdGh9WyR7aW5kZXh9XWApKTtcbn1cblxuZnVuY3Rpb24gbWVtYmVycyhyb290OiBTY2hlbWEsIHNjaGVtYTogU2NoZW1hLCB2YWx1ZTogUmVjb3JkPHN0cmluZywgdW5rbm93bj4sIHBhdGg6IHN0cmluZyk6IFJlY29yZDxzdHJpbmcsIHVua25vd24+IHtcbiAgZm9yIChjb25zdCBuYW1lIG9mIHNjaGVtYS5yZXF1aXJlZCA/PyBbXSkge1xuICAgIGlmICghT2JqZWN0Lmhhc093bih2YWx1ZSwgbmFtZSkpIHRocm93IG5ldyBNaXNtYXRjaChwYXRoLCBgXFxgJHtuYW1lfVxcYCBpcyBtaXNzaW5nYCk7XG4gIH1cbiAgY29uc3QgcHJvcGVydGllcyA9IHNjaGVtYS5wcm9wZXJ0aWVzID8/IHt9O1xuICBmb3IgKGNvbnN0IG5hbWUgb2YgT2JqZWN0LmtleXModmFsdWUpKSB7XG4gICAgY29uc3Qgb2YgPSBPYmplY3QuaGFzT3duKHByb3BlcnRpZXMsIG5hbWUpID8gcHJvcGVydGllc1tuYW1lXSA6IChzY2hlbWEuYWRkaXRpb25hbFByb3BlcnRpZXMgPz8gdHJ1ZSk7XG4gICAgaWYgKG9mID09PSB1bmRlZmluZWQgfHwgb2YgPT09IHRydWUpIGNvbnRpbnVlO1xuICAgIGNvbnN0IGJlbG93ID0gcGF0aCA9PT0gXCJcIiA/IG5hbWUgOiBgJHtwYXRofS4ke25hbWV9YDtcbiAgICB2YWx1ZVtuYW1lXSA9IGF0KHJvb3QsIG9mLCB2YWx1ZVtuYW1lXSwgYmVsb3cpO1xuICB9XG4gIHJldHVybiB2YWx1ZTtcbn1cbiIsICJpbXBvcnQgeyB0ZXh0IH0gZnJvbSBcIi4vbG9nLnRzXCI7XG5cbi8qKiBXaGljaCBsaW5lIG9mIHdoaWNoIHNvdXJjZSBlYWNoIGxpbmUgb2YgdGhlIGJ1bmRsZSBjYW1lIGZyb20sIGFzIHRoZSBidWlsZCB3cm90ZSBpdDogc291cmNlIGFuZCBsaW5lLCBvciBub3RoaW5nLiAqL1xuZXhwb3J0IGludGVyZmFjZSBMaW5lcyB7XG4gIHNvdXJjZXM6IHN0cmluZ1tdO1xuICAvKiogRm9yIGVhY2ggbGluZSBvZiB0aGUgYnVuZGxlIGBbc291cmNlLCBsaW5lXWAgYXMgZGlmZmVyZW5jZXMgZnJvbSB0aGUgbGluZSBiZWZvcmUsIGFsbCBpbiBvbmUgbGlzdC4gKi9cbiAgZGVsdGFzOiBudW1iZXJbXTtcbn1cblxubGV0IHBsYWNlczogKFtzdHJpbmcsIG51bWJlcl0gfCB1bmRlZmluZWQpW10gfCB1bmRlZmluZWQ7XG5sZXQgZW5jb2RlZDogTGluZXMgfCB1bmRlZmluZWQ7XG5cbi8qKiBTYXlzIHdoZXJlIHRoZSBsaW5lcyBvZiB0aGUgYnVuZGxlIGNhbWUgZnJvbS4gKi9cbmV4cG9ydCBmdW5jdGlvbiBzZXRMaW5lcyhsaW5lczogTGluZXMpOiB2b2lkIHtcbiAgZW5jb2RlZCA9IGxpbmVzO1xufVxuXG5mdW5jdGlvbiBkZWNvZGUoKTogKFtzdHJpbmcsIG51bWJlcl0gfCB1bmRlZmluZWQpW10ge1xuICBjb25zdCB7IHNvdXJjZXMsIGRlbHRhcyB9ID0gZW5jb2RlZCA/PyB7IHNvdXJjZXM6IFtdLCBkZWx0YXM6IFtdIH07XG4gIGxldCBbc291cmNlLCBsaW5lXSA9IFswLCAwXTtcbiAgY29uc3QgZGVjb2RlZDogKFtzdHJpbmcsIG51bWJlcl0gfCB1bmRlZmluZWQpW10gPSBbXTtcbiAgZm9yIChsZXQgYXQgPSAwOyBhdCA8IGRlbHRhcy5sZW5ndGg7IGF0ICs9IDIpIHtcbiAgICBzb3VyY2UgKz0gZGVsdGFzW2F0XSA/PyAwO1xuICAgIGxpbmUgKz0gZGVsdGFzW2F0ICsgMV0gPz8gMDtcbiAgICBjb25zdCBuYW1lID0gc291cmNlc1tzb3VyY2VdO1xuICAgIGRlY29kZWQucHVzaChuYW1lID09PSB1bmRlZmluZWQgfHwgbGluZSA9PT0gMCA/IHVuZGVmaW5lZCA6IFtuYW1lLCBsaW5lXSk7XG4gIH1cbiAgcmV0dXJuIGRlY29kZWQ7XG59XG5cbi8qKiBUaGUgZnJhbWVzIG9mIGFuIGVycm9yLCBpbm5lcm1vc3QgZmlyc3QsIHdpdGggdGhlIHBsYWNlcyBvZiB0aGUgc291cmNlLiAqL1xuZXhwb3J0IGZ1bmN0aW9uIGZyYW1lcyhlcnJvcjogdW5rbm93bik6IHN0cmluZ1tdIHtcbiAgY29uc3Qgc3RhY2sgPSBlcnJvciBpbnN0YW5jZW9mIEVycm9yID8gKGVycm9yLnN0YWNrID8/IFwiXCIpIDogXCJcIjtcbiAgY29uc3QgbGluZXMgPSBzdGFjay5zcGxpdChcIlxcblwiKS5tYXAoKGxpbmUpID0+IGxpbmUudHJpbSgpKTtcbiAgY29uc3QgYWxsID0gbGluZXMuZmlsdGVyKChsaW5lKSA9PiBsaW5lLnN0YXJ0c1dpdGgoXCJhdCBcIikpLm1hcCgobGluZSkgPT4gaW5Tb3VyY2UobGluZS5zbGljZSgzKSkpO1xuICBjb25zdCBvd24gPSBhbGwuZmlsdGVyKChmcmFtZSkgPT4gIWZyYW1lLmluY2x1ZGVzKFwiQHRhc2tlci9zZGsvXCIpICYmICFmcmFtZS5pbmNsdWRlcyhcIihuYXRpdmUpXCIpKTtcbiAgcmV0dXJuIG93bi5sZW5ndGggPiAwID8gb3duIDogYWxsO1xufVxuXG5mdW5jdGlvbiBpblNvdXJjZShmcmFtZTogc3RyaW5nKTogc3RyaW5nIHtcbiAgcGxhY2VzID8/PSBkZWNvZGUoKTtcbiAgcmV0dXJuIGZyYW1lLnJlcGxhY2UoLyg/OmZpbGU6XFwvXFwvKT9bXlxccygpXSo/OihcXGQrKTpcXGQrLywgKHdob2xlLCBsaW5lOiBzdHJpbmcpID0+IHtcbiAgICBjb25zdCBwbGFjZSA9IHBsYWNlcz8uW051bWJlcihsaW5lKSAtIDFdO1xuICAgIHJldHVybiBwbGFjZSA9PT0gdW5kZWZpbmVkID8gd2hvbGUgOiBgJHtwbGFjZVswXX06JHtwbGFjZVsxXX1gO1xuICB9KTtcbn1cblxuLyoqIFRoZSBwbGFjZSBvZiB0aGUgaW5uZXJtb3N0IGZyYW1lIHRoYXQgaXMgbm90IHRoZSBTREsnczogYHNyYy9oYW5kbGVycy50czoxMmAuICovXG5leHBvcnQgZnVuY3Rpb24gcGxhY2UodHJhY2U6IHN0cmluZ1tdKTogc3RyaW5nIHwgdW5kZWZpbmVkIHtcbiAgY29uc3QgcGxhY2VzID0gdHJhY2UubWFwKChmcmFtZSkgPT4gL1teXFxzKCldKzpcXGQrLy5leGVjKGZyYW1lKT8uWzBdKTtcbiAgcmV0dXJuIHBsYWNlcy5maW5kKChwbGFjZSkgPT4gcGxhY2UgIT09IHVuZGVmaW5lZCAmJiAhcGxhY2UuaW5jbHVkZXMoXCJAdGFza2VyL3Nka1wiKSk7XG59XG5cbi8qKiBUaGUgbWVzc2FnZSBvZiBhbiBlcnJvciB3aXRoIHRob3NlIG9mIGl0cyBjYXVzZXMuICovXG5leHBvcnQgZnVuY3Rpb24gd2l0aENhdXNlcyhlcnJvcjogdW5rbm93bik6IHN0cmluZyB7XG4gIGNvbnN0IG1lc3NhZ2VzID0gW2Vycm9yIGluc3RhbmNlb2YgRXJyb3IgJiYgZXJyb3IubmFtZSA9PT0gXCJGYWlsdXJlXCIgPyBlcnJvci5tZXNzYWdlIDogdGV4dChlcnJvcildO1xuICBsZXQgY2F1c2UgPSBlcnJvciBpbnN0YW5jZW9mIEVycm9yID8gZXJyb3IuY2F1c2UgOiB1bmRlZmluZWQ7XG4gIGZvciAobGV0IGRlcHRoID0gMDsgY2F1c2UgIT09IHVuZGVmaW5lZCAmJiBkZXB0aCA8IDEwOyBkZXB0aCArPSAxKSB7XG4gICAgbWVzc2FnZXMucHVzaCh0ZXh0KGNhdXNlKSk7XG4gICAgY2F1c2UgPSBjYXVzZSBpbnN0YW5jZW9mIEVycm9yID8gY2F1c2UuY2F1c2UgOiB1bmRlZmluZWQ7XG4gIH1cbiAgcmV0dXJuIG1lc3NhZ2VzLmpvaW4oXCI6IFwiKTtcbn1cbiIsICJpbXBvcnQgeyBDb250ZXh0IH0gZnJvbSBcIi4vY29udGV4dC50c1wiO1xuaW1wb3J0IHsgRmFpbHVyZSwgSU5URVJOQUwgfSBmcm9tIFwiLi9mYWlsdXJlLnRzXCI7XG5pbXBvcnQgdHlwZSB7IEhvc3QgfSBmcm9tIFwiLi9ob3N0LnRzXCI7XG5pbXBvcnQgeyByZWFkLCB3cml0ZSB9IGZyb20gXCIuL2pzb24udHNcIjtcbmltcG9ydCB7IGxvZyB9IGZyb20gXCIuL2xvZy50c1wiO1xuaW1wb3J0IHsgQ2hlY2twb2ludCwgdHlwZSBEZXNjcmliZWQsIHR5cGUgRXZlbnQsIHJlZ2lzdGVyZWQgfSBmcm9tIFwiLi9yZWdpc3RyeS50c1wiO1xuaW1wb3J0IHsgTWlzbWF0Y2gsIHR5cGUgU2NoZW1hLCBmaXQgfSBmcm9tIFwiLi9zY2hlbWEudHNcIjtcbmltcG9ydCB7IGZyYW1lcywgcGxhY2UsIHdpdGhDYXVzZXMgfSBmcm9tIFwiLi90cmFjZS50c1wiO1xuXG4vKiogQW4gb3V0Y29tZSBhcyBpdCBjcm9zc2VzIHRvIHRoZSBob3N0LiAqL1xuZXhwb3J0IHR5cGUgT3V0Y29tZSA9IHsgdGFnOiBcImNvbXBsZXRlXCIgfCBcImNoZWNrcG9pbnRcIjsgdmFsOiBzdHJpbmcgfTtcblxuLyoqIEEgZmFpbHVyZSBhcyBpdCBjcm9zc2VzIHRvIHRoZSBob3N0LiAqL1xuZXhwb3J0IGludGVyZmFjZSBXaXJlRmFpbHVyZSB7XG4gIGNvZGU6IHN0cmluZztcbiAgbWVzc2FnZTogc3RyaW5nO1xuICBkZXRhaWxzOiBzdHJpbmcgfCB1bmRlZmluZWQ7XG4gIHJldHJ5OiB7IHRhZzogXCJwb2xpY3lcIiB9IHwgeyB0YWc6IFwibmV2ZXJcIiB9IHwgeyB0YWc6IFwiYWZ0ZXItbXNcIjsgdmFsOiBudW1iZXIgfTtcbn1cblxuLyoqIEF3YWl0cyB3aGF0IGEgaGFuZGxlciByZXR1cm5lZDsgd2hlcmUgY29tcG9uZW50cyBydW4sIHRoYXQgaXMgZG9uZSB3aXRob3V0IHRoZSBob3N0LiAqL1xuZXhwb3J0IHR5cGUgU2V0dGxlID0gKHZhbHVlOiB1bmtub3duKSA9PiB1bmtub3duO1xuXG4vKiogUnVucyB0aGUgaGFuZGxlciBvZiB0aGF0IG5hbWUgb24gSlNPTiB0ZXh0LiBUaHJvd3MgYSBgRmFpbHVyZWAsIG9yIHdoYXRldmVyIHRoZSBoYW5kbGVyIHRocmV3LiAqL1xuZXhwb3J0IGZ1bmN0aW9uIGNhbGwoZGVzY3JpYmVkOiBEZXNjcmliZWQsIGhvc3Q6IEhvc3QsIG5hbWU6IHN0cmluZywgaW5wdXQ6IHN0cmluZyk6IHVua25vd24ge1xuICBjb25zdCBmb3VuZCA9IHJlZ2lzdGVyZWQuaGFuZGxlcnMuZ2V0KG5hbWUpO1xuICBpZiAoZm91bmQgPT09IHVuZGVmaW5lZCkgdGhyb3cgdW5rbm93bihcImhhbmRsZXJcIiwgbmFtZSwgcmVnaXN0ZXJlZC5oYW5kbGVycyk7XG4gIGNvbnN0IHNjaGVtYSA9IGRlc2NyaWJlZC5oYW5kbGVyc1tuYW1lXT8uaW5wdXQgPz8gdHJ1ZTtcbiAgY29uc3QgdHlwZWQgPSBmaXR0ZWQoXCJpbnB1dFwiLCBzY2hlbWEsIHJlYWQoXCJpbnB1dFwiLCBpbnB1dCkpO1xuICByZXR1cm4gZm91bmQucnVuKHR5cGVkLCBuZXcgQ29udGV4dChob3N0KSk7XG59XG5cbi8qKiBXaGF0IGEgaGFuZGxlciByZXR1cm5lZCwgYXMgSlNPTiB0ZXh0LiAqL1xuZXhwb3J0IGZ1bmN0aW9uIG91dGNvbWUocmV0dXJuZWQ6IHVua25vd24pOiBPdXRjb21lIHtcbiAgaWYgKHJldHVybmVkIGluc3RhbmNlb2YgQ2hlY2twb2ludCkgcmV0dXJuIHsgdGFnOiBcImNoZWNrcG9pbnRcIiwgdmFsOiB3cml0ZShcImNoZWNrcG9pbnRcIiwgcmV0dXJuZWQudmFsdWUpIH07XG4gIHJldHVybiB7IHRhZzogXCJjb21wbGV0ZVwiLCB2YWw6IHdyaXRlKFwicmVzdWx0XCIsIHJldHVybmVkKSB9O1xufVxuXG4vKiogQ2FsbHMgdGhlIHN1YnNjcmliZXIgb2YgdGhhdCBuYW1lLiAqL1xuZXhwb3J0IGZ1bmN0aW9uIGhhbmRsZShob3N0OiBIb3N0LCBuYW1lOiBzdHJpbmcsIGV2ZW50OiBFdmVudCk6IHVua25vd24ge1xuICBjb25zdCBmb3VuZCA9IHJlZ2lzdGVyZWQuc3Vic2NyaWJlcnMuZ2V0KG5hbWUpO1xuICBpZiAoZm91bmQgPT09IHVuZGVmaW5lZCkgdGhyb3cgdW5rbm93bihcInN1YnNjcmliZXJcIiwgbmFtZSwgcmVnaXN0ZXJlZC5zdWJzY3JpYmVycyk7XG4gIHJldHVybiBmb3VuZC5oYW5kbGUoZXZlbnQsIG5ldyBDb250ZXh0KGhvc3QpKTtcbn1cblxuZnVuY3Rpb24gZml0dGVkKHdoYXQ6IHN0cmluZywgc2NoZW1hOiBTY2hlbWEgfCBib29sZWFuLCB2YWx1ZTogdW5rbm93bik6IHVua25vd24ge1xuICB0cnkge1xuICAgIHJldHVybiBmaXQoc2NoZW1hLCB2YWx1ZSk7XG4gIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgaWYgKCEoZXJyb3IgaW5zdGFuY2VvZiBNaXNtYXRjaCkpIHRocm93IGVycm9yO1xuICAgIGNvbnN0IGF0ID0gZXJyb3IucGF0aCA9PT0gXCJcIiA/IFwiXCIgOiBgIGF0IFxcYCR7ZXJyb3IucGF0aH1cXGBgO1xuICAgIHRocm93IEZhaWx1cmUucGVybWFuZW50KGBpbnZhbGlkXyR7d2hhdH1gLCBgdGhlICR7d2hhdH0gaXMgd3Jvbmcke2F0fTogJHtlcnJvci53aHl9YCk7XG4gIH1cbn1cblxuZnVuY3Rpb24gdW5rbm93bih3aGF0OiBzdHJpbmcsIG5hbWU6IHN0cmluZywga25vd246IE1hcDxzdHJpbmcsIHVua25vd24+KTogRmFpbHVyZSB7XG4gIGNvbnN0IG5hbWVzID0gWy4uLmtub3duLmtleXMoKV0uam9pbihcIiwgXCIpO1xuICByZXR1cm4gRmFpbHVyZS5wZXJtYW5lbnQoYHVua25vd25fJHt3aGF0fWAsIGB0aGlzIGNvbXBvbmVudCBoYXMgbm8gJHt3aGF0fSBcXGAke25hbWV9XFxgOyBpdCBoYXMgJHtuYW1lc31gKTtcbn1cblxuLyoqIFdoYXQgd2FzIHRocm93biBhcyBhIGZhaWx1cmUgb2YgdGhlIGNvbnRyYWN0LiBBbiBleGNlcHRpb24gaXMgbG9nZ2VkIHdpdGggaXRzIHRyYWNlLiAqL1xuZXhwb3J0IGZ1bmN0aW9uIGZhaWx1cmUodGhyb3duOiB1bmtub3duKTogV2lyZUZhaWx1cmUge1xuICBpZiAodGhyb3duIGluc3RhbmNlb2YgRmFpbHVyZSkgcmV0dXJuIGNob3Nlbih0aHJvd24pO1xuICBjb25zdCB0cmFjZSA9IGZyYW1lcyh0aHJvd24pO1xuICBjb25zdCBhdCA9IHBsYWNlKHRyYWNlKTtcbiAgY29uc3QgbWVzc2FnZSA9IHdpdGhDYXVzZXModGhyb3duKSArIChhdCA9PT0gdW5kZWZpbmVkID8gXCJcIiA6IGAgYXQgJHthdH1gKTtcbiAgbG9nLmVycm9yKFttZXNzYWdlLCAuLi50cmFjZS5tYXAoKGZyYW1lKSA9PiBgICAgIGF0ICR7ZnJhbWV9YCldLmpvaW4oXCJcXG5cIikpO1xuICByZXR1cm4geyBjb2RlOiBJTlRFUk5BTCwgbWVzc2FnZSwgZGV0YWlsczogSlNPTi5zdHJpbmdpZnkoeyBwbGFjZTogYXQsIHRyYWNlIH0pLCByZXRyeTogeyB0YWc6IFwicG9saWN5XCIgfSB9O1xufVxuXG5mdW5jdGlvbiBjaG9zZW4oZmFpbHVyZTogRmFpbHVyZSk6IFdpcmVGYWlsdXJlIHtcbiAgY29uc3QgeyBjb2RlLCByZXRyeSB9ID0gZmFpbHVyZTtcbiAgbGV0IGRldGFpbHM6IHN0cmluZyB8IHVuZGVmaW5lZDtcbiAgdHJ5IHtcbiAgICBkZXRhaWxzID0gZmFpbHVyZS5kZXRhaWxzID09PSB1bmRlZmluZWQgPyB1bmRlZmluZWQgOiB3cml0ZShcImRldGFpbHNcIiwgZmFpbHVyZS5kZXRhaWxzKTtcbiAgfSBjYXRjaCAoZXJyb3IpIHtcbiAgICBsb2cud2FybihcInRoZSBkZXRhaWxzIG9mIHRoZSBmYWlsdXJlIGFyZSBsZWZ0IG91dFwiLCB7IGVycm9yIH0pO1xuICB9XG4gIHJldHVybiB7IGNvZGUsIG1lc3NhZ2U6IHdpdGhDYXVzZXMoZmFpbHVyZSksIGRldGFpbHMsIHJldHJ5OiB3aXJlUmV0cnkocmV0cnkpIH07XG59XG5cbmZ1bmN0aW9uIHdpcmVSZXRyeShyZXRyeTogRmFpbHVyZVtcInJldHJ5XCJdKTogV2lyZUZhaWx1cmVbXCJyZXRyeVwiXSB7XG4gIGlmIChyZXRyeSA9PT0gXCJwb2xpY3lcIiB8fCByZXRyeSA9PT0gXCJuZXZlclwiKSByZXR1cm4geyB0YWc6IHJldHJ5IH07XG4gIGNvbnN0IG1zID0gTnVtYmVyLmlzRmluaXRlKHJldHJ5LmFmdGVyTXMpID8gTWF0aC5tYXgoMCwgTWF0aC50cnVuYyhyZXRyeS5hZnRlck1zKSkgOiAwO1xuICByZXR1cm4geyB0YWc6IFwiYWZ0ZXItbXNcIiwgdmFsOiBNYXRoLm1pbihtcywgTnVtYmVyLk1BWF9TQUZFX0lOVEVHRVIpIH07XG59XG5cbi8qKiBXaGF0IHRoZSBjb21wb25lbnQgaG9sZHMsIGFzIHRoZSBKU09OIHRleHQgdGhhdCB0aGUgY29udHJhY3QncyBgZGVzY3JpYmVgIHJldHVybnMuICovXG5leHBvcnQgZnVuY3Rpb24gZGVzY3JpYmUoZGVzY3JpYmVkOiBEZXNjcmliZWQpOiBzdHJpbmcge1xuICBjb25zdCBoYW5kbGVycyA9IFsuLi5yZWdpc3RlcmVkLmhhbmRsZXJzXS5tYXAoKFtuYW1lLCB7IG9wdGlvbnMgfV0pID0+IHtcbiAgICBjb25zdCB0eXBlcyA9IGRlc2NyaWJlZC5oYW5kbGVyc1tuYW1lXTtcbiAgICByZXR1cm4ge1xuICAgICAgbmFtZSxcbiAgICAgIGRlc2NyaXB0aW9uOiBvcHRpb25zLmRlc2NyaXB0aW9uID8/IHR5cGVzPy5kZXNjcmlwdGlvbixcbiAgICAgIGlucHV0X3NjaGVtYTogdHlwZXM/LmlucHV0ID8/IHRydWUsXG4gICAgICByZXN1bHRfc2NoZW1hOiB0eXBlcz8ucmVzdWx0ID8/IHRydWUsXG4gICAgICBlcnJvcl9jb2Rlczogb3B0aW9ucy5lcnJvcnMgPz8gW10sXG4gICAgICByZXRyeTogb3B0aW9ucy5yZXRyeSxcbiAgICB9O1xuICB9KTtcbiAgY29uc3Qgc3Vic2NyaWJlcnMgPSBbLi4ucmVnaXN0ZXJlZC5zdWJzY3JpYmVyc10ubWFwKChbbmFtZSwgeyBkZXNjcmlwdGlvbiB9XSkgPT4ge1xuICAgIHJldHVybiB7IG5hbWUsIGRlc2NyaXB0aW9uOiBkZXNjcmlwdGlvbiA/PyBkZXNjcmliZWQuc3Vic2NyaWJlcnNbbmFtZV0/LmRlc2NyaXB0aW9uIH07XG4gIH0pO1xuICBjb25zdCBldmVudHMgPSBbLi4ucmVnaXN0ZXJlZC5ldmVudHMudmFsdWVzKCldLm1hcCgoeyBuYW1lLCBkZXNjcmlwdGlvbiB9KSA9PiB7XG4gICAgY29uc3QgdHlwZXMgPSBkZXNjcmliZWQuZXZlbnRzW25hbWVdO1xuICAgIHJldHVybiBbbmFtZSwgeyBkZXNjcmlwdGlvbjogZGVzY3JpcHRpb24gPz8gdHlwZXM/LmRlc2NyaXB0aW9uLCBzY2hlbWE6IHR5cGVzPy5zY2hlbWEgPz8gdHJ1ZSB9XTtcbiAgfSk7XG4gIHJldHVybiBKU09OLnN0cmluZ2lmeSh7XG4gICAgaGFuZGxlcnMsXG4gICAgc3Vic2NyaWJlcnM6IHN1YnNjcmliZXJzLmxlbmd0aCA9PT0gMCA/IHVuZGVmaW5lZCA6IHN1YnNjcmliZXJzLFxuICAgIGNhcGFiaWxpdGllczogWy4uLnJlZ2lzdGVyZWQuY2FwYWJpbGl0aWVzXSxcbiAgICBldmVudHM6IGV2ZW50cy5sZW5ndGggPT09IDAgPyB1bmRlZmluZWQgOiBPYmplY3QuZnJvbUVudHJpZXMoZXZlbnRzKSxcbiAgfSk7XG59XG4iLCAiLyoqIFVURi04LCB3aGljaCB0aGUgZW5naW5lIG9mIGNvbXBvbmVudHMgbGFja3M6IHRleHQgdG8gYnl0ZXMuICovXG5leHBvcnQgZnVuY3Rpb24gZW5jb2RlKHRleHQ6IHN0cmluZyk6IFVpbnQ4QXJyYXkge1xuICBjb25zdCBieXRlcyA9IG5ldyBVaW50OEFycmF5KHRleHQubGVuZ3RoICogMyk7XG4gIGxldCBsZW5ndGggPSAwO1xuICBmb3IgKGNvbnN0IGNoYXJhY3RlciBvZiB0ZXh0KSB7XG4gICAgY29uc3QgY29kZSA9IGNoYXJhY3Rlci5jb2RlUG9pbnRBdCgwKSA/PyAwO1xuICAgIC8vIEhhbGYgYSBzdXJyb2dhdGUgcGFpciBoYXMgbm8gYnl0ZXMgb2YgaXRzIG93bi5cbiAgICBjb25zdCBwb2ludCA9IGNvZGUgPj0gMHhkODAwICYmIGNvZGUgPD0gMHhkZmZmID8gMHhmZmZkIDogY29kZTtcbiAgICBsZW5ndGggPSBwdXQoYnl0ZXMsIGxlbmd0aCwgcG9pbnQpO1xuICB9XG4gIHJldHVybiBieXRlcy5zbGljZSgwLCBsZW5ndGgpO1xufVxuXG5mdW5jdGlvbiBwdXQoYnl0ZXM6IFVpbnQ4QXJyYXksIGF0OiBudW1iZXIsIHBvaW50OiBudW1iZXIpOiBudW1iZXIge1xuICBpZiAocG9pbnQgPCAweDgwKSB7XG4gICAgYnl0ZXNbYXRdID0gcG9pbnQ7XG4gICAgcmV0dXJuIGF0ICsgMTtcbiAgfVxuICBjb25zdCBjb3VudCA9IHBvaW50IDwgMHg4MDAgPyAyIDogcG9pbnQgPCAweDEwMDAwID8gMyA6IDQ7XG4gIGNvbnN0IGxlYWQgPSBbMCwgMCwgMHhjMCwgMHhlMCwgMHhmMF1bY291bnRdID8/IDA7XG4gIGJ5dGVzW2F0XSA9IGxlYWQgfCAocG9pbnQgPj4gKDYgKiAoY291bnQgLSAxKSkpO1xuICBmb3IgKGxldCByZXN0ID0gY291bnQgLSAyOyByZXN0ID49IDA7IHJlc3QgLT0gMSkgYnl0ZXNbYXQgKyBjb3VudCAtIDEgLSByZXN0XSA9IDB4ODAgfCAoKHBvaW50ID4+ICg2ICogcmVzdCkpICYgMHgzZik7XG4gIHJldHVybiBhdCArIGNvdW50O1xufVxuXG4vKiogQnl0ZXMgdG8gdGV4dDsgdW5kZWZpbmVkIHdoZXJlIHRoZXkgYXJlIG5vdCBVVEYtOC4gKi9cbmV4cG9ydCBmdW5jdGlvbiBkZWNvZGUoYnl0ZXM6IFVpbnQ4QXJyYXkpOiBzdHJpbmcgfCB1bmRlZmluZWQge1xuICBjb25zdCBwaWVjZXM6IHN0cmluZ1tdID0gW107XG4gIGxldCBwb2ludHM6IG51bWJlcltdID0gW107XG4gIGZvciAobGV0IGF0ID0gMDsgYXQgPCBieXRlcy5sZW5ndGg7ICkge1xuICAgIGNvbnN0IGZpcnN0ID0gYnl0ZXNbYXRdID8/IDA7XG4gICAgY29uc3QgY291bnQgPSBmaXJzdCA8IDB4ODAgPyAxIDogZmlyc3QgPCAweGMyID8gMCA6IGZpcnN0IDwgMHhlMCA/IDIgOiBmaXJzdCA8IDB4ZjAgPyAzIDogZmlyc3QgPCAweGY1ID8gNCA6IDA7XG4gICAgaWYgKGNvdW50ID09PSAwIHx8IGF0ICsgY291bnQgPiBieXRlcy5sZW5ndGgpIHJldHVybiB1bmRlZmluZWQ7XG4gICAgbGV0IHBvaW50ID0gY291bnQgPT09IDEgPyBmaXJzdCA6IGZpcnN0ICYgKDB4ZmYgPj4gKGNvdW50ICsgMSkpO1xuICAgIGZvciAobGV0IG5leHQgPSAxOyBuZXh0IDwgY291bnQ7IG5leHQgKz0gMSkge1xuICAgICAgY29uc3QgYnl0ZSA9IGJ5dGVzW2F0ICsgbmV4dF0gPz8gMDtcbiAgICAgIGlmIChieXRlID4+IDYgIT09IDIpIHJldHVybiB1bmRlZmluZWQ7XG4gICAgICBwb2ludCA9IChwb2ludCA8PCA2KSB8IChieXRlICYgMHgzZik7XG4gICAgfVxuICAgIGNvbnN0IGxlYXN0ID0gWzAsIDAsIDB4ODAsIDB4ODAwLCAweDEwMDAwXVtjb3VudF0gPz8gMDtcbiAgICBpZiAocG9pbnQgPCBsZWFzdCB8fCBwb2ludCA+IDB4MTBmZmZmIHx8IChwb2ludCA+PSAweGQ4MDAgJiYgcG9pbnQgPD0gMHhkZmZmKSkgcmV0dXJuIHVuZGVmaW5lZDtcbiAgICBwb2ludHMucHVzaChwb2ludCk7XG4gICAgYXQgKz0gY291bnQ7XG4gICAgaWYgKHBvaW50cy5sZW5ndGggPT09IDQwOTYpIHtcbiAgICAgIHBpZWNlcy5wdXNoKFN0cmluZy5mcm9tQ29kZVBvaW50KC4uLnBvaW50cykpO1xuICAgICAgcG9pbnRzID0gW107XG4gICAgfVxuICB9XG4gIHJldHVybiBwaWVjZXMuam9pbihcIlwiKSArIFN0cmluZy5mcm9tQ29kZVBvaW50KC4uLnBvaW50cyk7XG59XG4iLCAiaW1wb3J0IHsgd3JpdGUgfSBmcm9tIFwiLi4vanNvbi50c1wiO1xuaW1wb3J0IHsgZW5jb2RlIH0gZnJvbSBcIi4uL3V0ZjgudHNcIjtcbmltcG9ydCB0eXBlIHsgUmVxdWVzdE9wdGlvbnMsIFJlc3BvbnNlIH0gZnJvbSBcIi4vcmVzcG9uc2UudHNcIjtcblxuLyoqIEEgcmVxdWVzdCB0aGF0IGlzIHJlYWR5IHRvIGJlIHNlbnQuICovXG5leHBvcnQgaW50ZXJmYWNlIFJlcXVlc3Qge1xuICBtZXRob2Q6IHN0cmluZztcbiAgdXJsOiBzdHJpbmc7XG4gIGhlYWRlcnM6IFtzdHJpbmcsIHN0cmluZ11bXTtcbiAgYm9keTogVWludDhBcnJheTtcbiAgdGltZW91dE1zOiBudW1iZXI7XG4gIG1heEJvZHlCeXRlczogbnVtYmVyO1xufVxuXG4vKiogU2VuZHMgYSByZXF1ZXN0IGFuZCByZWFkcyB0aGUgd2hvbGUgcmVzcG9uc2UuICovXG5leHBvcnQgdHlwZSBTZW5kID0gKHJlcXVlc3Q6IFJlcXVlc3QpID0+IFJlc3BvbnNlO1xuXG5jb25zdCBERUZBVUxUX1RJTUVPVVRfTVMgPSAxMF8wMDA7XG5jb25zdCBERUZBVUxUX01BWF9CT0RZX0JZVEVTID0gOCA8PCAyMDtcblxuZnVuY3Rpb24gcHJlcGFyZWQobWV0aG9kOiBzdHJpbmcsIHVybDogc3RyaW5nLCBvcHRpb25zOiBSZXF1ZXN0T3B0aW9ucyk6IFJlcXVlc3Qge1xuICBjb25zdCBoZWFkZXJzID0gT2JqZWN0LmVudHJpZXMob3B0aW9ucy5oZWFkZXJzID8/IHt9KTtcbiAgY29uc3QgaGFzID0gKG5hbWU6IHN0cmluZykgPT4gaGVhZGVycy5zb21lKChbaGVhZGVyXSkgPT4gaGVhZGVyLnRvTG93ZXJDYXNlKCkgPT09IG5hbWUpO1xuICBsZXQgYm9keSA9IG9wdGlvbnMuYm9keSA/PyBcIlwiO1xuICBpZiAob3B0aW9ucy5qc29uICE9PSB1bmRlZmluZWQpIHtcbiAgICBib2R5ID0gd3JpdGUoXCJib2R5XCIsIG9wdGlvbnMuanNvbik7XG4gICAgaWYgKCFoYXMoXCJjb250ZW50LXR5cGVcIikpIGhlYWRlcnMucHVzaChbXCJjb250ZW50LXR5cGVcIiwgXCJhcHBsaWNhdGlvbi9qc29uXCJdKTtcbiAgfVxuICBjb25zdCBieXRlcyA9IHR5cGVvZiBib2R5ID09PSBcInN0cmluZ1wiID8gZW5jb2RlKGJvZHkpIDogYm9keTtcbiAgaWYgKGJ5dGVzLmxlbmd0aCA+IDAgJiYgIWhhcyhcImNvbnRlbnQtbGVuZ3RoXCIpKSBoZWFkZXJzLnB1c2goW1wiY29udGVudC1sZW5ndGhcIiwgU3RyaW5nKGJ5dGVzLmxlbmd0aCldKTtcbiAgY29uc3QgdGltZW91dE1zID0gb3B0aW9ucy50aW1lb3V0TXMgPz8gREVGQVVMVF9USU1FT1VUX01TO1xuICByZXR1cm4geyBtZXRob2QsIHVybCwgaGVhZGVycywgYm9keTogYnl0ZXMsIHRpbWVvdXRNcywgbWF4Qm9keUJ5dGVzOiBvcHRpb25zLm1heEJvZHlCeXRlcyA/PyBERUZBVUxUX01BWF9CT0RZX0JZVEVTIH07XG59XG5cbi8qKiBUaGUgZnVuY3Rpb25zIHRoYXQgc2VuZCByZXF1ZXN0cywgd2l0aCB0aGlzIGJlaGluZCB0aGVtLiAqL1xuZXhwb3J0IGZ1bmN0aW9uIHNlbmRlcihzZW5kOiBTZW5kKSB7XG4gIGNvbnN0IHJlcXVlc3QgPSAobWV0aG9kOiBzdHJpbmcsIHVybDogc3RyaW5nLCBvcHRpb25zOiBSZXF1ZXN0T3B0aW9ucyA9IHt9KTogUmVzcG9uc2UgPT4gc2VuZChwcmVwYXJlZChtZXRob2QsIHVybCwgb3B0aW9ucykpO1xuICByZXR1cm4ge1xuICAgIC8qKlxuICAgICAqIFNlbmRzIGEgcmVxdWVzdCBhbmQgcmVhZHMgdGhlIHdob2xlIHJlc3BvbnNlLCB3aGF0ZXZlciBpdHMgc3RhdHVzLiBGYWlscyBmb3IgZ29vZCB3aXRoIGBodHRwX2ludmFsaWRfcmVxdWVzdGAsXG4gICAgICogYGh0dHBfZGVuaWVkYCAobm90IGdyYW50ZWQpIG9yIGBodHRwX2JvZHlfdG9vX2xhcmdlYCwgcmV0cnlhYmx5IHdpdGggYGh0dHBfdGltZW91dGAgb3IgYGh0dHBfZmFpbGVkYC5cbiAgICAgKi9cbiAgICByZXF1ZXN0LFxuICAgIC8qKiBTZW5kcyBhIEdFVCByZXF1ZXN0LiAqL1xuICAgIGdldDogKHVybDogc3RyaW5nLCBvcHRpb25zPzogUmVxdWVzdE9wdGlvbnMpOiBSZXNwb25zZSA9PiByZXF1ZXN0KFwiR0VUXCIsIHVybCwgb3B0aW9ucyksXG4gICAgLyoqIFNlbmRzIGEgUE9TVCByZXF1ZXN0LiAqL1xuICAgIHBvc3Q6ICh1cmw6IHN0cmluZywgb3B0aW9ucz86IFJlcXVlc3RPcHRpb25zKTogUmVzcG9uc2UgPT4gcmVxdWVzdChcIlBPU1RcIiwgdXJsLCBvcHRpb25zKSxcbiAgICAvKiogU2VuZHMgYSBQVVQgcmVxdWVzdC4gKi9cbiAgICBwdXQ6ICh1cmw6IHN0cmluZywgb3B0aW9ucz86IFJlcXVlc3RPcHRpb25zKTogUmVzcG9uc2UgPT4gcmVxdWVzdChcIlBVVFwiLCB1cmwsIG9wdGlvbnMpLFxuICAgIC8qKiBTZW5kcyBhIFBBVENIIHJlcXVlc3QuICovXG4gICAgcGF0Y2g6ICh1cmw6IHN0cmluZywgb3B0aW9ucz86IFJlcXVlc3RPcHRpb25zKTogUmVzcG9uc2UgPT4gcmVxdWVzdChcIlBBVENIXCIsIHVybCwgb3B0aW9ucyksXG4gICAgLyoqIFNlbmRzIGEgREVMRVRFIHJlcXVlc3QuICovXG4gICAgZGVsZXRlOiAodXJsOiBzdHJpbmcsIG9wdGlvbnM/OiBSZXF1ZXN0T3B0aW9ucyk6IFJlc3BvbnNlID0+IHJlcXVlc3QoXCJERUxFVEVcIiwgdXJsLCBvcHRpb25zKSxcbiAgfTtcbn1cbiIsICJpbXBvcnQgeyB0eXBlIFNlbmQsIHNlbmRlciB9IGZyb20gXCIuL3JlcXVlc3QudHNcIjtcbmltcG9ydCB7IEZhaWx1cmUgfSBmcm9tIFwiLi4vZmFpbHVyZS50c1wiO1xuXG5leHBvcnQgeyB0eXBlIFJlcXVlc3RPcHRpb25zLCBSZXNwb25zZSB9IGZyb20gXCIuL3Jlc3BvbnNlLnRzXCI7XG5cbmxldCBzZW5kOiBTZW5kID0gKHsgbWV0aG9kLCB1cmwgfSkgPT4ge1xuICB0aHJvdyBGYWlsdXJlLnBlcm1hbmVudChcImh0dHBfZmFpbGVkXCIsIGBubyBob3N0IHRvIHNlbmQgJHttZXRob2R9ICR7dXJsfSBoZXJlOyBhIHRlc3Qgc2F5cyB3aGF0IGlzIGFuc3dlcmVkIGJ5IGFuc3dlcldpdGgoKWApO1xufTtcblxuLyoqIFNheXMgd2hhdCByZXF1ZXN0cyBvZiBhIHRlc3QgYXJlIGFuc3dlcmVkIHdpdGguICovXG5leHBvcnQgZnVuY3Rpb24gYW5zd2VyV2l0aChhbnN3ZXI6IFNlbmQpOiB2b2lkIHtcbiAgc2VuZCA9IGFuc3dlcjtcbn1cblxuLyoqIE91dGdvaW5nIEhUVFAsIHRvIHRoZSBkZXN0aW5hdGlvbnMgdGhhdCB0aGUgY29tcG9uZW50IHdhcyBncmFudGVkLiAqL1xuZXhwb3J0IGNvbnN0IGh0dHAgPSBzZW5kZXIoKHJlcXVlc3QpID0+IHNlbmQocmVxdWVzdCkpO1xuIiwgIi8qKlxuICogSGFuZGxlcnMgYXJlIHBsYWluIGZ1bmN0aW9uczogdGVzdHMgY2FsbCB0aGVtIG5hdGl2ZWx5LCB3aXRoIGFuIGF0dGVtcHQgbWFkZSB1cCBoZXJlLlxuICpcbiAqICAgICBjb25zdCBjdHggPSBhdHRlbXB0KHsgY29uZmlnOiB7IHNoaXBwaW5nOiA1IH0sIGRlcGVuZGVuY2llczogeyBwcmljZTogMTAwIH0gfSk7XG4gKiAgICAgYXNzZXJ0LmVxdWFsKHRvdGFsKHt9LCBjdHgpLCAxMDUpO1xuICovXG5pbXBvcnQgeyBDb250ZXh0IH0gZnJvbSBcIi4vY29udGV4dC50c1wiO1xuaW1wb3J0IHsgdHlwZSBIb3N0LCBSZWZ1c2VkIH0gZnJvbSBcIi4vaG9zdC50c1wiO1xuaW1wb3J0IHsgd3JpdGUgfSBmcm9tIFwiLi9qc29uLnRzXCI7XG5pbXBvcnQgdHlwZSB7IERlc2NyaWJlZCwgRXZlbnQgfSBmcm9tIFwiLi9yZWdpc3RyeS50c1wiO1xuaW1wb3J0IHsgdHlwZSBPdXRjb21lLCB0eXBlIFdpcmVGYWlsdXJlLCBjYWxsLCBmYWlsdXJlLCBvdXRjb21lIH0gZnJvbSBcIi4vcnVuLnRzXCI7XG5cbmV4cG9ydCB7IGFuc3dlcldpdGggfSBmcm9tIFwiLi9odHRwL25hdGl2ZS50c1wiO1xuXG4vKiogV2hhdCBhIHRlc3Qgc2F5cyBhYm91dCBhbiBhdHRlbXB0OyB0aGUgcmVzdCBpcyBhcyBpbiBhbiBvcmRpbmFyeSBzdGVwLiAqL1xuZXhwb3J0IGludGVyZmFjZSBBdHRlbXB0T3B0aW9ucyB7XG4gIHN0ZXBOYW1lPzogc3RyaW5nO1xuICBhdHRlbXB0PzogbnVtYmVyO1xuICBtYXhBdHRlbXB0cz86IG51bWJlcjtcbiAgcmVtYWluaW5nTXM/OiBudW1iZXI7XG4gIHRhc2tJbnB1dD86IHVua25vd247XG4gIC8qKiBUaGUgcmVzdWx0cyBvZiBzdGVwcyB0aGF0IHRoaXMgb25lIGRlcGVuZHMgb24sIGJ5IG5hbWUuICovXG4gIGRlcGVuZGVuY2llcz86IFJlY29yZDxzdHJpbmcsIHVua25vd24+O1xuICBjb25maWc/OiB1bmtub3duO1xuICBjaGVja3BvaW50PzogdW5rbm93bjtcbiAgLyoqIFRoZSB0YXNrIHdhcyBjYW5jZWxsZWQ6IHRoZSBuZXh0IGhlYXJ0YmVhdCBzYXlzIHNvLiAqL1xuICBjYW5jZWxsZWQ/OiBib29sZWFuO1xuICAvKiogU2VjcmV0cyB0aGF0IHRoZSBjb21wb25lbnQgd2FzIGdyYW50ZWQsIGFsc28gaW4gY2xlYXIuICovXG4gIHNlY3JldHM/OiBSZWNvcmQ8c3RyaW5nLCBzdHJpbmc+O1xuICAvKiogV2hhdCBzdGFuZHMgaW4gYnVja2V0cywgYnkgYnVja2V0IGFuZCBrZXkuICovXG4gIGt2PzogUmVjb3JkPHN0cmluZywgUmVjb3JkPHN0cmluZywgdW5rbm93bj4+O1xufVxuXG4vKiogQSBjb250ZXh0IHRoYXQga2VlcHMgd2hhdCBhIGhhbmRsZXIgZGlkIHdpdGggaXQuICovXG5leHBvcnQgY2xhc3MgQXR0ZW1wdENvbnRleHQgZXh0ZW5kcyBDb250ZXh0IHtcbiAgY29uc3RydWN0b3IoXG4gICAgaG9zdDogSG9zdCxcbiAgICAvKiogVGhlIGV2ZW50cyB0aGF0IHdlcmUgc2VudCwgaW4gb3JkZXIuICovXG4gICAgcmVhZG9ubHkgc2VudEV2ZW50czogeyBuYW1lOiBzdHJpbmc7IHBheWxvYWQ6IHVua25vd24gfVtdLFxuICApIHtcbiAgICBzdXBlcihob3N0KTtcbiAgfVxufVxuXG5jb25zdCBUQVNLID0gXCIwMDAwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDBcIjtcblxuLyoqIEFuIGF0dGVtcHQgbWFkZSB1cCBmb3IgYSB0ZXN0OiBieSBkZWZhdWx0IHRoZSBmaXJzdCBvZiB0aHJlZSwgb2YgdGhlIHN0ZXAgYHN0ZXBgLCAzMCBzZWNvbmRzIGJlZm9yZSBpdHMgZGVhZGxpbmUuICovXG5leHBvcnQgZnVuY3Rpb24gYXR0ZW1wdChvcHRpb25zOiBBdHRlbXB0T3B0aW9ucyA9IHt9KTogQXR0ZW1wdENvbnRleHQge1xuICBjb25zdCBzZW50OiB7IG5hbWU6IHN0cmluZzsgcGF5bG9hZDogdW5rbm93biB9W10gPSBbXTtcbiAgcmV0dXJuIG5ldyBBdHRlbXB0Q29udGV4dChtYWRlVXAob3B0aW9ucywgc2VudCksIHNlbnQpO1xufVxuXG5mdW5jdGlvbiBtYWRlVXAob3B0aW9uczogQXR0ZW1wdE9wdGlvbnMsIHNlbnQ6IHsgbmFtZTogc3RyaW5nOyBwYXlsb2FkOiB1bmtub3duIH1bXSk6IEhvc3Qge1xuICBjb25zdCB0ZXh0ID0gKHZhbHVlOiB1bmtub3duKSA9PiAodmFsdWUgPT09IHVuZGVmaW5lZCA/IHVuZGVmaW5lZCA6IHdyaXRlKFwidmFsdWVcIiwgdmFsdWUpKTtcbiAgY29uc3Qgc3RlcE5hbWUgPSBvcHRpb25zLnN0ZXBOYW1lID8/IFwic3RlcFwiO1xuICByZXR1cm4ge1xuICAgIHRhc2tJZDogKCkgPT4gVEFTSyxcbiAgICBuYW1lc3BhY2U6ICgpID0+IFwidGVzdFwiLFxuICAgIHN0ZXBOYW1lOiAoKSA9PiBzdGVwTmFtZSxcbiAgICBhdHRlbXB0OiAoKSA9PiBvcHRpb25zLmF0dGVtcHQgPz8gMSxcbiAgICBtYXhBdHRlbXB0czogKCkgPT4gb3B0aW9ucy5tYXhBdHRlbXB0cyA/PyAzLFxuICAgIGlkZW1wb3RlbmN5S2V5OiAoKSA9PiBgJHtUQVNLfToke3N0ZXBOYW1lfWAsXG4gICAgY29ycmVsYXRpb25JZDogKCkgPT4gXCJ0ZXN0XCIsXG4gICAgdHJhY2VwYXJlbnQ6ICgpID0+IHVuZGVmaW5lZCxcbiAgICByZW1haW5pbmdNczogKCkgPT4gb3B0aW9ucy5yZW1haW5pbmdNcyA/PyAzMF8wMDAsXG4gICAgdGFza0lucHV0OiAoKSA9PiB0ZXh0KG9wdGlvbnMudGFza0lucHV0ID8/IHt9KSA/PyBcInt9XCIsXG4gICAgZGVwZW5kZW5jeTogKHN0ZXApID0+IHRleHQob3B0aW9ucy5kZXBlbmRlbmNpZXM/LltzdGVwXSksXG4gICAgY29uZmlnOiAoKSA9PiB0ZXh0KG9wdGlvbnMuY29uZmlnID8/IG51bGwpID8/IFwibnVsbFwiLFxuICAgIGxhc3RDaGVja3BvaW50OiAoKSA9PiB0ZXh0KG9wdGlvbnMuY2hlY2twb2ludCksXG4gICAgaGVhcnRiZWF0OiAoKSA9PiBvcHRpb25zLmNhbmNlbGxlZCAhPT0gdHJ1ZSxcbiAgICBzZWNyZXQ6IChuYW1lKSA9PiBgdGFza2VyLXNlY3JldC0ke2tub3duKG9wdGlvbnMsIG5hbWUpLmxlbmd0aC50b1N0cmluZygpLnBhZFN0YXJ0KDMyLCBcIjBcIil9YCxcbiAgICBzZWNyZXRJbkNsZWFyOiAobmFtZSkgPT4ga25vd24ob3B0aW9ucywgbmFtZSksXG4gICAgLi4uZW50cmllcyhvcHRpb25zKSxcbiAgICBzZW5kRXZlbnQ6IChuYW1lLCBwYXlsb2FkKSA9PiB2b2lkIHNlbnQucHVzaCh7IG5hbWUsIHBheWxvYWQ6IEpTT04ucGFyc2UocGF5bG9hZCkgfSksXG4gIH07XG59XG5cbmZ1bmN0aW9uIGtub3duKG9wdGlvbnM6IEF0dGVtcHRPcHRpb25zLCBuYW1lOiBzdHJpbmcpOiBzdHJpbmcge1xuICBjb25zdCB2YWx1ZSA9IG9wdGlvbnMuc2VjcmV0cz8uW25hbWVdO1xuICBpZiAodmFsdWUgPT09IHVuZGVmaW5lZCkgdGhyb3cgbmV3IFJlZnVzZWQoXCJ1bmtub3duXCIpO1xuICByZXR1cm4gdmFsdWU7XG59XG5cbmZ1bmN0aW9uIGVudHJpZXMob3B0aW9uczogQXR0ZW1wdE9wdGlvbnMpIHtcbiAgY29uc3Qgc3RvcmVkID0gbmV3IE1hcDxzdHJpbmcsIHsgdmFsdWU6IHN0cmluZzsgdmVyc2lvbjogbnVtYmVyIH0+KCk7XG4gIGNvbnN0IHBsYWNlID0gKGJ1Y2tldDogc3RyaW5nLCBrZXk6IHN0cmluZykgPT4gYCR7YnVja2V0fS8ke2tleX1gO1xuICBjb25zdCBzZXQgPSAoYnVja2V0OiBzdHJpbmcsIGtleTogc3RyaW5nLCB2YWx1ZTogc3RyaW5nKSA9PiB7XG4gICAgY29uc3QgdmVyc2lvbiA9IChzdG9yZWQuZ2V0KHBsYWNlKGJ1Y2tldCwga2V5KSk/LnZlcnNpb24gPz8gMCkgKyAxO1xuICAgIHN0b3JlZC5zZXQocGxhY2UoYnVja2V0LCBrZXkpLCB7IHZhbHVlLCB2ZXJzaW9uIH0pO1xuICB9O1xuICBmb3IgKGNvbnN0IFtidWNrZXQsIHZhbHVlc10gb2YgT2JqZWN0LmVudHJpZXMob3B0aW9ucy5rdiA/PyB7fSkpIHtcbiAgICBmb3IgKGNvbnN0IFtrZXksIHZhbHVlXSBvZiBPYmplY3QuZW50cmllcyh2YWx1ZXMpKSBzZXQoYnVja2V0LCBrZXksIHdyaXRlKFwidmFsdWVcIiwgdmFsdWUpKTtcbiAgfVxuICByZXR1cm4ge1xuICAgIGt2R2V0OiAoYnVja2V0OiBzdHJpbmcsIGtleTogc3RyaW5nKSA9PiBzdG9yZWQuZ2V0KHBsYWNlKGJ1Y2tldCwga2V5KSksXG4gICAga3ZTZXQ6IHNldCxcbiAgICBrdkNvbXBhcmVBbmRTZXQ6IChidWNrZXQ6IHN0cmluZywga2V5OiBzdHJpbmcsIGV4cGVjdGVkOiBudW1iZXIgfCB1bmRlZmluZWQsIHZhbHVlOiBzdHJpbmcpID0+IHtcbiAgICAgIGlmIChzdG9yZWQuZ2V0KHBsYWNlKGJ1Y2tldCwga2V5KSk/LnZlcnNpb24gIT09IGV4cGVjdGVkKSB0aHJvdyBuZXcgUmVmdXNlZChcImNvbmZsaWN0XCIpO1xuICAgICAgc2V0KGJ1Y2tldCwga2V5LCB2YWx1ZSk7XG4gICAgfSxcbiAgICBrdkRlbGV0ZTogKGJ1Y2tldDogc3RyaW5nLCBrZXk6IHN0cmluZykgPT4gdm9pZCBzdG9yZWQuZGVsZXRlKHBsYWNlKGJ1Y2tldCwga2V5KSksXG4gICAga3ZMaXN0S2V5czogKGJ1Y2tldDogc3RyaW5nLCBwcmVmaXg6IHN0cmluZywgbGltaXQ6IG51bWJlcikgPT4ge1xuICAgICAgY29uc3QgaW5CdWNrZXQgPSBbLi4uc3RvcmVkLmtleXMoKV0uZmlsdGVyKChhdCkgPT4gYXQuc3RhcnRzV2l0aChgJHtidWNrZXR9LyR7cHJlZml4fWApKTtcbiAgICAgIHJldHVybiBpbkJ1Y2tldC5tYXAoKGF0KSA9PiBhdC5zbGljZShidWNrZXQubGVuZ3RoICsgMSkpLnNvcnQoKS5zbGljZSgwLCBsaW1pdCk7XG4gICAgfSxcbiAgfTtcbn1cblxuLyoqIEFuIGV2ZW50IG1hZGUgdXAgZm9yIGEgdGVzdCBvZiBhIHN1YnNjcmliZXIsIG9mIGEgdGFzayBvZiB0aGUgbmFtZXNwYWNlIGB0ZXN0YC4gKi9cbmV4cG9ydCBmdW5jdGlvbiBldmVudDxUID0gUmVjb3JkPHN0cmluZywgdW5rbm93bj4+KHR5cGU6IHN0cmluZywgZGF0YTogVCk6IEV2ZW50PFQ+IHtcbiAgcmV0dXJuIHtcbiAgICBpZDogXCIxLTBcIixcbiAgICBzb3VyY2U6IFwiL25hbWVzcGFjZXMvdGVzdFwiLFxuICAgIHR5cGUsXG4gICAgc3ViamVjdDogYHRhc2sgJHtUQVNLfWAsXG4gICAgdGltZTogXCIyMDI2LTAxLTMxVDEyOjAwOjAwWlwiLFxuICAgIHNlcXVlbmNlOiBcIjFcIixcbiAgICBjb3JyZWxhdGlvbklkOiBcInRlc3RcIixcbiAgICBhdHRyaWJ1dGVzOiB7fSxcbiAgICBkYXRhLFxuICB9O1xufVxuXG4vKiogUnVucyBhIGhhbmRsZXIgYnkgaXRzIG5hbWUgYXMgdGhlIGhvc3QgZG9lcywgSlNPTiBpbmNsdWRlZDsgbmF0aXZlbHkgaXRzIHR5cGVzIGFyZSBub3Qga25vd24sIHNvIHRoYXQgYWxsIGlucHV0IGZpdHMuICovXG5leHBvcnQgYXN5bmMgZnVuY3Rpb24gZXhlY3V0ZShuYW1lOiBzdHJpbmcsIGlucHV0OiB1bmtub3duLCBvcHRpb25zOiBBdHRlbXB0T3B0aW9ucyA9IHt9KTogUHJvbWlzZTxPdXRjb21lIHwgV2lyZUZhaWx1cmU+IHtcbiAgY29uc3QgZGVzY3JpYmVkOiBEZXNjcmliZWQgPSB7IGhhbmRsZXJzOiB7fSwgc3Vic2NyaWJlcnM6IHt9LCBldmVudHM6IHt9IH07XG4gIHRyeSB7XG4gICAgcmV0dXJuIG91dGNvbWUoYXdhaXQgY2FsbChkZXNjcmliZWQsIG1hZGVVcChvcHRpb25zLCBbXSksIG5hbWUsIHdyaXRlKFwiaW5wdXRcIiwgaW5wdXQpKSk7XG4gIH0gY2F0Y2ggKGVycm9yKSB7XG4gICAgcmV0dXJuIGZhaWx1cmUoZXJyb3IpO1xuICB9XG59XG4iXSwKICAibWFwcGluZ3MiOiAiO0FBQUEsT0FBTyxZQUFZO0FBQ25CLFNBQVMsWUFBWTs7O0FDR2QsSUFBTSxXQUFXO0FBY2pCLElBQU0sVUFBTixNQUFNLGlCQUFnQixNQUFNO0FBQUEsRUFHakMsWUFFVyxNQUNULFNBRVMsUUFBZSxVQUN4QixVQUEwQixDQUFDLEdBQzNCO0FBQ0EsVUFBTSxTQUFTLFFBQVEsVUFBVSxTQUFZLFNBQVksRUFBRSxPQUFPLFFBQVEsTUFBTSxDQUFDO0FBTnhFO0FBR0E7QUFJVCxTQUFLLE9BQU87QUFDWixTQUFLLFVBQVUsUUFBUTtBQUFBLEVBQ3pCO0FBQUEsRUFUVztBQUFBLEVBR0E7QUFBQSxFQVBGO0FBQUE7QUFBQSxFQWdCVCxPQUFPLFVBQVUsTUFBYyxTQUFpQixTQUFtQztBQUNqRixXQUFPLElBQUksU0FBUSxNQUFNLFNBQVMsU0FBUyxPQUFPO0FBQUEsRUFDcEQ7QUFBQTtBQUFBLEVBR0EsT0FBTyxVQUFVLE1BQWMsU0FBaUIsU0FBbUM7QUFDakYsV0FBTyxJQUFJLFNBQVEsTUFBTSxTQUFTLFVBQVUsT0FBTztBQUFBLEVBQ3JEO0FBQUE7QUFBQSxFQUdBLE9BQU8sV0FBVyxJQUFZLE1BQWMsU0FBaUIsU0FBbUM7QUFDOUYsV0FBTyxJQUFJLFNBQVEsTUFBTSxTQUFTLEVBQUUsU0FBUyxHQUFHLEdBQUcsT0FBTztBQUFBLEVBQzVEO0FBQ0Y7OztBQ3JCTyxJQUFNLFVBQU4sY0FBc0IsTUFBTTtBQUFBLEVBQ2pDLFlBQ1csUUFDQSxNQUFjLElBQ3ZCO0FBQ0EsVUFBTSx3QkFBd0IsTUFBTSxJQUFJLEdBQUcsRUFBRTtBQUhwQztBQUNBO0FBQUEsRUFHWDtBQUFBLEVBSlc7QUFBQSxFQUNBO0FBSWI7OztBQzFCQSxJQUFNLGVBQWU7QUFDckIsSUFBTSxVQUFVO0FBR2hCLElBQU0sUUFBaUIsQ0FBQyxNQUFNLE9BQU8sWUFBWTtBQUMvQyxRQUFNLFlBQVksT0FBTyxVQUFVLFlBQVksQ0FBQyxPQUFPLGNBQWMsS0FBSztBQUMxRSxRQUFNLFNBQVMsU0FBUztBQUN4QixTQUFPLGFBQWEsV0FBVyxVQUFhLFFBQVEsS0FBSyxNQUFNLElBQUksT0FBTyxNQUFNLElBQUk7QUFDdEY7QUFHTyxTQUFTLEtBQUssTUFBY0EsT0FBdUI7QUFDeEQsTUFBSTtBQUNGLFdBQU8sYUFBYSxLQUFLQSxLQUFJLElBQUksS0FBSyxNQUFNQSxPQUFNLEtBQWMsSUFBSSxLQUFLLE1BQU1BLEtBQUk7QUFBQSxFQUNyRixTQUFTLE9BQU87QUFDZCxVQUFNLFFBQVEsVUFBVSxXQUFXLElBQUksSUFBSSxPQUFPLElBQUksZ0JBQWlCLE1BQWdCLE9BQU8sRUFBRTtBQUFBLEVBQ2xHO0FBQ0Y7QUFHTyxTQUFTLE1BQU0sTUFBYyxPQUF3QjtBQUMxRCxRQUFNLFNBQVMsQ0FBQyxRQUFnQixRQUFRLFVBQVUsV0FBVyxJQUFJLElBQUksT0FBTyxJQUFJLCtCQUErQixHQUFHLEVBQUU7QUFDcEgsUUFBTSxVQUFVLFNBQXlCLEtBQWFDLFFBQXlCO0FBQzdFLFFBQUksT0FBT0EsV0FBVSxZQUFZLENBQUMsT0FBTyxTQUFTQSxNQUFLLEVBQUcsT0FBTSxPQUFPLEdBQUdBLE1BQUssR0FBRyxHQUFHLEdBQUcsQ0FBQyx1QkFBdUI7QUFDaEgsUUFBSSxPQUFPQSxXQUFVLGNBQWMsT0FBT0EsV0FBVSxTQUFVLE9BQU0sT0FBTyxZQUFZLE9BQU9BLE1BQUssR0FBRyxHQUFHLEdBQUcsQ0FBQyxFQUFFO0FBQy9HLFFBQUksT0FBT0EsV0FBVSxTQUFVLFFBQU9BO0FBQ3RDLFVBQU0sTUFBTyxLQUFpQjtBQUM5QixRQUFJLFFBQVEsT0FBVyxPQUFNLE9BQU8sOERBQThEO0FBQ2xHLFdBQU8sSUFBSUEsT0FBTSxTQUFTLENBQUM7QUFBQSxFQUM3QjtBQUNBLE1BQUk7QUFDRixXQUFPLEtBQUssVUFBVSxVQUFVLFNBQVksT0FBTyxPQUFPLE9BQU87QUFBQSxFQUNuRSxTQUFTLE9BQU87QUFDZCxRQUFJLGlCQUFpQixRQUFTLE9BQU07QUFDcEMsVUFBTSxPQUFRLE1BQWdCLE9BQU87QUFBQSxFQUN2QztBQUNGO0FBRUEsU0FBUyxHQUFHLEtBQXFCO0FBQy9CLFNBQU8sUUFBUSxLQUFLLEtBQUssU0FBUyxHQUFHO0FBQ3ZDOzs7QUNqQ08sSUFBTSxLQUFOLE1BQVM7QUFBQSxFQUNMO0FBQUEsRUFDQTtBQUFBLEVBRVQsWUFBWSxNQUFZLFFBQWdCO0FBQ3RDLFNBQUssUUFBUTtBQUNiLFNBQUssVUFBVTtBQUFBLEVBQ2pCO0FBQUE7QUFBQSxFQUdBLElBQU8sS0FBdUI7QUFDNUIsVUFBTSxRQUFRLEtBQUssS0FBSyxLQUFLLE1BQU0sS0FBSyxNQUFNLE1BQU0sS0FBSyxTQUFTLEdBQUcsQ0FBQztBQUN0RSxRQUFJLFVBQVUsT0FBVyxRQUFPLEVBQUUsT0FBTyxRQUFXLFNBQVMsT0FBVTtBQUN2RSxXQUFPLEVBQUUsT0FBTyxLQUFLLFlBQVksTUFBTSxLQUFLLEdBQVEsU0FBUyxNQUFNLFFBQVE7QUFBQSxFQUM3RTtBQUFBO0FBQUEsRUFHQSxJQUFJLEtBQWEsT0FBc0I7QUFDckMsVUFBTUMsUUFBTyxNQUFNLFlBQVksS0FBSztBQUNwQyxTQUFLLEtBQUssS0FBSyxNQUFNLEtBQUssTUFBTSxNQUFNLEtBQUssU0FBUyxLQUFLQSxLQUFJLENBQUM7QUFBQSxFQUNoRTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsRUFNQSxRQUFRLEtBQWEsT0FBdUIsT0FBc0I7QUFDaEUsVUFBTUEsUUFBTyxNQUFNLFlBQVksS0FBSztBQUNwQyxTQUFLLEtBQUssS0FBSyxNQUFNLEtBQUssTUFBTSxnQkFBZ0IsS0FBSyxTQUFTLEtBQUssTUFBTSxTQUFTQSxLQUFJLENBQUM7QUFBQSxFQUN6RjtBQUFBO0FBQUEsRUFHQSxPQUFPLEtBQW1CO0FBQ3hCLFNBQUssS0FBSyxLQUFLLE1BQU0sS0FBSyxNQUFNLFNBQVMsS0FBSyxTQUFTLEdBQUcsQ0FBQztBQUFBLEVBQzdEO0FBQUE7QUFBQSxFQUdBLEtBQUssU0FBUyxJQUFJLFFBQVEsS0FBZ0I7QUFDeEMsV0FBTyxLQUFLLEtBQUssUUFBUSxNQUFNLEtBQUssTUFBTSxXQUFXLEtBQUssU0FBUyxRQUFRLEtBQUssQ0FBQztBQUFBLEVBQ25GO0FBQUEsRUFFQSxLQUFRLEtBQWFDLE9BQWtCO0FBQ3JDLFFBQUk7QUFDRixhQUFPQSxNQUFLO0FBQUEsSUFDZCxTQUFTLE9BQU87QUFDZCxVQUFJLGlCQUFpQixRQUFTLE9BQU0sUUFBUSxNQUFNLEtBQUssT0FBTyxJQUFJLEdBQUcsSUFBSSxLQUFLO0FBQzlFLFlBQU07QUFBQSxJQUNSO0FBQUEsRUFDRjtBQUNGO0FBRUEsU0FBUyxRQUFRQyxRQUFlLEVBQUUsUUFBUSxJQUFJLEdBQXFCO0FBQ2pFLFVBQVEsUUFBUTtBQUFBLElBQ2QsS0FBSztBQUNILGFBQU8sUUFBUSxVQUFVLGtCQUFrQixHQUFHQSxNQUFLLDBEQUEwRDtBQUFBLElBQy9HLEtBQUs7QUFDSCxhQUFPLFFBQVEsVUFBVSxjQUFjLEdBQUdBLE1BQUssS0FBSyxHQUFHLEVBQUU7QUFBQSxJQUMzRCxLQUFLO0FBQ0gsYUFBTyxRQUFRLFVBQVUsZUFBZSxHQUFHQSxNQUFLLHdDQUF3QztBQUFBLElBQzFGO0FBQ0UsYUFBTyxRQUFRLFVBQVUsYUFBYSxHQUFHQSxNQUFLLEtBQUssTUFBTSxFQUFFO0FBQUEsRUFDL0Q7QUFDRjs7O0FDdEVPLElBQU0sVUFBTixNQUFjO0FBQUEsRUFDVjtBQUFBLEVBRVQsWUFBWSxNQUFZO0FBQ3RCLFNBQUssUUFBUTtBQUFBLEVBQ2Y7QUFBQTtBQUFBLEVBR0EsSUFBSSxTQUFpQjtBQUNuQixXQUFPLEtBQUssTUFBTSxPQUFPO0FBQUEsRUFDM0I7QUFBQTtBQUFBLEVBR0EsSUFBSSxZQUFvQjtBQUN0QixXQUFPLEtBQUssTUFBTSxVQUFVO0FBQUEsRUFDOUI7QUFBQTtBQUFBLEVBR0EsSUFBSSxXQUFtQjtBQUNyQixXQUFPLEtBQUssTUFBTSxTQUFTO0FBQUEsRUFDN0I7QUFBQTtBQUFBLEVBR0EsSUFBSSxVQUFrQjtBQUNwQixXQUFPLEtBQUssTUFBTSxRQUFRO0FBQUEsRUFDNUI7QUFBQTtBQUFBLEVBR0EsSUFBSSxjQUFzQjtBQUN4QixXQUFPLEtBQUssTUFBTSxZQUFZO0FBQUEsRUFDaEM7QUFBQTtBQUFBLEVBR0EsSUFBSSxpQkFBeUI7QUFDM0IsV0FBTyxLQUFLLE1BQU0sZUFBZTtBQUFBLEVBQ25DO0FBQUE7QUFBQSxFQUdBLElBQUksZ0JBQXdCO0FBQzFCLFdBQU8sS0FBSyxNQUFNLGNBQWM7QUFBQSxFQUNsQztBQUFBO0FBQUEsRUFHQSxJQUFJLGNBQWtDO0FBQ3BDLFdBQU8sS0FBSyxNQUFNLFlBQVk7QUFBQSxFQUNoQztBQUFBO0FBQUEsRUFHQSxJQUFJLGNBQXNCO0FBQ3hCLFdBQU8sS0FBSyxNQUFNLFlBQVk7QUFBQSxFQUNoQztBQUFBO0FBQUEsRUFHQSxZQUE0QjtBQUMxQixXQUFPLEtBQUssY0FBYyxLQUFLLE1BQU0sVUFBVSxDQUFDO0FBQUEsRUFDbEQ7QUFBQTtBQUFBLEVBR0EsV0FBd0IsTUFBaUI7QUFDdkMsVUFBTUMsUUFBTyxLQUFLLE1BQU0sV0FBVyxJQUFJO0FBQ3ZDLFFBQUlBLFVBQVMsUUFBVztBQUN0QixZQUFNLFVBQVUsa0NBQWtDLElBQUk7QUFDdEQsWUFBTSxRQUFRLFVBQVUsc0JBQXNCLE9BQU87QUFBQSxJQUN2RDtBQUNBLFdBQU8sS0FBSyxjQUFjQSxLQUFJO0FBQUEsRUFDaEM7QUFBQTtBQUFBLEVBR0EsbUJBQWdDLE1BQTZCO0FBQzNELFVBQU1BLFFBQU8sS0FBSyxNQUFNLFdBQVcsSUFBSTtBQUN2QyxXQUFPQSxVQUFTLFNBQVksU0FBYSxLQUFLLGNBQWNBLEtBQUk7QUFBQSxFQUNsRTtBQUFBO0FBQUEsRUFHQSxTQUF5QztBQUN2QyxXQUFRLEtBQUssVUFBVSxLQUFLLE1BQU0sT0FBTyxDQUFDLEtBQUssQ0FBQztBQUFBLEVBQ2xEO0FBQUE7QUFBQSxFQUdBLGFBQXlDO0FBQ3ZDLFVBQU1BLFFBQU8sS0FBSyxNQUFNLGVBQWU7QUFDdkMsV0FBT0EsVUFBUyxTQUFZLFNBQWEsS0FBSyxjQUFjQSxLQUFJO0FBQUEsRUFDbEU7QUFBQTtBQUFBLEVBR0EsVUFBVSxVQUEwQjtBQUNsQyxVQUFNQSxRQUFPLGFBQWEsU0FBWSxTQUFZLE1BQU0sWUFBWSxRQUFRO0FBQzVFLFFBQUksQ0FBQyxLQUFLLE1BQU0sVUFBVUEsS0FBSSxFQUFHLE9BQU0sUUFBUSxVQUFVLGFBQWEsd0JBQXdCO0FBQUEsRUFDaEc7QUFBQSxFQVFBLFVBQVVDLFFBQXdDLFNBQXlCO0FBQ3pFLFVBQU0sT0FBTyxPQUFPQSxXQUFVLFdBQVdBLFNBQVFBLE9BQU07QUFDdkQsVUFBTUQsUUFBTyxNQUFNLFNBQVMsT0FBTztBQUNuQyxRQUFJO0FBQ0YsV0FBSyxNQUFNLFVBQVUsTUFBTUEsS0FBSTtBQUFBLElBQ2pDLFNBQVMsT0FBTztBQUNkLFVBQUksRUFBRSxpQkFBaUIsU0FBVSxPQUFNO0FBQ3ZDLFlBQU0sYUFBYSxNQUFNLEtBQUs7QUFBQSxJQUNoQztBQUFBLEVBQ0Y7QUFBQTtBQUFBLEVBR0EsR0FBRyxRQUFvQjtBQUNyQixXQUFPLElBQUksR0FBRyxLQUFLLE9BQU8sTUFBTTtBQUFBLEVBQ2xDO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxFQU1BLE9BQU8sTUFBc0I7QUFDM0IsV0FBTyxJQUFJLE1BQU0sTUFBTSxLQUFLLE1BQU0sT0FBTyxJQUFJLENBQUM7QUFBQSxFQUNoRDtBQUFBO0FBQUEsRUFHQSxjQUFjLE1BQXNCO0FBQ2xDLFdBQU8sSUFBSSxNQUFNLE1BQU0sS0FBSyxNQUFNLGNBQWMsSUFBSSxDQUFDO0FBQUEsRUFDdkQ7QUFDRjtBQUVBLFNBQVMsSUFBSSxNQUFjRSxPQUE0QjtBQUNyRCxNQUFJO0FBQ0YsV0FBT0EsTUFBSztBQUFBLEVBQ2QsU0FBUyxPQUFPO0FBQ2QsUUFBSSxFQUFFLGlCQUFpQixTQUFVLE9BQU07QUFDdkMsWUFBUSxNQUFNLFFBQVE7QUFBQSxNQUNwQixLQUFLO0FBQ0gsY0FBTSxRQUFRLFVBQVUsa0JBQWtCLHdCQUF3QixJQUFJLDhDQUE4QztBQUFBLE1BQ3RILEtBQUs7QUFDSCxjQUFNLFFBQVEsVUFBVSxzQkFBc0IsK0NBQStDLElBQUksaUJBQWlCO0FBQUEsTUFDcEg7QUFDRSxjQUFNLFFBQVEsVUFBVSxpQkFBaUIsd0JBQXdCLElBQUksT0FBTyxNQUFNLE1BQU0sRUFBRTtBQUFBLElBQzlGO0FBQUEsRUFDRjtBQUNGO0FBRUEsU0FBUyxhQUFhLE1BQWMsRUFBRSxRQUFRLElBQUksR0FBcUI7QUFDckUsVUFBUSxRQUFRO0FBQUEsSUFDZCxLQUFLO0FBQ0gsYUFBTyxRQUFRLFVBQVUscUJBQXFCLDhDQUE4QyxJQUFJLElBQUk7QUFBQSxJQUN0RyxLQUFLO0FBQ0gsYUFBTyxRQUFRLFVBQVUsaUJBQWlCLFdBQVcsSUFBSSxPQUFPLEdBQUcsRUFBRTtBQUFBLElBQ3ZFO0FBQ0UsYUFBTyxRQUFRLFVBQVUsZ0JBQWdCLFdBQVcsSUFBSSxPQUFPLE1BQU0sRUFBRTtBQUFBLEVBQzNFO0FBQ0Y7OztBQ3JKQSxJQUFJLE9BQWEsQ0FBQyxPQUFPLFNBQVMsV0FBVztBQUMzQyxRQUFNLFFBQVEsT0FBTyxJQUFJLENBQUMsQ0FBQyxNQUFNLEtBQUssTUFBTSxJQUFJLElBQUksSUFBSSxLQUFLLEVBQUU7QUFDL0QsVUFBUSxNQUFNLEdBQUcsS0FBSyxJQUFJLE9BQU8sR0FBRyxNQUFNLEtBQUssRUFBRSxDQUFDLEVBQUU7QUFDdEQ7QUFPQSxTQUFTLE9BQU8sT0FBYztBQUM1QixTQUFPLENBQUMsU0FBaUIsU0FBaUIsQ0FBQyxNQUFZO0FBQ3JELFVBQU0sUUFBUSxPQUFPLFFBQVEsTUFBTSxFQUFFLElBQUksQ0FBQyxDQUFDLE1BQU0sS0FBSyxNQUF3QixDQUFDLE1BQU0sS0FBSyxLQUFLLENBQUMsQ0FBQztBQUNqRyxTQUFLLE9BQU8sU0FBUyxLQUFLO0FBQUEsRUFDNUI7QUFDRjtBQUdPLElBQU0sTUFBTTtBQUFBLEVBQ2pCLE9BQU8sT0FBTyxPQUFPO0FBQUEsRUFDckIsT0FBTyxPQUFPLE9BQU87QUFBQSxFQUNyQixNQUFNLE9BQU8sTUFBTTtBQUFBLEVBQ25CLE1BQU0sT0FBTyxNQUFNO0FBQUEsRUFDbkIsT0FBTyxPQUFPLE9BQU87QUFDdkI7QUFHTyxTQUFTLEtBQUssT0FBd0I7QUFDM0MsTUFBSSxPQUFPLFVBQVUsU0FBVSxRQUFPO0FBQ3RDLE1BQUksaUJBQWlCLE1BQU8sUUFBTyxHQUFHLE1BQU0sSUFBSSxLQUFLLE1BQU0sT0FBTztBQUNsRSxNQUFJLE9BQU8sVUFBVSxZQUFZLFVBQVUsS0FBTSxRQUFPLE9BQU8sS0FBSztBQUNwRSxNQUFJO0FBQ0YsV0FBTyxLQUFLLFVBQVUsT0FBTyxDQUFDLE1BQU0sV0FBWSxPQUFPLFdBQVcsV0FBVyxHQUFHLE1BQU0sS0FBSyxNQUFPO0FBQUEsRUFDcEcsUUFBUTtBQUNOLFdBQU8sT0FBTyxLQUFLO0FBQUEsRUFDckI7QUFDRjs7O0FDRE8sSUFBTSxhQUFOLE1BQThCO0FBQUEsRUFDbkMsWUFBcUIsT0FBVTtBQUFWO0FBQUEsRUFBVztBQUFBLEVBQVg7QUFDdkI7QUFHTyxTQUFTLFdBQWMsT0FBeUI7QUFDckQsU0FBTyxJQUFJLFdBQVcsS0FBSztBQUM3QjtBQU9PLElBQU0sYUFBYTtBQUFBLEVBQ3hCLFVBQVUsb0JBQUksSUFBbUQ7QUFBQSxFQUNqRSxhQUFhLG9CQUFJLElBQWlFO0FBQUEsRUFDbEYsUUFBUSxvQkFBSSxJQUFvQztBQUFBLEVBQ2hELGNBQWMsb0JBQUksSUFBWTtBQUNoQztBQWlCTyxTQUFTLFFBQXVCLE1BQWMsS0FBUSxVQUEwQixDQUFDLEdBQU07QUFDNUYsU0FBTyxXQUFXLFVBQVUsV0FBVyxJQUFJO0FBQzNDLGFBQVcsU0FBUyxJQUFJLE1BQU0sRUFBRSxLQUFLLFFBQVEsQ0FBQztBQUM5QyxTQUFPO0FBQ1Q7QUFHTyxTQUFTLFdBQTZCLE1BQWMsUUFBVyxVQUFvQyxDQUFDLEdBQU07QUFDL0csU0FBTyxXQUFXLGFBQWEsY0FBYyxJQUFJO0FBQ2pELGFBQVcsWUFBWSxJQUFJLE1BQU0sRUFBRSxRQUFRLGFBQWEsUUFBUSxZQUFZLENBQUM7QUFDN0UsU0FBTztBQUNUO0FBR08sU0FBUyxNQUFTLE1BQWMsVUFBb0MsQ0FBQyxHQUFxQjtBQUMvRixTQUFPLFdBQVcsUUFBUSxTQUFTLElBQUk7QUFDdkMsUUFBTSxXQUFXLEVBQUUsTUFBTSxhQUFhLFFBQVEsWUFBWTtBQUMxRCxhQUFXLE9BQU8sSUFBSSxNQUFNLFFBQVE7QUFDcEMsU0FBTztBQUNUO0FBR08sU0FBUyxnQkFBZ0IsUUFBd0I7QUFDdEQsYUFBVyxPQUFPLE9BQVEsWUFBVyxhQUFhLElBQUksR0FBRztBQUMzRDtBQUVBLFNBQVMsT0FBTyxLQUEyQixNQUFjLE1BQW9CO0FBQzNFLE1BQUksSUFBSSxJQUFJLElBQUksRUFBRyxPQUFNLElBQUksTUFBTSxpQkFBaUIsSUFBSSxPQUFPLElBQUksbUNBQW1DO0FBQ3hHOzs7QUNsRk8sSUFBTSxXQUFOLGNBQXVCLE1BQU07QUFBQSxFQUNsQyxZQUNXLE1BQ0EsS0FDVDtBQUNBLFVBQU0sR0FBRztBQUhBO0FBQ0E7QUFBQSxFQUdYO0FBQUEsRUFKVztBQUFBLEVBQ0E7QUFJYjtBQUtPLFNBQVMsSUFBSSxRQUEwQixPQUF5QjtBQUNyRSxRQUFNLE9BQU8sT0FBTyxXQUFXLFlBQVksQ0FBQyxJQUFJO0FBQ2hELFNBQU9DLElBQUcsTUFBTSxRQUFRLE9BQU8sRUFBRTtBQUNuQztBQUVBLFNBQVNBLElBQUcsTUFBYyxRQUEwQixPQUFnQixNQUF1QjtBQUN6RixNQUFJLFdBQVcsS0FBTSxRQUFPO0FBQzVCLE1BQUksV0FBVyxNQUFPLE9BQU0sSUFBSSxTQUFTLE1BQU0seUJBQXlCO0FBQ3hFLE1BQUksT0FBTyxTQUFTLFFBQVc7QUFDN0IsVUFBTSxhQUFhLEtBQUssUUFBUSxPQUFPLEtBQUssTUFBTSxXQUFXLE1BQU0sQ0FBQztBQUNwRSxRQUFJLGVBQWUsT0FBVyxTQUFRQSxJQUFHLE1BQU0sWUFBWSxPQUFPLElBQUk7QUFBQSxFQUN4RTtBQUNBLGFBQVcsUUFBUSxPQUFPLFNBQVMsQ0FBQyxFQUFHLFNBQVFBLElBQUcsTUFBTSxNQUFNLE9BQU8sSUFBSTtBQUN6RSxNQUFJLE9BQU8sVUFBVSxPQUFXLFNBQVEsSUFBSSxNQUFNLE9BQU8sT0FBTyxPQUFPLElBQUk7QUFDM0UsTUFBSSxPQUFPLFNBQVMsT0FBVyxTQUFRLFFBQVEsT0FBTyxJQUFJO0FBQzFELE1BQUksT0FBTyxVQUFVLE9BQVcsU0FBUSxDQUFDLE9BQU8sS0FBSyxHQUFHLE9BQU8sSUFBSTtBQUNuRSxNQUFJLE9BQU8sU0FBUyxPQUFXLFNBQVEsT0FBTyxNQUFNLE9BQU8sSUFBSTtBQUMvRCxNQUFJLE9BQU8sVUFBVSxTQUFVLFVBQVMsUUFBUSxPQUFPLElBQUk7QUFDM0QsTUFBSSxPQUFPLFVBQVUsWUFBWSxPQUFPLFVBQVUsU0FBVSxRQUFPLE9BQU8sUUFBUSxPQUFPLElBQUk7QUFDN0YsTUFBSSxNQUFNLFFBQVEsS0FBSyxFQUFHLFFBQU8sTUFBTSxNQUFNLFFBQVEsT0FBTyxJQUFJO0FBQ2hFLE1BQUksT0FBTyxVQUFVLFlBQVksVUFBVSxLQUFNLFFBQU8sUUFBUSxNQUFNLFFBQVEsT0FBa0MsSUFBSTtBQUNwSCxTQUFPO0FBQ1Q7QUFFQSxTQUFTLElBQUksTUFBYyxTQUFtQixPQUFnQixNQUF1QjtBQUNuRixNQUFJO0FBQ0osYUFBVyxVQUFVLFNBQVM7QUFDNUIsUUFBSTtBQUNGLGFBQU9BLElBQUcsTUFBTSxRQUFRLE9BQU8sSUFBSTtBQUFBLElBQ3JDLFNBQVMsT0FBTztBQUNkLFVBQUksRUFBRSxpQkFBaUIsVUFBVyxPQUFNO0FBRXhDLFVBQUksWUFBWSxVQUFhLE1BQU0sS0FBSyxTQUFTLFFBQVEsS0FBSyxPQUFRLFdBQVU7QUFBQSxJQUNsRjtBQUFBLEVBQ0Y7QUFDQSxNQUFJLFlBQVksVUFBYSxRQUFRLEtBQUssU0FBUyxLQUFLLE9BQVEsT0FBTSxXQUFXLElBQUksU0FBUyxNQUFNLHlCQUF5QjtBQUM3SCxRQUFNLFFBQVEsUUFBUSxJQUFJLENBQUMsV0FBVyxPQUFPLE1BQU0sTUFBTSxDQUFDO0FBQzFELFFBQU0sSUFBSSxTQUFTLE1BQU0sWUFBWSxNQUFNLEtBQUssTUFBTSxDQUFDLFdBQVcsTUFBTSxLQUFLLENBQUMsRUFBRTtBQUNsRjtBQUVBLFNBQVMsT0FBTyxNQUFjLFFBQXdCO0FBQ3BELE1BQUksT0FBTyxTQUFTLE9BQVcsUUFBTyxPQUFPLEtBQUssTUFBTSxXQUFXLE1BQU07QUFDekUsTUFBSSxPQUFPLFVBQVUsT0FBVyxRQUFPLEtBQUssVUFBVSxPQUFPLEtBQUs7QUFDbEUsTUFBSSxPQUFPLFNBQVMsT0FBVyxRQUFPLE9BQU8sS0FBSyxJQUFJLENBQUMsVUFBVSxLQUFLLFVBQVUsS0FBSyxDQUFDLEVBQUUsS0FBSyxNQUFNO0FBQ25HLFNBQU8sQ0FBQyxPQUFPLFFBQVEsVUFBVSxFQUFFLEtBQUssRUFBRSxJQUFJLE9BQU8sRUFBRSxLQUFLLE1BQU07QUFDcEU7QUFFQSxTQUFTLFFBQVEsTUFBc0I7QUFDckMsTUFBSSxTQUFTLE9BQVEsUUFBTztBQUM1QixTQUFPLEdBQUcsV0FBVyxLQUFLLElBQUksSUFBSSxPQUFPLEdBQUcsSUFBSSxJQUFJO0FBQ3REO0FBRUEsU0FBUyxPQUFPLE9BQXdCO0FBQ3RDLE1BQUksVUFBVSxLQUFNLFFBQU87QUFDM0IsTUFBSSxNQUFNLFFBQVEsS0FBSyxFQUFHLFFBQU87QUFDakMsTUFBSSxPQUFPLFVBQVUsU0FBVSxRQUFPO0FBQ3RDLFNBQU8sT0FBTztBQUNoQjtBQUVBLFNBQVMsTUFBTSxPQUF3QjtBQUNyQyxRQUFNQyxRQUFPLE9BQU8sVUFBVSxXQUFXLE1BQU0sU0FBUyxJQUFJLEtBQUssVUFBVSxLQUFLLEtBQUs7QUFDckYsU0FBT0EsTUFBSyxTQUFTLE1BQU0sT0FBTyxVQUFVLFdBQVcsUUFBUSxPQUFPLEtBQUssQ0FBQyxJQUFJLEdBQUcsUUFBUSxPQUFPLEtBQUssQ0FBQyxDQUFDLEtBQUtBLEtBQUk7QUFDcEg7QUFFQSxTQUFTLFFBQVEsUUFBZ0IsT0FBZ0IsTUFBb0I7QUFDbkUsUUFBTSxRQUFRLE9BQU8sS0FBSztBQUMxQixRQUFNLFVBQVUsQ0FBQyxPQUFPLFFBQVEsQ0FBQyxDQUFDLEVBQUUsS0FBSztBQUN6QyxRQUFNLE9BQU8sQ0FBQyxTQUNaLFNBQVMsU0FDUixTQUFTLGFBQWEsVUFBVSxZQUFZLE9BQU8sVUFBVSxLQUFLLEtBQ2xFLFNBQVMsWUFBWSxVQUFVO0FBQ2xDLE1BQUksQ0FBQyxRQUFRLEtBQUssSUFBSSxHQUFHO0FBQ3ZCLFVBQU0sSUFBSSxTQUFTLE1BQU0sWUFBWSxRQUFRLElBQUksT0FBTyxFQUFFLEtBQUssTUFBTSxDQUFDLFdBQVcsTUFBTSxLQUFLLENBQUMsRUFBRTtBQUFBLEVBQ2pHO0FBQ0Y7QUFFQSxTQUFTLFFBQVEsU0FBb0IsT0FBZ0IsTUFBb0I7QUFDdkUsTUFBSSxRQUFRLFNBQVMsS0FBSyxFQUFHO0FBQzdCLFFBQU0sUUFBUSxRQUFRLElBQUksQ0FBQyxRQUFRLEtBQUssVUFBVSxHQUFHLENBQUMsRUFBRSxLQUFLLE1BQU07QUFDbkUsUUFBTSxJQUFJLFNBQVMsTUFBTSxZQUFZLEtBQUssV0FBVyxNQUFNLEtBQUssQ0FBQyxFQUFFO0FBQ3JFO0FBRUEsU0FBUyxTQUFTLFFBQWdCLE9BQWUsTUFBb0I7QUFDbkUsUUFBTSxTQUFTLENBQUMsR0FBRyxLQUFLLEVBQUU7QUFDMUIsTUFBSSxVQUFVLE9BQU8sYUFBYSxHQUFJLE9BQU0sSUFBSSxTQUFTLE1BQU0scUJBQXFCLE9BQU8sU0FBUyxhQUFhO0FBQ2pILE1BQUksVUFBVSxPQUFPLGFBQWEsUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLG9CQUFvQixPQUFPLFNBQVMsYUFBYTtBQUNySCxNQUFJLE9BQU8sWUFBWSxVQUFhLENBQUMsSUFBSSxPQUFPLE9BQU8sU0FBUyxHQUFHLEVBQUUsS0FBSyxLQUFLLEdBQUc7QUFDaEYsVUFBTSxJQUFJLFNBQVMsTUFBTSxzQkFBc0IsT0FBTyxPQUFPLFdBQVcsTUFBTSxLQUFLLENBQUMsRUFBRTtBQUFBLEVBQ3hGO0FBQ0Y7QUFFQSxTQUFTLE9BQU8sUUFBZ0IsT0FBd0IsTUFBK0I7QUFDckYsTUFBSSxPQUFPLFlBQVksVUFBYSxRQUFRLE9BQU8sUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLHFCQUFxQixPQUFPLE9BQU8sV0FBVyxLQUFLLEVBQUU7QUFDMUksTUFBSSxPQUFPLFlBQVksVUFBYSxRQUFRLE9BQU8sUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLG9CQUFvQixPQUFPLE9BQU8sV0FBVyxLQUFLLEVBQUU7QUFDekksTUFBSSxPQUFPLFdBQVcsU0FBVSxRQUFPLE9BQU8sS0FBSztBQUNuRCxNQUFJLE9BQU8sVUFBVSxZQUFZLE9BQU8sU0FBUyxRQUFXO0FBQzFELFVBQU0sSUFBSSxTQUFTLE1BQU0sR0FBRyxLQUFLLDhFQUE4RTtBQUFBLEVBQ2pIO0FBQ0EsU0FBTztBQUNUO0FBRUEsU0FBUyxNQUFNLE1BQWMsUUFBZ0IsT0FBa0IsTUFBeUI7QUFDdEYsTUFBSSxNQUFNLFVBQVUsT0FBTyxZQUFZLEdBQUksT0FBTSxJQUFJLFNBQVMsTUFBTSxxQkFBcUIsT0FBTyxRQUFRLFFBQVE7QUFDaEgsTUFBSSxNQUFNLFVBQVUsT0FBTyxZQUFZLE1BQU0sUUFBUyxPQUFNLElBQUksU0FBUyxNQUFNLG9CQUFvQixPQUFPLFFBQVEsUUFBUTtBQUMxSCxRQUFNLEtBQUssQ0FBQyxVQUFrQixPQUFPLGNBQWMsS0FBSyxLQUFLLE9BQU8sU0FBUztBQUM3RSxTQUFPLE1BQU0sSUFBSSxDQUFDLE1BQU0sVUFBVUQsSUFBRyxNQUFNLEdBQUcsS0FBSyxHQUFHLE1BQU0sR0FBRyxJQUFJLElBQUksS0FBSyxHQUFHLENBQUM7QUFDbEY7QUFFQSxTQUFTLFFBQVEsTUFBYyxRQUFnQixPQUFnQyxNQUF1QztBQUNwSCxhQUFXLFFBQVEsT0FBTyxZQUFZLENBQUMsR0FBRztBQUN4QyxRQUFJLENBQUMsT0FBTyxPQUFPLE9BQU8sSUFBSSxFQUFHLE9BQU0sSUFBSSxTQUFTLE1BQU0sS0FBSyxJQUFJLGVBQWU7QUFBQSxFQUNwRjtBQUNBLFFBQU0sYUFBYSxPQUFPLGNBQWMsQ0FBQztBQUN6QyxhQUFXLFFBQVEsT0FBTyxLQUFLLEtBQUssR0FBRztBQUNyQyxVQUFNLEtBQUssT0FBTyxPQUFPLFlBQVksSUFBSSxJQUFJLFdBQVcsSUFBSSxJQUFLLE9BQU8sd0JBQXdCO0FBQ2hHLFFBQUksT0FBTyxVQUFhLE9BQU8sS0FBTTtBQUNyQyxVQUFNLFFBQVEsU0FBUyxLQUFLLE9BQU8sR0FBRyxJQUFJLElBQUksSUFBSTtBQUNsRCxVQUFNLElBQUksSUFBSUEsSUFBRyxNQUFNLElBQUksTUFBTSxJQUFJLEdBQUcsS0FBSztBQUFBLEVBQy9DO0FBQ0EsU0FBTztBQUNUOzs7QUNySkEsSUFBSTtBQUNKLElBQUk7QUFPSixTQUFTLFNBQTJDO0FBQ2xELFFBQU0sRUFBRSxTQUFTLE9BQU8sSUFBSSxXQUFXLEVBQUUsU0FBUyxDQUFDLEdBQUcsUUFBUSxDQUFDLEVBQUU7QUFDakUsTUFBSSxDQUFDLFFBQVEsSUFBSSxJQUFJLENBQUMsR0FBRyxDQUFDO0FBQzFCLFFBQU0sVUFBNEMsQ0FBQztBQUNuRCxXQUFTRSxNQUFLLEdBQUdBLE1BQUssT0FBTyxRQUFRQSxPQUFNLEdBQUc7QUFDNUMsY0FBVSxPQUFPQSxHQUFFLEtBQUs7QUFDeEIsWUFBUSxPQUFPQSxNQUFLLENBQUMsS0FBSztBQUMxQixVQUFNLE9BQU8sUUFBUSxNQUFNO0FBQzNCLFlBQVEsS0FBSyxTQUFTLFVBQWEsU0FBUyxJQUFJLFNBQVksQ0FBQyxNQUFNLElBQUksQ0FBQztBQUFBLEVBQzFFO0FBQ0EsU0FBTztBQUNUO0FBR08sU0FBUyxPQUFPLE9BQTBCO0FBQy9DLFFBQU0sUUFBUSxpQkFBaUIsUUFBUyxNQUFNLFNBQVMsS0FBTTtBQUM3RCxRQUFNLFFBQVEsTUFBTSxNQUFNLElBQUksRUFBRSxJQUFJLENBQUMsU0FBUyxLQUFLLEtBQUssQ0FBQztBQUN6RCxRQUFNLE1BQU0sTUFBTSxPQUFPLENBQUMsU0FBUyxLQUFLLFdBQVcsS0FBSyxDQUFDLEVBQUUsSUFBSSxDQUFDLFNBQVMsU0FBUyxLQUFLLE1BQU0sQ0FBQyxDQUFDLENBQUM7QUFDaEcsUUFBTSxNQUFNLElBQUksT0FBTyxDQUFDLFVBQVUsQ0FBQyxNQUFNLFNBQVMsY0FBYyxLQUFLLENBQUMsTUFBTSxTQUFTLFVBQVUsQ0FBQztBQUNoRyxTQUFPLElBQUksU0FBUyxJQUFJLE1BQU07QUFDaEM7QUFFQSxTQUFTLFNBQVMsT0FBdUI7QUFDdkMsYUFBVyxPQUFPO0FBQ2xCLFNBQU8sTUFBTSxRQUFRLHFDQUFxQyxDQUFDLE9BQU8sU0FBaUI7QUFDakYsVUFBTUMsU0FBUSxTQUFTLE9BQU8sSUFBSSxJQUFJLENBQUM7QUFDdkMsV0FBT0EsV0FBVSxTQUFZLFFBQVEsR0FBR0EsT0FBTSxDQUFDLENBQUMsSUFBSUEsT0FBTSxDQUFDLENBQUM7QUFBQSxFQUM5RCxDQUFDO0FBQ0g7QUFHTyxTQUFTLE1BQU0sT0FBcUM7QUFDekQsUUFBTUMsVUFBUyxNQUFNLElBQUksQ0FBQyxVQUFVLGVBQWUsS0FBSyxLQUFLLElBQUksQ0FBQyxDQUFDO0FBQ25FLFNBQU9BLFFBQU8sS0FBSyxDQUFDRCxXQUFVQSxXQUFVLFVBQWEsQ0FBQ0EsT0FBTSxTQUFTLGFBQWEsQ0FBQztBQUNyRjtBQUdPLFNBQVMsV0FBVyxPQUF3QjtBQUNqRCxRQUFNLFdBQVcsQ0FBQyxpQkFBaUIsU0FBUyxNQUFNLFNBQVMsWUFBWSxNQUFNLFVBQVUsS0FBSyxLQUFLLENBQUM7QUFDbEcsTUFBSSxRQUFRLGlCQUFpQixRQUFRLE1BQU0sUUFBUTtBQUNuRCxXQUFTLFFBQVEsR0FBRyxVQUFVLFVBQWEsUUFBUSxJQUFJLFNBQVMsR0FBRztBQUNqRSxhQUFTLEtBQUssS0FBSyxLQUFLLENBQUM7QUFDekIsWUFBUSxpQkFBaUIsUUFBUSxNQUFNLFFBQVE7QUFBQSxFQUNqRDtBQUNBLFNBQU8sU0FBUyxLQUFLLElBQUk7QUFDM0I7OztBQ3RDTyxTQUFTLEtBQUssV0FBc0IsTUFBWSxNQUFjLE9BQXdCO0FBQzNGLFFBQU0sUUFBUSxXQUFXLFNBQVMsSUFBSSxJQUFJO0FBQzFDLE1BQUksVUFBVSxPQUFXLE9BQU0sUUFBUSxXQUFXLE1BQU0sV0FBVyxRQUFRO0FBQzNFLFFBQU0sU0FBUyxVQUFVLFNBQVMsSUFBSSxHQUFHLFNBQVM7QUFDbEQsUUFBTSxRQUFRLE9BQU8sU0FBUyxRQUFRLEtBQUssU0FBUyxLQUFLLENBQUM7QUFDMUQsU0FBTyxNQUFNLElBQUksT0FBTyxJQUFJLFFBQVEsSUFBSSxDQUFDO0FBQzNDO0FBR08sU0FBUyxRQUFRLFVBQTRCO0FBQ2xELE1BQUksb0JBQW9CLFdBQVksUUFBTyxFQUFFLEtBQUssY0FBYyxLQUFLLE1BQU0sY0FBYyxTQUFTLEtBQUssRUFBRTtBQUN6RyxTQUFPLEVBQUUsS0FBSyxZQUFZLEtBQUssTUFBTSxVQUFVLFFBQVEsRUFBRTtBQUMzRDtBQVNBLFNBQVMsT0FBTyxNQUFjLFFBQTBCLE9BQXlCO0FBQy9FLE1BQUk7QUFDRixXQUFPLElBQUksUUFBUSxLQUFLO0FBQUEsRUFDMUIsU0FBUyxPQUFPO0FBQ2QsUUFBSSxFQUFFLGlCQUFpQixVQUFXLE9BQU07QUFDeEMsVUFBTUUsTUFBSyxNQUFNLFNBQVMsS0FBSyxLQUFLLFNBQVMsTUFBTSxJQUFJO0FBQ3ZELFVBQU0sUUFBUSxVQUFVLFdBQVcsSUFBSSxJQUFJLE9BQU8sSUFBSSxZQUFZQSxHQUFFLEtBQUssTUFBTSxHQUFHLEVBQUU7QUFBQSxFQUN0RjtBQUNGO0FBRUEsU0FBUyxRQUFRLE1BQWMsTUFBY0MsUUFBc0M7QUFDakYsUUFBTSxRQUFRLENBQUMsR0FBR0EsT0FBTSxLQUFLLENBQUMsRUFBRSxLQUFLLElBQUk7QUFDekMsU0FBTyxRQUFRLFVBQVUsV0FBVyxJQUFJLElBQUkseUJBQXlCLElBQUksTUFBTSxJQUFJLGNBQWMsS0FBSyxFQUFFO0FBQzFHO0FBR08sU0FBUyxRQUFRLFFBQThCO0FBQ3BELE1BQUksa0JBQWtCLFFBQVMsUUFBTyxPQUFPLE1BQU07QUFDbkQsUUFBTSxRQUFRLE9BQU8sTUFBTTtBQUMzQixRQUFNRCxNQUFLLE1BQU0sS0FBSztBQUN0QixRQUFNLFVBQVUsV0FBVyxNQUFNLEtBQUtBLFFBQU8sU0FBWSxLQUFLLE9BQU9BLEdBQUU7QUFDdkUsTUFBSSxNQUFNLENBQUMsU0FBUyxHQUFHLE1BQU0sSUFBSSxDQUFDLFVBQVUsVUFBVSxLQUFLLEVBQUUsQ0FBQyxFQUFFLEtBQUssSUFBSSxDQUFDO0FBQzFFLFNBQU8sRUFBRSxNQUFNLFVBQVUsU0FBUyxTQUFTLEtBQUssVUFBVSxFQUFFLE9BQU9BLEtBQUksTUFBTSxDQUFDLEdBQUcsT0FBTyxFQUFFLEtBQUssU0FBUyxFQUFFO0FBQzVHO0FBRUEsU0FBUyxPQUFPRSxVQUErQjtBQUM3QyxRQUFNLEVBQUUsTUFBTSxNQUFNLElBQUlBO0FBQ3hCLE1BQUk7QUFDSixNQUFJO0FBQ0YsY0FBVUEsU0FBUSxZQUFZLFNBQVksU0FBWSxNQUFNLFdBQVdBLFNBQVEsT0FBTztBQUFBLEVBQ3hGLFNBQVMsT0FBTztBQUNkLFFBQUksS0FBSywyQ0FBMkMsRUFBRSxNQUFNLENBQUM7QUFBQSxFQUMvRDtBQUNBLFNBQU8sRUFBRSxNQUFNLFNBQVMsV0FBV0EsUUFBTyxHQUFHLFNBQVMsT0FBTyxVQUFVLEtBQUssRUFBRTtBQUNoRjtBQUVBLFNBQVMsVUFBVSxPQUErQztBQUNoRSxNQUFJLFVBQVUsWUFBWSxVQUFVLFFBQVMsUUFBTyxFQUFFLEtBQUssTUFBTTtBQUNqRSxRQUFNLEtBQUssT0FBTyxTQUFTLE1BQU0sT0FBTyxJQUFJLEtBQUssSUFBSSxHQUFHLEtBQUssTUFBTSxNQUFNLE9BQU8sQ0FBQyxJQUFJO0FBQ3JGLFNBQU8sRUFBRSxLQUFLLFlBQVksS0FBSyxLQUFLLElBQUksSUFBSSxPQUFPLGdCQUFnQixFQUFFO0FBQ3ZFO0FBR08sU0FBUyxTQUFTLFdBQThCO0FBQ3JELFFBQU0sV0FBVyxDQUFDLEdBQUcsV0FBVyxRQUFRLEVBQUUsSUFBSSxDQUFDLENBQUMsTUFBTSxFQUFFLFFBQVEsQ0FBQyxNQUFNO0FBQ3JFLFVBQU0sUUFBUSxVQUFVLFNBQVMsSUFBSTtBQUNyQyxXQUFPO0FBQUEsTUFDTDtBQUFBLE1BQ0EsYUFBYSxRQUFRLGVBQWUsT0FBTztBQUFBLE1BQzNDLGNBQWMsT0FBTyxTQUFTO0FBQUEsTUFDOUIsZUFBZSxPQUFPLFVBQVU7QUFBQSxNQUNoQyxhQUFhLFFBQVEsVUFBVSxDQUFDO0FBQUEsTUFDaEMsT0FBTyxRQUFRO0FBQUEsSUFDakI7QUFBQSxFQUNGLENBQUM7QUFDRCxRQUFNLGNBQWMsQ0FBQyxHQUFHLFdBQVcsV0FBVyxFQUFFLElBQUksQ0FBQyxDQUFDLE1BQU0sRUFBRSxZQUFZLENBQUMsTUFBTTtBQUMvRSxXQUFPLEVBQUUsTUFBTSxhQUFhLGVBQWUsVUFBVSxZQUFZLElBQUksR0FBRyxZQUFZO0FBQUEsRUFDdEYsQ0FBQztBQUNELFFBQU0sU0FBUyxDQUFDLEdBQUcsV0FBVyxPQUFPLE9BQU8sQ0FBQyxFQUFFLElBQUksQ0FBQyxFQUFFLE1BQU0sWUFBWSxNQUFNO0FBQzVFLFVBQU0sUUFBUSxVQUFVLE9BQU8sSUFBSTtBQUNuQyxXQUFPLENBQUMsTUFBTSxFQUFFLGFBQWEsZUFBZSxPQUFPLGFBQWEsUUFBUSxPQUFPLFVBQVUsS0FBSyxDQUFDO0FBQUEsRUFDakcsQ0FBQztBQUNELFNBQU8sS0FBSyxVQUFVO0FBQUEsSUFDcEI7QUFBQSxJQUNBLGFBQWEsWUFBWSxXQUFXLElBQUksU0FBWTtBQUFBLElBQ3BELGNBQWMsQ0FBQyxHQUFHLFdBQVcsWUFBWTtBQUFBLElBQ3pDLFFBQVEsT0FBTyxXQUFXLElBQUksU0FBWSxPQUFPLFlBQVksTUFBTTtBQUFBLEVBQ3JFLENBQUM7QUFDSDs7O0FDaEhPLFNBQVMsT0FBT0MsT0FBMEI7QUFDL0MsUUFBTSxRQUFRLElBQUksV0FBV0EsTUFBSyxTQUFTLENBQUM7QUFDNUMsTUFBSSxTQUFTO0FBQ2IsYUFBVyxhQUFhQSxPQUFNO0FBQzVCLFVBQU0sT0FBTyxVQUFVLFlBQVksQ0FBQyxLQUFLO0FBRXpDLFVBQU0sUUFBUSxRQUFRLFNBQVUsUUFBUSxRQUFTLFFBQVM7QUFDMUQsYUFBUyxJQUFJLE9BQU8sUUFBUSxLQUFLO0FBQUEsRUFDbkM7QUFDQSxTQUFPLE1BQU0sTUFBTSxHQUFHLE1BQU07QUFDOUI7QUFFQSxTQUFTLElBQUksT0FBbUJDLEtBQVksT0FBdUI7QUFDakUsTUFBSSxRQUFRLEtBQU07QUFDaEIsVUFBTUEsR0FBRSxJQUFJO0FBQ1osV0FBT0EsTUFBSztBQUFBLEVBQ2Q7QUFDQSxRQUFNLFFBQVEsUUFBUSxPQUFRLElBQUksUUFBUSxRQUFVLElBQUk7QUFDeEQsUUFBTSxPQUFPLENBQUMsR0FBRyxHQUFHLEtBQU0sS0FBTSxHQUFJLEVBQUUsS0FBSyxLQUFLO0FBQ2hELFFBQU1BLEdBQUUsSUFBSSxPQUFRLFNBQVUsS0FBSyxRQUFRO0FBQzNDLFdBQVMsT0FBTyxRQUFRLEdBQUcsUUFBUSxHQUFHLFFBQVEsRUFBRyxPQUFNQSxNQUFLLFFBQVEsSUFBSSxJQUFJLElBQUksTUFBUyxTQUFVLElBQUksT0FBUztBQUNoSCxTQUFPQSxNQUFLO0FBQ2Q7OztBQ05BLElBQU0scUJBQXFCO0FBQzNCLElBQU0seUJBQXlCLEtBQUs7QUFFcEMsU0FBUyxTQUFTLFFBQWdCLEtBQWEsU0FBa0M7QUFDL0UsUUFBTSxVQUFVLE9BQU8sUUFBUSxRQUFRLFdBQVcsQ0FBQyxDQUFDO0FBQ3BELFFBQU0sTUFBTSxDQUFDLFNBQWlCLFFBQVEsS0FBSyxDQUFDLENBQUMsTUFBTSxNQUFNLE9BQU8sWUFBWSxNQUFNLElBQUk7QUFDdEYsTUFBSSxPQUFPLFFBQVEsUUFBUTtBQUMzQixNQUFJLFFBQVEsU0FBUyxRQUFXO0FBQzlCLFdBQU8sTUFBTSxRQUFRLFFBQVEsSUFBSTtBQUNqQyxRQUFJLENBQUMsSUFBSSxjQUFjLEVBQUcsU0FBUSxLQUFLLENBQUMsZ0JBQWdCLGtCQUFrQixDQUFDO0FBQUEsRUFDN0U7QUFDQSxRQUFNLFFBQVEsT0FBTyxTQUFTLFdBQVcsT0FBTyxJQUFJLElBQUk7QUFDeEQsTUFBSSxNQUFNLFNBQVMsS0FBSyxDQUFDLElBQUksZ0JBQWdCLEVBQUcsU0FBUSxLQUFLLENBQUMsa0JBQWtCLE9BQU8sTUFBTSxNQUFNLENBQUMsQ0FBQztBQUNyRyxRQUFNLFlBQVksUUFBUSxhQUFhO0FBQ3ZDLFNBQU8sRUFBRSxRQUFRLEtBQUssU0FBUyxNQUFNLE9BQU8sV0FBVyxjQUFjLFFBQVEsZ0JBQWdCLHVCQUF1QjtBQUN0SDtBQUdPLFNBQVMsT0FBT0MsT0FBWTtBQUNqQyxRQUFNLFVBQVUsQ0FBQyxRQUFnQixLQUFhLFVBQTBCLENBQUMsTUFBZ0JBLE1BQUssU0FBUyxRQUFRLEtBQUssT0FBTyxDQUFDO0FBQzVILFNBQU87QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLElBS0w7QUFBQTtBQUFBLElBRUEsS0FBSyxDQUFDLEtBQWEsWUFBdUMsUUFBUSxPQUFPLEtBQUssT0FBTztBQUFBO0FBQUEsSUFFckYsTUFBTSxDQUFDLEtBQWEsWUFBdUMsUUFBUSxRQUFRLEtBQUssT0FBTztBQUFBO0FBQUEsSUFFdkYsS0FBSyxDQUFDLEtBQWEsWUFBdUMsUUFBUSxPQUFPLEtBQUssT0FBTztBQUFBO0FBQUEsSUFFckYsT0FBTyxDQUFDLEtBQWEsWUFBdUMsUUFBUSxTQUFTLEtBQUssT0FBTztBQUFBO0FBQUEsSUFFekYsUUFBUSxDQUFDLEtBQWEsWUFBdUMsUUFBUSxVQUFVLEtBQUssT0FBTztBQUFBLEVBQzdGO0FBQ0Y7OztBQ2pEQSxJQUFJLE9BQWEsQ0FBQyxFQUFFLFFBQVEsSUFBSSxNQUFNO0FBQ3BDLFFBQU0sUUFBUSxVQUFVLGVBQWUsbUJBQW1CLE1BQU0sSUFBSSxHQUFHLHFEQUFxRDtBQUM5SDtBQVFPLElBQU0sT0FBTyxPQUFPLENBQUMsWUFBWSxLQUFLLE9BQU8sQ0FBQzs7O0FDbUI5QyxJQUFNLGlCQUFOLGNBQTZCLFFBQVE7QUFBQSxFQUMxQyxZQUNFLE1BRVMsWUFDVDtBQUNBLFVBQU0sSUFBSTtBQUZEO0FBQUEsRUFHWDtBQUFBLEVBSFc7QUFJYjtBQUVBLElBQU0sT0FBTztBQUdOLFNBQVMsUUFBUSxVQUEwQixDQUFDLEdBQW1CO0FBQ3BFLFFBQU0sT0FBNkMsQ0FBQztBQUNwRCxTQUFPLElBQUksZUFBZSxPQUFPLFNBQVMsSUFBSSxHQUFHLElBQUk7QUFDdkQ7QUFFQSxTQUFTLE9BQU8sU0FBeUIsTUFBa0Q7QUFDekYsUUFBTUMsUUFBTyxDQUFDLFVBQW9CLFVBQVUsU0FBWSxTQUFZLE1BQU0sU0FBUyxLQUFLO0FBQ3hGLFFBQU0sV0FBVyxRQUFRLFlBQVk7QUFDckMsU0FBTztBQUFBLElBQ0wsUUFBUSxNQUFNO0FBQUEsSUFDZCxXQUFXLE1BQU07QUFBQSxJQUNqQixVQUFVLE1BQU07QUFBQSxJQUNoQixTQUFTLE1BQU0sUUFBUSxXQUFXO0FBQUEsSUFDbEMsYUFBYSxNQUFNLFFBQVEsZUFBZTtBQUFBLElBQzFDLGdCQUFnQixNQUFNLEdBQUcsSUFBSSxJQUFJLFFBQVE7QUFBQSxJQUN6QyxlQUFlLE1BQU07QUFBQSxJQUNyQixhQUFhLE1BQU07QUFBQSxJQUNuQixhQUFhLE1BQU0sUUFBUSxlQUFlO0FBQUEsSUFDMUMsV0FBVyxNQUFNQSxNQUFLLFFBQVEsYUFBYSxDQUFDLENBQUMsS0FBSztBQUFBLElBQ2xELFlBQVksQ0FBQyxTQUFTQSxNQUFLLFFBQVEsZUFBZSxJQUFJLENBQUM7QUFBQSxJQUN2RCxRQUFRLE1BQU1BLE1BQUssUUFBUSxVQUFVLElBQUksS0FBSztBQUFBLElBQzlDLGdCQUFnQixNQUFNQSxNQUFLLFFBQVEsVUFBVTtBQUFBLElBQzdDLFdBQVcsTUFBTSxRQUFRLGNBQWM7QUFBQSxJQUN2QyxRQUFRLENBQUMsU0FBUyxpQkFBaUIsTUFBTSxTQUFTLElBQUksRUFBRSxPQUFPLFNBQVMsRUFBRSxTQUFTLElBQUksR0FBRyxDQUFDO0FBQUEsSUFDM0YsZUFBZSxDQUFDLFNBQVMsTUFBTSxTQUFTLElBQUk7QUFBQSxJQUM1QyxHQUFHLFFBQVEsT0FBTztBQUFBLElBQ2xCLFdBQVcsQ0FBQyxNQUFNLFlBQVksS0FBSyxLQUFLLEtBQUssRUFBRSxNQUFNLFNBQVMsS0FBSyxNQUFNLE9BQU8sRUFBRSxDQUFDO0FBQUEsRUFDckY7QUFDRjtBQUVBLFNBQVMsTUFBTSxTQUF5QixNQUFzQjtBQUM1RCxRQUFNLFFBQVEsUUFBUSxVQUFVLElBQUk7QUFDcEMsTUFBSSxVQUFVLE9BQVcsT0FBTSxJQUFJLFFBQVEsU0FBUztBQUNwRCxTQUFPO0FBQ1Q7QUFFQSxTQUFTLFFBQVEsU0FBeUI7QUFDeEMsUUFBTSxTQUFTLG9CQUFJLElBQWdEO0FBQ25FLFFBQU1DLFNBQVEsQ0FBQyxRQUFnQixRQUFnQixHQUFHLE1BQU0sSUFBSSxHQUFHO0FBQy9ELFFBQU0sTUFBTSxDQUFDLFFBQWdCLEtBQWEsVUFBa0I7QUFDMUQsVUFBTSxXQUFXLE9BQU8sSUFBSUEsT0FBTSxRQUFRLEdBQUcsQ0FBQyxHQUFHLFdBQVcsS0FBSztBQUNqRSxXQUFPLElBQUlBLE9BQU0sUUFBUSxHQUFHLEdBQUcsRUFBRSxPQUFPLFFBQVEsQ0FBQztBQUFBLEVBQ25EO0FBQ0EsYUFBVyxDQUFDLFFBQVEsTUFBTSxLQUFLLE9BQU8sUUFBUSxRQUFRLE1BQU0sQ0FBQyxDQUFDLEdBQUc7QUFDL0QsZUFBVyxDQUFDLEtBQUssS0FBSyxLQUFLLE9BQU8sUUFBUSxNQUFNLEVBQUcsS0FBSSxRQUFRLEtBQUssTUFBTSxTQUFTLEtBQUssQ0FBQztBQUFBLEVBQzNGO0FBQ0EsU0FBTztBQUFBLElBQ0wsT0FBTyxDQUFDLFFBQWdCLFFBQWdCLE9BQU8sSUFBSUEsT0FBTSxRQUFRLEdBQUcsQ0FBQztBQUFBLElBQ3JFLE9BQU87QUFBQSxJQUNQLGlCQUFpQixDQUFDLFFBQWdCLEtBQWEsVUFBOEIsVUFBa0I7QUFDN0YsVUFBSSxPQUFPLElBQUlBLE9BQU0sUUFBUSxHQUFHLENBQUMsR0FBRyxZQUFZLFNBQVUsT0FBTSxJQUFJLFFBQVEsVUFBVTtBQUN0RixVQUFJLFFBQVEsS0FBSyxLQUFLO0FBQUEsSUFDeEI7QUFBQSxJQUNBLFVBQVUsQ0FBQyxRQUFnQixRQUFnQixLQUFLLE9BQU8sT0FBT0EsT0FBTSxRQUFRLEdBQUcsQ0FBQztBQUFBLElBQ2hGLFlBQVksQ0FBQyxRQUFnQixRQUFnQixVQUFrQjtBQUM3RCxZQUFNLFdBQVcsQ0FBQyxHQUFHLE9BQU8sS0FBSyxDQUFDLEVBQUUsT0FBTyxDQUFDQyxRQUFPQSxJQUFHLFdBQVcsR0FBRyxNQUFNLElBQUksTUFBTSxFQUFFLENBQUM7QUFDdkYsYUFBTyxTQUFTLElBQUksQ0FBQ0EsUUFBT0EsSUFBRyxNQUFNLE9BQU8sU0FBUyxDQUFDLENBQUMsRUFBRSxLQUFLLEVBQUUsTUFBTSxHQUFHLEtBQUs7QUFBQSxJQUNoRjtBQUFBLEVBQ0Y7QUFDRjtBQWtCQSxlQUFzQixRQUFRLE1BQWMsT0FBZ0IsVUFBMEIsQ0FBQyxHQUFtQztBQUN4SCxRQUFNLFlBQXVCLEVBQUUsVUFBVSxDQUFDLEdBQUcsYUFBYSxDQUFDLEdBQUcsUUFBUSxDQUFDLEVBQUU7QUFDekUsTUFBSTtBQUNGLFdBQU8sUUFBUSxNQUFNLEtBQUssV0FBVyxPQUFPLFNBQVMsQ0FBQyxDQUFDLEdBQUcsTUFBTSxNQUFNLFNBQVMsS0FBSyxDQUFDLENBQUM7QUFBQSxFQUN4RixTQUFTLE9BQU87QUFDZCxXQUFPLFFBQVEsS0FBSztBQUFBLEVBQ3RCO0FBQ0Y7OztBZDdIQSxRQUFRLFdBQVcsQ0FBQyxHQUFZLFFBQVMsSUFBSSxXQUFXLE1BQU0sU0FBWSxXQUFXLENBQUMsSUFBSSxNQUFPO0FBQ2pHLFFBQVEsVUFBVSxNQUFNO0FBQ3RCLFFBQU0sSUFBSSxXQUFXLFdBQVcsRUFBRSxPQUFPLElBQUksTUFBTSxRQUFRLEVBQUUsQ0FBQztBQUNoRSxDQUFDO0FBQ0QsUUFBUSxTQUFTLFlBQVk7QUFDM0IsUUFBTSxRQUFRLFdBQVcsS0FBUSxRQUFRLFNBQVMsRUFBRSxTQUFTLENBQUMsQ0FBQyxFQUFFLENBQUM7QUFDcEUsQ0FBQztBQUNELFdBQVcsVUFBVSxNQUFNO0FBQUMsR0FBRyxFQUFFLGFBQWEsVUFBVSxDQUFDO0FBQ3pELE1BQWMsa0JBQWtCLEVBQUUsYUFBYSx3QkFBd0IsQ0FBQztBQUN4RSxhQUFhLGlCQUFpQixhQUFhO0FBRTNDLEtBQUssc0NBQXNDLE1BQU07QUFDL0MsUUFBTSxNQUFNLFFBQVEsRUFBRSxTQUFTLEdBQUcsUUFBUSxFQUFFLEdBQUcsRUFBRSxHQUFHLGNBQWMsRUFBRSxPQUFPLElBQUksR0FBRyxTQUFTLEVBQUUsS0FBSyxLQUFLLEVBQUUsQ0FBQztBQUMxRyxTQUFPLFVBQVUsQ0FBQyxJQUFJLFNBQVMsSUFBSSxPQUFPLEdBQUcsSUFBSSxXQUFXLE9BQU8sQ0FBQyxHQUFHLENBQUMsR0FBRyxFQUFFLEdBQUcsRUFBRSxHQUFHLEdBQUcsQ0FBQztBQUN6RixTQUFPLE1BQU0sSUFBSSxjQUFjLEtBQUssR0FBRyxJQUFJO0FBQzNDLFNBQU8sTUFBTSxJQUFJLE9BQU8sS0FBSyxHQUFHLGlCQUFpQjtBQUNqRCxTQUFPLE9BQU8sTUFBTSxJQUFJLE9BQU8sT0FBTyxHQUFHLEVBQUUsTUFBTSxpQkFBaUIsQ0FBQztBQUNuRSxTQUFPLE9BQU8sTUFBTSxJQUFJLFdBQVcsU0FBUyxHQUFHLEVBQUUsTUFBTSxzQkFBc0IsU0FBUyxhQUFhLENBQUM7QUFDcEcsU0FBTyxPQUFPLE1BQU0sUUFBUSxFQUFFLFdBQVcsS0FBSyxDQUFDLEVBQUUsVUFBVSxHQUFHLEVBQUUsTUFBTSxZQUFZLENBQUM7QUFDckYsQ0FBQztBQUVELEtBQUssbURBQW1ELE1BQU07QUFDNUQsUUFBTSxNQUFNLFFBQVEsRUFBRSxJQUFJLEVBQUUsVUFBVSxFQUFFLEdBQUcsRUFBRSxFQUFFLEVBQUUsQ0FBQztBQUNsRCxRQUFNLFdBQVcsSUFBSSxHQUFHLFVBQVU7QUFDbEMsUUFBTSxRQUFRLFNBQVMsSUFBWSxHQUFHO0FBQ3RDLFdBQVMsUUFBUSxLQUFLLE9BQU8sQ0FBQztBQUM5QixTQUFPLE9BQU8sTUFBTSxTQUFTLFFBQVEsS0FBSyxPQUFPLENBQUMsR0FBRyxFQUFFLE1BQU0sZUFBZSxPQUFPLFNBQVMsQ0FBQztBQUM3RixXQUFTLElBQUksS0FBSyxHQUFHO0FBQ3JCLFNBQU8sVUFBVSxTQUFTLEtBQUssR0FBRyxDQUFDLEtBQUssR0FBRyxDQUFDO0FBQzVDLFdBQVMsT0FBTyxHQUFHO0FBQ25CLFNBQU8sTUFBTSxTQUFTLElBQUksR0FBRyxFQUFFLE9BQU8sTUFBUztBQUMvQyxNQUFJLFVBQVUsa0JBQWtCLEVBQUUsUUFBUSxFQUFFLENBQUM7QUFDN0MsU0FBTyxVQUFVLElBQUksWUFBWSxDQUFDLEVBQUUsTUFBTSxrQkFBa0IsU0FBUyxFQUFFLFFBQVEsRUFBRSxFQUFFLENBQUMsQ0FBQztBQUN2RixDQUFDO0FBRUQsS0FBSyxpREFBaUQsWUFBWTtBQUNoRSxTQUFPLFVBQVUsTUFBTSxRQUFRLFdBQVcsQ0FBQyxDQUFDLEdBQUcsRUFBRSxLQUFLLGNBQWMsS0FBSyxJQUFJLENBQUM7QUFDOUUsU0FBTyxVQUFVLE1BQU0sUUFBUSxXQUFXLENBQUMsR0FBRyxFQUFFLFlBQVksRUFBRSxDQUFDLEdBQUcsRUFBRSxLQUFLLFlBQVksS0FBSyxTQUFTLENBQUM7QUFDcEcsUUFBTSxTQUFTLE1BQU0sUUFBUSxVQUFVLENBQUMsQ0FBQztBQUN6QyxTQUFPLFVBQVUsTUFBTTtBQUN2QixTQUFPLE1BQU0sT0FBTyxNQUFNLFVBQVU7QUFDcEMsU0FBTyxNQUFNLE9BQU8sU0FBUyx5Q0FBeUM7QUFDdEUsU0FBTyxVQUFVLE1BQU0sUUFBUSxTQUFTLENBQUMsQ0FBQyxHQUFHLEVBQUUsTUFBTSxRQUFRLFNBQVMsU0FBUyxTQUFTLE9BQU8sT0FBTyxFQUFFLEtBQUssWUFBWSxLQUFLLElBQU8sRUFBRSxDQUFDO0FBQzFJLENBQUM7QUFFRCxLQUFLLDZDQUE2QyxNQUFNO0FBQ3RELFFBQU0sWUFBWSxFQUFFLFVBQVUsRUFBRSxTQUFTLEVBQUUsT0FBTyxNQUFNLFFBQVEsRUFBRSxNQUFNLFNBQVMsRUFBRSxFQUFFLEdBQUcsYUFBYSxDQUFDLEdBQUcsUUFBUSxFQUFFLGtCQUFrQixFQUFFLFFBQVEsRUFBRSxNQUFNLFNBQVMsRUFBRSxFQUFFLEVBQUU7QUFDdEssUUFBTSxPQUFPLEtBQUssTUFBTSxTQUFTLFNBQVMsQ0FBQztBQUMzQyxTQUFPLFVBQVUsS0FBSyxjQUFjLENBQUMsaUJBQWlCLGFBQWEsQ0FBQztBQUNwRSxTQUFPLFVBQVUsS0FBSyxRQUFRLEVBQUUsa0JBQWtCLEVBQUUsYUFBYSx5QkFBeUIsUUFBUSxFQUFFLE1BQU0sU0FBUyxFQUFFLEVBQUUsQ0FBQztBQUN4SCxTQUFPLFVBQVUsS0FBSyxTQUFTLENBQUMsRUFBRSxlQUFlLEVBQUUsTUFBTSxTQUFTLENBQUM7QUFDbkUsU0FBTyxNQUFNLEtBQUssWUFBWSxDQUFDLEVBQUUsYUFBYSxTQUFTO0FBQ3pELENBQUM7QUFFRCxLQUFLLHdCQUF3QixNQUFNO0FBQ2pDLFNBQU8sT0FBTyxNQUFNLFFBQVEsV0FBVyxNQUFNLENBQUMsR0FBRyxrQ0FBa0M7QUFDckYsQ0FBQzsiLAogICJuYW1lcyI6IFsidGV4dCIsICJ2YWx1ZSIsICJ0ZXh0IiwgImNhbGwiLCAicGxhY2UiLCAidGV4dCIsICJldmVudCIsICJjYWxsIiwgImF0IiwgInRleHQiLCAiYXQiLCAicGxhY2UiLCAicGxhY2VzIiwgImF0IiwgImtub3duIiwgImZhaWx1cmUiLCAidGV4dCIsICJhdCIsICJzZW5kIiwgInRleHQiLCAicGxhY2UiLCAiYXQiXQp9Cg==
