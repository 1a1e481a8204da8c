import { Effect } from "effect"
import type { GraphStage } from "../../dsl/graph.ts"
import { pinRemark } from "../fingerprint/pin.ts"
import { CodeFiles } from "../store/code/files.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { announce, type Coordination } from "./coordination.ts"

/** A stage has its result: the stages that waited only for it are ready. */
export const settle = Effect.fnUntraced(function* <R>(
  coordination: Coordination<R>,
  stage: GraphStage,
  {
    manifest,
    ...came
  }: { readonly manifest: Manifest } & ({ readonly by: "cached" } | { readonly by: "finished"; readonly seconds: number }),
) {
  const { id, declaration } = stage
  const { run, stages, held } = coordination
  held.end(manifest.key)
  run.manifests.set(id, manifest)
  stages.settle(id)
  const about = { id, stage: declaration.name, key: manifest.key }
  if (came.by === "finished") return yield* announce(coordination, { type: "stage.finished", ...about, seconds: came.seconds })
  const isToTell = declaration.version !== undefined && run.outcomes.get(id)?.outcome !== "cached"
  const remark = isToTell ? pinRemark(stage, manifest.source, (yield* CodeFiles).list, run.graphCode) : null
  if (remark !== null) yield* announce(coordination, { type: "warning", id, message: remark })
  yield* announce(coordination, { type: "stage.cached", ...about })
})
