// Checks the types of a project, and reads the schemas from them.
import { existsSync } from "node:fs";
import path from "node:path";
import { Problem, SDK, load } from "./project.mjs";
import { describe } from "./schemas.mjs";

/** The options that a project is checked with, where its tsconfig.json says nothing else. */
function options(ts, project) {
  const file = path.join(project.root, "tsconfig.json");
  const own = existsSync(file) ? ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, project.root).options : {};
  const { paths } = { paths: { "@tasker/sdk": [`${SDK}/src/index.ts`], "@tasker/sdk/http": [`${SDK}/src/http/native.ts`], "@tasker/sdk/testing": [`${SDK}/src/testing.ts`] } };
  return {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    skipLibCheck: true,
    types: [],
    ...own,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    allowJs: true,
    noEmit: true,
    paths: { ...own.paths, ...paths },
  };
}

/** Handlers, subscribers and events of a project, with their schemas. */
export function check(project) {
  const ts = load(project, "typescript");
  const root = path.join(project.root, project.entry);
  const globals = path.join(SDK, "src/globals.d.ts");
  const program = ts.createProgram([root, globals], options(ts, project));
  const diagnostics = ts.getPreEmitDiagnostics(program);
  if (diagnostics.length > 0) {
    const host = { getCurrentDirectory: () => project.root, getCanonicalFileName: (name) => name, getNewLine: () => "\n" };
    throw new Problem(ts.formatDiagnostics(diagnostics, host).trimEnd());
  }
  const { problems, ...described } = describe(ts, program, SDK, project.root);
  if (problems.length > 0) throw new Problem(problems.join("\n"));
  return described;
}
