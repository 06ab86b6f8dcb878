#!/usr/bin/env node
// Runs the tests of a project with Node.js's own runner, TypeScript or not: tasker-test [FOLDER or FILES].
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { Problem, load, open, sdkPlugin } from "./project.mjs";

const IS_TEST = /\.test\.([jt]s|mjs)$/;
/** What Node.js runs as it is. */
const IS_MODULE = /\.mjs$/;

function tests(at) {
  if (!statSync(at).isDirectory()) return [at];
  const inside = readdirSync(at, { recursive: true }).filter((file) => IS_TEST.test(file) && !file.includes("node_modules"));
  return inside.map((file) => path.join(at, file));
}

/** Tests and what they test in files that Node.js runs. */
async function bundled(project, files, out) {
  await load(project, "esbuild").build({
    entryPoints: files,
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    plugins: [sdkPlugin],
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const built = readdirSync(out, { recursive: true }).filter((file) => file.endsWith(".mjs"));
  return built.map((file) => path.join(out, file));
}

async function main() {
  const project = open(".");
  const wanted = process.argv.slice(2);
  const files = (wanted.length > 0 ? wanted : ["src"]).flatMap(tests);
  if (files.length === 0) throw new Problem("there are no tests: files that end in .test.ts or .test.js");
  // Packages are found from there as from the source.
  const cache = path.join(project.root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(path.join(cache, "tasker-test-"));
  try {
    const modules = files.filter((file) => IS_MODULE.test(file));
    const others = files.filter((file) => !IS_MODULE.test(file));
    const all = [...modules, ...(others.length > 0 ? await bundled(project, others, out) : [])];
    const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...all], { stdio: "inherit" });
    process.exitCode = run.status ?? 1;
  } finally {
    rmSync(out, { recursive: true });
  }
}

main().catch((error) => {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
});
