import type { Json } from "../../dsl/canonical.ts"
import type { Declaration } from "../../dsl/declaration.ts"
import type { PluginDeclaration } from "../../dsl/plugin.ts"
import type { Closure } from "../bundle/gate.ts"
import type { NamedFile } from "../store/code/files.ts"
import type { CodeRecord } from "../store/code/record.ts"
import { uncacheableReasons } from "./outside.ts"
import { filesAsTheyAre, namedFiles } from "./own-files.ts"
import type { Package } from "./packages.ts"
import type { ProgramCode } from "./program.ts"

/** A module that a stage runs: its own implementation, or that of a plugin. */
export interface ModuleCode {
  readonly declaration: Declaration | PluginDeclaration
  /** One of Assay's own. */
  readonly trusted: boolean
  readonly record: CodeRecord
  /** The files that it was made from, by names that do not tell where the project lies. */
  readonly files: ReadonlyArray<NamedFile>
  readonly packages: ReadonlyArray<Package>
  /** The program of the user that computes, or that it asks; null for none. */
  readonly program: ProgramCode | null
  /** Files of the project that it may import by a computed name. */
  readonly sources: Closure
}

/**
 * The digest of the reachable code; of all of its files as they are where it makes or loads code in
 * ways that cannot be followed.
 */
export const codeValue = ({ record: { digest, gate, module, hazards }, sources }: ModuleCode, assayRoot: string): Json => {
  if (hazards.opaque.length === 0) return digest
  const unique = [...new Map([...gate.closure, ...sources].map((file) => [file.path, file])).values()]
  return { files: filesAsTheyAre(namedFiles(unique, module, assayRoot)) }
}

/** The code of a plugin, with what it declares of the outside, as a component of a fingerprint. */
export const pluginValue = (code: ModuleCode, assayRoot: string): Json => {
  const { reads, readsAs, recorded } = code.declaration
  const value = codeValue(code, assayRoot)
  const outside = {
    ...(reads.length === 0 ? {} : { reads: [...reads].sort(), readsAs: readsAs ?? null }),
    ...(recorded ? { recorded } : {}),
    ...(code.program === null ? {} : { program: code.program.identity }),
  }
  return Object.keys(outside).length === 0 ? value : { code: value, ...outside }
}

/** Why results of a stage that runs the module cannot be kept; empty if they can. */
export const uncacheableBy = ({ declaration, record }: ModuleCode): ReadonlyArray<string> => {
  const reasons = uncacheableReasons(declaration, record.hazards)
  return "kind" in declaration ? reasons.map((reason) => reason.replace(/^it /, `its ${declaration.kind} ${declaration.name} `)) : reasons
}

/** What a reader should know about how its code is compared; mostly nothing. */
export const opaqueRemarks = ({ declaration, record }: ModuleCode): ReadonlyArray<string> => {
  const whose = "kind" in declaration ? `its ${declaration.kind} ${declaration.name}` : "it"
  return record.hazards.opaque.map(
    (reason) => `${reason.replace(/^it /, `${whose} `)}, so any edit of its files counts as a change of its code`,
  )
}
