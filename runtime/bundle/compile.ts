import * as path from "node:path"
import { setTimeout } from "node:timers/promises"
import type { BuildFailure, Message } from "esbuild"
import { inPackage, packageFolder } from "../packages/package-folder.ts"
import { type External, externals, type Lookups } from "./external.ts"
import { placeProbes } from "./probe.ts"
import { entryPoint, entryPoints, ownFiles, type Recorded } from "./read.ts"

/** Raised whenever this compiles something otherwise: what an older one made is then made again. */
export const bundling = 2

/**
 * A module graph in one piece of JavaScript. Packages are not in it: see `linked` and `portable`.
 */
export interface Compiled {
  readonly code: string
  readonly map: string
  /** The project's own files that were read, reachable or not: SHA-256 by absolute path, sorted. */
  readonly files: ReadonlyMap<string, string>
  /** Places of the file system that the meaning of its imports depends on, sorted. */
  readonly probes: ReadonlyArray<string>
  /**
   * Folders of packages that were compiled in, or that it loads when they are first used, sorted.
   */
  readonly inlined: ReadonlyArray<string>
  /**
   * Packages and built-in modules that the reachable code imports, by the placeholder that stands
   * for each in `code`.
   */
  readonly externals: ReadonlyMap<string, External>
}

export interface Source {
  readonly assayRoot: string
  /** A line or two of JavaScript to start from, its imports being absolute. */
  readonly entry: string
  /** The folder from which the compiler names files. */
  readonly directory: string
  /** Dynamic imports of modules become references to them: what a pipeline file needs. */
  readonly declaration?: boolean
  /** Packages to compile in. */
  readonly inlined?: RegExp
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

/**
 * The compiler is a process of its own. Ctrl-C ends it, before it ends us; and then nothing waits
 * for what follows.
 */
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

const compileOnce = async ({ assayRoot, entry, directory, declaration = false, inlined, recorded }: Source): Promise<Compiled> => {
  const esbuild = await import("esbuild")
  const lookups: Lookups = { externals: new Map(), probes: new Set(), required: new Set() }
  const read = new Map<string, string>()
  try {
    const result = await esbuild.build({
      entryPoints,
      absWorkingDir: directory,
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      target: "node20.20",
      mainFields: ["main"],
      conditions: [],
      nodePaths: [],
      legalComments: "none",
      charset: "utf8",
      sourcemap: "external",
      sourcesContent: false,
      minifyWhitespace: inlined !== undefined,
      outfile: path.join(directory, "bundle.mjs"),
      tsconfigRaw: "{}",
      logLevel: "silent",
      plugins: [
        entryPoint(entry, directory),
        ownFiles({ assayRoot, read, recorded: recorded ?? null }),
        externals({ assayRoot, declaration, inlined: inlined ?? null, lookups }),
      ],
    })
    const text = (extension: string) => result.outputFiles.find((file) => file.path.endsWith(extension))?.text ?? ""
    const reached = new Set(Object.values(result.metafile.outputs).flatMap((output) => output.imports.map((each) => each.path)))
    const ofFiles = Object.keys(result.metafile.inputs).filter((input) => !/^(required|reference|assay entry):/.test(input))
    const packaged = ofFiles.flatMap((input) => {
      const file = path.resolve(directory, input)
      return inPackage(file, assayRoot) ? [packageFolder(file)] : []
    })
    return {
      code: text(".mjs"),
      map: absoluteSources(text(".mjs.map"), directory),
      files: new Map([...read].sort(byName)),
      probes: [...new Set([...lookups.probes, ...[...read.keys()].flatMap(placeProbes)])].sort(),
      inlined: [...new Set([...packaged, ...lookups.required])].sort(),
      externals: new Map([...lookups.externals].filter(([placeholder]) => reached.has(placeholder)).sort(byName)),
    }
  } catch (error) {
    throw isBuildFailure(error) ? new CompileError(error.errors.map((message) => describe(message, directory))) : error
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

/** As it runs here: every package by the address of its file. */
export const linked = ({ code, externals }: Compiled): string => replaceExternals(code, externals, ({ address }) => address)

/**
 * As it is anywhere: every package by its name. Two versions of one package in one bundle are told
 * apart by which is imported first.
 */
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
