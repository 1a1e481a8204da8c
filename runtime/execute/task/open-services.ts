import { canonicalValue, type Json } from "../../../dsl/canonical.ts"
import type { Answers, Asking } from "../../../dsl/index.ts"
import { realTimeMs } from "./real-time.ts"
import { type Answer, rowDigest, type Serve } from "./services.ts"
import type { Task } from "./task.ts"

/** What a stage, and each plugin that it is given, can ask for. */
export interface OpenServices {
  /** At a place; `own` is what the code there was given besides, such as an artifact's digest. */
  readonly at: (place: ReadonlyArray<string>, own: Json) => { readonly connection: Asking | undefined; readonly answers: Answers }
}

/** What takes longer than this to compute, milliseconds a row, is kept: to keep it costs .02. */
const keptFromMs = 1

export const openServices = ({ services }: Pick<Task, "services">, serve: Serve): OpenServices => ({
  at: (parts, own) => {
    const place = parts.join(".")
    return {
      answers: services?.scopes[place] === undefined ? computeAll : answersAt(place, own, serve),
      connection:
        services?.connections[place] === undefined
          ? undefined
          : {
              ask: (requests, scope = own) =>
                requests.length === 0 ? Promise.resolve([]) : serve({ type: "ask", place, scope, requests }),
              forget: async (requests, scope = own) => void (await serve({ type: "forget", place, scope, requests })),
            },
    }
  },
})

/** Keeps nothing. */
const computeAll: Answers = { of: (_, rows, compute) => compute(rows) }

const answersAt = (place: string, own: Json, serve: Serve): Answers => ({
  of: async <R extends Json, A extends Json>(
    given: Json,
    rows: ReadonlyArray<R>,
    compute: (missing: ReadonlyArray<R>) => Promise<ReadonlyArray<A>>,
  ): Promise<ReadonlyArray<A>> => {
    if (rows.length === 0) return []
    const scope: Json = [own, given]
    const digests = rows.map(rowDigest)
    const known = await serve({ type: "recall", place, scope, rows: digests })
    const places = rows.flatMap((_, index) => (known[index] === null ? [index] : []))
    if (places.length === 0) return known as ReadonlyArray<A>
    const start = realTimeMs()
    // Read back from JSON, as a kept answer is: what JSON leaves out, such as the sign of −0, must
    // not tell the two apart.
    const computed = canonicalValue(await compute(places.map((index) => rows[index] as R))) as ReadonlyArray<A>
    if (computed.length !== places.length)
      throw new Error(
        `answers.of: compute was given ${places.length} rows and answered ${computed.length}: return one answer for each, in order`,
      )
    if (realTimeMs() - start >= keptFromMs * places.length) {
      const answers = places.map((index, at): Answer => [digests[index] as string, computed[at] as Json])
      await serve({ type: "remember", place, scope, answers })
    }
    const all = [...known]
    for (const [at, index] of places.entries()) all[index] = computed[at] as Json
    return all as ReadonlyArray<Json> as ReadonlyArray<A>
  },
})
