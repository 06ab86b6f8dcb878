import { type Send, sender } from "./request.ts";
import { Failure } from "../failure.ts";

export { type RequestOptions, Response } from "./response.ts";

let send: Send = ({ method, url }) => {
  throw Failure.permanent("http_failed", `no host to send ${method} ${url} here; a test says what is answered by answerWith()`);
};

/** Says what requests of a test are answered with. */
export function answerWith(answer: Send): void {
  send = answer;
}

/** Outgoing HTTP, to the destinations that the component was granted. */
export const http = sender((request) => send(request));
