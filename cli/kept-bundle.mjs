/**
 * Bundles that a clone makes of its sources when these have changed, once, in a cache. What the
 * cache holds is named by its content: processes that start at once write the same bytes to the
 * same place.
 */

import { createHash } from "node:crypto"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"

const dayInMilliseconds = 24 * 60 * 60 * 1000

/** Where bundles are kept: with the packages, or with the user where those may not be written. */
const cachesOf = (root) => {
  const home = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache")
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16)
  return [path.join(root, "node_modules/.cache/assay"), path.join(home, "assay", name)]
}

/**
 * The folder of the bundle of this kind ("command", "client"): one that a cache holds, if every
 * file it was made of still has the size and time it had then, else a new one. `make` gives its
 * `outputs` and the `files` it was made of, relative to `root`.
 */
export const keptBundle = async ({ root, kind, make }) => {
  for (const cache of cachesOf(root)) {
    const found = fresh(cache, { root, kind })
    if (found !== undefined) return found
  }
  const started = Date.now()
  const { outputs, files } = await make()
  const hash = createHash("sha256")
  for (const { name, contents } of outputs) hash.update(`${name}\0${contents.length}\0`).update(contents)
  const made = {
    name: `${kind}-${hash.digest("hex").slice(0, 32)}`,
    outputs,
    files: files.filter((file) => fs.existsSync(path.join(root, file))),
    started,
  }
  const refusals = []
  for (const cache of cachesOf(root)) {
    try {
      return keep(cache, { root, kind, ...made })
    } catch (error) {
      refusals.push(error.message)
    }
  }
  throw new Error(`no folder to keep its bundle in: ${refusals.join("; ")}`)
}

const fresh = (cache, { root, kind }) => {
  try {
    const { bundle, files } = JSON.parse(fs.readFileSync(path.join(cache, `${kind}.json`), "utf8"))
    const folder = path.join(cache, bundle)
    const unchanged = files.every(([file, size, modified]) => {
      const now = fs.statSync(path.join(root, file))
      return now.size === size && now.mtimeMs === modified
    })
    return unchanged && fs.existsSync(folder) ? folder : undefined
  } catch {
    return undefined
  }
}

/** Writes a bundle whole or not at all, and returns its folder. */
const keep = (cache, { root, kind, name, outputs, files, started }) => {
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
    const draft = path.join(cache, `${kind}.json.${process.pid}`)
    fs.writeFileSync(draft, JSON.stringify({ bundle: name, files: facts.map(({ file, size, mtimeMs }) => [file, size, mtimeMs]) }))
    fs.renameSync(draft, path.join(cache, `${kind}.json`))
  }
  discardOld(cache, { kind, current: name })
  return folder
}

/**
 * Bundles of yesterday and before; a command that still runs may yet load a part of a younger one.
 */
const discardOld = (cache, { kind, current }) => {
  for (const name of fs.readdirSync(cache)) {
    if (name === current || !(name.startsWith(`${kind}-`) || name.startsWith("draft-"))) continue
    const folder = path.join(cache, name)
    if (fs.statSync(folder).mtimeMs < Date.now() - dayInMilliseconds) fs.rmSync(folder, { recursive: true, force: true })
  }
}
