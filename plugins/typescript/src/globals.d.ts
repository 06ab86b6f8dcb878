// What a component has besides the language itself. There is no DOM and no Node.js.

interface Console {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  trace(...values: unknown[]): void;
}

declare var console: Console;
declare function queueMicrotask(job: () => void): void;
declare function btoa(text: string): string;
declare function atob(text: string): string;
