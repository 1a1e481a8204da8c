import { Effect } from "effect"
import { isLabel, labelRule } from "../../../dsl/labels.ts"
import type { News } from "../../../runtime/cluster/index.ts"
import { duration } from "../../../runtime/observe/format.ts"
import { onOneLine } from "../../../runtime/observe/printable.ts"
import { UsageError } from "../../error.ts"
import { interruption } from "../../interruption.ts"
import type { Options } from "../../options.ts"
import { formatBytes, pluralize } from "../../print/number.ts"
import { remark } from "../../print/screen.ts"
import { clusterRuntime, withCluster } from "./with-cluster.ts"

/** Works until it is interrupted, or idle. */
export const worker = Effect.fn("assay worker")(function* ({ label, untilIdle, idleSeconds }: Options<"worker">) {
  const wrong = label.find((each) => !isLabel(each))
  if (wrong !== undefined) return yield* new UsageError({ message: `--label is "${wrong}": expected ${labelRule}` })
  if (!(idleSeconds > 0)) return yield* new UsageError({ message: `--idle-seconds is ${idleSeconds}: expected more than 0` })
  interruption.message = "interrupted; what this worker had begun goes to other workers"
  const { work } = yield* clusterRuntime
  yield* work({
    labels: [...new Set(label)].sort(),
    untilIdleSeconds: untilIdle ? idleSeconds : null,
    joined: ({ threads, memory, gpus, labels }) =>
      remark(
        [
          `joined with ${pluralize(threads, "thread")}, ${formatBytes(memory)} of memory`,
          ...(gpus === 0 ? [] : [pluralize(gpus, "GPU")]),
          ...(labels.length === 0 ? [] : [`labelled ${labels.join(", ")}`]),
        ].join(", "),
      ),
    refused: (reason) => remark(`leaves some stages to others: ${reason}`),
    tell: (news) => remark(onOneLine(formatNews(news))),
  })
  yield* remark("nothing left to do")
}, withCluster)

/** In the words in which a run tells of its stages. */
const formatNews = ({ id, run, came }: News): string => {
  switch (came?.type) {
    case undefined:
      return `start    ${id}  of ${run}`
    case "finished":
      return `done     ${id}  ${duration(came.seconds)}`
    case "cached":
      return `cached   ${id}`
    case "failed":
      return `failed   ${id}: ${came.tag}: ${came.message}`
    case "damaged":
      return `stopped  ${id}: results of ${came.producers.join(", ")} are damaged, and are computed again`
  }
}
