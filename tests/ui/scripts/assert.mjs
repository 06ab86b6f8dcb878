export function assert(holds, message) {
  if (!holds) throw new Error(message);
}
