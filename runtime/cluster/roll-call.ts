import { Clock, Effect, Stream } from "effect"
import { thisProcess } from "../disk/process.ts"
import { heard, sender } from "./channel.ts"
import { QueueNames } from "./database.ts"
import { machineName } from "./messages.ts"
import type { Offers, Refusal } from "./offers.ts"
import type { Capability } from "./requirement.ts"
import type { Activity } from "./worker.ts"

/** What a worker says when it is asked. */
export interface WorkerStatus {
  /** `host:pid` */
  readonly worker: string
  readonly assay: string
  readonly threads: number
  /** Bytes. */
  readonly memory: number
  readonly gpus: number
  readonly labels: ReadonlyArray<string>
  /** When it joined, ISO 8601. */
  readonly since: string
  readonly computing: ReadonlyArray<{ readonly id: string; readonly run: string; readonly seconds: number }>
  /** The runs that it conducts. */
  readonly conducting: ReadonlyArray<string>
  readonly refusals: ReadonlyArray<Refusal>
}

type RollCall = { readonly type: "who" } | { readonly type: "here"; readonly status: WorkerStatus }

interface Self {
  readonly capability: Capability
  readonly offers: Offers
  readonly activity: Activity
  readonly conducting: () => ReadonlySet<string>
  readonly since: string
}

/** Answers, until it is interrupted, those who ask which workers there are. */
export const answerRollCall = Effect.fn("answerRollCall")(function* (self: Self) {
  const names = yield* QueueNames
  const tell = yield* sender(names.rollCall)
  yield* Stream.runForEach(heard(names.rollCall), (message) =>
    Effect.gen(function* () {
      if ((message as RollCall).type !== "who") return
      const now = yield* Clock.currentTimeMillis
      tell.send({ type: "here", status: statusOf(self, now) } satisfies RollCall)
    }),
  )
}, Effect.scoped)

const statusOf = ({ capability, offers, activity, conducting, since }: Self, now: number): WorkerStatus => ({
  worker: machineName(thisProcess()),
  assay: capability.assay,
  threads: capability.threads,
  memory: capability.memory,
  gpus: capability.gpus,
  labels: capability.labels,
  since,
  computing: [...activity.computing].map(({ id, run, since: begun }) => ({ id, run, seconds: Math.max(0, now - begun) / 1000 })),
  conducting: [...conducting()],
  refusals: offers.refusals(),
})

/** The workers that answer within a time, by name. */
export const workersThere = Effect.fn("workersThere")(function* (milliseconds: number) {
  const names = yield* QueueNames
  const found = new Map<string, WorkerStatus>()
  const ask = yield* sender(names.rollCall)
  yield* Effect.forkScoped(
    Stream.runForEach(heard(names.rollCall), (message) =>
      Effect.sync(() => {
        const said = message as RollCall
        if (said.type === "here") found.set(said.status.worker, said.status)
      }),
    ),
  )
  // The first question may be asked before we listen, and a busy worker may answer late.
  for (let asked = 0; asked < 3; asked += 1) {
    yield* Effect.sleep(milliseconds / 4)
    ask.send({ type: "who" } satisfies RollCall)
  }
  yield* Effect.sleep(milliseconds / 4)
  return [...found.values()].sort((a, b) => (a.worker < b.worker ? -1 : 1))
}, Effect.scoped)
