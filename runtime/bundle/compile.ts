import * as path from "node:path"
import { setTimeout } from "node:timers/promises"
import type { BuildFailure, Message } from "esbuild"
import { type External, externals } from "./external.ts"
import { inPackage, packageFolder } from "./package-folder.ts"
import { type Recorded, recordedSources } from "./recorded.ts"

/** A module graph in one piece of JavaScript. Packages are not in it: see `linked` and `portable`. */
export interface Compiled {
  readonly code: string
  readonly map: string
  /** Absolute paths of the project's own files that were read, reachable or not, sorted. */
  readonly files: ReadonlyArray<string>
  /** Packages that were compiled in: absolute paths of their package.json files, sorted. */
  readonly manifests: ReadonlyArray<string>
  /** Packages and built-in modules that the reachable code imports, by the placeholder that stands for each in `code`. */
  readonly externals: ReadonlyMap<string, External>
}

export interface Source {
  readonly assayRoot: string
  /** A line or two of JavaScript to start from, its imports being absolute. */
  readonly entry: string
  /** The folder from which the compiler names files. */
  readonly directory: string
  /** `effect` is compiled in, and dynamic imports of modules become references to them: what a pipeline file needs. */
  readonly declaration?: boolean
  /** The project's own files as they once were, to be compiled instead of those there are. */
  readonly recorded?: Recorded
}

/** The compiler's errors, each with its place. */
export class CompileError extends Error {
  readonly errors: ReadonlyArray<string>
  constructor(errors: ReadonlyArray<string>) {
    super(errors.join("\n"))
    this.name = "CompileError"
    this.errors = errors
  }
}

/** Bundles what `entry` reaches. Rejects with a CompileError naming file and line. */
export const compile = async (source: Source): Promise<Compiled> => {
  try {
    return await compileOnce(source)
  } catch (error) {
    if (!isStopped(error)) throw error
    await restart()
    return compileOnce(source)
  }
}

/** The compiler is a process of its own. Ctrl-C ends it, before it ends us; and then nobody waits for what follows. */
const isStopped = (error: unknown): boolean =>
  error instanceof Error && /The service (was stopped|is no longer running)/.test(error.message)

let restarting: Promise<void> | null = null

/** Makes room for another compiler: once for all that waited for the one that is gone. */
const restart = (): Promise<void> => {
  restarting ??= setTimeout(200)
    .then(async () => (await import("esbuild")).stop())
    .finally(() => {
      restarting = null
    })
  return restarting
}

const compileOnce = async ({ assayRoot, entry, directory, declaration = false, recorded }: Source): Promise<Compiled> => {
  const esbuild = await import("esbuild")
  const found = new Map<string, External>()
  try {
    const result = await esbuild.build({
      stdin: { contents: entry, resolveDir: directory, sourcefile: "entry.js", loader: "js" },
      absWorkingDir: directory,
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      target: "node20.20",
      mainFields: ["main"],
      conditions: [],
      legalComments: "none",
      charset: "utf8",
      sourcemap: "external",
      sourcesContent: false,
      minifyWhitespace: declaration,
      outfile: path.join(directory, "bundle.mjs"),
      tsconfigRaw: "{}",
      logLevel: "silent",
      plugins: [...(recorded === undefined ? [] : [recordedSources(recorded)]), externals({ assayRoot, declaration, found })],
    })
    const text = (extension: string) => result.outputFiles.find((file) => file.path.endsWith(extension))?.text ?? ""
    const reached = new Set(Object.values(result.metafile.outputs).flatMap((output) => output.imports.map((each) => each.path)))
    const read = Object.keys(result.metafile.inputs).flatMap((input) => {
      const file = path.resolve(directory, input)
      return input === "entry.js" || input.includes(":") ? [] : [file]
    })
    return {
      code: text(".mjs"),
      map: absoluteSources(text(".mjs.map"), directory),
      files: read.filter((file) => !inPackage(file)).sort(),
      manifests: [...new Set(read.filter(inPackage).map((file) => path.join(packageFolder(file), "package.json")))].sort(),
      externals: new Map([...found].filter(([placeholder]) => reached.has(placeholder)).sort(([a], [b]) => (a < b ? -1 : 1))),
    }
  } catch (error) {
    throw isBuildFailure(error) ? new CompileError(error.errors.map((message) => describe(message, directory))) : error
  }
}

/** As it runs here: every package by the address of its file. */
export const linked = ({ code, externals }: Compiled): string => replaceExternals(code, externals, ({ address }) => address)

/** As it is anywhere: every package by its name. Two versions of one package in one bundle are told apart by which is imported first. */
export const portable = ({ code, externals }: Compiled): string => {
  const places = [...externals].sort(([a], [b]) => code.indexOf(JSON.stringify(a)) - code.indexOf(JSON.stringify(b)))
  const addresses = new Map<string, ReadonlyArray<string>>()
  for (const [, { specifier, address }] of places) addresses.set(specifier, [...(addresses.get(specifier) ?? []), address])
  return replaceExternals(code, externals, ({ specifier, address }) => {
    const ordinal = (addresses.get(specifier) ?? []).indexOf(address)
    return ordinal === 0 ? specifier : `${specifier}#${ordinal}`
  })
}

const replaceExternals = (code: string, externals: Compiled["externals"], by: (external: External) => string): string =>
  [...externals].reduce((text, [placeholder, external]) => text.replaceAll(JSON.stringify(placeholder), JSON.stringify(by(external))), code)

const absoluteSources = (map: string, directory: string): string => {
  const parsed = JSON.parse(map) as { sources: ReadonlyArray<string> }
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((source) => path.resolve(directory, source)) })
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors)

const describe = ({ location, text }: Message, directory: string): string =>
  location === null ? text : `${path.resolve(directory, location.file)}:${location.line}:${location.column + 1}: ${text}`
