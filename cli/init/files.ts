/**
 * The files of a new project. Its TypeScript is in `templates/project`, where it is checked as part
 * of the repository.
 */

import * as fs from "node:fs"
import * as path from "node:path"

/** By path in the project, in the order in which a reader should look at them. */
export const projectFiles = (assayRoot: string): ReadonlyMap<string, string> => {
  const templates = path.join(assayRoot, "templates", "project")
  const sources = ["pipeline.ts", "response-lengths.stage.ts", "response-lengths.ts"]
  return new Map([
    ...sources.map((name) => [name, fs.readFileSync(path.join(templates, name), "utf8")] as const),
    ["tsconfig.json", jsonText(tsconfig)],
    [".gitignore", gitignore],
    [".vscode/settings.json", jsonText(editor)],
  ])
}

/** A project is compiled by Assay as it runs; tsc only checks it. */
const tsconfig = {
  compilerOptions: {
    target: "esnext",
    module: "nodenext",
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
}

const gitignore = "node_modules/\n.assay/\n"

/**
 * The editor checks with the project's own TypeScript, and does not search or watch what Assay
 * stores.
 */
const editor = {
  "typescript.tsdk": "node_modules/typescript/lib",
  "files.watcherExclude": { "**/.assay/**": true },
  "search.exclude": { "**/.assay/**": true },
}

export const jsonText = (value: unknown, indent: string | number = 2): string => `${JSON.stringify(value, null, indent)}\n`
