import { createHash } from "node:crypto"
import { isBuiltin } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import type { ImportKind, Plugin } from "esbuild"
import { inPackage, packageFolder } from "../packages/package-folder.ts"
import { hasSideEffects } from "../packages/package-json.ts"
import { fileProbes, probesOf } from "./probe.ts"

/** A module that a bundle imports when it runs. */
export interface External {
  /** As it was written: `@tensorflow/tfjs`, `node:path`. */
  readonly specifier: string
  /** What to import instead: the address of a file, or the built-in module itself. */
  readonly address: string
  /** Absolute path of its package; null for a built-in module, and for one that is absent. */
  readonly package: string | null
  /** The folder from which it was looked for in vain; null for what is there. */
  readonly absentFrom: string | null
}

/** What a compilation looked up: a later one compares whether it would find the same. */
export interface Lookups {
  readonly externals: Map<string, External>
  /** Places that the meaning of the imports depends on. */
  readonly probes: Set<string>
  /** Folders of packages that are loaded when they are first used. */
  readonly required: Set<string>
}

interface Options {
  readonly assayRoot: string
  /**
   * `import("./train.ts")` becomes a module whose one export is the path of the other, so that no
   * implementation is loaded for planning.
   */
  readonly declaration: boolean
  /**
   * Packages to compile in, which are Assay's own; all others stay outside. Unless this is a
   * declaration, those are CommonJS and are loaded when they are first used: an import would load
   * them at the start.
   */
  readonly inlined: RegExp | null
  readonly lookups: Lookups
}

/**
 * Decides what each import means. `assay`, `assay/stages` and `assay/learning` are the running
 * Assay's sources. Packages are resolved from the file that imports them (else from Assay; those of
 * TensorFlow.js the other way round) and stay outside, under a placeholder.
 */
export const externals = ({ assayRoot, declaration, inlined, lookups }: Options): Plugin => {
  const aliases = new Map([
    ["assay", path.join(assayRoot, "dsl", "index.ts")],
    ["assay/stages", path.join(assayRoot, "learning", "stages.ts")],
    ["assay/learning", path.join(assayRoot, "learning", "index.ts")],
  ])
  const { externals: found, probes, required } = lookups
  return {
    name: "assay",
    setup(build) {
      build.onLoad({ filter: /.*/, namespace: "reference" }, ({ path: module }) => ({
        contents: `export const module = ${JSON.stringify(module)}`,
        loader: "js",
      }))
      build.onLoad({ filter: /.*/, namespace: "required" }, ({ path: file }) => ({
        contents: `module.exports = process.getBuiltinModule("node:module").createRequire(${JSON.stringify(file)})(${JSON.stringify(file)})`,
        loader: "js",
      }))
      const note = (specifier: string, resolveDir: string): void => {
        if (!inPackage(resolveDir, assayRoot)) for (const probe of probesOf(specifier, resolveDir)) probes.add(probe)
      }
      const resolveFrom = (specifier: string, importer: string, resolveDir: string, kind: ImportKind) => {
        note(specifier, resolveDir)
        return build.resolve(specifier, { importer, resolveDir, kind, pluginData: resolving })
      }
      build.onResolve({ filter: /.*/ }, async ({ path: specifier, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === resolving || kind === "entry-point") return undefined
        if (isBuiltin(specifier)) {
          const placeholder = specifier.startsWith("node:") ? specifier : `node:${specifier}`
          found.set(placeholder, { specifier: placeholder, address: placeholder, package: null, absentFrom: null })
          return { path: placeholder, external: true, sideEffects: false }
        }
        const alias = aliases.get(specifier)
        if (alias !== undefined) return { path: alias, sideEffects: false }
        const ours = inlined?.test(specifier) ?? false
        const relative = /^\.{0,2}\//.test(specifier)
        const isAssays = inPackage(resolveDir, assayRoot) || `${resolveDir}/`.startsWith(`${assayRoot}/`)
        note(specifier, resolveDir)
        // The compiler knows more of what it finds by itself: whether a file is an ES module.
        if ((relative && !(declaration && kind === "dynamic-import")) || (ours && isAssays)) return undefined
        const folders = ours || tensorflow.test(specifier) ? [assayRoot, resolveDir] : [resolveDir, assayRoot]
        const [first, second] = folders as [string, string]
        const here = await resolveFrom(specifier, importer, first, kind)
        const resolved = here.errors.length > 0 && !relative ? await resolveFrom(specifier, importer, second, kind) : here
        // A package that is loaded only where it is wanted need not be installed: the import then
        // fails when it runs.
        if (resolved.errors.length > 0 && kind === "dynamic-import" && !relative) {
          const placeholder = `external:${specifier}:absent`
          found.set(placeholder, { specifier, address: specifier, package: null, absentFrom: resolveDir })
          return { path: placeholder, external: true }
        }
        if (resolved.errors.length > 0) return { errors: here.errors }
        if (!inPackage(resolved.path, assayRoot)) for (const probe of fileProbes(resolved.path)) probes.add(probe)
        if (declaration && kind === "dynamic-import" && !inPackage(resolved.path, assayRoot))
          return { path: resolved.path, namespace: "reference" }
        if (!inPackage(resolved.path, assayRoot) || ours) return { path: resolved.path, sideEffects: resolved.sideEffects }
        const folder = packageFolder(resolved.path)
        if (inlined !== null && !declaration) {
          required.add(folder)
          return { path: resolved.path, namespace: "required" }
        }
        const address = pathToFileURL(resolved.path).href
        const placeholder = `external:${specifier}:${createHash("sha256").update(address).digest("hex").slice(0, 16)}`
        found.set(placeholder, { specifier, address, package: folder, absentFrom: null })
        return { path: placeholder, external: true, sideEffects: hasSideEffects(folder) }
      })
    },
  }
}

/**
 * TensorFlow.js keeps its backends and tensors in one place of a process: a second copy would meet
 * those of the engine, and take its tensors for strangers.
 */
const tensorflow = /^@tensorflow\/tfjs(-core)?(\/|$)/

/** Marks the resolutions that this plugin itself asks for. */
const resolving = Symbol("resolving")
