import * as outgoing from "wasi:http/outgoing-handler@0.2.12";
import * as types from "wasi:http/types@0.2.12";
import { Failure } from "../failure.ts";
import { type Request, sender } from "./request.ts";
import { Response } from "./response.ts";
import { thrown } from "../thrown.ts";
import { decode, encode } from "../utf8.ts";

export { type RequestOptions, Response } from "./response.ts";

/** `wasi:io` takes this much in one blocking write. */
const WRITE_BYTES = 4096;
const READ_BYTES = 65536;
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
const DENIED = ["HTTP-request-denied", "destination-IP-prohibited"];
const TIMEOUTS = ["connection-timeout", "connection-read-timeout", "connection-write-timeout", "HTTP-response-timeout", "DNS-timeout"];

/** Outgoing HTTP, to the destinations that the component was granted. */
export const http = sender(send);

/** Says what requests of a test are answered with; in a component there is a host. */
export function answerWith(): void {
  throw new Error("answerWith() is for tests");
}

function send(request: Request): Response {
  const sent = prepared(request);
  const body = sent.body();
  let pending: types.FutureIncomingResponse;
  try {
    pending = outgoing.handle(sent, options(request));
  } catch (error) {
    throw failed(request, thrown(error));
  }
  // Where the body could not be written, what comes back says why.
  try {
    writeBody(request.body, body);
  } catch {}
  pending.subscribe().block();
  const answer = pending.get();
  if (answer === null || answer.tag === "err") throw failed(request, answer);
  if (answer.val.tag === "err") throw failed(request, answer.val.val);
  return response(request, answer.val.val);
}

function prepared(request: Request): types.OutgoingRequest {
  const url = /^(https?):\/\/([^/?#]+)([^#]*)/.exec(request.url);
  if (url === null) throw invalid(request, "it is no http:// or https:// URL");
  const [, scheme, authority = "", rest = ""] = url;
  const sent = new types.OutgoingRequest(fields(request));
  const method = METHODS.includes(request.method) ? { tag: request.method.toLowerCase() } : { tag: "other", val: request.method };
  const set = (what: string, call: () => void) => {
    try {
      call();
    } catch {
      throw invalid(request, `its ${what} is none`);
    }
  };
  set("method", () => sent.setMethod(method as types.Method));
  set("scheme", () => sent.setScheme({ tag: scheme === "https" ? "HTTPS" : "HTTP" }));
  set("host", () => sent.setAuthority(authority));
  set("path", () => sent.setPathWithQuery(rest.startsWith("/") ? rest : `/${rest}`));
  return sent;
}

function fields(request: Request): types.Fields {
  const fields = new types.Fields();
  for (const [name, value] of request.headers) {
    try {
      fields.append(name, encode(value));
    } catch (error) {
      throw invalid(request, `its header \`${name}\` is refused: ${tagOf(error)}`);
    }
  }
  return fields;
}

function options({ timeoutMs }: Request): types.RequestOptions {
  const options = new types.RequestOptions();
  const nanoseconds = Math.trunc(timeoutMs * 1_000_000);
  options.setConnectTimeout(nanoseconds);
  options.setFirstByteTimeout(nanoseconds);
  options.setBetweenBytesTimeout(nanoseconds);
  return options;
}

function writeBody(bytes: Uint8Array, body: types.OutgoingBody): void {
  if (bytes.length > 0) {
    const stream = body.write();
    for (let at = 0; at < bytes.length; at += WRITE_BYTES) stream.blockingWriteAndFlush(bytes.slice(at, at + WRITE_BYTES));
    stream[Symbol.dispose]();
  }
  types.OutgoingBody.finish(body, null);
}

function response(request: Request, incoming: types.IncomingResponse): Response {
  const headers = incoming.headers().entries();
  const texts = headers.map(([name, value]): [string, string] => [name, decode(value) ?? String.fromCharCode(...value)]);
  const status = incoming.status();
  return new Response(request.url, status, texts, readBody(request, incoming.consume()));
}

function readBody(request: Request, body: types.IncomingBody): Uint8Array {
  const stream = body.stream();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    let piece: Uint8Array;
    try {
      piece = Uint8Array.from(stream.blockingRead(READ_BYTES));
    } catch (error) {
      if (tagOf(error) === "closed") break;
      throw broken(request, error);
    }
    length += piece.length;
    if (length > request.maxBodyBytes) {
      const message = `the body of ${request.url} has more than ${request.maxBodyBytes} bytes`;
      throw Failure.permanent("http_body_too_large", message);
    }
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function tagOf(thrownError: unknown): string {
  const error = thrown(thrownError);
  if (typeof error === "object" && error !== null && "tag" in error) return String(error.tag);
  return error instanceof Error ? error.message : String(error);
}

function invalid({ method, url }: Request, why: string): Failure {
  return Failure.permanent("http_invalid_request", `${method} ${url} cannot be sent: ${why}`);
}

function broken(request: Request, error: unknown): Failure {
  const inner = (thrown(error) as { val?: types.IoError } | null)?.val;
  const code = inner === undefined ? null : types.httpErrorCode(inner);
  if (code !== null) return failed(request, code);
  return Failure.retryable("http_failed", `the body of ${request.url} broke off: ${tagOf(error)}`);
}

function failed({ url, timeoutMs }: Request, error: unknown): Failure {
  const tag = tagOf(error);
  const why = (error as { val?: unknown } | null)?.val;
  const told = why === undefined || why === null ? tag : `${tag}: ${typeof why === "string" ? why : JSON.stringify(why)}`;
  if (DENIED.includes(tag)) return Failure.permanent("http_denied", `this component may not send to ${url}`);
  if (TIMEOUTS.includes(tag)) return Failure.retryable("http_timeout", `${url} took longer than ${timeoutMs} ms: ${told}`);
  return Failure.retryable("http_failed", `${url}: ${told}`);
}
