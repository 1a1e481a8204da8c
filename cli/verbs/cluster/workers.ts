import { Effect } from "effect"
import type { Json } from "../../../dsl/canonical.ts"
import type { Options } from "../../options.ts"
import { formatBytes } from "../../print/number.ts"
import { printCsv, rowFormat } from "../../print/rows.ts"
import { print, printJson, screenWidth } from "../../print/screen.ts"
import { formatTable } from "../../print/table.ts"
import { clusterRuntime, withCluster } from "./with-cluster.ts"

/** Milliseconds for which answers are waited for. */
const patienceMs = 1200

/** Lists the workers that answer, and what they compute. */
export const workers = Effect.fn("assay workers")(function* (flags: Options<"workers">) {
  const format = yield* rowFormat(flags)
  const { workersThere } = yield* clusterRuntime
  const found = yield* workersThere(patienceMs)
  if (format === "json") return yield* printJson(found)
  if (format === "csv") {
    const columns = ["worker", "threads", "memory", "gpus", "labels", "conducting", "computing"]
    const idsOf = (stages: ReadonlyArray<{ readonly id: string }>) => stages.map(({ id }) => id).join(" ")
    const cells = found.map((each) => [
      each.worker,
      each.threads,
      each.memory,
      each.gpus,
      each.labels.join(" "),
      each.conducting.join(" "),
      idsOf(each.computing),
    ])
    return yield* printCsv(columns, cells)
  }
  if (found.length === 0) return yield* print('no worker answers; "assay worker" starts one')
  const rows = found.map(
    (each): ReadonlyArray<Json> => [
      each.worker,
      each.threads,
      formatBytes(each.memory),
      each.gpus,
      each.labels.join(" "),
      each.conducting.length,
      each.computing.length,
    ],
  )
  const table = formatTable(["worker", "threads", "memory", "gpus", "labels", "runs", "computing"], rows, screenWidth())
  const details = found.flatMap(({ worker, computing, refusals }) => [
    ...computing.map(({ id, run, seconds }) => `${worker} computes ${id} of ${run}, for ${seconds.toFixed(1)} s`),
    ...[...new Set(refusals.map(({ reason }) => reason))].map((reason) => `${worker} leaves some stages to others: ${reason}`),
  ])
  yield* print([table, ...(details.length === 0 ? [] : ["", ...details])].join("\n"))
}, withCluster)
