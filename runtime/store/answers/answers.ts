import { Context, DateTime, Effect, Layer, RcMap, type Scope } from "effect"
import type { Json } from "../../../dsl/canonical.ts"
import { Settings } from "../../settings.ts"
import { layout } from "../layout.ts"
import { openSegment, readSegments, segmentNames } from "./segment.ts"
import { markUsed } from "./upkeep.ts"

/** Answers to rows, by the digests of the rows (32 hexadecimal digits). */
export interface AnswerBook {
  /** Undefined where none is known. */
  readonly find: (row: string) => Json | undefined
  /** Keeps answers at once: a kill loses none. Throws what the file system throws. */
  readonly keep: (answers: ReadonlyArray<readonly [row: string, answer: Json]>) => void
  /** Keeps answers no longer that cannot be used. Throws what the file system throws. */
  readonly forget: (rows: ReadonlyArray<string>) => void
  /** Requests that are on their way, so that no two stages pay for one. */
  readonly awaited: Map<string, Promise<Json>>
}

export interface AnswersShape {
  /** The answers of a scope, which stages of this process share while they use it. */
  readonly open: (scope: string) => Effect.Effect<AnswerBook, never, Scope.Scope>
}

/** What was computed row by row, or asked for, and need not be again. */
export class KeptAnswers extends Context.Service<KeptAnswers, AnswersShape>()("assay/runtime/KeptAnswers") {
  static readonly layer: Layer.Layer<KeptAnswers, never, Settings> = Layer.effect(
    KeptAnswers,
    Effect.gen(function* () {
      return yield* folderAnswers((yield* Settings).store)
    }),
  )
}

/** A store behind the folder, which machines share. */
export interface SharedAnswers {
  /** Brings the answers of other machines into the folder. */
  readonly bring: (scope: string) => Effect.Effect<void>
  /** Takes those of this machine to the others. */
  readonly send: (scope: string) => Effect.Effect<void>
}

const notShared: SharedAnswers = { bring: () => Effect.void, send: () => Effect.void }

/** The answers in the folder of a store, until the scope closes. */
export const folderAnswers = (store: string, shared = notShared): Effect.Effect<AnswersShape, never, Scope.Scope> =>
  Effect.map(
    RcMap.make({
      lookup: (scope: string) =>
        Effect.gen(function* () {
          yield* shared.bring(scope)
          // Registered first, so run last: when the segment has been closed.
          yield* Effect.addFinalizer(() => shared.send(scope))
          return yield* openBook(layout(store).answersOf(scope))
        }),
    }),
    (books): AnswersShape => ({ open: (scope) => RcMap.get(books, scope) }),
  )

const openBook = Effect.fnUntraced(function* (folder: string) {
  const now = yield* DateTime.now
  const time = DateTime.toEpochMillis(now)
  markUsed(folder, segmentNames(folder), DateTime.toDateUtc(now))
  const known = readSegments(folder)
  const segment = yield* Effect.acquireRelease(
    Effect.sync(() => openSegment(folder, time)),
    ({ close }) => Effect.sync(close),
  )
  return {
    find: (row) => {
      const text = known.get(row)
      return text === undefined ? undefined : (JSON.parse(text) as Json)
    },
    keep: (answers) => {
      segment.append(answers)
      for (const [row, answer] of answers) known.set(row, JSON.stringify(answer))
    },
    forget: (rows) => {
      segment.append(rows.map((row) => [row, null]))
      for (const row of rows) known.delete(row)
    },
    awaited: new Map(),
  } satisfies AnswerBook
})
