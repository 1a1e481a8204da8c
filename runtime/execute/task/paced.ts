import { realTimeMs } from "./real-time.ts"
import type { Report, StepMetrics } from "./task.ts"

/** Between two reports of progress, at least. */
const paceMs = 50

/**
 * Lets through the first report of progress, the last step, and in between as many as the pace
 * allows. Metrics wait for the next of these, or for `flush`; none is left out.
 */
export const paced = (send: (report: Report) => void) => {
  let last = Number.NEGATIVE_INFINITY
  let waiting: Array<StepMetrics> = []
  const flush = (): void => {
    if (waiting.length > 0) send({ type: "metrics", steps: waiting })
    waiting = []
  }
  const report = (each: Report): void => {
    if (each.type === "metrics") return void waiting.push(...each.steps)
    const time = realTimeMs()
    if (each.type === "progress" && each.step < each.total && time - last < paceMs) return
    last = time
    flush()
    send(each)
  }
  return { report, flush }
}
