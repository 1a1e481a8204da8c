import { Clock, Effect, FiberSet, Queue } from "effect"
import { match } from "ts-pattern"
import { Workspace } from "../store/workspace/workspace.ts"
import type { Attempt } from "./compute.ts"
import { announce, announceRemarks, type Coordination, type Message } from "./coordination.ts"
import type { Ready } from "./ready.ts"
import { settle } from "./settle.ts"

/** Milliseconds between two looks at a key that another process is computing. */
const leaseRetryMs = 200

/**
 * Takes in what a fiber reports: frees what its stage computed with, and draws the consequences of
 * an attempt that ended.
 */
export const conclude = Effect.fnUntraced(function* <R>(coordination: Coordination<R>, message: Message) {
  if (message.type !== "computed") coordination.inFlight -= 1
  if (message.type === "retry") return coordination.stages.retry(message.stage.id)
  release(coordination, message.ready)
  if (message.type === "attempt") yield* concludeAttempt(coordination, message.ready, yield* message.exit)
})

const release = ({ computing, machine }: Pick<Coordination, "computing" | "machine">, ready: Ready): void => {
  const allocation = computing.get(ready)
  if (allocation === undefined) return
  computing.delete(ready)
  machine.release(allocation)
}

const concludeAttempt = <R>(coordination: Coordination<R>, ready: Ready, attempt: Attempt) => {
  const { run, stages } = coordination
  const { stage } = ready
  const { id, declaration } = stage
  return match(attempt)
    .with({ type: "finished" }, ({ manifest, seconds }) => settle(coordination, stage, { manifest, by: "finished", seconds }))
    .with({ type: "cached" }, ({ manifest }) => settle(coordination, stage, { manifest, by: "cached" }))
    .with({ type: "held" }, () => retryLater(coordination, ready))
    .with({ type: "damaged" }, ({ producers }) =>
      Effect.suspend(() => {
        for (const producer of producers) stages.reopen(producer, id)
        return announceRemarks(coordination, id)
      }),
    )
    .with({ type: "failed" }, ({ failure, seconds }) =>
      Effect.gen(function* () {
        run.failures.push(failure)
        const { tag, message, details, record } = failure
        yield* announce(coordination, { type: "stage.failed", id, stage: declaration.name, tag, message, details, record, seconds })
        for (const left of stages.abandon(id))
          yield* announce(coordination, { type: "stage.skipped", id: left.id, stage: left.declaration.name, because: id })
      }),
    )
    .exhaustive()
}

/**
 * Another process computes the key: looks again a little later, and says so where that takes long.
 */
const retryLater = Effect.fnUntraced(function* <R>(coordination: Coordination<R>, { stage, key }: Ready) {
  const { held, fibers, messages } = coordination
  coordination.inFlight += 1
  const nowMs = Number((yield* Clock.monotonicTimeNanos) / 1_000_000n)
  const message = held.remark(key, yield* (yield* Workspace).leaseHolder(key), nowMs)
  if (message !== null) yield* announce(coordination, { type: "warning", id: stage.id, message })
  yield* FiberSet.run(fibers, Effect.andThen(Effect.sleep(leaseRetryMs), Queue.offer(messages, { type: "retry", stage })))
})
