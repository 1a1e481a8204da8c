import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { sha256 } from "../disk/sha256.ts"
import { textOf } from "../disk/text.ts"
import { installed } from "../packages/installed.ts"
import { readPackageJson } from "../packages/package-json.ts"
import type { TensorflowPlace } from "./load-tensorflow.ts"
import { enginePins, type InstallableEngine, installableEngines } from "./pins.ts"

/**
 * What an installed engine's folder says of itself. It is written last: without it, it is a draft.
 */
export const EngineManifest = Schema.fromJsonString(
  Schema.Struct({
    format: Schema.Literal(1),
    engine: Schema.Literals(installableEngines),
    version: Schema.String,
    /** Versions of the packages that it was built from, by name. */
    packages: Schema.Record(Schema.String, Schema.String),
    /** Size of all files. */
    bytes: Schema.Finite,
  }),
)
export type EngineManifest = typeof EngineManifest.Type

export const manifestFile = "engine.json"

/** The names of folders in which engines are being built begin so. */
export const draftPrefix = "draft-"

/** An engine that `assay engine install` has put into the user's cache. */
export interface InstalledEngine extends EngineManifest {
  /** Absolute path of its folder. */
  readonly folder: string
}

/** Where the running Assay and the engines that it may load lie. */
export interface EnginePlaces {
  readonly assayRoot: string
  /** The folder of all installed engines. */
  readonly engines: string
}

/**
 * Engines are a user's, not a project's: they are large, and the same for all projects. `caches` is
 * the folder of the user's caches, if one is set.
 */
export const enginesFolder = (caches = ""): string =>
  path.join(path.isAbsolute(caches) ? caches : path.join(homeFolder(), ".cache"), "assay", "engines")

/** A user without a name or a home has what is temporary. */
const homeFolder = (): string => {
  try {
    return os.homedir()
  } catch {
    return os.tmpdir()
  }
}

/**
 * The folder of an engine as this version of Assay builds it. Another version, with other pins, has
 * another folder.
 */
export const engineFolder = (engines: string, engine: InstallableEngine): string => {
  const pins = enginePins[engine]
  return path.join(engines, `${engine}-${pins.version}-${sha256("engine", JSON.stringify(pins)).slice(0, 8)}`)
}

/** The engine in a folder; undefined where none is complete. */
export const readInstalled = (folder: string): InstalledEngine | undefined => {
  const text = textOf(path.join(folder, manifestFile))
  const manifest = text === null ? undefined : Option.getOrUndefined(Schema.decodeUnknownOption(EngineManifest)(text))
  return manifest === undefined ? undefined : { ...manifest, folder }
}

/** All engines that are installed, also those of other versions of Assay. */
export const installedEngines = (engines: string): ReadonlyArray<InstalledEngine> =>
  fs.existsSync(engines)
    ? fs
        .readdirSync(engines, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith(draftPrefix))
        .map(({ name }) => name)
        .sort()
        .flatMap((name) => readInstalled(path.join(engines, name)) ?? [])
    : []

/** The version of a package of the running Assay; null where it is not installed. */
export const runningVersion = (assayRoot: string, name: string): string | null => {
  const folder = installed(assayRoot, name)
  return folder === undefined ? null : (readPackageJson(folder)?.version ?? null)
}

/**
 * The engine that the running Assay can load; undefined if it is not installed, or for another
 * version.
 */
export const installedEngine = ({ assayRoot, engines }: EnginePlaces, engine: InstallableEngine): InstalledEngine | undefined => {
  const found = readInstalled(engineFolder(engines, engine))
  const { serves } = enginePins[engine]
  return found !== undefined && runningVersion(assayRoot, serves.package) === serves.version ? found : undefined
}

/**
 * The TensorFlow that computes on a device: on the CPU both builds can, and the smaller one is
 * taken if it is there.
 */
export const installedTensorflow = (places: EnginePlaces, device: "cpu" | "cuda"): InstalledEngine | undefined =>
  device === "cuda"
    ? installedEngine(places, "tensorflow-gpu")
    : (installedEngine(places, "tensorflow") ?? installedEngine(places, "tensorflow-gpu"))

/** The name of the package in an installed TensorFlow. */
export const tensorflowPackage = ({ engine }: Pick<InstalledEngine, "engine">): string =>
  engine === "tensorflow-gpu" ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node"

/** How a process loads an installed TensorFlow. */
export const tensorflowPlace = (
  { assayRoot }: Pick<EnginePlaces, "assayRoot">,
  installed: Pick<InstalledEngine, "engine" | "folder">,
): TensorflowPlace => ({
  binding: path.join(installed.folder, "node_modules", tensorflowPackage(installed)),
  tfjs: createRequire(path.join(assayRoot, "package.json")).resolve("@tensorflow/tfjs"),
})
