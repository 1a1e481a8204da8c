import * as path from "node:path"
import { Schema } from "effect"
import type { FileDigests } from "../disk/file-digest.ts"
import type { PackageTree } from "../packages/package-tree.ts"
import type { Compiled } from "./compile.ts"
import { Probe, type States } from "./probe.ts"

/** Files something was made from, with the SHA-256 of each. */
export const Closure = Schema.Array(Schema.Struct({ path: Schema.String, sha256: Schema.String }))
export type Closure = typeof Closure.Type

/**
 * All that a bundle depends on: the files it was made from, what their imports resolved to, the
 * packages it imports, and the bundle itself. The cheap check in front of making it again: while
 * all of it holds, the compiler would make the same.
 */
export const Gate = Schema.Struct({
  closure: Closure,
  probes: Schema.Array(Probe),
  packages: Schema.Array(Schema.Struct({ folder: Schema.String, digest: Schema.String })),
  /** Absolute path of the bundle, and its digest. */
  bundle: Schema.String,
  bundleDigest: Schema.String,
})
export type Gate = typeof Gate.Type

/** The file system as it is now, each place looked at once. */
export interface Look {
  readonly digests: FileDigests
  readonly states: States
  /** Throws what the file system throws. */
  readonly packages: (folder: string) => PackageTree
}

export const gateOf = (compiled: Compiled, bundle: string, { digests, states, packages }: Look): Gate => ({
  closure: [...compiled.files].map(([path, sha256]) => ({ path, sha256 })),
  probes: compiled.probes.map((path) => ({ path, state: states(path) })),
  packages: packageFolders(compiled).map((folder) => ({ folder, digest: packages(folder).digest })),
  bundle,
  bundleDigest: digests(bundle) ?? "",
})

/** Whether the recorded bundle is what the compiler would make now. */
export const holds = (gate: Gate, { digests, states, packages }: Look): boolean =>
  digests(gate.bundle) === gate.bundleDigest &&
  gate.closure.every(({ path, sha256 }) => digests(path) === sha256) &&
  gate.probes.every(({ path, state }) => states(path) === state) &&
  gate.packages.every(({ folder, digest }) => states(path.join(folder, "package.json")) !== null && packages(folder).digest === digest)

/** Folders of the packages that are compiled in or imported, sorted. */
export const packageFolders = ({ inlined, externals }: Compiled): ReadonlyArray<string> =>
  [...new Set([...inlined, ...[...externals.values()].flatMap((external) => external.package ?? [])])].sort()
