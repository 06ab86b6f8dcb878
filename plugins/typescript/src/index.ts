/**
 * Write Tasker step handlers, and subscribers to events, as plain typed functions.
 *
 *     import { handler, Failure } from "@tasker/sdk";
 *
 *     interface Greet { name: string }
 *
 *     // Greets whoever the input names.
 *     export const greet = handler("greet", (input: Greet) => {
 *       if (input.name.trim() === "") throw Failure.permanent("nobody", "there is no one to greet");
 *       return { text: `Hello, ${input.name}!` };
 *     });
 *
 * A fresh instance runs every attempt, so nothing is kept between two. What stands outside of functions runs once, when
 * the component is built.
 */
export { Context } from "./context.ts";
export { Failure, type FailureOptions, INTERNAL, type Retry } from "./failure.ts";
export type { Found, Kv } from "./kv.ts";
export { type Fields, type Level, log } from "./log.ts";
export {
  Checkpoint,
  type DeclaredEvent,
  type Event,
  type HandlerOptions,
  capabilities,
  checkpoint,
  event,
  handler,
  subscriber,
} from "./registry.ts";
