#!/usr/bin/env node
// Builds a component of the handlers of a project: tasker-build [FOLDER] [--out FILE]. What it does goes to standard error,
// the path of the component to standard output.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { check } from "./check.mjs";
import { disguised, revealed, withDisguisedWit } from "./http.mjs";
import { lines } from "./lines.mjs";
import { Problem, SDK, load, open, sdkPlugin } from "./project.mjs";

const HTTP = "wasi:http/outgoing-handler";

async function bundle(project, described) {
  const esbuild = load(project, "esbuild");
  const start = `start(${JSON.stringify(described)}, globalThis.__taskerLines ?? { sources: [], deltas: [] });`;
  const parts = Object.keys(described.subscribers).length > 0 ? ["handler", "subscriber", "descriptor"] : ["handler", "descriptor"];
  const result = await esbuild.build({
    stdin: {
      // The SDK comes first: it makes the console and the promises that the handlers use.
      contents: `import { start } from "@tasker/sdk/component";\nimport "./${project.entry}";\n${start}\nexport { ${parts.join(", ")} } from "@tasker/sdk/component";\n`,
      resolveDir: project.root,
      sourcefile: "entry.js",
    },
    absWorkingDir: project.root,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["tasker"],
    external: ["tasker:*", "wasi:*"],
    plugins: [sdkPlugin],
    target: "es2024",
    // Promises settle inside of the component, so that functions may not use the engine's own.
    supported: { "async-await": false, "async-generator": false, "for-await": false },
    sourcemap: "external",
    outdir: path.join(project.root, "build"),
    metafile: true,
    write: false,
    logLevel: "silent",
  }).catch((error) => {
    const told = esbuild.formatMessagesSync?.(error.errors ?? [], { kind: "error" }) ?? [];
    throw new Problem(told.length > 0 ? told.join("").trimEnd() : error.message);
  });
  const [map, code] = ["map", "js"].map((ending) => result.outputFiles.find((file) => file.path.endsWith(ending)).text);
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
  return { code, map: JSON.parse(map), hasHttp: imports.some((one) => one.path.startsWith(HTTP)) };
}

/** The bundle with what traces are read with; it comes last, so that no line moves, and runs first. */
function withLines({ code, map }, project) {
  const name = (source) => {
    const file = path.resolve(project.root, "build", source);
    const within = path.relative(SDK, file);
    return within.startsWith("..") ? path.relative(project.root, file) : `@tasker/sdk/${within}`;
  };
  const found = JSON.stringify(lines(map, name));
  return code.replace("globalThis.__taskerLines ?? { sources: [], deltas: [] }", () => found);
}

function world({ subscribers, handlers }, hasHttp) {
  const [hasSubscribers, hasHandlers] = [subscribers, handlers].map((of) => Object.keys(of).length > 0);
  const holds = hasSubscribers ? (hasHandlers ? "handlers-and-subscribers" : "subscribers") : "handlers";
  return hasHttp ? `${holds}-http` : holds;
}

async function component(project, { file, text, world, hasHttp }) {
  const { componentize } = load(project, "componentize-qjs");
  const make = async (witPath) => {
    const moduleRoot = path.dirname(file);
    const made = await componentize({ witPath, jsSource: text, jsPath: file, moduleRoot, world, optSize: true, sync: true });
    return made.component;
  };
  const wit = path.join(SDK, "wit");
  return hasHttp ? revealed(await withDisguisedWit(wit, make)) : make(wit);
}

async function main() {
  const argv = process.argv.slice(2);
  const at = argv.indexOf("--out");
  const out = at === -1 ? undefined : argv.splice(at, 2)[1];
  const project = open(argv[0] ?? ".");
  const say = (what) => console.error(`  ${what}`);
  say(`checking the types of ${project.entry}`);
  const described = check(project);
  say("bundling");
  const bundled = await bundle(project, described);
  const file = path.resolve(out ?? path.join(project.root, "build", "component.wasm"));
  mkdirSync(path.dirname(file), { recursive: true });
  const source = file.replace(/\.wasm$/, ".js");
  const { hasHttp } = bundled;
  const code = withLines(bundled, project);
  const text = hasHttp ? disguised(code) : code;
  writeFileSync(source, text);
  say("making the component");
  writeFileSync(file, await component(project, { file: source, text, world: world(described, hasHttp), hasHttp }));
  console.log(file);
}

main().catch((error) => {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
});
