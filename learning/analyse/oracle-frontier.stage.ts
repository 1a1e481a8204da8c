import { stage } from "assay"
import { Schema } from "effect"
import { GoldJudge, Oracle, Responses } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

const Kl = Schema.Finite.check(Schema.isGreaterThan(0))

/**
 * Computes the highest win rate against the reference that any policy can have at each mean KL to
 * it, under this judge with its ties: a limit for every arm, whatever its loss, data and size.
 * `responses` are many samples of the reference to each of some prompts, 256 to 512, drawn with the
 * `split` and `maxNewTokens` of the evaluations. Each prompt's samples are tilted by e^{u/β}, where
 * u is a sample's mid-rank among them and β is the same for all prompts: that is the optimum of
 * mean win rate at given mean KL.
 *
 * From M samples it is good to about ln M − 2 nats, 3.5 for 256 and 4.2 for 512: a KL beyond that
 * is left out, as is one that the judge's ties put out of reach, and the stage prints which. `bias`
 * says by how much the finite number of samples is likely to have moved a win rate. Intervals are
 * 95 %, over prompts.
 *
 * A judge that only compares is asked about every pair of a prompt's samples, M (M − 1)/2 of them.
 * Throws a StageError `TooLittleData` where no KL of the grid can be computed.
 */
export const oracleFrontier = stage({
  name: "oracle-frontier",
  inputs: { responses: Responses, judge: GoldJudge },
  parameters: {
    /** KLs to the reference, nats. */
    kl: withDefault(Schema.Array(Kl).check(Schema.isMinLength(1)), [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4]),
    /** What evaluations call the reference as an opponent. */
    against: withDefault(Schema.String, "sft"),
  },
  outputs: { oracle: Oracle },
  engine: true,
  run: () => import("./oracle-frontier.ts"),
})
