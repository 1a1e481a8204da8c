import { Effect, FiberSet, Queue } from "effect"
import type { RunEvent } from "../observe/event.ts"
import { Remarks } from "../store/remarks.ts"
import { Results } from "../store/results/results.ts"
import { type AttemptOptions, isWanted } from "./compute.ts"
import { announce, type Coordination } from "./coordination.ts"
import { type Ready, readyOf } from "./ready.ts"
import type { Allocation } from "./resources.ts"
import { settle } from "./settle.ts"
import type { Report } from "./task/task.ts"

/** How many stages may be publishing their results while others already compute. */
const mostPublishing = 16

/**
 * Settles every stage that is ready and has a result; of those without one, starts as many as the
 * machine has room for.
 */
export const dispatch = Effect.fnUntraced(function* <R>(coordination: Coordination<R>) {
  yield* lookUpReady(coordination)
  yield* startFitting(coordination)
})

/** Looks up every stage that has become ready. Those without a result go to `waiting`. */
export const lookUpReady = Effect.fnUntraced(function* <R>(coordination: Coordination<R>) {
  const { run, stages, waiting } = coordination
  const results = yield* Results
  const remarks = yield* Remarks
  for (let stage = stages.next(); stage !== undefined; stage = stages.next()) {
    const ready = readyOf(stage, run.graphCode, run.manifests, run.runId)
    const known = yield* results.manifest(ready.key)
    const manifest = known !== null && (run.outcomes.has(stage.id) || isWanted(known, refreshOf(run, stage.id))) ? known : null
    for (const message of yield* remarks.take) yield* announce(coordination, { type: "warning", id: stage.id, message })
    if (manifest === null) waiting.push(ready)
    else if (run.outcomes.get(stage.id)?.outcome === "finished")
      yield* settle(coordination, stage, { manifest, by: "finished", seconds: 0 })
    else yield* settle(coordination, stage, { manifest, by: "cached" })
  }
})

const refreshOf = ({ refresh, runId }: Coordination<never>["run"], id: string): Pick<AttemptOptions, "refreshedBy"> =>
  refresh.has(id) ? { refreshedBy: runId } : {}

/**
 * Starts waiting stages, first come, first served; one that does not fit lets smaller ones pass.
 */
const startFitting = Effect.fnUntraced(function* <R>(coordination: Coordination<R>) {
  const { waiting, machine, computing, fibers } = coordination
  const publishing = () => coordination.inFlight - computing.size
  for (let index = 0; index < waiting.length && machine.isAnyFree() && publishing() < mostPublishing; ) {
    const ready = waiting[index] as Ready
    const allocation = machine.allocate(ready.stage.declaration, waiting.length)
    if (allocation === undefined) {
      index += 1
      continue
    }
    waiting.splice(index, 1)
    computing.set(ready, allocation)
    coordination.inFlight += 1
    yield* FiberSet.run(fibers, attempt(coordination, ready, allocation))
  }
})

/** Computes a stage in a fiber of its own, and sends what came of it. */
const attempt = Effect.fnUntraced(function* <R>(coordination: Coordination<R>, ready: Ready, allocation: Allocation) {
  const { run, placement, messages } = coordination
  const { graphCode, manifests } = run
  const { id, declaration } = ready.stage
  const warn = (message: string) => announce(coordination, { type: "warning", id, message })
  const exit = yield* Effect.exit(
    placement.attempt(ready, {
      graphCode,
      manifests,
      allocation,
      ...refreshOf(run, id),
      warn,
      started: Effect.fnUntraced(function* (machine) {
        for (const reason of graphCode.uncacheable(ready.stage)) yield* warn(`not cacheable: ${reason}`)
        for (const remark of graphCode.remarks(ready.stage)) yield* warn(remark)
        const where = machine === undefined ? {} : { machine }
        yield* announce(coordination, { type: "stage.started", id, stage: declaration.name, key: ready.key, ...where })
      }),
      computed: Effect.asVoid(Queue.offer(messages, { type: "computed", ready })),
      report: (report) => {
        for (const event of reportEvents(id, declaration.name, report)) run.publish(event)
      },
    }),
  )
  yield* Queue.offer(messages, { type: "attempt", ready, exit })
})

const reportEvents = (id: string, stage: string, report: Report): ReadonlyArray<RunEvent> => {
  switch (report.type) {
    case "progress":
      return [{ type: "stage.progress", id, stage, step: report.step, total: report.total, values: report.values }]
    case "output":
      return [{ type: "stage.output", id, stage, text: report.text }]
    case "metrics":
      return report.steps.flatMap(
        ({ step, values, isResumed }): ReadonlyArray<RunEvent> => [
          ...(isResumed ? [{ type: "stage.resumed", id, stage, from: step } as const] : []),
          { type: "stage.metrics", id, stage, step, values },
        ],
      )
  }
}
