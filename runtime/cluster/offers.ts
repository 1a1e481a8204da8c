import * as path from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Effect, Option, Schema } from "effect"
import { textOf } from "../disk/text.ts"
import { Settings } from "../settings.ts"
import { layout } from "../store/layout.ts"
import { SharedFiles } from "../store/remote/shared-files.ts"
import { QueueNames, queueTable } from "./database.ts"
import { type Capability, Requirement, refusalOf } from "./requirement.ts"

/** Stages that wait for a worker, by what they ask of it. */
export interface Offer {
  readonly queue: string
  readonly waiting: number
  readonly requirement: Requirement
}

/** A queue that this worker does not take from, and why. */
export interface Refusal {
  readonly queue: string
  readonly reason: string
}

/** Finds stages that wait, and judges once for each queue whether this worker may take from it. */
export interface Offers {
  /** Those that this worker can compute, the most demanding first. */
  readonly look: Effect.Effect<ReadonlyArray<Offer>>
  readonly refusals: () => ReadonlyArray<Refusal>
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Requirement))

export const offersFor = Effect.fn("offersFor")(function* (capability: Capability) {
  const sql = yield* PgClient.PgClient
  const names = yield* QueueNames
  const shared = yield* SharedFiles
  const { store } = yield* Settings
  const places = layout(store)
  const known = new Map<string, { readonly requirement: Requirement; readonly refusal: string | null }>()

  const judge = Effect.fnUntraced(function* (queue: string) {
    const before = known.get(queue)
    if (before !== undefined) return before
    const digest = yield* digestOf(queue)
    if (digest === null) return null
    const file = places.requirement(digest)
    yield* Effect.ignore(shared.fetch(path.relative(store, file)))
    const requirement = Option.getOrNull(decode(textOf(file) ?? ""))
    if (requirement === null) return null
    const judged = { requirement, refusal: refusalOf(requirement, capability) }
    known.set(queue, judged)
    return judged
  })

  /** The name of a queue holds the beginning of a digest; an element of it tells the rest. */
  const digestOf = (queue: string) =>
    Effect.map(
      sql<{
        requirement: string
      }>`SELECT element::json ->> 'requirement' AS requirement FROM ${sql(queueTable)} WHERE queue_name = ${queue} LIMIT 1`,
      (rows) => rows[0]?.requirement ?? null,
    )

  const look = Effect.gen(function* () {
    const rows = yield* sql<{ queue: string; waiting: number }>`
      SELECT queue_name AS queue, count(*)::int AS waiting FROM ${sql(queueTable)}
      WHERE queue_name LIKE ${`${names.anyStages}%`} AND state = 'pending' AND visible_at <= now()
      AND (acquired_at IS NULL OR acquired_at < now() - interval '4 seconds')
      GROUP BY queue_name`
    const offers: Array<Offer> = []
    for (const { queue, waiting } of rows) {
      const judged = yield* judge(queue)
      if (judged !== null && judged.refusal === null) offers.push({ queue, waiting, requirement: judged.requirement })
    }
    return offers.sort((a, b) => demand(b) - demand(a) || (a.queue < b.queue ? -1 : 1))
  })

  return {
    look: Effect.orElseSucceed(look, () => []),
    refusals: () => [...known].flatMap(([queue, { refusal }]) => (refusal === null ? [] : [{ queue, reason: refusal }])),
  } satisfies Offers
})

/** What few workers have comes first. */
const demand = ({ requirement: { gpus, labels, memory } }: Offer): number => gpus * 1e6 + labels.length * 1e3 + memory / 1e9
