import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { type Artifact, type Check, file, pipeline } from "assay"
import {
  corpus,
  importPolicy,
  importPreferences,
  ipo,
  label,
  mislabel,
  optimize,
  type Policy,
  Preferences,
  policyAt,
  preferenceModel,
  sample,
  sft,
  shuffle,
  subsetAtRandom,
} from "assay/stages"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { check as checkModel } from "../../../learning/judge/preference-model.check.ts"
import { tokenizePair as tokenizeForJudge } from "../../../learning/judge/tokenize-pairs.ts"
import { fitPair, tokenizePair } from "../../../learning/policy/token-pair.ts"
import { fewestTokens } from "../../../learning/tokenizer/fewest-tokens.ts"
import { check as checkOptimize } from "../../../learning/train/optimize.check.ts"
import { type StageRecord, viewOf } from "../../../runtime/plan/check-view.ts"
import { preferenceRow, tinyConfiguration, tokenizer } from "../support/toy.ts"

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-long-"))
})
afterAll(() => rm(folder, { recursive: true }))

let written = 0
/** A file of its own for every test: a check remembers what it has read. */
const fileOf = async (content: string | Uint8Array): Promise<string> => {
  const name = join(folder, `pairs-${written++}.jsonl`)
  await writeFile(name, content)
  return name
}

const lines = (records: ReadonlyArray<object>): string => records.map((record) => `${JSON.stringify(record)}\n`).join("")

/** What a check says of a stage as the pipeline declares it. */
const warnings = (check: Check, artifact: Artifact): Promise<ReadonlyArray<string>> => {
  const { stages, results } = pipeline("long", () => artifact).graph
  const records = stages.map(({ id, declaration, parameters, inputs }): readonly [string, StageRecord] => [
    id,
    { name: declaration.name, parameters, inputs: inputs.map(({ port, sources }) => [port, sources.map(({ from }) => from)]) },
  ])
  return check(viewOf(new Map(records))(results[0]?.id ?? ""))
}

const imported = (path: string) => importPreferences({ file: file(path), format: "trl" })
const task = corpus({ task: "sentiment" })
const reference = (context?: number) =>
  sft({ corpus: task.text, size: "small", steps: 1, seed: 1, ...(context === undefined ? {} : { context }) })
const training = { loss: ipo({ beta: 0.1 }), steps: 1, seed: 1 }
const trained = (policy: Artifact<typeof Policy>, preferences: Artifact<typeof Preferences>) =>
  optimize({ reference: policy, preferences, ...training }).checkpoints

const words = (count: number) => Array(count).fill("word").join(" ")
const pair = (prompt: number, response = 1) => ({ prompt: words(prompt), chosen: ` ${words(response)}`, rejected: " bad" })

describe("the fewest tokens of a text", () => {
  test("are never more than a tokenizer makes of it", () => {
    const anyText = fc.array(
      fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.constantFrom("<|endoftext|>", "the man", " don't  ", "\n\n")),
    )
    fc.assert(
      fc.property(anyText, (parts) => {
        const text = parts.join("")
        expect(fewestTokens(text)).toBeLessThanOrEqual(tokenizer.encode(text).length)
      }),
      { numRuns: 200 },
    )
    expect(fewestTokens("the man<|endoftext|> had")).toBe(4)
  })
})

describe("imported pairs that are too long", () => {
  test("are counted where the context is known, with what to do about it", async () => {
    const pairs = await fileOf(lines([pair(70), pair(5), pair(5, 80), pair(60)]))
    const name = pairs.slice(folder.length + 1)
    const said = (count: string, tokens: number, remedy: string) => [
      `${name}: ${count} pairs are longer than the ${tokens} tokens of context; their prompts will be cut from the beginning. ${remedy}`,
    ]
    expect(await warnings(checkOptimize, trained(reference(), imported(pairs)))).toEqual(
      said("at least 2 of 4", 64, "Raise sft's context."),
    )
    expect(await warnings(checkOptimize, trained(reference(128), imported(pairs)))).toEqual([])
    const judge = preferenceModel({ preferences: imported(pairs), steps: 1, seed: 1, context: 70 })
    expect(await warnings(checkModel, judge)).toEqual(said("at least 2 of 4", 70, "Raise preference-model's context."))
    const based = preferenceModel({ preferences: imported(pairs), base: reference(72), steps: 1, seed: 1 })
    expect(await warnings(checkModel, based)).toEqual(said("at least 2 of 4", 72, "Raise sft's context."))
    await writeFile(join(folder, "config.json"), '{ "n_positions": 8 }')
    expect(await warnings(checkOptimize, trained(importPolicy({ directory: folder }), imported(pairs)))).toEqual(
      said("at least 3 of 4", 8, "Import a policy with a longer context."),
    )
  })

  test("are seen through stages that keep their texts, and not through those that make others", async () => {
    const pairs = imported(await fileOf(lines([pair(70), pair(5)])))
    const kept = shuffle({ preferences: mislabel({ preferences: pairs, fraction: 0.5, seed: 1 }), window: "all", seed: 1 })
    const later = policyAt({ run: trained(reference(), pairs), step: "last" })
    expect(await warnings(checkOptimize, trained(later, kept))).toEqual([expect.stringContaining("at least 1 of 2")])
    expect(await warnings(checkOptimize, trained(later, subsetAtRandom({ preferences: kept, fraction: 0.5 })))).toEqual([
      expect.stringMatching(/^pairs-\d+\.jsonl \(before subset-at-random\): at least 1 of 2/),
    ])
    const own = label({ responses: sample({ policy: reference(), prompts: task.prompts, perPrompt: 2, seed: 1 }), judge: task.gold })
    expect(await warnings(checkOptimize, trained(reference(), own))).toEqual([])
  })

  test("are counted at the beginning of a large file, in gzip too; ties are not among them", async () => {
    const many = lines(Array.from({ length: 30_000 }, () => pair(70)))
    for (const content of [many, gzipSync(many)]) {
      const [said] = await warnings(checkOptimize, trained(reference(), imported(await fileOf(content))))
      expect(said).toMatch(/at least (\d+) of the first \1 pairs/)
    }
    const ties = lines([{ ...pair(70), rejected: " word" }])
    expect(await warnings(checkOptimize, trained(reference(), imported(await fileOf(ties))))).toEqual([])
  })

  test("are counted in other formats, and by a mapping", async () => {
    const records = [70, 5].map((length) => ({ question: words(length), good: " word", bad: " bad" }))
    const mapped = importPreferences({
      file: file(await fileOf(lines(records))),
      mapping: { prompt: "question", chosen: "good", rejected: "bad" },
    })
    expect(await warnings(checkOptimize, trained(reference(), mapped))).toEqual([expect.stringContaining("at least 1 of 2")])
    const ranked = { prompt: words(70), answers: ["a", "b", "c"].map((answer, rank) => ({ answer, rank })) }
    const nectar = importPreferences({ file: file(await fileOf(lines([ranked]))), format: "nectar" })
    expect(await warnings(checkOptimize, trained(reference(), nectar))).toEqual([expect.stringContaining("at least 3 of 3")])
  })

  test("of a file that cannot be imported are none: its import says what is wrong", async () => {
    expect(await warnings(checkOptimize, trained(reference(), imported(await fileOf('{ "prompt": 1 }'))))).toEqual([])
    expect(await warnings(checkOptimize, trained(reference(), file("/nowhere.parquet", Preferences)))).toEqual([])
  })

  test("are cut indeed when they are read: by the policy, and by a model of either form", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", " ", "the", ".", "man "), minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ prompt: text, chosen: text, rejected: text }), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const pairs = imported(await fileOf(lines(rows)))
          const found = async (check: Check, artifact: Artifact) =>
            Number(/at least (\d+)/.exec((await warnings(check, artifact))[0] ?? "0")?.[1] ?? 0)
          const untied = rows.filter(({ chosen, rejected }) => chosen !== rejected)
          const cut = untied.filter(({ prompt, chosen, rejected }) => {
            const { promptTokens, responses } = fitPair(tokenizePair(tokenizer, preferenceRow(0, prompt, chosen, rejected)), 20).cut
            return promptTokens + responses > 0
          })
          expect(await found(checkOptimize, trained(reference(20), pairs))).toBeLessThanOrEqual(cut.length)
          for (const form of ["pairwise", "pointwise"] as const) {
            const read = { form, tokenizer, configuration: { ...tinyConfiguration, context: 20 } }
            const cuts = untied.filter(({ prompt, chosen, rejected }) => {
              const { cut } = tokenizeForJudge(read, { prompt, first: chosen, second: rejected })
              return cut.promptTokens + cut.responses > 0
            })
            const judge = preferenceModel({ preferences: pairs, steps: 1, seed: 1, context: 20, form })
            expect(await found(checkModel, judge)).toBeLessThanOrEqual(cuts.length)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
