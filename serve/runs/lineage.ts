/** Where an artifact or a row of it is from, in the words of the run. */

import { Effect } from "effect"
import { artifactLineage, type Ancestor as Found, type RowLineage, tableRowLineage } from "../../runtime/index.ts"
import { NotThere } from "../answer.ts"
import type { Ancestor, Lineage, RowOrigin, Value } from "../api.ts"
import type { RunView } from "./view.ts"

export const lineageOf = Effect.fnUntraced(function* (view: RunView, digest: string, row: number | null) {
  const ancestors = (yield* artifactLineage(view.record, digest)).map((each) => ancestorOf(view, each))
  const [own] = ancestors
  if (own === undefined) return yield* new NotThere({ message: `no artifact ${digest.slice(0, 12)} is in run ${view.record.run}` })
  const origin = row === null ? null : yield* tableRowLineage(view.record, digest, row)
  if (origin === undefined) return yield* new NotThere({ message: `the table has no row ${row}` })
  const lineage: Lineage = { artifact: own.artifact, ancestors, row: origin === null ? null : originOf(view, origin) }
  return lineage
})

const ancestorOf = (view: RunView, { digest, artifact, from, distance }: Found): Ancestor => ({
  digest,
  artifact,
  id: view.makers.get(digest)?.id ?? null,
  file: view.outside.get(digest) ?? null,
  stage: from?.result.stage ?? null,
  key: from?.result.key ?? null,
  output: from?.output ?? null,
  distance,
  inputs: (from?.result.inputs ?? []).map(({ port, digest }) => ({ port, digest })),
})

const originOf = (view: RunView, { as, artifact, digest, row, cells, policy, judge, seed, sources }: RowLineage): RowOrigin => {
  const maker = view.makers.get(digest)
  return {
    as,
    artifact,
    id: maker?.id ?? null,
    file: view.outside.get(digest) ?? null,
    key: (maker === undefined ? undefined : view.manifests.get(maker.id)?.key) ?? null,
    output: maker?.output ?? null,
    row,
    cells: cells as Readonly<Record<string, Value>>,
    policy: policy === null ? null : ancestorOf(view, policy),
    judge: judge === null ? null : ancestorOf(view, judge),
    seed,
    sources: sources.map((source) => originOf(view, source)),
  }
}
