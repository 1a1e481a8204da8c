import { many, stage } from "assay"
import { Schema } from "effect"
import { Components, Evaluation, Figure } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { ArmOf, Kl } from "./claim.ts"

/** Two arms that differ in who labels their pairs, and in nothing else. */
const ByLabels = Schema.Struct({
  /** Labelled by gold. */
  gold: ArmOf,
  /** Labelled by the proxy. */
  proxy: ArmOf,
})

/**
 * Takes the gap between online and offline training apart. Online, as it is used, differs from
 * offline in two things: where its pairs are sampled, and who labels them. From the four arms that
 * two swaps make, at each KL:
 * - sampling, at equal labels: online less offline, both by gold
 * - labels, at equal sampling: offline by the proxy less offline by gold
 * - interaction: what the proxy's labels do online beyond what they do offline
 * - gap: online by the proxy less offline by gold, the sum of the three
 *
 * and, where `shuffled` is given (the online stream by gold, in random order, a swap too), sampling
 * is the sum of order (online less shuffled) and coverage (shuffled less offline). Each has its 95
 * % interval over worlds, seeds and prompts. A KL that one of the arms does not get to is left out,
 * and the stage prints why. Throws a StageError `NoSuchArm`, `NoSuchOpponent`, `Unpaired`, or
 * `NoPoints` where no KL is left.
 */
export const gapDecomposition = stage({
  name: "gap-decomposition",
  inputs: { evaluations: many(Evaluation) },
  parameters: {
    /** Gaps to take apart: each has a panel of its own. */
    gaps: Schema.Array(
      Schema.Struct({
        panel: Schema.String,
        offline: ByLabels,
        online: ByLabels,
        /** The online arm's own pairs by gold, shuffled. */
        shuffled: Schema.optionalKey(ArmOf),
      }),
    ).check(Schema.isMinLength(1)),
    /** KLs to the reference, in nats. */
    kl: withDefault(Schema.Array(Kl).check(Schema.isMinLength(1)), [1, 2, 3, 4]),
    /** The opponent that win rates are against. */
    against: withDefault(Schema.String, "sft"),
    /** The name of the opponent that is the reference: against it a win rate at a KL of 0 is ½. */
    reference: withDefault(Schema.String, "sft"),
    /** The heading of the figure; what came out if empty. */
    title: withDefault(Schema.String, ""),
    /** A statement under the heading. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { components: Components, figure: Figure },
  run: () => import("./gap-decomposition.ts"),
})
