/**
 * Builds `dist/`: the library as JavaScript with declarations, the command, and the page of
 * `assay ui`.
 */

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { isBuiltin } from "node:module"
import path from "node:path"
import { bundle } from "../cli/bundle.mjs"
import { bundleClient } from "../ui/bundle.mjs"

const root = path.dirname(import.meta.dirname)
const target = path.join(root, "dist")

fs.rmSync(target, { recursive: true, force: true })
execFileSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
})
/** The package that a specifier names: "@effect/platform-node" of "@effect/platform-node/Path". */
const packageOf = (specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)[0]

/** Writes the files of a bundle into a folder of `dist/`. */
const write = (folder, outputs) => {
  fs.mkdirSync(path.join(target, folder), { recursive: true })
  for (const { name, contents } of outputs) fs.writeFileSync(path.join(target, folder, name), contents)
}

const command = await bundle(root)
const { dependencies } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"))
const undeclared = command.imports.filter((specifier) => !isBuiltin(specifier) && !(packageOf(specifier) in dependencies))
if (undeclared.length > 0) throw new Error(`the command imports what a user does not get: ${[...new Set(undeclared)].join(", ")}`)

write("cli", command.outputs)
write("ui", (await bundleClient(root)).outputs)
