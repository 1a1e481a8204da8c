import type * as tf from "@tensorflow/tfjs"
import {
  type Fields,
  type Plugin,
  type PluginOptions,
  type PluginParameters,
  type PluginValue,
  plugin,
  pluginParameter,
  StageError,
} from "assay"

/** What a loss sees of the chosen or of the rejected responses of a batch; each is [pairs]. */
export interface LossSide {
  /** log π(y), nats, summed over the tokens of the response: what the gradient flows through. */
  readonly logp: tf.Tensor1D
  /** log π_ref(y), nats. */
  readonly reference: tf.Tensor1D
  /** r(y) = log π(y)/π_ref(y), nats. */
  readonly ratio: tf.Tensor1D
  /** |y|: length in tokens, end-of-text included where it was drawn. */
  readonly tokens: tf.Tensor1D
}

/** A batch of pairs as a loss sees it. */
export interface LossInput {
  readonly chosen: LossSide
  readonly rejected: LossSide
  /**
   * How much each pair counts, [pairs]; a tie has 0, and most ties are left out. Applied to what
   * the loss returns, so only losses that look at the batch as a whole need it.
   */
  readonly weight: tf.Tensor1D
}

/** The loss of every pair, [pairs]. */
export type PairLoss = (input: LossInput) => tf.Tensor1D

/**
 * What preference optimisation minimises, averaged over pairs: a plugin with its parameters, such
 * as `ipo({ beta: 0.1 })`.
 */
export type Loss = Plugin<"loss">

/**
 * The type of the `run` that the module of a loss exports: from the log-probabilities of a batch to
 * the loss of every pair, [pairs], in TensorFlow.js.
 *
 *   export const run: LossFunction<typeof hinge> = ({ chosen, rejected }, { beta }) =>
 *     tf.relu(tf.sub(1, tf.mul(tf.sub(chosen.ratio, rejected.ratio), beta))) as tf.Tensor1D
 */
export type LossFunction<C> = (input: LossInput, parameters: PluginParameters<C>) => tf.Tensor

/**
 * Declares a loss of your own. Calling it with its parameters makes what `optimize`,
 * `optimizeOnline` and `goldenPolicy` take as `loss`; offline and online minimise the same.
 *
 *   export const hinge = loss({
 *     name: "hinge",
 *     parameters: { beta: Schema.Finite },
 *     run: () => import("./hinge.ts"),
 *   })
 *   const run = optimize({ reference, preferences, loss: hinge({ beta: 1 }), steps: 600, seed: 1 })
 *
 * Its code is part of the fingerprint of each stage that it is passed to, and runs there in a
 * process without other rights.
 */
export const loss = <const P extends Fields>(options: PluginOptions<P>) => plugin({ kind: "loss", ...options })

/** The Schema of a stage's parameter that takes a loss. */
export const LossParameter = pluginParameter("loss")

/**
 * The loss that a stage was given, with its parameters. It throws a StageError `LossShape` where
 * the loss does not return one number for each pair.
 */
export const loadLoss = async ({
  parameters,
  plugin,
}: {
  readonly parameters: { readonly loss: PluginValue }
  readonly plugin: (place: "loss") => Promise<unknown>
}): Promise<PairLoss> => {
  const { _tag: name, ...values } = parameters.loss
  return pairLoss(name, (await plugin("loss")) as LossFunction<never>, values)
}

/** A loss function with its parameters. `name` is what errors call it. */
export const pairLoss = (name: string, compute: (input: LossInput, parameters: never) => tf.Tensor, parameters: object): PairLoss => {
  if (typeof compute !== "function") throw new StageError("LossShape", `loss ${name}: its module must export a function "run"`)
  return (input) => {
    const pairs = input.weight.shape[0]
    const losses = compute(input, parameters as never) as tf.Tensor1D | undefined
    if (losses?.shape?.length === 1 && losses.shape[0] === pairs && losses.dtype === "float32") return losses
    const found = losses?.shape === undefined ? `${typeof losses}` : `a tensor [${losses.shape.join(", ")}] of ${losses.dtype}`
    throw new StageError("LossShape", `loss ${name} returned ${found}: return one float32 number for each of the pairs, [${pairs}]`)
  }
}
