import * as tf from "@tensorflow/tfjs"
import type { EngineSetting } from "../dsl/engine-setting.ts"
import { compile } from "./compile.ts"
import { driverProblem } from "./driver.ts"
import { tensorflowFacts } from "./tensorflow.ts"

/** What a process that tries engines answers: one line of JSON for each, on stdout. */
export interface Probed {
  /** Null if the engine computes. */
  readonly problem: string | null
  /** What the library says of its own version, where it has one. */
  readonly version: string | null
  /** Why NVIDIA's driver cannot be used; null if it can, or is not asked for. */
  readonly driver: string | null
}

/**
 * Tries engines, named by a list of settings in JSON, the first argument. A native library that
 * crashes ends the process: what may crash is tried in a process of its own. `prepareTensorflow`
 * does what a stage's process does before it loads a stage.
 */
export const answerProbe = async (prepareTensorflow: () => void): Promise<void> => {
  for (const setting of JSON.parse(process.argv[2] ?? "[]") as ReadonlyArray<EngineSetting>)
    process.stdout.write(`${JSON.stringify(await probe(setting, prepareTensorflow))}\n`)
}

const probe = async (setting: EngineSetting, prepareTensorflow: () => void): Promise<Probed> => {
  const version = () => (setting.engine === "tensorflow" && tf.getBackend() === "tensorflow" ? tensorflowFacts().version : null)
  const driver = () => (setting.device === "cuda" ? (driverProblem() ?? null) : null)
  try {
    if (setting.engine === "tensorflow") prepareTensorflow()
    const wrong = await wrongValue(setting)
    const problem = wrong === undefined ? null : `it computes ${wrong} where 4, 8, 2, 6, 2, 6 is right`
    return { problem, version: version(), driver: driver() }
  } catch (error) {
    return { problem: (error as Error).message, version: version(), driver: driver() }
  }
}

/** A product and its gradient, which are exact on every engine; undefined if they are right. */
const wrongValue = async (setting: EngineSetting): Promise<string | undefined> => {
  const product = (x: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x as tf.Tensor2D, tf.tensor2d([0, 1, 1, 2], [2, 2])), 1)
  const program = await compile(
    ({ x }) => ({ sums: product(x as tf.Tensor), slope: tf.grad((each: tf.Tensor) => tf.sum(tf.mul(product(each), 2)))(x as tf.Tensor) }),
    { x: { shape: [2, 2], dtype: "float32" } },
    setting,
  )
  const { sums, slope } = await program.run({ x: Float32Array.of(1, 1, 2, 2) })
  const found = [...(sums ?? []), ...(slope ?? [])].join(", ")
  return found === "4, 8, 2, 6, 2, 6" ? undefined : found
}
