/** Curves of stages that are being computed, from the journal of their run. */

import { Effect } from "effect"
import { Journals } from "../../runtime/index.ts"

/**
 * Points of one metric over another or over steps, in the order of steps, as far as the stage has
 * reported them. What a resumed stage reports again counts once.
 */
export const livePoints = Effect.fnUntraced(function* (run: string, id: string, metric: string, x: string) {
  const { read } = yield* Journals
  const points = new Map<number, [number, number]>()
  for (const event of yield* read(run)) {
    if (event.type !== "stage.metrics" || event.id !== id) continue
    const [across, up] = [x === "step" ? event.step : event.values[x], event.values[metric]]
    if (typeof across === "number" && typeof up === "number") points.set(event.step, [across, up])
  }
  return [...points].sort(([a], [b]) => a - b).map(([, point]) => point)
})
