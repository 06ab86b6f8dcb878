// What is known of the folder that is built.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Where the SDK is. */
export const SDK = realpathSync(fileURLToPath(new URL("..", import.meta.url)));

const ENTRIES = ["src/handlers.ts", "src/index.ts", "src/handlers.js", "src/index.js"];

/** A problem that the author can mend: its message is all that is shown. */
export class Problem extends Error {}

/** Where modules are looked for, beside the folders above the source. */
export const NODE_PATHS = ["node_modules"];

/** Reads the package.json of a project. */
export function open(folder) {
  const root = realpathSync(folder);
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const wanted = manifest.tasker?.entry;
  const entry = [wanted ?? ENTRIES].flat().find((one) => existsSync(path.join(root, one)));
  if (entry === undefined) {
    throw new Problem(`there is no ${wanted ?? ENTRIES.join(", ")}; name the file with the handlers as "tasker": {"entry": …} in package.json`);
  }
  const require = createRequire(path.join(root, "package.json"));
  return { root, manifest, entry, require };
}

/** A package of the project's own. */
export function load({ require }, name) {
  try {
    return require(name);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new Problem(`${name} is not installed; run \`npm install\``);
  }
}

/** Makes `@tasker/sdk` this SDK, wherever the project has it from. */
export const sdkPlugin = {
  name: "tasker-sdk",
  setup(build) {
    const exports = JSON.parse(readFileSync(path.join(SDK, "package.json"), "utf8")).exports;
    build.onResolve({ filter: /^@tasker\/sdk(\/|$)/ }, ({ path: wanted }) => {
      const found = exports[wanted.replace("@tasker/sdk", ".")];
      if (found === undefined) return { errors: [{ text: `the SDK has no ${wanted}` }] };
      const isComponent = build.initialOptions.conditions?.includes("tasker") === true;
      const target = typeof found === "string" ? found : found[isComponent ? "tasker" : "default"];
      return { path: path.join(SDK, target) };
    });
  },
};
