import * as path from "node:path"
import type { PackageTree } from "../packages/package-tree.ts"
import type { SettingsShape } from "../settings.ts"
import type { ModuleCode } from "./module-code.ts"
import type { Package } from "./packages.ts"

/** What the process of a stage may reach, besides its inputs and its own folder. */
export interface Rights {
  /**
   * One of Assay's own stages, given no plugin but Assay's own: it may share a process with others
   * of them. A user's code never sees what another stage left.
   */
  readonly trusted: boolean
  /**
   * Files and folders to read, absolute and without symbolic links: its packages, and what it
   * declares.
   */
  readonly read: ReadonlyArray<string>
  /** Whether Node may load native code, which no permission confines. */
  readonly addons: boolean
  /** Whether it runs tensor programs, by an engine that may need libraries of the system. */
  readonly engine: boolean
  /** What it declares that it reads from outside. */
  readonly declared: ReadonlyArray<string>
  /**
   * `clock`, `random`, `machine`: what its own code looks at, or declares, and therefore sees as it
   * is.
   */
  readonly real: ReadonlyArray<string>
}

/** Of a stage: of its own code and of all plugins that it is given together. */
export const rightsOf = (about: {
  readonly engine: boolean
  readonly codes: ReadonlyArray<ModuleCode>
  /** Those of all codes. */
  readonly packages: ReadonlyArray<Package>
  readonly treeOf: (folder: string) => PackageTree
  readonly settings: SettingsShape
}): Rights => {
  const { engine, codes, packages, treeOf, settings } = about
  const reads = [...new Set(codes.flatMap(({ declaration }) => declaration.reads))]
  const files = reads.flatMap((read) => (read.startsWith("file:") ? [path.resolve(settings.projectRoot, read.slice("file:".length))] : []))
  const sources = codes.flatMap((code) => code.sources.map((file) => file.path))
  return {
    trusted: codes.every(({ trusted }) => trusted),
    read: [...packages.map(({ folder }) => folder), ...new Set(sources), ...files],
    addons: packages.some(({ folder }) => treeOf(folder).addons),
    engine,
    declared: reads,
    real: [...new Set([...reads, ...codes.flatMap(looksOutside)])].sort(),
  }
}

/** Assay's own code needs nothing of the outside as it is, whatever runs beside it. */
const looksOutside = ({ trusted, record }: ModuleCode): ReadonlyArray<string> =>
  trusted ? [] : record.hazards.outside.flatMap(({ kind }) => kind ?? [])

/** Built-in modules that reach outside, by the declaration that allows it. */
const reaching: Readonly<Record<string, string>> = {
  fs: "file:…",
  child_process: "processes",
  worker_threads: "processes",
  cluster: "processes",
  net: "network",
  tls: "network",
  http: "network",
  https: "network",
  http2: "network",
  dgram: "network",
  dns: "network",
}

/**
 * Says for a reader what the packages of a user's code may not do, though they import what it
 * takes.
 */
export const confinementsOf = (
  codes: ReadonlyArray<ModuleCode>,
  treeOf: (folder: string) => PackageTree,
  { declared }: Rights,
): ReadonlyArray<string> => {
  const packages = codes.flatMap((code) => (code.trusted ? [] : code.packages))
  return [...new Map(packages.map((each) => [each.folder, each])).values()].flatMap(({ name, folder }) => {
    const { builtins, addons } = treeOf(folder)
    const kinds = builtins.filter((builtin) => {
      const allowed = reaching[builtin]
      return allowed !== undefined && !declared.includes(allowed)
    })
    return [
      ...(kinds.length === 0
        ? []
        : [
            `its package ${name} imports ${kinds.map((kind) => `node:${kind}`).join(", ")}: it may read the stage's packages and inputs, and reach nothing else`,
          ]),
      ...(addons ? [`its package ${name} holds native code, which Node's permissions do not confine`] : []),
    ]
  })
}
