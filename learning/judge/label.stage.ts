import { oneOf, stage } from "assay"
import { Schema } from "effect"
import { GoldJudge, Preferences, ProxyJudge, Responses } from "../artifacts.ts"
import { otherwise } from "../parameter.ts"

/**
 * Pairs the responses to each prompt and has a judge say which is better. Ties are marked, not dropped.
 * `pairing`: "untied" makes one pair a prompt, drawn from those that the judge does not tie (from any, if it ties all);
 * "disjoint" makes a pair of samples 0 and 1, of 2 and 3, and so on; "all" makes every pair.
 * Tables may be larger than memory. Responses to one prompt must stand together, else a StageError `ScatteredPrompt` says where they do not.
 */
export const label = stage({
  name: "label",
  inputs: { responses: Responses, judge: oneOf(GoldJudge, ProxyJudge) },
  parameters: { pairing: otherwise(Schema.Literals(["untied", "disjoint", "all"]), "untied") },
  outputs: { preferences: Preferences },
  engine: true,
  run: () => import("./label.ts"),
})
