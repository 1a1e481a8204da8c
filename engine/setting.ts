/** How programs run: `onnx` traces them for ONNX Runtime, the others run TensorFlow.js eagerly on that backend. */
export type EngineName = "onnx" | "tensorflow" | "wasm" | "cpu"

export interface EngineSetting {
  readonly engine: EngineName
  /** Where ONNX Runtime computes. */
  readonly device: "cpu" | "cuda"
  readonly threads: number
  /** `shared`: the process keeps freed memory for whoever needs it next. `own` (the default): each program keeps what it has used. */
  readonly memory?: "own" | "shared"
}
