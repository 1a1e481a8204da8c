import { installed } from "../packages/installed.ts"
import { readPackageJson } from "../packages/package-json.ts"
import type { PackageTree } from "../packages/package-tree.ts"

/**
 * Identities of packages by name, `4.1.0 sha256-…`; several versions of one package are joined by a
 * comma.
 */
export type PackageIdentities = Readonly<Record<string, string>>

/** A package as it is installed. */
export interface Package {
  readonly name: string
  readonly version: string
  /** Absolute, without symbolic links. */
  readonly folder: string
  readonly needs: ReadonlyArray<string>
}

/**
 * Finds the packages that those in some folders need, themselves included, as they are installed.
 * Remembers what it read. Assay itself is not among them: what a stage uses of it is compiled into
 * the stage's code, and a release that changes none of that must change no key.
 */
export const packageReader = (assayRoot: string): ((folders: ReadonlyArray<string>) => ReadonlyArray<Package>) => {
  const known = new Map<string, Package | null>()
  const read = (folder: string): Package | null => {
    const before = known.get(folder)
    if (before !== undefined) return before
    const json = readPackageJson(folder)
    const found =
      json === null
        ? null
        : { name: json.name, version: json.version, folder, needs: needed(json).flatMap((name) => installed(folder, name) ?? []) }
    known.set(folder, found)
    return found
  }
  return (folders) => {
    const reached = new Map<string, Package>()
    const stack = [...folders]
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      if (folder === assayRoot || reached.has(folder)) continue
      const found = read(folder)
      if (found === null) continue
      reached.set(folder, found)
      stack.push(...found.needs)
    }
    return [...reached.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1))
  }
}

/**
 * The packages that a package asks for, without those of types: nothing of them is ever run, and
 * `@types/node` in any version is what several ask for.
 */
const needed = ({ dependencies }: { readonly dependencies: ReadonlyArray<string> }): ReadonlyArray<string> =>
  dependencies.filter((name) => !name.startsWith("@types/"))

/**
 * A version is not an identity: two commits may share it, and a file may be edited in place. The
 * bytes of all files are one.
 */
export const identitiesOf = (packages: ReadonlyArray<Package>, treeOf: (folder: string) => PackageTree): PackageIdentities => {
  const identities = new Map<string, Set<string>>()
  for (const { name, version, folder } of packages)
    identities.set(name, (identities.get(name) ?? new Set()).add(`${version} sha256-${treeOf(folder).digest}`))
  return Object.fromEntries([...identities].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, [...each].sort().join(", ")]))
}
