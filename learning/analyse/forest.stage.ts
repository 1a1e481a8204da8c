import { many, stage } from "assay"
import { Schema } from "effect"
import { Figure, Verdicts } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Draws claims as a forest plot: for each its estimate with the 95 % interval, a rule at 0, the
 * differences that count as none (± the claim's margin) in grey, its adjusted p-value, and its
 * verdict (▲ supported, ≈ negligible, ▼ opposite, ? inconclusive, with the smallest effect that
 * could have been found, – not measurable, with the reason). Claims of one unit share an axis.
 * Where several tables of verdicts are wired, claims stand under the name of their table. Throws a
 * StageError `NoClaims` where no claim is of the family.
 */
export const forest = stage({
  name: "forest",
  inputs: { verdicts: many(Verdicts) },
  parameters: {
    /** Which claims to draw. */
    family: withDefault(Schema.Literals(["primary", "exploratory", "check"]), "primary"),
    /** The heading of the figure; by default, what became of the claims. */
    title: withDefault(Schema.String, ""),
    /** A statement under the heading. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { figure: Figure },
  run: () => import("./forest.ts"),
})
