import * as tf from "@tensorflow/tfjs"

/**
 * An operation with a gradient of its own. `compute` gives its value and the tensors to keep;
 * `gradient` gives, from the gradient of the value and what was kept, that of each input. Inside of
 * both nothing is differentiated.
 */
export const differentiable = <
  const Inputs extends ReadonlyArray<tf.Tensor>,
  const Kept extends ReadonlyArray<tf.Tensor>,
  Value extends tf.Tensor,
>(
  inputs: Inputs,
  compute: (...inputs: Inputs) => { readonly value: Value; readonly kept: Kept },
  gradient: (dy: Value, ...kept: Kept) => { readonly [K in keyof Inputs]: tf.Tensor },
): Value => {
  // TensorFlow.js appends the function that keeps tensors to the arguments, which its types cannot
  // say.
  const operation = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const { value, kept } = compute(...(given.slice(0, -1) as unknown as Inputs))
    save([...kept])
    return { value, gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => [...gradient(dy as Value, ...(saved as unknown as Kept))] }
  })
  return operation(...inputs) as Value
}

/**
 * Whether a gradient of what is computed now will be asked for. If not, nothing need be kept
 * for it.
 */
export const isDifferentiated = (): boolean => tf.engine().isTapeOn()
