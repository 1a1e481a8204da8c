import * as fs from "node:fs"
import * as path from "node:path"
import { match } from "ts-pattern"
import type { Json } from "../../dsl/canonical.ts"
import type { Look } from "../bundle/gate.ts"
import { installed } from "../packages/installed.ts"
import { readPackageJson } from "../packages/package-json.ts"
import type { SettingsShape } from "../settings.ts"

/** The `engine` component: what computes, on what, and its version. */
export const engineIdentity = ({ assayRoot, engine, device }: SettingsShape, look: Pick<Look, "digests">): Json => {
  const version = (name: string): string | null => {
    const folder = installed(assayRoot, name)
    return folder === undefined ? null : (readPackageJson(folder)?.version ?? null)
  }
  const native = match(engine)
    .with("onnx", () => ({ "onnxruntime-node": version("onnxruntime-node") }))
    .with("tensorflow", () => ({
      "@tensorflow/tfjs-node-gpu": version("@tensorflow/tfjs-node-gpu"),
      "@tensorflow/tfjs-node": version("@tensorflow/tfjs-node"),
      tensorflow: ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"].flatMap((name) =>
        tensorflowLibraries(installed(assayRoot, name), look),
      ),
    }))
    .with("wasm", () => ({ "@tensorflow/tfjs-backend-wasm": version("@tensorflow/tfjs-backend-wasm") }))
    .with("cpu", () => ({}))
    .exhaustive()
  return { engine, device, "@tensorflow/tfjs": version("@tensorflow/tfjs"), ...native }
}

/**
 * The version of a binding is not that of the TensorFlow behind it, so the libraries count by name
 * and bytes. TensorFlow 2.12 and 2.21 behind one version of tfjs-node differ in the last bits.
 */
const tensorflowLibraries = (binding: string | undefined, { digests }: Pick<Look, "digests">): ReadonlyArray<string> => {
  if (binding === undefined) return []
  const folder = path.join(binding, "deps", "lib")
  if (!fs.existsSync(folder)) return []
  const libraries = fs.readdirSync(folder).filter((name) => /tensorflow/.test(name))
  return libraries.sort().map((name) => `${name} ${digests(path.join(folder, name)) ?? ""}`)
}
