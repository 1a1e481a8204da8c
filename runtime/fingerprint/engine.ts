import * as fs from "node:fs"
import * as path from "node:path"
import { match } from "ts-pattern"
import type { Json } from "../../dsl/canonical.ts"
import type { Look } from "../bundle/gate.ts"
import { installedEngine, installedTensorflow, runningVersion, tensorflowPlace } from "../engines/installed.ts"
import { installed } from "../packages/installed.ts"
import type { SettingsShape } from "../settings.ts"

/**
 * The `engine` component: what computes, on what, and its version. TensorFlow groups sums by the
 * number of its threads: results of 1, 2 and 8 differ in the last bits, so there it counts too.
 */
export const engineIdentity = (
  settings: Pick<SettingsShape, "assayRoot" | "engine" | "device" | "threads" | "engines">,
  look: Pick<Look, "digests">,
): Json => {
  const { assayRoot, engine, device } = settings
  const version = (name: string): string | null => runningVersion(assayRoot, name)
  const native = match(engine)
    .with("onnx", () => ({ "onnxruntime-node": version("onnxruntime-node"), ...cudaPackages(settings) }))
    .with("tensorflow", () => ({ ...tensorflowIdentity(settings, look), threads: settings.threads }))
    .with("wasm", () => ({ "@tensorflow/tfjs-backend-wasm": version("@tensorflow/tfjs-backend-wasm") }))
    .with("cpu", () => ({}))
    .exhaustive()
  return { engine, device, "@tensorflow/tfjs": version("@tensorflow/tfjs"), ...native }
}

/** The provider and NVIDIA's libraries, where `assay engine install cuda` has brought them. */
const cudaPackages = (settings: Pick<SettingsShape, "assayRoot" | "device" | "engines">): { readonly cuda?: Json } => {
  const cuda = settings.device === "cuda" ? installedEngine(settings, "cuda") : undefined
  return cuda === undefined ? {} : { cuda: cuda.packages }
}

/** The TensorFlow that was installed for this user, else the binding beside Assay. */
const tensorflowIdentity = (
  settings: Pick<SettingsShape, "assayRoot" | "device" | "engines">,
  look: Pick<Look, "digests">,
): Readonly<Record<string, Json>> => {
  const own = installedTensorflow(settings, settings.device)
  if (own !== undefined) {
    const libraries = tensorflowLibraries(tensorflowPlace(settings, own).binding, look)
    // NVIDIA's libraries compute only on a GPU.
    return { tensorflow: { version: own.version, ...(settings.device === "cuda" ? { packages: own.packages } : {}), libraries } }
  }
  const bindings = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]
  return {
    ...Object.fromEntries(bindings.map((name) => [name, runningVersion(settings.assayRoot, name)])),
    tensorflow: { libraries: bindings.flatMap((name) => tensorflowLibraries(installed(settings.assayRoot, name), look)) },
  }
}

/**
 * The version of a binding is not that of the TensorFlow behind it, so the libraries count by name
 * and bytes. TensorFlow 2.12 and 2.21 behind one version of tfjs-node differ in the last bits.
 */
const tensorflowLibraries = (binding: string | undefined, { digests }: Pick<Look, "digests">): ReadonlyArray<string> => {
  const folder = path.join(binding ?? "", "deps", "lib")
  if (binding === undefined || !fs.existsSync(folder)) return []
  const names = fs.readdirSync(folder).filter((name) => /tensorflow/.test(name))
  // Links to one library are one library, of half a gigabyte.
  const libraries = new Set(names.map((name) => fs.realpathSync(path.join(folder, name))))
  return [...libraries].sort().map((library) => `${path.basename(library)} ${digests(library) ?? ""}`)
}
