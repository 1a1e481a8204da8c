import * as path from "node:path"
import { match } from "ts-pattern"
import type { Json } from "../../dsl/canonical.ts"
import { readPackageJson } from "../bundle/package-json.ts"
import type { SettingsShape } from "../settings.ts"

/** The `engine` component: what computes, on what, and its version. */
export const engineIdentity = ({ assayRoot, engine, device }: SettingsShape): Json => {
  const version = (name: string): string | null => readPackageJson(path.join(assayRoot, "node_modules", name))?.version ?? null
  const native = match(engine)
    .with("onnx", () => ({ "onnxruntime-node": version("onnxruntime-node") }))
    .with("tensorflow", () => ({
      "@tensorflow/tfjs-node-gpu": version("@tensorflow/tfjs-node-gpu"),
      "@tensorflow/tfjs-node": version("@tensorflow/tfjs-node"),
    }))
    .with("wasm", () => ({ "@tensorflow/tfjs-backend-wasm": version("@tensorflow/tfjs-backend-wasm") }))
    .with("cpu", () => ({}))
    .exhaustive()
  return { engine, device, "@tensorflow/tfjs": version("@tensorflow/tfjs"), ...native }
}
