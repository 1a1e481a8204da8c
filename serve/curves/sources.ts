/** Tables of a run that curves are drawn from: metrics of learners, summaries of evaluations. */

import type { Manifest } from "../../runtime/index.ts"
import { pointOf, type RunView } from "../runs/view.ts"

export interface CurveTable {
  readonly id: string
  readonly stage: string
  /** The stages that differ from it in axes alone. */
  readonly group: string
  readonly at: Readonly<Record<string, string>>
  readonly manifest: Manifest
  readonly output: string
  readonly artifact: "metrics" | "summary"
}

const artifacts: ReadonlyArray<string> = ["metrics", "summary"] satisfies ReadonlyArray<CurveTable["artifact"]>

/** Those of all stages, or of one. */
export const curveTables = (view: RunView, only?: string): ReadonlyArray<CurveTable> =>
  view.record.stages.flatMap(({ id, stage }) => {
    const manifest = view.manifests.get(id)
    if (manifest === undefined || (only !== undefined && id !== only)) return []
    const wired = view.wired.get(id)
    const at = pointOf(wired ?? {})
    return Object.entries(manifest.outputs).flatMap(([output, { artifact }]) =>
      artifacts.includes(artifact)
        ? [{ id, stage, group: wired?.group ?? id, at, manifest, output, artifact: artifact as CurveTable["artifact"] }]
        : [],
    )
  })
