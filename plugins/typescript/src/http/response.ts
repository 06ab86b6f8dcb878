import { Failure } from "../failure.ts";
import { read } from "../json.ts";
import { decode } from "../utf8.ts";

/** What a request has besides its method and URL. */
export interface RequestOptions {
  headers?: Record<string, string>;
  /** The body as text or bytes. */
  body?: string | Uint8Array;
  /** The body as JSON, with its content type. */
  json?: unknown;
  /** How long to wait for a connection, for the first byte, and between two pieces of the body; 10 s by default. */
  timeoutMs?: number;
  /** How many bytes the response's body may have; 8 MiB by default. */
  maxBodyBytes?: number;
}

/** A response, read to its end. */
export class Response {
  constructor(
    readonly url: string,
    readonly status: number,
    readonly headers: [string, string][],
    readonly body: Uint8Array,
  ) {}

  /** The first header of that name, in any case. */
  header(name: string): string | undefined {
    const lower = name.toLowerCase();
    return this.headers.find(([header]) => header.toLowerCase() === lower)?.[1];
  }

  /** The body as text; a permanent failure `http_invalid_body` where it isn't UTF-8. */
  text(): string {
    const text = decode(this.body);
    if (text === undefined) throw Failure.permanent("http_invalid_body", `the body of ${this.url} is not UTF-8`);
    return text;
  }

  /** The body read as JSON; a permanent failure `invalid_body` where it is none. */
  json<T = unknown>(): T {
    return read("body", this.text()) as T;
  }

  /**
   * The response if its status is 2xx, else a failure `http_status` with the status in its details: retryable for 408, 425,
   * 429 and 5xx, after `Retry-After` where that says seconds.
   */
  success(): this {
    const { status, url } = this;
    if (status >= 200 && status < 300) return this;
    const message = `${url} answered with status ${status}`;
    const details = { details: { status } };
    const mayPass = [408, 425, 429].includes(status) || (status >= 500 && status < 600);
    if (!mayPass) throw Failure.permanent("http_status", message, details);
    const seconds = this.header("retry-after")?.trim() ?? "";
    if (/^\d+$/.test(seconds)) throw Failure.retryAfter(Number(seconds) * 1000, "http_status", message, details);
    throw Failure.retryable("http_status", message, details);
  }
}
