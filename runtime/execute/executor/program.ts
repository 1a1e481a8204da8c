import * as path from "node:path"
import { gatedBundle } from "../../bundle/gated.ts"
import type { SettingsShape } from "../../settings.ts"

/** The program of child processes, and the files and folders that it reads for itself. */
export interface Program {
  readonly entry: string
  readonly files: ReadonlyArray<string>
}

/**
 * What reads and writes tables in every child is compiled in: to load it from its packages takes
 * longer than to start a process.
 */
const inlined = /^(effect|ts-pattern|apache-arrow|flatbuffers|tslib|@swc\/helpers)(\/|$)/

/** By cache: looked up once for all pools of a process. */
const programs = new Map<string, Promise<Program>>()

export const childProgram = (settings: SettingsShape): Promise<Program> => {
  const made = programs.get(settings.cache) ?? makeChildProgram(settings)
  programs.set(settings.cache, made)
  return made
}

const makeChildProgram = async ({ assayRoot, cache }: SettingsShape): Promise<Program> => {
  const directory = path.join(assayRoot, "runtime", "execute", "executor")
  const { bundle, packages } = await gatedBundle({
    assayRoot,
    cache,
    directory,
    inlined,
    entry: `import { serve } from ${JSON.stringify(path.join(directory, "child.ts"))}\nserve()`,
  })
  return { entry: bundle, files: [bundle, `${bundle}.map`, ...packages.map(({ folder }) => folder)] }
}
