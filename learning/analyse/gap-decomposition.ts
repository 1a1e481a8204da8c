import type { Run } from "assay"
import { observe } from "./estimand.ts"
import { estimateTogether, intervalOf } from "./estimate.ts"
import { decompositionFigure } from "./figure/decomposition.ts"
import type { Component } from "./figure/decomposition-parts.ts"
import type { gapDecomposition } from "./gap-decomposition.stage.ts"
import { readEvidence } from "./measured-run.ts"
import type { ArmChoice } from "./runs.ts"

type Gap = Parameters<Run<typeof gapDecomposition>>[0]["parameters"]["gaps"][number]

export const run: Run<typeof gapDecomposition> = async ({ inputs, parameters, outputs }) => {
  const { gaps, kl: kls, against, reference, title, caption } = parameters
  const evidence = await readEvidence({ ...inputs, classifications: [] })
  const cells = gaps.flatMap((gap) => kls.flatMap((kl) => contrastsOf(gap).map(([component, terms]) => ({ gap, kl, component, terms }))))
  const estimates = estimateTogether(
    cells.map(({ terms, kl }) => observe({ quantity: "contrast", terms, against, kl }, { evidence, reference })),
  )
  const rows = cells.map(({ gap: { panel }, kl, component }, index) => ({ panel, kl, component, estimate: estimates[index] }))
  /** At a place where one component is missing the others would not add up. */
  const reasonAt = (panel: string, kl: number) =>
    rows.flatMap((row) => (row.panel === panel && row.kl === kl && row.estimate && "reason" in row.estimate ? row.estimate.reason : []))[0]
  const complete = rows.flatMap(({ panel, kl, component, estimate }) => {
    if (estimate === undefined || "reason" in estimate || reasonAt(panel, kl) !== undefined) return []
    const { effect, worlds } = estimate
    return [{ panel, kl, component, effect, ...intervalOf(estimate), worlds }]
  })
  for (const { panel } of gaps)
    for (const kl of kls) {
      const reason = reasonAt(panel, kl)
      if (reason !== undefined) console.log(`${panel} at ${kl} nats is left out: ${reason}`)
    }
  await outputs.components.append(complete)
  const words = { ...(title === "" ? {} : { title }), caption, first: "online", second: "offline" }
  await outputs.figure.write("decomposition.svg", await decompositionFigure(complete, words))
}

type Terms = ReadonlyArray<Term>
type Term = { readonly weight: number } & ArmChoice

/** The components of a gap as weighted sums of arms. */
const contrastsOf = ({ offline, online, shuffled }: Gap): ReadonlyArray<readonly [Component, Terms]> => {
  const less = (first: ArmChoice, second: ArmChoice): Terms => [
    { weight: 1, ...first },
    { weight: -1, ...second },
  ]
  return [
    ["sampling", less(online.gold, offline.gold)],
    ...(shuffled === undefined
      ? []
      : ([
          ["order", less(online.gold, shuffled)],
          ["coverage", less(shuffled, offline.gold)],
        ] as const)),
    ["labels", less(offline.proxy, offline.gold)],
    ["interaction", [...less(online.proxy, online.gold), { weight: -1, ...offline.proxy }, { weight: 1, ...offline.gold }]],
    ["gap", less(online.proxy, offline.gold)],
  ]
}
