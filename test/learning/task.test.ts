import { type Artifact, file } from "assay"
import { expect, expectTypeOf, test } from "vitest"
import { corpus, Demonstrations, GoldJudge, Policy, Prompts, ProxyJudge, Text, task } from "../../learning/stages.ts"

const parts = { text: file("text.parquet", Text), prompts: file("prompts.parquet", Prompts), gold: file("judge.json", GoldJudge) }

test("a task has its parts under their names and types, and defaults for what is left out", () => {
  const demonstrations = file("text.parquet", Demonstrations)
  const own = task({ ...parts, demonstrations, tokenization: { context: 32 }, subject: "soup" })
  expect(own).toEqual({
    ...parts,
    demonstrations,
    subject: "soup",
    tokenization: { kind: null, vocabulary: 1024, context: 32 },
    maxNewTokens: 24,
  })
  expectTypeOf(own.demonstrations).toEqualTypeOf<Artifact<typeof Demonstrations>>()
  expectTypeOf(own.tokenization.kind).toEqualTypeOf<string | null>()
  expectTypeOf(own.maxNewTokens).toBeNumber()
})

test("every shipped task is what `task` makes of its parts", () => {
  for (const name of ["sentiment", "tldr", "define", "ham"] as const) {
    const shipped = corpus({ task: name })
    expect(task(shipped)).toEqual(shipped)
  }
  expectTypeOf(corpus({ task: "tldr" }).demonstrations).toEqualTypeOf<Artifact<typeof Demonstrations>>()
})

test("a part that is not an artifact of its type is refused by name, by the compiler too", () => {
  // @ts-expect-error: a proxy judge is not the gold judge
  expect(() => task({ ...parts, gold: file("judge", ProxyJudge) })).toThrow(
    /^task: "gold" expects gold-judge, got .*proxy.*Pass the output of bradleyTerry/,
  )
  // @ts-expect-error: prompts are not text
  expect(() => task({ ...parts, text: parts.prompts })).toThrow('task: "text" expects text, got prompts. Pass the output of importText().')
  // @ts-expect-error: a policy is not prompts
  expect(() => task({ ...parts, prompts: file("policy", Policy) })).toThrow('"prompts" expects prompts, got policy')
  // @ts-expect-error: a path is not an artifact
  expect(() => task({ ...parts, text: "text.parquet" })).toThrow('"text" expects text, got "text.parquet" that is not an artifact')
  // @ts-expect-error: no gold judge
  expect(() => task({ text: parts.text, prompts: parts.prompts })).toThrow('"gold" expects')
})

test("lengths that are no lengths, or leave a prompt no room, are refused", () => {
  expect(() => task({ ...parts, maxNewTokens: 64 })).toThrow(
    /a response of 64 tokens \(maxNewTokens\) leaves a prompt no room in a context of 64/,
  )
  expect(() => task({ ...parts, maxNewTokens: 0 })).toThrow('"maxNewTokens" expects a whole number of tokens above 0, got 0')
  expect(() => task({ ...parts, tokenization: { vocabulary: 0.5 } })).toThrow('"tokenization.vocabulary" expects a whole number')
})
