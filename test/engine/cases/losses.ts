import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import type { Case } from "../agreement.ts"
import { float, floats, int, integers } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

type Loss = (labels: tf.Tensor, predictions: tf.Tensor, weights: tf.Tensor) => tf.Tensor

/** Losses as tfjs composes them, by what they are called. */
const loss = (title: string, compute: Loss, labels = floats(0, 1), predictions = floats(-3, 3)): fc.Arbitrary<Case> =>
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 5 }))
    .chain(([rows, classes]) =>
      fc.tuple(float([rows, classes], labels), float([rows, classes], predictions), float([rows, 1], floats(0.125, 2))),
    )
    .map(([labels, predictions, weights]) => ({
      title,
      inputs: { labels, predictions, weights },
      run: ({ labels, predictions, weights }) => compute(labels as tf.Tensor, predictions as tf.Tensor, weights as tf.Tensor),
      gradients: ["predictions"],
      tolerance: 1e-4,
    }))

const sparse: fc.Arbitrary<Case> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 5 }))
  .chain(([rows, classes]) => fc.tuple(int([rows], integers(0, classes - 1)), float([rows, classes])))
  .map(([labels, logits]) => ({
    title: "sparse cross-entropy",
    inputs: { labels, logits },
    run: ({ labels, logits }) => {
      const hot = tf.oneHot(labels as tf.Tensor1D, (logits as tf.Tensor2D).shape[1])
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.cast(hot, "float32"), tf.logSoftmax(logits as tf.Tensor)), -1)))
    },
    gradients: ["logits"],
    tolerance: 1e-4,
  }))

export const lossCases: Cases = {
  absoluteDifference: loss("absoluteDifference", (labels, predictions, weights) =>
    tf.losses.absoluteDifference(labels, predictions, weights),
  ),
  cosineDistance: loss("cosineDistance", (labels, predictions) => tf.losses.cosineDistance(labels, predictions, 1)),
  hingeLoss: loss("hingeLoss", (labels, predictions) => tf.losses.hingeLoss(labels, predictions)),
  huberLoss: loss("huberLoss", (labels, predictions, weights) => tf.losses.huberLoss(labels, predictions, weights)),
  logLoss: loss(
    "logLoss",
    (labels, predictions, weights) => tf.losses.logLoss(labels, predictions, weights),
    floats(0, 1),
    floats(0.125, 0.875),
  ),
  meanSquaredError: loss("meanSquaredError", (labels, predictions, weights) => tf.losses.meanSquaredError(labels, predictions, weights)),
  sigmoidCrossEntropy: loss("sigmoidCrossEntropy", (labels, predictions) => tf.losses.sigmoidCrossEntropy(labels, predictions)),
  softmaxCrossEntropy: loss("softmaxCrossEntropy", (labels, predictions) => tf.losses.softmaxCrossEntropy(labels, predictions)),
  preference: loss("preference", (labels, predictions) => tf.mean(tf.softplus(tf.mul(tf.sub(labels, predictions), 0.3)))),
  sparse,
}
