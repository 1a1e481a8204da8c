import { many, stage } from "assay"
import { Schema } from "effect"
import { Report, Verdicts } from "../artifacts.ts"

/**
 * Writes what came out as sentences that were all written beforehand: of each finding, one for each
 * verdict that its claim may get. So the words of a result are part of what is registered, and no
 * sentence is chosen by its author after the run. In a sentence, `{effect}` is the estimate with
 * its sign, `{low}` and `{high}` its 95 % bounds, `{detectable}` what could have been found, and
 * `{reason}` why it is not measurable. Markdown, `findings.md`: one paragraph with a sentence for
 * each finding.
 *
 * Throws a StageError `NoSuchClaim` where no claim, or more than one, has the text of a finding,
 * and `NoSentence` where the verdict has none.
 */
export const findings = stage({
  name: "findings",
  inputs: { verdicts: many(Verdicts) },
  parameters: {
    /** Sentences in their order. */
    findings: Schema.Array(
      Schema.Struct({
        /** The text of the claim. */
        claim: Schema.String,
        /** The sentence for each verdict: "supported", "negligible", … */
        sentences: Schema.Record(Schema.String, Schema.String),
      }),
    ).check(Schema.isMinLength(1)),
  },
  outputs: { text: Report },
  run: () => import("./findings.ts"),
})
