/** How much a line matters. */
export type Level = "trace" | "debug" | "info" | "warn" | "error";

/** Names and values beside a message. */
export type Fields = Record<string, unknown>;

/** Where lines go: the attempt's log, or standard error of a test. */
export type Sink = (level: Level, message: string, fields: [string, string][]) => void;

let sink: Sink = (level, message, fields) => {
  const words = fields.map(([name, value]) => ` ${name}=${value}`);
  console.error(`${level} ${message}${words.join("")}`);
};

/** Sends lines elsewhere. */
export function setSink(to: Sink): void {
  sink = to;
}

function writer(level: Level) {
  return (message: string, fields: Fields = {}): void => {
    const texts = Object.entries(fields).map(([name, value]): [string, string] => [name, text(value)]);
    sink(level, message, texts);
  };
}

/** The attempt's log: `log.info("charging", { order_id: id })`. What `console` prints goes there as well. */
export const log = {
  trace: writer("trace"),
  debug: writer("debug"),
  info: writer("info"),
  warn: writer("warn"),
  error: writer("error"),
};

/** A value as people read it. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value, (_key, member) => (typeof member === "bigint" ? `${member}` : member));
  } catch {
    return String(value);
  }
}
