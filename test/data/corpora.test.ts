import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { deriveCorpus as deriveDefine } from "../../data/corpora/define/corpus.ts"
import { deriveCorpus as deriveHam } from "../../data/corpora/ham/corpus.ts"
import { bareSubject, subjectOf } from "../../data/corpora/ham/subject.ts"
import { readRatings } from "../../data/corpora/sentiment/ratings.ts"
import { deriveCorpus as deriveTldr, columns as tldrColumns } from "../../data/corpora/tldr/corpus.ts"
import { writeCorpus } from "../../data/corpora/write.ts"
import { readRows } from "../../data/parquet/index.ts"
import { demonstrations, type PromptRow, prompts as promptColumns, ratings } from "../../data/schema/index.ts"

const corpora = join(import.meta.dirname, "../../data/corpora")
const dictionary = join(import.meta.dirname, "fixtures/dict")

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-corpora-"))
})
afterAll(() => rm(folder, { recursive: true }))

const counted = (rows: ReadonlyArray<{ readonly split: string }>) => [rows.length, rows.filter(({ split }) => split === "test").length]

/** Keys that rows of the train split share with rows of the test split. */
const inBothSplits = <R extends { readonly split: string }>(rows: ReadonlyArray<R>, keyOf: (row: R) => string) => {
  const tested = new Set(rows.filter(({ split }) => split === "test").map(keyOf))
  return rows.filter((row) => row.split === "train" && tested.has(keyOf(row))).map(keyOf)
}

describe.each(["tldr", "define", "ham"] as const)("the shipped tables of %s", (task) => {
  type Row = Awaited<ReturnType<typeof readRows<typeof demonstrations>>>[number]
  let text: ReadonlyArray<Row>
  let prompts: ReadonlyArray<PromptRow>
  beforeAll(async () => {
    text = await readRows(join(corpora, task, "text.parquet"), demonstrations)
    prompts = await readRows(join(corpora, task, "prompts.parquet"), promptColumns)
  })
  const promptOf = ({ text: whole, response_start }: Row) => whole.slice(0, response_start)

  test("have the rows that the README counts, numbered from 0, each text and prompt once", async () => {
    const readme = await readFile(join(corpora, task, "README.md"), "utf8")
    const kinds = [...new Set(text.map(({ kind }) => kind))]
    for (const number of [...kinds.flatMap((kind) => counted(text.filter((row) => row.kind === kind))), ...counted(prompts)])
      expect(readme).toContain(number.toLocaleString("en"))
    expect(text.every(({ text_id }, index) => text_id === index)).toBe(true)
    expect(prompts.every(({ prompt_id }, index) => prompt_id === index)).toBe(true)
    expect(new Set(text.map((row) => row.text.toLowerCase())).size).toBeGreaterThan(0.999 * text.length)
    expect(new Set(text.map((row) => row.text)).size).toBe(text.length)
    expect(new Set(prompts.map(({ prompt }) => prompt)).size).toBe(prompts.length)
  })

  test("are clean: printable ASCII, a response of some words after a prompt, known kinds", () => {
    const odd = text.filter(
      (row) =>
        !/^[ -~]+$/.test(row.text) ||
        row.text !== row.text.trim() ||
        / {2}/.test(row.text) ||
        !/^ \S+ \S/.test(row.text.slice(row.response_start)) ||
        !/\S$/.test(promptOf(row)),
    )
    expect(odd).toEqual([])
    expect([...new Set(text.map(({ kind }) => kind))].sort()).toEqual({ tldr: ["synopsis"], define: ["gloss"], ham: ["ham", "spam"] }[task])
  })

  test("leak nothing: no prompt of a split begins a text of the other", () => {
    const splits = new Map(prompts.map(({ prompt, split }) => [prompt, split]))
    expect(text.filter((row) => splits.get(promptOf(row)) !== row.split)).toEqual([])
    expect(prompts.filter(({ split }) => split !== "train" && split !== "test")).toEqual([])
    const tested = prompts.filter(({ split }) => split === "test")
    const lengths = [...new Set(tested.map(({ prompt }) => prompt.length))]
    const known = new Set(tested.map(({ prompt }) => prompt))
    const leaks = text.filter((row) => row.split === "train" && lengths.some((length) => known.has(row.text.slice(0, length))))
    expect(leaks).toEqual([])
    expect(tested.length / prompts.length).toBeGreaterThan(0.07)
    expect(tested.length / prompts.length).toBeLessThan(0.13)
  })
})

test("of tldr a source package is in one split, every row says where it is from, and no synopsis is in both", async () => {
  const rows = await readRows(join(corpora, "tldr/text.parquet"), tldrColumns)
  expect(inBothSplits(rows, ({ source }) => source)).toEqual([])
  expect(inBothSplits(rows, (row) => row.text.slice(row.response_start).toLowerCase())).toEqual([])
  expect(rows.filter((row) => row.package === "" || row.source === "" || !/\d/.test(row.version))).toEqual([])
})

test("of define a head word is in one split with all its parts of speech", async () => {
  const rows = await readRows(join(corpora, "define/text.parquet"), demonstrations)
  expect(inBothSplits(rows, ({ text }) => text.slice(0, text.indexOf(" (")))).toEqual([])
})

test("every task has its licence beside it, and all that is shipped takes less than 15 MB", async () => {
  const files = (await readdir(corpora, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(15e6)
  const says = { sentiment: /The MIT License/, define: /WordNet 3\.1 Copyright 2011/, tldr: /debian\/copyright/, ham: /CC0 1\.0/ }
  for (const [task, licence] of Object.entries(says)) {
    expect(await readFile(join(corpora, task, "NOTICE"), "utf8"), task).toMatch(licence)
    expect(await readFile(join(corpora, task, "README.md"), "utf8"), task).toContain("**Source**")
  }
})

describe("the ratings behind VADER", () => {
  test("are ten for every term, and their mean is the lexicon's", async () => {
    const rows = await readRows(join(corpora, "sentiment/ratings.parquet"), ratings)
    expect(rows).toHaveLength(7506)
    expect(rows.filter(({ ratings }) => ratings.length !== 10 || ratings.some((rating) => Math.abs(rating) > 4))).toEqual([])
    const off = rows.filter(({ mean, ratings }) => Math.abs(mean - ratings.reduce((sum, rating) => sum + rating, 0) / 10) > 0.051)
    expect(off).toHaveLength(1)
  })

  test("are refused where a line is none", async () => {
    const file = join(folder, "lexicon.txt")
    await writeFile(file, "good\t1.9\t0.9\t[2, 1, 1, 3, 2, 4, 2, 2, 1, 1]\nbad\t-2.5\t0.6\t[-3, -2]\n")
    await expect(readRatings(file)).rejects.toMatchObject({ _tag: "LineError", line: 2, field: "ratings" })
    await writeFile(file, "good\tx\t0.9\t[2, 1, 1, 3, 2, 4, 2, 2, 1, 1]\n")
    await expect(readRatings(file)).rejects.toMatchObject({ _tag: "LineError", line: 1, field: "mean" })
    await expect(readRatings(join(folder, "none"))).rejects.toMatchObject({ _tag: "DataFileError" })
  })
})

describe("deriving define", () => {
  test("takes the head of every synset, and a gloss once", async () => {
    const { text, prompts } = await deriveDefine(dictionary)
    expect(text.map((row) => row.text)).toEqual([
      "able (adjective): (usually followed by 'to') having the means to do something",
      "dim (adjective): lacking in light or clarity of mind",
      "softly (adverb): in a soft way",
      'catapult (noun): the catapult of a child who is bored; "dirty" is not the word for it',
      "song (noun): the dim lamp gave little light",
      "sing (verb): make musical sounds with the voice",
    ])
    expect(text[2]?.text.slice(text[2].response_start)).toBe(" in a soft way")
    expect(prompts.map(({ prompt }) => prompt)[0]).toBe("able (adjective):")
  })

  test("says what is wrong with a folder that is no dictionary", async () => {
    await expect(deriveDefine(folder)).rejects.toMatchObject({ _tag: "DataFileError", file: join(folder, "data.adj") })
  })
})

describe("deriving ham", () => {
  const message = (group: string, subject: string) =>
    JSON.stringify({ group, text: `From: a\nSubject: ${subject}\nDate: b\n\nSubject: not this one` })
  const write = async (messages: Readonly<Record<string, string>>) => {
    await mkdir(join(folder, "spam-1"), { recursive: true })
    await writeFile(join(folder, "file_list.json"), JSON.stringify(Object.keys(messages).map((name) => `spam-1/${name}.txt`)))
    for (const [name, content] of Object.entries(messages)) await writeFile(join(folder, "spam-1", `${name}.json`), content)
    return deriveHam(folder)
  }

  test("takes bare subject lines, each once, and none that was sorted both ways", async () => {
    const { text, prompts } = await write({
      1: message("easy-ham-1", "Re: [list] How does it\n work?"),
      2: message("spam-2", "FREE   pills now!!     xk4q"),
      3: message("spam-1", "how does it WORK again"),
      4: message("hard-ham-1", "Fwd: free pills NOW!!"),
      5: message("spam-1", "two words"),
      6: message("easy-ham-2", "how does it work?"),
      7: message("spam-1", "=?iso-8859-1?q?free pills for you?="),
    })
    expect(text.map((row) => [row.kind, row.text.slice(0, row.response_start), row.text.slice(row.response_start)])).toEqual([
      ["ham", "How", " does it work?"],
      ["spam", "how", " does it WORK again"],
    ])
    expect(prompts.map(({ prompt }) => prompt)).toEqual(["How", "how"])
  })

  test("says what is wrong with files that are no messages", async () => {
    await expect(write({ 1: "{}" })).rejects.toMatchObject({ _tag: "LineError", field: "group, text" })
    await expect(write({ 1: "{" })).rejects.toMatchObject({ _tag: "DataFileError" })
    await writeFile(join(folder, "file_list.json"), '{ "a": 1 }')
    await expect(deriveHam(folder)).rejects.toMatchObject({ _tag: "DataFileError", file: join(folder, "file_list.json") })
  })

  test("knows what programs add to a subject", () => {
    const lines = ["Re[2]: RE: [ILUG] hwclock runs fast (fwd)", "Viagra Online Now!! 21977", "Great offer ...10782", "=?utf-8?b?xyz?="]
    expect(lines.map(bareSubject)).toEqual(["hwclock runs fast", "Viagra Online Now!!", "Great offer", ""])
    expect(subjectOf("From: a\n\nSubject: b")).toBeUndefined()
  })
})

describe("deriving tldr", () => {
  const paragraph = (name: string, fields: string) => `Package: ${name}\nVersion: 1.0-1\nDescription-md5: ${name}\n${fields}`
  const described = (name: string, description: string) => `Package: ${name}\nDescription-md5: ${name}\nDescription-en: ${description}`
  const derive = async (index: ReadonlyArray<string>, translation: ReadonlyArray<string>) => {
    const [one, other] = [join(folder, "Packages"), join(folder, "Translation-en")]
    await writeFile(one, `${index.join("\n\n")}\n`)
    await writeFile(other, `${translation.join("\n\n")}\n`)
    return deriveTldr(one, other)
  }
  const long =
    " Alpha reads letters aloud. It does so for people\n who would rather listen. More is said here, and more than fits.\n .\n Not this."

  test("takes the sentences that fit and the synopsis without what part it is, and leaves out parts and what is there already", async () => {
    const { text } = await derive(
      [
        paragraph("alpha", "Source: letters (2.0)\nSection: text"),
        paragraph("alpha-doc", "Section: doc"),
        paragraph("beta", "Section: text"),
        paragraph("gamma", "Section: contrib/text"),
        paragraph("delta", "Section: text"),
      ],
      [
        described("alpha", `reader of letters - Python bindings\n${long}`),
        described("alpha-doc", `reader of letters\n${long}`),
        described("beta", `another reader of letters\n${long}`),
        described("gamma", `Reader of Letters (daemon)\n Gamma is another reader of letters, which does not read aloud.`),
        described("delta", `counter of all letters\n This package contains nothing that would tell what it is about.`),
      ],
    )
    expect(text).toEqual([
      {
        text_id: 0,
        text: "Alpha reads letters aloud. It does so for people who would rather listen. => reader of letters",
        kind: "synopsis",
        split: expect.stringMatching(/train|test/),
        response_start: 76,
        package: "alpha",
        source: "letters",
        version: "1.0-1",
      },
    ])
  })

  test("twice gives the same bytes", async () => {
    const bytes = async () => {
      const corpus = await derive([paragraph("alpha", "Section: text")], [described("alpha", `reader of letters\n${long}`)])
      await writeCorpus(folder, tldrColumns, corpus)
      return Promise.all(["text.parquet", "prompts.parquet"].map((name) => readFile(join(folder, name), "base64")))
    }
    expect(await bytes()).toEqual(await bytes())
  })

  test("says what is wrong with files that are no index", async () => {
    await expect(derive(["no index"], [described("a", "b\n c")])).rejects.toMatchObject({ _tag: "LineError", line: 1 })
    await expect(derive([paragraph("a", "Section: b"), "Version: 1"], [described("a", "b\n c")])).rejects.toMatchObject({
      _tag: "LineError",
      line: 6,
      field: "Package",
    })
    await expect(deriveTldr(join(folder, "none"), join(folder, "none"))).rejects.toMatchObject({ _tag: "DataFileError" })
  })
})
