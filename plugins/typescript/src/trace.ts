import { text } from "./log.ts";

/** Which line of which source each line of the bundle came from, as the build wrote it: source and line, or nothing. */
export interface Lines {
  sources: string[];
  /** For each line of the bundle `[source, line]` as differences from the line before, all in one list. */
  deltas: number[];
}

let places: ([string, number] | undefined)[] | undefined;
let encoded: Lines | undefined;

/** Says where the lines of the bundle came from. */
export function setLines(lines: Lines): void {
  encoded = lines;
}

function decode(): ([string, number] | undefined)[] {
  const { sources, deltas } = encoded ?? { sources: [], deltas: [] };
  let [source, line] = [0, 0];
  const decoded: ([string, number] | undefined)[] = [];
  for (let at = 0; at < deltas.length; at += 2) {
    source += deltas[at] ?? 0;
    line += deltas[at + 1] ?? 0;
    const name = sources[source];
    decoded.push(name === undefined || line === 0 ? undefined : [name, line]);
  }
  return decoded;
}

/** The frames of an error, innermost first, with the places of the source. */
export function frames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const lines = stack.split("\n").map((line) => line.trim());
  const all = lines.filter((line) => line.startsWith("at ")).map((line) => inSource(line.slice(3)));
  const own = all.filter((frame) => !frame.includes("@tasker/sdk/") && !frame.includes("(native)"));
  return own.length > 0 ? own : all;
}

function inSource(frame: string): string {
  places ??= decode();
  return frame.replace(/(?:file:\/\/)?[^\s()]*?:(\d+):\d+/, (whole, line: string) => {
    const place = places?.[Number(line) - 1];
    return place === undefined ? whole : `${place[0]}:${place[1]}`;
  });
}

/** The place of the innermost frame that is not the SDK's: `src/handlers.ts:12`. */
export function place(trace: string[]): string | undefined {
  const places = trace.map((frame) => /[^\s()]+:\d+/.exec(frame)?.[0]);
  return places.find((place) => place !== undefined && !place.includes("@tasker/sdk"));
}

/** The message of an error with those of its causes. */
export function withCauses(error: unknown): string {
  const messages = [error instanceof Error && error.name === "Failure" ? error.message : text(error)];
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause !== undefined && depth < 10; depth += 1) {
    messages.push(text(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages.join(": ");
}
