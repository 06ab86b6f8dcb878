#!/usr/bin/env node
// Runs the tests of a project with Node.js's own runner, TypeScript or not: tasker-test [FOLDER or FILES].
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { Problem, load, open, sdkPlugin } from "./project.mjs";

const IS_TEST = /\.test\.[mc]?[jt]s$/;

function tests(at) {
  if (!statSync(at).isDirectory()) return [at];
  const inside = readdirSync(at, { recursive: true }).filter((file) => IS_TEST.test(file) && !file.includes("node_modules"));
  return inside.map((file) => path.join(at, file));
}

async function main() {
  const project = open(".");
  const wanted = process.argv.slice(2);
  const files = (wanted.length > 0 ? wanted : ["src"]).flatMap(tests);
  if (files.length === 0) throw new Problem("there are no tests: files that end in .test.ts or .test.js");
  const out = mkdtempSync(path.join(project.root, ".tasker-test-"));
  try {
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
    const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built.map((file) => path.join(out, file))], { stdio: "inherit" });
    process.exitCode = run.status ?? 1;
  } finally {
    rmSync(out, { recursive: true });
  }
}

main().catch((error) => {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
});
