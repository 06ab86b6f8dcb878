/** Whether and when the host may try a failed step again. */
export type Retry = "policy" | "never" | { afterMs: number };

/** The code of a failure that came from an ordinary exception. */
export const INTERNAL = "internal";

/** What a failure may say besides its code and message. */
export interface FailureOptions {
  /** For machines: anything that JSON can say. */
  details?: unknown;
  /** The error behind it. */
  cause?: unknown;
}

/**
 * Why an attempt failed. Throw it; any other exception becomes a retryable failure with the code `internal`, the message
 * of the exception, its place and its trace.
 */
export class Failure extends Error {
  readonly details: unknown;

  constructor(
    /** Lower case with underscores or dots, such as `card_declined`; at most 100 bytes. */
    readonly code: string,
    message: string,
    /** When the host may try again. */
    readonly retry: Retry = "policy",
    options: FailureOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.details = options.details;
  }

  /** A failure that another attempt would only repeat: the step ends here. */
  static permanent(code: string, message: string, options?: FailureOptions): Failure {
    return new Failure(code, message, "never", options);
  }

  /** A failure that may pass: tried again as the step's retry policy says. */
  static retryable(code: string, message: string, options?: FailureOptions): Failure {
    return new Failure(code, message, "policy", options);
  }

  /** A failure that may pass, but not within this many milliseconds. */
  static retryAfter(ms: number, code: string, message: string, options?: FailureOptions): Failure {
    return new Failure(code, message, { afterMs: ms }, options);
  }
}
