/** What the host answered with, of what a call to it threw: the engine wraps it in an error. */
export function thrown(error: unknown): unknown {
  const wrapped = error as { payload?: unknown } | null;
  return error instanceof Error && wrapped?.payload !== undefined ? wrapped.payload : error;
}
