/** Builds `dist/`: the library as JavaScript with declarations, and the command. */

import { execFileSync } from "node:child_process"
import fs from "node:fs"
import path from "node:path"
import { bundle } from "../cli/bundle.mjs"

const root = path.dirname(import.meta.dirname)
const target = path.join(root, "dist")

fs.rmSync(target, { recursive: true, force: true })
execFileSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
})
const { outputs } = await bundle(root)
fs.mkdirSync(path.join(target, "cli"), { recursive: true })
for (const { name, contents } of outputs) fs.writeFileSync(path.join(target, "cli", name), contents)
