import * as path from "node:path"
import { installedEngine, installedTensorflow } from "../../engines/installed.ts"
import type { Rights } from "../../fingerprint/rights.ts"
import type { SettingsShape } from "../../settings.ts"

/**
 * One time zone and one locale on every machine: what a stage prints of dates and numbers, and how
 * it sorts, depends on them.
 */
const fixed: Readonly<Record<string, string>> = { TZ: "UTC", LANG: "en_US.UTF-8", LC_ALL: "en_US.UTF-8" }

/** Where native engines look for their libraries and their device. */
const ofEngines = ["LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "CUDA_PATH"]

/**
 * The allocator of glibc, which alone knows these variables, keeps what native code frees instead
 * of having the kernel zero it again.
 */
const keptMemory = { MALLOC_MMAP_THRESHOLD_: "4294967296", MALLOC_TRIM_THRESHOLD_: "8589934592", MALLOC_TOP_PAD_: "67108864" }

let glibc: boolean | null = null

/** Asked when a process is started: the answer takes a tenth of a second. */
const isGlibc = (): boolean => {
  glibc ??= "glibcVersionRuntime" in (process.report.getReport() as { readonly header: object }).header
  return glibc
}

/**
 * Whether a process that is started with `environmentOf` keeps freed memory for later allocations.
 */
export const memoryMode = (): "own" | "shared" => (isGlibc() ? "shared" : "own")

/** Of the settings, what decides how a stage's process finds its engine. */
export type EngineSettings = Pick<SettingsShape, "assayRoot" | "engine" | "device" | "threads" | "engines">

/**
 * What native engines are told by variables, because they read them while they are loaded.
 * TensorFlow knows no number of threads per call, so a process gets those of all stages together.
 */
const ofEngine = (
  settings: EngineSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> => {
  const { engine, device, threads } = settings
  if (engine === "tensorflow") {
    return {
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_NUM_INTEROP_THREADS: String(threads),
      // Errors only: it greets every process with lines about the processor.
      TF_CPP_MIN_LOG_LEVEL: "2",
      // Otherwise the first process takes all of the card's memory.
      TF_FORCE_GPU_ALLOW_GROWTH: "true",
      // The device is part of the key: a build for GPUs computes on the CPU unless it is asked.
      ...(device === "cpu" ? { CUDA_VISIBLE_DEVICES: "" } : {}),
    }
  }
  const cuda = engine === "onnx" && device === "cuda" ? installedEngine(settings, "cuda") : undefined
  if (cuda === undefined) return {}
  // In front of the folder of onnxruntime-node: there lies a copy of its library with the provider
  // beside it, where the library looks for it.
  const folders = [path.join(cuda.folder, "lib"), environment.LD_LIBRARY_PATH ?? ""]
  return { LD_LIBRARY_PATH: folders.filter((folder) => folder !== "").join(path.delimiter) }
}

/** Folders outside of its packages that the engine of a stage is loaded from. */
export const engineFolders = ({ engine }: Pick<Rights, "engine">, settings: EngineSettings): ReadonlyArray<string> => {
  if (!engine) return []
  const tensorflow = settings.engine === "tensorflow" ? installedTensorflow(settings, settings.device) : undefined
  return tensorflow === undefined ? [] : [tensorflow.folder]
}

/**
 * The environment of a stage's process: fixed, of the user's variables only those that the stage
 * declares, and the GPUs that it was allocated.
 */
export const environmentOf = (
  rights: Pick<Rights, "trusted" | "engine" | "declared">,
  settings: EngineSettings,
  gpus: ReadonlyArray<number> = [],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> => {
  // A process that Assay's own stages share may be started for one that computes no tensors.
  const needsLibraries = (rights.trusted || rights.engine) && (settings.engine === "tensorflow" || settings.device === "cuda")
  const names = [
    ...(needsLibraries ? ofEngines : []),
    ...rights.declared.flatMap((read) => (read.startsWith("env:") ? [read.slice("env:".length)] : [])),
  ]
  const own = names.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const devices = gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: visibleDevices(gpus, environment.CUDA_VISIBLE_DEVICES) }
  return {
    ...fixed,
    ...(isGlibc() ? keptMemory : {}),
    ...Object.fromEntries(own),
    ...(needsLibraries ? ofEngine(settings, environment) : {}),
    ...devices,
  }
}

/** Of the devices that this process was given itself, those of the numbers. */
export const visibleDevices = (gpus: ReadonlyArray<number>, given: string | undefined): string => {
  const devices = given?.split(",").map((device) => device.trim())
  return gpus.map((gpu) => devices?.[gpu] ?? String(gpu)).join(",")
}

/**
 * How large a heap may grow changes no result: what the user sets for Node in NODE_OPTIONS holds
 * for stages too.
 */
export const heapFlags = (environment: Readonly<Record<string, string | undefined>> = process.env): ReadonlyArray<string> =>
  environment.NODE_OPTIONS?.match(/--max[-_](?:old|semi)[-_]space[-_]size=\d+/g) ?? []
