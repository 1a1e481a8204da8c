import * as fs from "node:fs"
import * as path from "node:path"
import type { EngineSetting } from "../../dsl/engine-setting.ts"
import { type InstalledEngine, installedEngine, installedEngines, runningVersion } from "../../runtime/engines/installed.ts"
import { type InstallableEngine, installableEngines } from "../../runtime/engines/pins.ts"
import type { SettingsShape } from "../../runtime/index.ts"
import { installed } from "../../runtime/packages/installed.ts"

/** An engine as `assay engine` lists it. */
export interface DescribedEngine {
  readonly engine: string
  /** The settings that select it. */
  readonly select: Pick<EngineSetting, "engine" | "device">
  /** Of the library, or of the package of npm that brought it; null if it is not installed. */
  readonly version: string | null
  readonly folder: string | null
  /** Size on disk of what `assay engine install` has built; null for what it has not. */
  readonly bytes: number | null
  /** Whether it came with Assay. */
  readonly isShipped: boolean
  /** Whether it is installed, for the packages that run. */
  readonly isUsable: boolean
  /** What to do where it is not usable; null where it is. */
  readonly remedy: string | null
}

/** All engines of the running Assay, and those in the user's cache that it cannot load. */
export const describeEngines = (settings: SettingsShape): ReadonlyArray<DescribedEngine> => [
  shipped(settings, "onnx", "onnxruntime-node"),
  tensorflow(settings),
  ...(installedEngine(settings, "tensorflow-gpu") === undefined
    ? []
    : [fromCache(settings, "tensorflow-gpu", { engine: "tensorflow", device: "cuda" })]),
  shipped(settings, "wasm", "@tensorflow/tfjs-backend-wasm"),
  shipped(settings, "cpu", "@tensorflow/tfjs"),
  cuda(settings),
  ...unusable(settings),
]

const shipped = ({ assayRoot }: SettingsShape, engine: EngineSetting["engine"], name: string): DescribedEngine => ({
  ...{ engine, select: { engine, device: "cpu" }, bytes: null, isShipped: true, isUsable: true, remedy: null },
  version: runningVersion(assayRoot, name),
  folder: installed(assayRoot, name) ?? null,
})

const fromCache = (settings: SettingsShape, engine: InstallableEngine, select: DescribedEngine["select"]): DescribedEngine => {
  const found = installedEngine(settings, engine)
  return {
    ...{ engine, select, isShipped: false },
    version: found?.version ?? null,
    folder: found?.folder ?? null,
    bytes: found?.bytes ?? null,
    isUsable: found !== undefined,
    remedy: found === undefined ? `not installed: assay engine install ${installName(engine)}` : null,
  }
}

/** That of the cache, else the binding that a project has brought itself. */
const tensorflow = (settings: SettingsShape): DescribedEngine => {
  const described = fromCache(settings, "tensorflow", { engine: "tensorflow", device: "cpu" })
  const name = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"].find((each) => installed(settings.assayRoot, each) !== undefined)
  if (described.isUsable || name === undefined) return described
  const { assayRoot } = settings
  return {
    ...described,
    version: runningVersion(assayRoot, name),
    folder: installed(assayRoot, name) ?? null,
    isUsable: true,
    remedy: null,
  }
}

/** That of the cache, else the provider that the installation of onnxruntime-node has fetched. */
const cuda = (settings: SettingsShape): DescribedEngine => {
  const described = fromCache(settings, "cuda", { engine: "onnx", device: "cuda" })
  const folder = path.join(installed(settings.assayRoot, "onnxruntime-node") ?? "", "bin", "napi-v6", process.platform, process.arch)
  if (described.isUsable || !fs.existsSync(path.join(folder, "libonnxruntime_providers_cuda.so"))) return described
  return { ...described, version: runningVersion(settings.assayRoot, "onnxruntime-node"), folder, isUsable: true, remedy: null }
}

/** Built by another version of Assay, or for another version of the package that loads it. */
const unusable = (settings: SettingsShape): ReadonlyArray<DescribedEngine> => {
  const usable = installableEngines.map((engine) => installedEngine(settings, engine)?.folder)
  return installedEngines(settings.engines)
    .filter(({ folder }) => !usable.includes(folder))
    .map(({ engine, version, folder, bytes }) => ({
      ...{ engine, select: selectionOf(engine), version, folder, bytes, isShipped: false, isUsable: false },
      remedy: `not loaded, because another version of Assay has built it: assay engine remove ${installName(engine)}`,
    }))
}

const selectionOf = (engine: InstallableEngine): DescribedEngine["select"] =>
  engine === "cuda" ? { engine: "onnx", device: "cuda" } : { engine: "tensorflow", device: engine === "tensorflow" ? "cpu" : "cuda" }

/** The variables that select an engine, as they are typed. */
export const selectedBy = (engine: InstallableEngine): string => {
  const { engine: name, device } = selectionOf(engine)
  return [...(name === "onnx" ? [] : [`ASSAY_ENGINE=${name}`]), ...(device === "cpu" ? [] : [`ASSAY_DEVICE=${device}`])].join(" ")
}

/** What is typed after `assay engine install`. */
export const installName = (engine: InstalledEngine["engine"]): string => (engine === "tensorflow-gpu" ? "tensorflow --gpu" : engine)
