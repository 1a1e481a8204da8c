import * as path from "node:path"
import type { EngineSetting } from "../../dsl/engine-setting.ts"
import { engineFolder, installedEngine, installedEngines, runningVersion } from "../../runtime/engines/installed.ts"
import { enginePins, type InstallableEngine, installableEngines } from "../../runtime/engines/pins.ts"
import type { SettingsShape } from "../../runtime/index.ts"
import { installed } from "../../runtime/packages/installed.ts"

/** An engine as `assay engine` lists it. */
export interface DescribedEngine {
  readonly engine: string
  /** What selects it. */
  readonly select: Pick<EngineSetting, "engine" | "device">
  /** Of the library, or of the package where it is one of npm's; null if it is not installed. */
  readonly version: string | null
  readonly folder: string | null
  /** Size on disk of what `assay engine install` has built; null for what came with Assay. */
  readonly bytes: number | null
  /** What is to be done to have it, or with it; null if nothing is. */
  readonly remedy: string | null
}

/** All engines of the running Assay, and those in the user's cache that it cannot load. */
export const describeEngines = (settings: SettingsShape): ReadonlyArray<DescribedEngine> => [
  shipped(settings, { engine: "onnx", package: "onnxruntime-node" }),
  tensorflow(settings),
  ...(installedEngine(settings, "tensorflow-gpu") === undefined
    ? []
    : [own(settings, "tensorflow-gpu", { engine: "tensorflow", device: "cuda" })]),
  shipped(settings, { engine: "wasm", package: "@tensorflow/tfjs-backend-wasm" }),
  shipped(settings, { engine: "cpu", package: "@tensorflow/tfjs" }),
  own(settings, "cuda", { engine: "onnx", device: "cuda" }),
  ...unusable(settings),
]

const shipped = (
  { assayRoot }: SettingsShape,
  about: { readonly engine: EngineSetting["engine"]; readonly package: string },
): DescribedEngine => ({
  engine: about.engine,
  select: { engine: about.engine, device: "cpu" },
  version: runningVersion(assayRoot, about.package),
  folder: installed(assayRoot, about.package) ?? null,
  bytes: null,
  remedy: null,
})

const own = (settings: SettingsShape, engine: InstallableEngine, select: DescribedEngine["select"]): DescribedEngine => {
  const found = installedEngine(settings, engine)
  return {
    engine,
    select,
    version: found?.version ?? null,
    folder: found?.folder ?? null,
    bytes: found?.bytes ?? null,
    remedy: found === undefined ? `assay engine install ${installName(engine)}` : null,
  }
}

/** That of the cache, else the binding that a project has brought itself. */
const tensorflow = (settings: SettingsShape): DescribedEngine => {
  const select = { engine: "tensorflow", device: "cpu" } as const
  const ofCache = own(settings, "tensorflow", select)
  if (ofCache.version !== null || installedEngine(settings, "tensorflow-gpu") !== undefined) return ofCache
  const name = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"].find((each) => installed(settings.assayRoot, each) !== undefined)
  return name === undefined
    ? ofCache
    : { ...ofCache, version: runningVersion(settings.assayRoot, name), folder: installed(settings.assayRoot, name) ?? null, remedy: null }
}

/** Built by another version of Assay, or for another version of the package that loads it. */
const unusable = (settings: SettingsShape): ReadonlyArray<DescribedEngine> => {
  const usable = new Set(
    installableEngines.flatMap((engine) =>
      installedEngine(settings, engine) === undefined ? [] : [engineFolder(settings.engines, engine)],
    ),
  )
  return installedEngines(settings.engines)
    .filter(({ folder }) => !usable.has(path.resolve(folder)))
    .map(({ engine, version, folder, bytes }) => ({
      engine,
      select:
        engine === "cuda" ? { engine: "onnx", device: "cuda" } : { engine: "tensorflow", device: engine === "tensorflow" ? "cpu" : "cuda" },
      version,
      folder,
      bytes,
      remedy: `not loaded: of another version of Assay. assay engine remove ${installName(engine)}`,
    }))
}

/** As it is typed. */
export const installName = (engine: InstallableEngine): string => (engine === "tensorflow-gpu" ? "tensorflow --gpu" : engine)

export const pinnedVersion = (engine: InstallableEngine): string => enginePins[engine].version
