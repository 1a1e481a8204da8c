import * as path from "node:path"
import { Effect } from "effect"
import { engineFolder, tensorflowPlace } from "../../runtime/engines/installed.ts"
import type { InstallableEngine } from "../../runtime/engines/pins.ts"
import type { SettingsShape } from "../../runtime/index.ts"
import { type Probed, probeEngines } from "../../runtime/inspect/engines.ts"

/** Why an engine does not compute. */
export interface Problem {
  /** `files`: what was installed is at fault. `machine`: a driver or a GPU is missing. */
  readonly kind: "files" | "machine"
  readonly text: string
}

/** The oldest driver that CUDA 12 and CUDA 13 run on, by NVIDIA's tables of compatibility. */
const oldestDriver: Readonly<Record<string, string>> = { "tensorflow-gpu": "525", cuda: "580" }

/**
 * Loads an installed engine, or one in another folder, and has it compute something. Returns what
 * is wrong; null if nothing is.
 */
export const tryEngine = (
  settings: SettingsShape,
  engine: InstallableEngine,
  folder = engineFolder(settings.engines, engine),
): Effect.Effect<Problem | null> =>
  Effect.gen(function* () {
    if (engine === "cuda") {
      const variables = { LD_LIBRARY_PATH: path.join(folder, "lib") }
      return diagnose(engine, (yield* probeEngines(settings, ["onnx"], "cuda", { variables }))[0])
    }
    const from = { tensorflow: tensorflowPlace(settings, { engine, folder }) }
    // What does not compute on the CPU would not on a GPU.
    const onCpu = diagnose(engine, (yield* probeEngines(settings, ["tensorflow"], "cpu", from))[0])
    if (onCpu !== null || engine === "tensorflow") return onCpu
    return diagnose(engine, (yield* probeEngines(settings, ["tensorflow"], "cuda", from))[0])
  })

/** What an answer means, in words that say what is missing. */
export const diagnose = (engine: string, probed: Probed | undefined): Problem | null => {
  const { problem, driver } = probed ?? { problem: "it gives no answer", driver: null }
  if (problem === null) return null
  const missing = /([^\s:/]+\.so[.\d]*): cannot open shared object file/.exec(problem)?.[1]
  if (missing !== undefined && missing !== "libcuda.so.1") return { kind: "files", text: `the library ${missing} is missing` }
  const needed = `install version ${oldestDriver[engine] ?? "525"} or later`
  if (driver !== null)
    return {
      kind: "machine",
      text: /cannot open shared object file/.test(driver)
        ? `NVIDIA's driver is missing (libcuda.so.1 was not found): ${needed}`
        : `NVIDIA's driver does not load (${driver}): ${needed}`,
    }
  if (/CUDA failure 35\b|driver version is insufficient/.test(problem))
    return { kind: "machine", text: `NVIDIA's driver is too old: ${needed}` }
  if (/CUDA failure 100\b|no CUDA-capable device|finds no GPU/.test(problem))
    return { kind: "machine", text: "no GPU of NVIDIA's can be used: see nvidia-smi, and CUDA_VISIBLE_DEVICES" }
  return { kind: "files", text: problem }
}
