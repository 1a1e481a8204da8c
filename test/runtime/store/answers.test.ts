import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { afterAll, describe, expect, test } from "vitest"
import type { Json } from "../../../dsl/canonical.ts"
import { type AnswerBook, folderAnswers } from "../../../runtime/store/answers/answers.ts"
import { answersIn, unusedAnswers } from "../../../runtime/store/answers/upkeep.ts"
import { layout } from "../../../runtime/store/layout.ts"
import { collect } from "../../../runtime/store/upkeep/collect.ts"

const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-answers-"))
afterAll(() => fs.rmSync(root, { recursive: true, force: true }))

const scope = "ab".repeat(32)
const row = (n: number): string => n.toString(16).padStart(32, "0")

let stores = 0
const newStore = (): string => path.join(root, String(stores++))

/** What is done with the answers of a scope by one process, which then ends. */
const inProcess = <A>(store: string, use: (book: AnswerBook) => A): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const answers = yield* folderAnswers(store)
        return use(yield* answers.open(scope))
      }),
    ),
  )

const keep = (store: string, answers: ReadonlyArray<readonly [number, Json]>): Promise<void> =>
  inProcess(store, (book) => book.keep(answers.map(([n, answer]) => [row(n), answer])))

const find = (store: string, ...rows: ReadonlyArray<number>): Promise<ReadonlyArray<Json | undefined>> =>
  inProcess(store, (book) => rows.map((n) => book.find(row(n))))

const segments = (store: string): ReadonlyArray<string> => {
  const folder = layout(store).answersOf(scope)
  return fs.readdirSync(folder).map((name) => path.join(folder, name))
}

describe("answers", () => {
  test("are found by the next process, whatever JSON they are", async () => {
    const store = newStore()
    const all: ReadonlyArray<readonly [number, Json]> = [
      [1, 0.1],
      [2, 'two\nlines, "quoted", ]'],
      [3, { outcome: 0.5, scores: [1, -2e-7], probability: null }],
    ]
    await keep(store, all)
    expect(await find(store, 1, 2, 3, 4)).toEqual([...all.map(([, answer]) => answer), undefined])
  })

  test("are in a file before the process that kept them has ended", async () => {
    const store = newStore()
    await inProcess(store, (book) => {
      book.keep([[row(7), 42]])
      expect(fs.readFileSync(segments(store)[0] as string, "utf8")).toContain(`["${row(7)}",42,`)
    })
  })

  test("that are kept later take the place of earlier ones", async () => {
    const store = newStore()
    await keep(store, [
      [1, "first"],
      [2, "stays"],
    ])
    await new Promise((resolve) => setTimeout(resolve, 5))
    await keep(store, [[1, "second"]])
    expect(await find(store, 1, 2)).toEqual(["second", "stays"])
  })

  test("that cannot be used are forgotten, also by the next process", async () => {
    const store = newStore()
    await keep(store, [
      [1, 11],
      [2, 22],
    ])
    await inProcess(store, (book) => {
      book.forget([row(1)])
      expect(book.find(row(1))).toBeUndefined()
    })
    expect(await find(store, 1, 2)).toEqual([undefined, 22])
  })

  test("whose line was cut off by a kill, or changed on the disk, are not taken for answers", async () => {
    const store = newStore()
    await keep(store, [
      [1, 11],
      [2, 22],
      [3, 33],
    ])
    const file = segments(store)[0] as string
    const text = fs.readFileSync(file, "utf8")
    fs.writeFileSync(file, text.replace(",22,", ",23,").slice(0, -4))
    expect(await find(store, 1, 2, 3)).toEqual([11, undefined, undefined])
    await keep(store, [[3, 34]])
    expect(await find(store, 1, 2, 3)).toEqual([11, undefined, 34])
  })

  test("are lines of JSON that any program reads", async () => {
    const store = newStore()
    await keep(store, [
      [1, { score: 1 }],
      [2, [1, 2]],
    ])
    const lines = fs
      .readFileSync(segments(store)[0] as string, "utf8")
      .trimEnd()
      .split("\n")
    expect(lines.map((line) => JSON.parse(line).slice(0, 2))).toEqual([
      [row(1), { score: 1 }],
      [row(2), [1, 2]],
    ])
  })

  test("stay while a result that used them stays, and for a while besides", async () => {
    const store = newStore()
    await keep(store, [[1, 1]])
    const [only] = answersIn(layout(store))
    expect(only).toMatchObject({ scope, bytes: fs.statSync(segments(store)[0] as string).size })
    const user = { manifest: { answers: { scopes: [scope], known: 0, added: 1 } } } as never
    const later = Date.now() + 1000
    expect(unusedAnswers(answersIn(layout(store)), [user], later)).toEqual([])
    expect(unusedAnswers(answersIn(layout(store)), [], Date.now() - 60_000)).toEqual([])
    expect(unusedAnswers(answersIn(layout(store)), [], later)).toHaveLength(1)
  })

  test("that nothing has used for thirty days go with the next collection, and others do not", async () => {
    const store = newStore()
    await keep(store, [[1, 1]])
    const options = { runs: 3, size: 0 }
    expect(collect(layout(store), [], { ...options, dry: false }).answers).toBe(0)
    const [file = ""] = segments(store)
    const old = new Date(Date.now() - 31 * 24 * 3600 * 1000)
    fs.utimesSync(file, old, old)
    const bytes = fs.statSync(file).size
    expect(collect(layout(store), [], { ...options, dry: true }).answers).toBe(bytes)
    expect(await find(store, 1)).toEqual([1])
    fs.utimesSync(file, old, old)
    expect(collect(layout(store), [], { ...options, dry: false }).answers).toBe(bytes)
    expect(await find(store, 1)).toEqual([undefined])
  })
})
