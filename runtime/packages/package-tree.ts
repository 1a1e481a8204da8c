import * as fs from "node:fs"
import { isBuiltin } from "node:module"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { digestFile, identityOf, isSettled } from "../disk/file-digest.ts"
import { sha256 } from "../disk/sha256.ts"
import { writeIfPossible } from "../disk/write.ts"

/** What is in a package's folder, apart from the packages inside of it. */
export interface PackageTree {
  /** SHA-256 of the names and bytes of all of its files. */
  readonly digest: string
  /** Built-in modules of Node that its JavaScript names, sorted: `fs`, `child_process`. */
  readonly builtins: ReadonlyArray<string>
  /** Whether it holds native code for Node to load. */
  readonly addons: boolean
}

const Stored = Schema.fromJsonString(
  Schema.Struct({
    format: Schema.Literal(1),
    folder: Schema.String,
    facts: Schema.String,
    digest: Schema.String,
    builtins: Schema.Array(Schema.String),
    addons: Schema.Boolean,
  }),
)

/**
 * Reads packages' folders, each once. What a package loads at run time cannot be known, so all of
 * its files count: two commits of one version differ, and so does a file that was edited in place.
 * What was read is remembered in the folder `cache` beside what the file system says of every file,
 * so that an unchanged package costs a look at each.
 */
export const packageTrees = ({ cache, assayRoot }: Place): ((folder: string) => PackageTree) => {
  const own = path.join(assayRoot, "node_modules") + path.sep
  const known = new Map<string, PackageTree>()
  return (folder) => {
    const trees = folder.startsWith(own) ? ofAssay : known
    const before = trees.get(folder)
    if (before !== undefined) return before
    const tree = readTree(folder, cache)
    trees.set(folder, tree)
    return tree
  }
}

/** Where to remember, and the folder of the running Assay. */
interface Place {
  readonly cache: string
  readonly assayRoot: string
}

/**
 * Packages of the running Assay: this process has them loaded as they were, so that one look is
 * enough.
 */
const ofAssay = new Map<string, PackageTree>()

interface Entry {
  readonly name: string
  readonly file: string
  /** Undefined for a link that leads nowhere. */
  readonly facts: fs.Stats | undefined
  /** Where a symbolic link leads, as it is written. */
  readonly link: string | null
}

const readTree = (folder: string, cache: string): PackageTree => {
  const entries = entriesOf(folder)
  const facts = hashOf(entries.map(({ name, facts, link }) => [name, link, facts === undefined ? null : identityOf(facts)]))
  const record = path.join(cache, "packages", `${sha256("package folder", folder)}.json`)
  const stored = fs.existsSync(record) ? Option.getOrNull(Schema.decodeUnknownOption(Stored)(fs.readFileSync(record, "utf8"))) : null
  if (stored?.folder === folder && stored.facts === facts) return stored
  const builtins = new Set<string>()
  const contents = entries.map(({ name, file, facts, link }) => {
    if (facts === undefined) return [name, link, null]
    if (/\.[cm]?js$/.test(name)) for (const builtin of builtinsIn(fs.readFileSync(file, "latin1"))) builtins.add(builtin)
    return [name, link, digestFile(file)]
  })
  const tree: PackageTree = {
    digest: hashOf(["assay package", contents]),
    builtins: [...builtins].sort(),
    addons: entries.some(({ name }) => name.endsWith(".node")),
  }
  if (entries.every((entry) => entry.facts === undefined || isSettled(entry.facts)))
    writeIfPossible(record, Schema.encodeSync(Stored)({ format: 1, folder, facts, ...tree }))
  return tree
}

/** In the order of the names. Packages inside are packages of their own. */
const entriesOf = (root: string): ReadonlyArray<Entry> => {
  const found: Array<Entry> = []
  const visit = (folder: string, prefix: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === "node_modules") continue
      const file = path.join(folder, entry.name)
      const name = `${prefix}${entry.name}`
      if (entry.isDirectory()) visit(file, `${name}/`)
      else if (entry.isSymbolicLink()) {
        const facts = fs.statSync(file, { throwIfNoEntry: false })
        found.push({ name, file, facts: facts?.isFile() ? facts : undefined, link: fs.readlinkSync(file) })
      } else if (entry.isFile()) found.push({ name, file, facts: fs.statSync(file), link: null })
    }
  }
  visit(root, "")
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const reference = /(?:\brequire\s*\(|\bfrom|\bimport\s*\(?)\s*["'](?:node:)?([a-z0-9_]+)(?:\/[a-z/]+)?["']/g

/** Errs on the safe side: a name in a comment counts. */
const builtinsIn = (text: string): ReadonlyArray<string> => [...text.matchAll(reference)].map(([, name = ""]) => name).filter(isBuiltin)

const hashOf = (value: unknown): string => sha256("package tree", JSON.stringify(value))
