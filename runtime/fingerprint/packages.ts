import * as fs from "node:fs"
import * as path from "node:path"
import { installed } from "../bundle/installed.ts"
import { readPackageJson } from "../bundle/package-json.ts"

/** Identities of packages by name, `4.1.0 sha512-…`; several versions of one package are joined by a comma. */
export type PackageIdentities = Readonly<Record<string, string>>

interface Package {
  readonly name: string
  readonly identity: string
  readonly folder: string
  readonly needs: ReadonlyArray<string>
}

/** Finds the packages that some packages need, themselves included, as they are installed. Remembers what it read. */
export const packageReader = (): ((folders: ReadonlyArray<string>) => PackageIdentities) => {
  const integrities = integrityReader()
  const known = new Map<string, Package | null>()
  const read = (folder: string): Package | null => {
    const before = known.get(folder)
    if (before !== undefined) return before
    const json = readPackageJson(folder)
    const integrity = json === null ? null : integrities(folder, json.version)
    const found =
      json === null
        ? null
        : {
            name: json.name,
            identity: integrity === null ? json.version : `${json.version} ${integrity}`,
            folder,
            needs: json.dependencies.flatMap((name) => installed(folder, name) ?? []),
          }
    known.set(folder, found)
    return found
  }
  return (folders) => {
    const reached = new Map<string, Package>()
    const stack = [...folders]
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      if (reached.has(folder)) continue
      const found = read(folder)
      if (found === null) continue
      reached.set(folder, found)
      stack.push(...found.needs)
    }
    const identities = new Map<string, Set<string>>()
    for (const { name, identity } of reached.values()) identities.set(name, (identities.get(name) ?? new Set()).add(identity))
    return Object.fromEntries(
      [...identities].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, [...each].sort().join(", ")]),
    )
  }
}

/** Reads integrities from the lockfile that npm keeps inside node_modules. Null where there is none for that version. */
const integrityReader = () => {
  const locks = new Map<string, Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>>()
  const lockOf = (root: string) => {
    const file = path.join(root, "node_modules", ".package-lock.json")
    const known = locks.get(root)
    if (known !== undefined) return known
    const lock = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as { readonly packages?: object }) : {}
    const packages = (lock.packages ?? {}) as Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>
    locks.set(root, packages)
    return packages
  }
  return (folder: string, version: string): string | null => {
    const root = folder.slice(0, Math.max(folder.indexOf(`${path.sep}node_modules${path.sep}`), 0))
    const entry = lockOf(root)[path.relative(root, folder).split(path.sep).join("/")]
    return entry?.version === version ? (entry.integrity ?? null) : null
  }
}
