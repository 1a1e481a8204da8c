#!/usr/bin/env node
/**
 * Starts the command. An installed package brings it built, in `dist/cli`. A clone has TypeScript
 * sources, which Node cannot run: they are bundled when they changed, once, into a cache beside the
 * installed packages. What the cache holds is named by its content: processes that start at once
 * write the same bytes to the same place.
 */

import { createHash } from "node:crypto"
import fs from "node:fs"
import { createRequire } from "node:module"
import os from "node:os"
import path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

const dayInMilliseconds = 24 * 60 * 60 * 1000

/** Where bundles are kept: with the packages, or with the user where those may not be written. */
const caches = () => {
  const home = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache")
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16)
  return [path.join(root, "node_modules/.cache/assay"), path.join(home, "assay", name)]
}

/**
 * The bundle that a cache recorded, if every file it was made of still has the size and time it had
 * then.
 */
const fresh = (cache) => {
  try {
    const { bundle, files } = JSON.parse(fs.readFileSync(path.join(cache, "command.json"), "utf8"))
    const entry = path.join(cache, bundle, "main.js")
    const unchanged = files.every(([file, size, modified]) => {
      const now = fs.statSync(path.join(root, file))
      return now.size === size && now.mtimeMs === modified
    })
    return unchanged && fs.existsSync(entry) ? entry : undefined
  } catch {
    return undefined
  }
}

/** Packages are named by where they are now: the cache may lie where Node would not find them. */
const addressOf = (specifier, kind) =>
  kind === "require-call" ? createRequire(import.meta.url).resolve(specifier) : import.meta.resolve(specifier)

const make = async () => {
  const started = Date.now()
  const { bundle } = await import("./bundle.mjs")
  const { outputs, inputs } = await bundle(root, addressOf)
  const hash = createHash("sha256")
  for (const { name, contents } of outputs) hash.update(`${name}\0${contents.length}\0`).update(contents)
  const files = ["cli/assay.mjs", "cli/bundle.mjs", "package-lock.json", ...inputs].filter((file) => fs.existsSync(path.join(root, file)))
  const made = { name: `command-${hash.digest("hex").slice(0, 32)}`, outputs, files, started }
  const refusals = []
  for (const cache of caches()) {
    try {
      return keep(cache, made)
    } catch (error) {
      refusals.push(error.message)
    }
  }
  throw new Error(`no folder to keep its bundle in: ${refusals.join("; ")}`)
}

/** Writes a bundle whole or not at all, and returns its entry. */
const keep = (cache, { name, outputs, files, started }) => {
  const folder = path.join(cache, name)
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(cache, { recursive: true, mode: 0o700 })
    const draft = fs.mkdtempSync(path.join(cache, "draft-"))
    for (const output of outputs) fs.writeFileSync(path.join(draft, output.name), output.contents)
    try {
      fs.renameSync(draft, folder)
    } catch (error) {
      fs.rmSync(draft, { recursive: true })
      if (!fs.existsSync(folder)) throw error
    }
  }
  const facts = files.map((file) => ({ file, ...fs.statSync(path.join(root, file)) }))
  // A file that was written meanwhile may not be what was bundled: the next start looks again.
  if (facts.every(({ mtimeMs }) => mtimeMs < started)) {
    const draft = path.join(cache, `command.json.${process.pid}`)
    fs.writeFileSync(draft, JSON.stringify({ bundle: name, files: facts.map(({ file, size, mtimeMs }) => [file, size, mtimeMs]) }))
    fs.renameSync(draft, path.join(cache, "command.json"))
  }
  discardOld(cache, name)
  return path.join(folder, "main.js")
}

/**
 * Bundles of yesterday and before; a command that still runs may yet load a part of a younger one.
 */
const discardOld = (cache, current) => {
  for (const name of fs.readdirSync(cache)) {
    if (name === current || !/^(command|draft)-/.test(name)) continue
    const folder = path.join(cache, name)
    if (fs.statSync(folder).mtimeMs < Date.now() - dayInMilliseconds) fs.rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Whether this is a package that was installed: it does not change, and the folder that it lies in
 * is not ours to write to.
 */
const isInstalled = root.split(path.sep).includes("node_modules")

const entry = async () => {
  if (isInstalled) return built()
  for (const cache of caches()) {
    const found = fresh(cache)
    if (found !== undefined) return found
  }
  return make()
}

const built = () => {
  const file = path.join(root, "dist/cli/main.js")
  if (fs.existsSync(file)) return file
  throw new Error(`${root} holds no built command: the package was packed without being built; make it with "npm run package"`)
}

try {
  const { main } = await import(pathToFileURL(await entry()).href)
  main(root)
} catch (error) {
  const remedy = isInstalled ? "install it again" : `run "npm ci" in ${root}`
  const missing = error.code === "ERR_MODULE_NOT_FOUND" ? `; ${remedy}` : ""
  process.stderr.write(`assay: cannot start: ${error.message}${missing}\n`)
  process.exitCode = 1
}
