import { Effect, Schema } from "effect"
import { type Size, sizes } from "./policy/configuration.ts"

/** Schemas of parameters that several stages share. */

/** A whole number above 0: steps, batch sizes, counts. */
export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** Names a stage's random numbers: equal seeds, equal draws. */
export const Seed = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 - 1 }))

/** Adam's learning rate at its highest. */
export const LearningRate = Schema.Finite.check(Schema.isGreaterThan(0))

/**
 * How much of the learning rate is taken off every matrix at each step: λ of AdamW (Loshchilov and
 * Hutter 2019). 0 is Adam.
 */
export const WeightDecay = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * What logits are divided by when tokens are drawn: 1 draws from the policy itself, less sharpens
 * it.
 */
export const Temperature = Schema.Finite.check(Schema.isGreaterThan(0))

/** A part of the whole, above 0 and up to 1. */
export const Share = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1))

/**
 * Which part of a task's prompts: the one that is trained on, or the one that is kept for
 * evaluation.
 */
export const Split = Schema.Literals(["train", "test"])

/** How large a transformer is: its layers, heads and width. */
export const PolicySize = Schema.Literals(Object.keys(sizes) as Array<Size>)
export type PolicySize = typeof PolicySize.Type

/** A parameter that may be left out. */
export const withDefault = <S extends Schema.Codec<unknown, unknown>>(schema: S, value: S["Encoded"]) =>
  schema.pipe(Schema.withDecodingDefaultKey<S>(Effect.succeed(value)))

/**
 * Low-rank adapters: their rank, the alpha by which what they add is scaled (alpha / rank), and the
 * linear maps that get one, by the last parts of their names (`["q_proj", "v_proj"]`), or all.
 */
export const Lora = Schema.NullOr(
  Schema.Struct({
    rank: Count,
    alpha: Schema.Finite.check(Schema.isGreaterThan(0)),
    targets: withDefault(Schema.Union([Schema.Literal("all-linear"), Schema.NonEmptyArray(Schema.NonEmptyString)]), "all-linear"),
  }),
)

/** What a training takes in memory: less of it takes more time. */
export const memoryParameters = {
  /**
   * Into how many parts a batch is split, whose gradients are computed one after another and
   * summed: memory for activations is that of one part. A loss that looks at its batch as a whole
   * sees a part.
   */
  gradientAccumulation: withDefault(Count, 1),
  /**
   * Whether the backward pass computes the activations of each layer again, so that those of one
   * layer at a time are in memory; a step takes about a quarter longer.
   */
  recomputeActivations: withDefault(Schema.Boolean, false),
}
