#!/usr/bin/env node
/**
 * Starts the command. Node cannot run its TypeScript sources, and a compiled copy would have to be built and shipped; so
 * they are bundled when they changed, once, into a cache beside the installed packages. What the cache holds is named by
 * its content: processes that start at once write the same bytes to the same place.
 */

import { createHash } from "node:crypto"
import fs from "node:fs"
import { builtinModules, createRequire } from "node:module"
import os from "node:os"
import path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Bundled because they are many small modules. All other packages are native or large, and are imported where they lie. */
const bundled = /^(effect|ts-pattern|@effect\/platform-node(-shared)?)(\/|$)/

const dayInMilliseconds = 24 * 60 * 60 * 1000

/** Where bundles are kept: with the packages, or with the user where those may not be written. */
const caches = () => {
  const home = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache")
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16)
  return [path.join(root, "node_modules/.cache/assay"), path.join(home, "assay", name)]
}

/** The bundle that a cache recorded, if every file it was made of still has the size and time it had then. */
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
const packagesInPlace = {
  name: "packages-in-place",
  setup: (build) => {
    const require = createRequire(import.meta.url)
    build.onResolve({ filter: /^[^./]/ }, ({ path: specifier, kind }) => {
      if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return { path: specifier, external: true }
      if (bundled.test(specifier) || kind === "entry-point") return undefined
      return { path: kind === "require-call" ? require.resolve(specifier) : import.meta.resolve(specifier), external: true }
    })
  },
}

const bundle = async () => {
  const started = Date.now()
  const esbuild = await import("esbuild")
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { main: "./cli/main.ts" },
    outdir: "bundle",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // What is bundled may be CommonJS and call require.
    banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    tsconfigRaw: {},
    plugins: [packagesInPlace],
    write: false,
    metafile: true,
    logLevel: "silent",
  })
  const outputs = outputFiles
    .map(({ path: file, contents }) => ({ name: path.basename(file), contents }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const hash = createHash("sha256")
  for (const { name, contents } of outputs) hash.update(`${name}\0${contents.length}\0`).update(contents)
  const files = ["cli/assay.mjs", "package-lock.json", ...Object.keys(metafile.inputs)].filter((file) =>
    fs.existsSync(path.join(root, file)),
  )
  return { name: `command-${hash.digest("hex").slice(0, 32)}`, outputs, files, started }
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

/** Bundles of yesterday and before; a command that still runs may yet load a part of a younger one. */
const discardOld = (cache, current) => {
  for (const name of fs.readdirSync(cache)) {
    if (name === current || !/^(command|draft)-/.test(name)) continue
    const folder = path.join(cache, name)
    if (fs.statSync(folder).mtimeMs < Date.now() - dayInMilliseconds) fs.rmSync(folder, { recursive: true, force: true })
  }
}

const make = async () => {
  const made = await bundle()
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

const entry = async () => {
  for (const cache of caches()) {
    const found = fresh(cache)
    if (found !== undefined) return found
  }
  return make()
}

try {
  const { main } = await import(pathToFileURL(await entry()).href)
  main(root)
} catch (error) {
  const missing = error.code === "ERR_MODULE_NOT_FOUND" ? `; run "npm ci" in ${root}` : ""
  process.stderr.write(`assay: cannot start: ${error.message}${missing}\n`)
  process.exitCode = 1
}
