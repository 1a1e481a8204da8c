import { Context, DateTime, Effect, Layer, RcMap, type Scope } from "effect"
import type { Json } from "../../../dsl/canonical.ts"
import { Settings } from "../../settings.ts"
import { layout } from "../layout.ts"
import { openSegment, readSegments } from "./segment.ts"

/** Answers to rows, by the digests of the rows (32 hexadecimal digits). */
export interface AnswerBook {
  /** Undefined where none is known. */
  readonly find: (row: string) => Json | undefined
  /** Keeps answers at once: a kill loses none. Throws what the file system throws. */
  readonly keep: (answers: ReadonlyArray<readonly [row: string, answer: Json]>) => void
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

/** The answers in the folder of a store, until the scope closes. */
export const folderAnswers = (store: string): Effect.Effect<AnswersShape, never, Scope.Scope> =>
  Effect.map(
    RcMap.make({ lookup: (scope: string) => openBook(layout(store).answersOf(scope)) }),
    (books): AnswersShape => ({ open: (scope) => RcMap.get(books, scope) }),
  )

const openBook = Effect.fnUntraced(function* (folder: string) {
  const known = readSegments(folder)
  const time = DateTime.toEpochMillis(yield* DateTime.now)
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
    awaited: new Map(),
  } satisfies AnswerBook
})
