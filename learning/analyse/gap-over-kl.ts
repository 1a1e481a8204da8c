import type { Run } from "assay"
import { observe } from "./estimand.ts"
import { estimateTogether, intervalOf } from "./estimate.ts"
import { gapFigure } from "./figure/gap.ts"
import type { gapOverKl } from "./gap-over-kl.stage.ts"
import { readEvidence } from "./measured-run.ts"

export const run: Run<typeof gapOverKl> = async ({ inputs, parameters, outputs }) => {
  const { gaps, kl: kls, against, reference, names, seriesName, title, caption } = parameters
  const evidence = await readEvidence({ ...inputs, classifications: [] })
  const cells = gaps.flatMap(({ panel, series, first, second }) => kls.map((kl) => ({ panel, series, first, second, kl })))
  const estimates = estimateTogether(
    cells.map(({ first, second, kl }) => observe({ quantity: "gap", first, second, against, kl }, { evidence, reference })),
  )
  const rows = cells.flatMap(({ panel, series, kl }, index) => {
    const estimate = estimates[index]
    if (estimate === undefined || "reason" in estimate) return []
    const { effect, worlds } = estimate
    return [{ panel, series, kl, effect, ...intervalOf(estimate), worlds }]
  })
  await outputs.gaps.append(rows.map((row) => ({ ...row, series: String(row.series) })))
  const words = { ...(title === "" ? {} : { title }), caption, ...names, seriesName }
  await outputs.figure.write("gap.svg", await gapFigure(rows, words))
}
