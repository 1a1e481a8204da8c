import * as tf from "@tensorflow/tfjs"
import type { EngineSetting } from "../dsl/engine-setting.ts"
import { compile } from "./compile.ts"
import { libraryProblem } from "./shared-library.ts"
import { tensorflowFacts } from "./tensorflow.ts"

/** What a process that tries engines answers: one line of JSON for each, on stdout. */
export interface Probed {
  /** Null if the engine computes. */
  readonly problem: string | null
  /** What the library says of its own version, where it has one. */
  readonly version: string | null
  /** Of an engine that does not compute: what the system says of libraries that do not load. */
  readonly libraries: ReadonlyArray<string>
}

export interface Probing {
  readonly settings: ReadonlyArray<EngineSetting>
  /** Libraries that are loaded one by one where an engine does not compute. */
  readonly libraries: ReadonlyArray<string>
  /** What a stage's process does before it loads a stage that computes with TensorFlow. */
  readonly prepareTensorflow: () => void
}

/**
 * Tries engines, one after the other. A native library that crashes ends the process: what may
 * crash is tried in a process of its own.
 */
export const answerProbe = async ({ settings, ...about }: Probing): Promise<void> => {
  for (const setting of settings) process.stdout.write(`${JSON.stringify(await probe(setting, about))}\n`)
}

const probe = async (setting: EngineSetting, { libraries, prepareTensorflow }: Omit<Probing, "settings">): Promise<Probed> => {
  const answer = (problem: string | null): Probed => ({
    problem,
    version: setting.engine === "tensorflow" && tf.getBackend() === "tensorflow" ? tensorflowFacts().version : null,
    libraries: problem === null ? [] : libraries.flatMap((file) => libraryProblem(file) ?? []),
  })
  try {
    if (setting.engine === "tensorflow") prepareTensorflow()
    const wrong = await wrongValue(setting)
    return answer(wrong === undefined ? null : `it computes ${wrong} where 4, 8, 2, 6, 2, 6 is right`)
  } catch (error) {
    return answer((error as Error).message)
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
