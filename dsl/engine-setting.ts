/**
 * The engines that run tensor programs, by the names that `ASSAY_ENGINE` takes; the first is the
 * default.
 */
export const engineNames = ["onnx", "tensorflow", "wasm", "cpu"] as const

/**
 * `onnx` traces a program for ONNX Runtime; the others run it eagerly on that backend of
 * TensorFlow.js.
 */
export type EngineName = (typeof engineNames)[number]

/** How tensor programs run. */
export interface EngineSetting {
  readonly engine: EngineName
  /** Where ONNX Runtime or TensorFlow computes. */
  readonly device: "cpu" | "cuda"
  readonly threads: number
  /**
   * `own` (the default): each program keeps the memory that it has used. `shared`: all programs of
   * the process share freed memory.
   */
  readonly memory?: "own" | "shared"
}
