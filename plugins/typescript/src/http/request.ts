import { write } from "../json.ts";
import { encode } from "../utf8.ts";
import type { RequestOptions, Response } from "./response.ts";

/** A request that is ready to be sent. */
export interface Request {
  method: string;
  url: string;
  headers: [string, string][];
  body: Uint8Array;
  timeoutMs: number;
  maxBodyBytes: number;
}

/** Sends a request and reads the whole response. */
export type Send = (request: Request) => Response;

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BODY_BYTES = 8 << 20;

function prepared(method: string, url: string, options: RequestOptions): Request {
  const headers = Object.entries(options.headers ?? {});
  const has = (name: string) => headers.some(([header]) => header.toLowerCase() === name);
  let body = options.body ?? "";
  if (options.json !== undefined) {
    body = write("body", options.json);
    if (!has("content-type")) headers.push(["content-type", "application/json"]);
  }
  const bytes = typeof body === "string" ? encode(body) : body;
  if (bytes.length > 0 && !has("content-length")) headers.push(["content-length", String(bytes.length)]);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return { method, url, headers, body: bytes, timeoutMs, maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES };
}

/** The functions that send requests, with this behind them. */
export function sender(send: Send) {
  const request = (method: string, url: string, options: RequestOptions = {}): Response => send(prepared(method, url, options));
  return {
    /**
     * Sends a request and reads the whole response, whatever its status. Fails for good with `http_invalid_request`,
     * `http_denied` (not granted) or `http_body_too_large`, retryably with `http_timeout` or `http_failed`.
     */
    request,
    /** Sends a GET request. */
    get: (url: string, options?: RequestOptions): Response => request("GET", url, options),
    /** Sends a POST request. */
    post: (url: string, options?: RequestOptions): Response => request("POST", url, options),
    /** Sends a PUT request. */
    put: (url: string, options?: RequestOptions): Response => request("PUT", url, options),
    /** Sends a PATCH request. */
    patch: (url: string, options?: RequestOptions): Response => request("PATCH", url, options),
    /** Sends a DELETE request. */
    delete: (url: string, options?: RequestOptions): Response => request("DELETE", url, options),
  };
}
