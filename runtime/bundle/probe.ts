import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Schema } from "effect"

/**
 * A place of the file system that the meaning of an import depends on, and what was there: what
 * `./power` names changes when a file of that name appears beside a folder, or when a link on the
 * way to it is turned elsewhere.
 */
export const Probe = Schema.Struct({ path: Schema.String, state: Schema.NullOr(Schema.String) })
export type Probe = typeof Probe.Type

/**
 * What is at a place now, each looked at once: where it really lies, and for a package.json what it
 * says of imports.
 */
export type States = (path: string) => string | null

export const states = (): States => {
  const known = new Map<string, string | null>()
  return (place) => {
    const before = known.get(place)
    if (before !== undefined) return before
    const state = stateOf(place)
    known.set(place, state)
    return state
  }
}

const stateOf = (place: string): string | null => {
  const facts = fs.statSync(place, { throwIfNoEntry: false })
  if (facts === undefined) return null
  if (path.basename(place) === "package.json" && facts.isFile()) return `package ${resolutionFields(place)}`
  return `${facts.isDirectory() ? "folder" : "file"} ${fs.realpathSync.native(place)}`
}

/** Fields that decide what an import of or in a package means, and whether it may be left out. */
const fields = ["name", "type", "main", "module", "browser", "exports", "imports", "sideEffects"]

const resolutionFields = (file: string): string => {
  const text = fs.readFileSync(file, "utf8")
  try {
    const json = JSON.parse(text) as Readonly<Record<string, unknown>>
    return sha256(JSON.stringify(fields.map((field) => json[field] ?? null)))
  } catch {
    return sha256(text)
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** Extensions that the compiler tries, for a name that is written without one. */
const extensions = [".tsx", ".ts", ".jsx", ".js", ".css", ".json"]

/** Of a name as it is written, the extensions of the TypeScript that may be meant. */
const rewritten: Readonly<Record<string, ReadonlyArray<string>>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".ts", ".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
}

/**
 * Every place that an import may depend on, a few too many: the compiler decides, this says when to
 * ask it again.
 */
export const probesOf = (specifier: string, folder: string): ReadonlyArray<string> => {
  const scopes = upwards(folder).map((parent) => path.join(parent, "package.json"))
  const nearest = scopes.findIndex((file) => fs.existsSync(file))
  const scope = nearest < 0 ? scopes : scopes.slice(0, nearest + 1)
  if (/^\.{0,2}(\/|$)/.test(specifier)) return [...scope, ...fileProbes(path.resolve(folder, specifier))]
  if (specifier.startsWith("#")) return scope
  const name = packageName(specifier)
  const packages = upwards(folder).flatMap((parent) => [
    path.join(parent, "node_modules", name),
    path.join(parent, ".pnp.cjs"),
    path.join(parent, ".pnp.data.json"),
  ])
  return [...scope, ...packages]
}

/**
 * Of the file that an import was found to mean. Names without an extension, or of a folder, may
 * come to mean another.
 */
export const fileProbes = (file: string): ReadonlyArray<string> => {
  if (fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return [file]
  const extension = path.extname(file)
  const stem = file.slice(0, file.length - extension.length)
  return [
    file,
    ...extensions.map((each) => file + each),
    ...(rewritten[extension] ?? []).map((each) => stem + each),
    path.join(file, "package.json"),
    ...extensions.map((each) => path.join(file, `index${each}`)),
  ]
}

/**
 * Where a file of the project's own was found: beside it may appear one that goes before it, and
 * its package may change its mind.
 */
export const placeProbes = (file: string): ReadonlyArray<string> => {
  const stem = file.slice(0, file.length - path.extname(file).length)
  const scopes = upwards(path.dirname(file)).map((folder) => path.join(folder, "package.json"))
  return [file, stem, ...(path.basename(stem) === "index" ? [path.dirname(stem)] : []), ...scopes]
}

/** The folder and those above it, the nearest first. */
export const upwards = (folder: string): ReadonlyArray<string> => {
  const parent = path.dirname(folder)
  return parent === folder ? [folder] : [folder, ...upwards(parent)]
}

/** `@scope/name` of `@scope/name/part`. */
export const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")
