#!/usr/bin/env node
/**
 * Starts the command. An installed package brings it built, in `dist/cli`. A clone has TypeScript
 * sources, which Node cannot run: they are bundled when they changed, once, into a cache beside the
 * installed packages.
 */

import fs from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/**
 * Whether this is a package that was installed: it does not change, and the folder that it lies in
 * is not ours to write to.
 */
const isInstalled = root.split(path.sep).includes("node_modules")

const entry = async () => path.join(isInstalled ? built() : await bundled(), "main.js")

const built = () => {
  const folder = path.join(root, "dist/cli")
  if (fs.existsSync(folder)) return folder
  throw new Error(`${root} holds no built command: the package was packed without being built; make it with "npm run package"`)
}

/** Imported only here: an installed package does not bring it. */
const bundled = async () => {
  const { keptBundle } = await import("./kept-bundle.mjs")
  return keptBundle({
    root,
    kind: "command",
    make: async () => {
      const { bundle } = await import("./bundle.mjs")
      const { outputs, inputs } = await bundle(root, addressOf)
      return { outputs, files: ["cli/assay.mjs", "cli/kept-bundle.mjs", "cli/bundle.mjs", "package-lock.json", ...inputs] }
    },
  })
}

/** Packages are named by where they are now: the cache may lie where Node would not find them. */
const addressOf = (specifier, kind) =>
  kind === "require-call" ? createRequire(import.meta.url).resolve(specifier) : import.meta.resolve(specifier)

try {
  const { main } = await import(pathToFileURL(await entry()).href)
  main(root)
} catch (error) {
  const remedy = isInstalled ? "install it again" : `run "npm ci" in ${root}`
  const missing = error.code === "ERR_MODULE_NOT_FOUND" ? `; ${remedy}` : ""
  process.stderr.write(`assay: cannot start: ${error.message}${missing}\n`)
  process.exitCode = 1
}
