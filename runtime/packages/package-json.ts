import * as fs from "node:fs"
import * as path from "node:path"

/** What is read of a package's package.json. */
export interface PackageJson {
  readonly name: string
  readonly version: string
  readonly dependencies: ReadonlyArray<string>
  readonly sideEffects: unknown
}

/** Null where there is none. Throws a SyntaxError where it is not JSON. */
export const readPackageJson = (folder: string): PackageJson | null => {
  const file = path.join(folder, "package.json")
  if (!fs.existsSync(file)) return null
  const json = JSON.parse(fs.readFileSync(file, "utf8")) as Partial<Record<string, unknown>>
  const names = (field: string): ReadonlyArray<string> => Object.keys((json[field] as object | undefined) ?? {})
  return {
    name: String(json.name ?? path.basename(folder)),
    version: String(json.version ?? "0.0.0"),
    dependencies: [...new Set([...names("dependencies"), ...names("optionalDependencies"), ...names("peerDependencies")])].sort(),
    sideEffects: json.sideEffects,
  }
}

/** Whether an import of it that names nothing must be kept. */
export const hasSideEffects = (folder: string): boolean => readPackageJson(folder)?.sideEffects !== false
