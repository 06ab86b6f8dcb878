/** What an SDK asks of the host; a test makes it up. All values are JSON text. */
export interface Host {
  taskId(): string;
  namespace(): string;
  stepName(): string;
  attempt(): number;
  maxAttempts(): number;
  idempotencyKey(): string;
  correlationId(): string;
  traceparent(): string | undefined;
  remainingMs(): number;
  taskInput(): string;
  dependency(step: string): string | undefined;
  config(): string;
  lastCheckpoint(): string | undefined;
  heartbeat(progress: string | undefined): boolean;
  secret(name: string): string;
  secretInClear(name: string): string;
  kvGet(bucket: string, key: string): { value: string; version: number } | undefined;
  kvSet(bucket: string, key: string, value: string): void;
  kvCompareAndSet(bucket: string, key: string, expected: number | undefined, value: string): void;
  kvDelete(bucket: string, key: string): void;
  kvListKeys(bucket: string, prefix: string, limit: number): string[];
  sendEvent(name: string, payload: string): void;
}

/** Why the host refused a call: `unknown`, `not-granted`, `invalid`, `conflict`, or what a later host says. */
export class Refused extends Error {
  constructor(
    readonly reason: string,
    readonly why: string = "",
  ) {
    super(`the host refused it: ${reason} ${why}`);
  }
}
