import * as fs from "node:fs"
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

/** NVIDIA's driver, of which this is the part that programs are linked with. */
const driver = "libcuda.so.1"

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
    const tensorflow = tensorflowPlace(settings, { engine, folder })
    if (engine === "cuda") {
      const library = path.join(folder, "lib")
      const from = { variables: { LD_LIBRARY_PATH: library }, libraries: [path.join(library, "libonnxruntime_providers_cuda.so"), driver] }
      return diagnose(engine, (yield* probeEngines(settings, ["onnx"], "cuda", from))[0])
    }
    // What does not compute on the CPU would not on a GPU.
    const onCpu = diagnose(engine, (yield* probeEngines(settings, ["tensorflow"], "cpu", { tensorflow }))[0])
    if (onCpu !== null || engine === "tensorflow") return onCpu
    const libraries = [...nvidiaLibraries(tensorflow.binding), driver]
    return diagnose(engine, (yield* probeEngines(settings, ["tensorflow"], "cuda", { tensorflow, libraries }))[0])
  })

/** TensorFlow looks for them when it meets a GPU, and goes on without one if any is missing. */
const nvidiaLibraries = (binding: string): ReadonlyArray<string> => {
  const folder = path.join(binding, "deps", "nvidia")
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder)
    .flatMap((part) => fs.readdirSync(path.join(folder, part, "lib")).map((name) => path.join(folder, part, "lib", name)))
}

/** What an answer means, in words that say what is missing. */
export const diagnose = (engine: string, probed: Probed | undefined): Problem | null => {
  const { problem, libraries } = probed ?? { problem: "it gives no answer", libraries: [] }
  if (problem === null) return null
  const needed = `install version ${oldestDriver[engine] ?? "525"} or later`
  const missing = [problem, ...libraries].flatMap((text) => /([^\s:/]+\.so[.\d]*): cannot open shared object file/.exec(text)?.[1] ?? [])
  const [library] = missing.filter((name) => name !== driver)
  if (library !== undefined) return { kind: "files", text: `the library ${library} is missing` }
  if (missing.length > 0) return { kind: "machine", text: `NVIDIA's driver is missing (${driver} was not found): ${needed}` }
  const [broken] = libraries
  if (broken !== undefined) return { kind: "files", text: `a library does not load: ${broken}` }
  if (/CUDA failure 35\b|driver version is insufficient/.test(problem))
    return { kind: "machine", text: `NVIDIA's driver is too old: ${needed}` }
  if (/CUDA failure 100\b|no CUDA-capable device|finds no GPU/.test(problem))
    return { kind: "machine", text: "no GPU of NVIDIA's can be used: see nvidia-smi, and CUDA_VISIBLE_DEVICES" }
  return { kind: "files", text: problem }
}
