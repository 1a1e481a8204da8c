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

/**
 * The environment of a stage's process: fixed, of the user's variables only those that the stage
 * declares, and the GPUs that it was allocated.
 */
export const environmentOf = (
  rights: Pick<Rights, "trusted" | "engine" | "declared">,
  { engine, device }: Pick<SettingsShape, "engine" | "device">,
  gpus: ReadonlyArray<number> = [],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> => {
  // A process that Assay's own stages share may be started for one that computes no tensors.
  const needsLibraries = (rights.trusted || rights.engine) && (engine === "tensorflow" || device === "cuda")
  const names = [
    ...(needsLibraries ? ofEngines : []),
    ...rights.declared.flatMap((read) => (read.startsWith("env:") ? [read.slice("env:".length)] : [])),
  ]
  const own = names.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const devices = gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: visibleDevices(gpus, environment.CUDA_VISIBLE_DEVICES) }
  return { ...fixed, ...(isGlibc() ? keptMemory : {}), ...Object.fromEntries(own), ...devices }
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
