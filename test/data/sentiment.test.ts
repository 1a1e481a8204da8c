import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { deriveCorpus } from "../../data/corpora/sentiment/corpus.ts"
import { parseGloss } from "../../data/corpora/wordnet/gloss.ts"
import { writeCorpus } from "../../data/corpora/write.ts"
import { readRows } from "../../data/parquet/index.ts"
import { type PromptRow, prompts as promptColumns, type TextRow, text as textColumns } from "../../data/schema/index.ts"
import { splitBy } from "../../data/split.ts"

const shipped = (name: string) => join(import.meta.dirname, "../../data/corpora/sentiment", name)
const dictionary = join(import.meta.dirname, "fixtures/dict")

describe("the shipped tables", () => {
  let text: ReadonlyArray<TextRow>
  let prompts: ReadonlyArray<PromptRow>
  beforeAll(async () => {
    text = await readRows(shipped("text.parquet"), textColumns)
    prompts = await readRows(shipped("prompts.parquet"), promptColumns)
  })

  test("have the rows that the README counts, numbered from 0, each text and prompt once", async () => {
    const count = (rows: ReadonlyArray<{ readonly split: string }>) => [rows.length, rows.filter(({ split }) => split === "test").length]
    const counts = [
      count(text.filter(({ kind }) => kind === "sentence")),
      count(text.filter(({ kind }) => kind === "gloss")),
      count(prompts),
    ]
    expect(counts).toEqual([
      [29_825, 3_038],
      [97_719, 3_556],
      [19_183, 1_960],
    ])
    const readme = await readFile(shipped("README.md"), "utf8")
    for (const number of counts.flat()) expect(readme).toContain(number.toLocaleString("en"))
    expect(text.every(({ text_id }, index) => text_id === index)).toBe(true)
    expect(prompts.every(({ prompt_id }, index) => prompt_id === index)).toBe(true)
    expect(new Set(text.map(({ text }) => text)).size).toBe(text.length)
    expect(new Set(prompts.map(({ prompt }) => prompt)).size).toBe(prompts.length)
  })

  test("hold clean text of at least five words, and nothing but known kinds and splits", () => {
    const odd = text.filter(
      ({ text, kind, split }) =>
        text.split(" ").length < 5 ||
        text !== text.trim() ||
        /[`\\\n\r\t]| {2}/.test(text) ||
        !["sentence", "gloss"].includes(kind) ||
        !["train", "test"].includes(split),
    )
    expect(odd).toEqual([])
  })

  test("have for every sentence its prompt, in its split, and a response that begins with a space", () => {
    const splits = new Map(prompts.map(({ prompt, split }) => [prompt, split]))
    const odd = text.filter(({ text, kind, split }) => {
      const prompt = text.split(" ").slice(0, 2).join(" ")
      return kind === "sentence" && (splits.get(prompt) !== split || !/^ \S/.test(text.slice(prompt.length)))
    })
    expect(odd).toEqual([])
    expect(prompts.filter(({ prompt }) => prompt !== prompt.trim())).toEqual([])
  })

  test("leak nothing: no prompt of the test split begins a text of the train split", () => {
    const tested = new Set(prompts.filter(({ split }) => split === "test").map(({ prompt }) => prompt))
    const lengths = [...new Set(Array.from(tested, (prompt) => prompt.length))]
    const leaks = text.filter(({ text, split }) => split === "train" && lengths.some((length) => tested.has(text.slice(0, length))))
    expect(leaks).toEqual([])
  })

  test("are small, and carry their notice", async () => {
    expect((await stat(shipped("text.parquet"))).size + (await stat(shipped("prompts.parquet"))).size).toBeLessThan(4e6)
    expect(await readFile(shipped("NOTICE"), "utf8")).toMatch(/WordNet 3\.1 Copyright 2011 by Princeton University/)
  })
})

describe("deriving", () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-sentiment-"))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test("takes sentences and glosses in the order of the dictionary, each once", async () => {
    const { text, prompts } = await deriveCorpus(dictionary)
    expect(text.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      "sentence: the cat is able to climb trees",
      "sentence: it was a dim day in winter",
      "sentence: the dim lamp gave little light",
      "sentence: she spoke softly to the cat",
      "sentence: sing, my love; sing for me",
      "sentence: she sang for the whole evening",
      "gloss: (usually followed by 'to') having the means to do something",
      "gloss: lacking in light or clarity of mind",
      'gloss: the catapult of a child who is bored; "dirty" is not the word for it',
      "gloss: make musical sounds with the voice",
    ])
    expect(prompts.map(({ prompt }) => prompt)).toEqual(["the cat", "it was", "the dim", "she spoke", "sing, my", "she sang"])
    const splitOf = new Map(prompts.map(({ prompt, split }) => [prompt, split]))
    expect(text[8]?.split).toBe(splitOf.get("the cat"))
  })

  test("twice gives the same bytes", async () => {
    const bytes = async () => {
      await writeCorpus(folder, textColumns, await deriveCorpus(dictionary))
      return Promise.all(["text.parquet", "prompts.parquet"].map((name) => readFile(join(folder, name), "base64")))
    }
    expect(await bytes()).toEqual(await bytes())
  })

  test("says what is wrong with a folder that is no dictionary", async () => {
    await expect(deriveCorpus(folder)).rejects.toMatchObject({ _tag: "DataFileError", file: join(folder, "data.adj") })
    for (const part of ["adj", "adv", "noun", "verb"]) await writeFile(join(folder, `data.${part}`), "00001740 no gloss here\n")
    await expect(deriveCorpus(folder)).rejects.toMatchObject({ _tag: "LineError", line: 1, field: "gloss" })
  })

  test("keeps who said it out of what was said", () => {
    expect(parseGloss('a; "b c"- D. E.; "f" (G); "h" I.J.K; "l" is m; n "o" p; q: "r"')).toEqual({
      definition: 'a; "l" is m; n "o" p; q',
      examples: ["b c", "f", "h", "r"],
    })
  })
})

test("a split by prompts leaks nothing, whatever the prompts and texts", () => {
  const word = fc.stringMatching(/^[ab ]{1,4}$/)
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1 }), fc.array(fc.stringMatching(/^[ab ]{0,8}$/)), (prompts, texts) => {
      const split = splitBy("test", prompts)
      for (const text of [...texts, ...prompts])
        for (const prompt of prompts) if (text.startsWith(prompt)) expect(split(text)).toBe(split(prompt))
    }),
  )
})
