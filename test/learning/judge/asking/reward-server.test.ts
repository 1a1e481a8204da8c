import { type Json, server } from "assay"
import { describe, expect, test } from "vitest"
import { ProxyJudge } from "../../../../learning/artifacts.ts"
import type { RewardProtocol } from "../../../../learning/judge/scorers/reward-protocols.ts"
import { rewardServer } from "../../../../learning/judge/scorers/reward-server.stage.ts"
import { fake, judgeOf, type ServerRequest } from "./judge.ts"

const reward = rewardServer({ name: "reward", connect: server({ url: "http://127.0.0.1:1" }), judge: ProxyJudge, labels: {} })
const pairs = [
  { prompt: "It is", first: " good", second: " bad" },
  { prompt: "It is", first: " bad", second: " so so" },
]
const texts = ["It is good", "It is bad", "It is so so"]
const scores = [4, -1.5, 0]

/** What a server of each protocol answers to a request, and what the request is. */
const protocols: Readonly<Record<RewardProtocol, { readonly request: ServerRequest; readonly answer: Json }>> = {
  openrlhf: {
    request: { path: "/get_reward", body: { query: texts, prompts: ["It is", "It is", "It is"] } },
    answer: { rewards: scores },
  },
  "vllm-pooling": {
    request: { path: "/pooling", body: { model: "m", input: texts } },
    answer: {
      object: "list",
      data: [2, 0, 1].map((index) => ({ index, object: "pooling", data: index === 1 ? [[9], [scores[1]!]] : [scores[index]!] })),
    },
  },
  "vllm-classify": {
    request: { path: "/classify", body: { model: "m", input: texts } },
    answer: { data: [2, 0, 1].map((index) => ({ index, label: "LABEL_0", probs: [scores[index]!], num_classes: 1 })) },
  },
  "vllm-score": {
    request: { path: "/score", body: { model: "m", text_1: ["It is", "It is", "It is"], text_2: [" good", " bad", " so so"] } },
    answer: { data: [2, 0, 1].map((index) => ({ index, object: "score", score: scores[index]! })) },
  },
  "tei-predict": {
    request: { path: "/predict", body: { inputs: texts.map((text) => [text]), raw_scores: true } },
    answer: scores.map((score) => [{ score, label: "LABEL_0" }]),
  },
}

describe.each(Object.keys(protocols) as ReadonlyArray<RewardProtocol>)("a server of the protocol %s", (protocol) => {
  const { request, answer } = protocols[protocol]

  test("is asked as that protocol has it, about each response once", async () => {
    const connection = fake(() => answer)
    const { compare } = await judgeOf(reward({ protocol, model: "m", revision: "r" }), connection)
    expect((await compare(pairs)).map(({ outcome, scores }) => [outcome, scores])).toEqual([
      [1, [4, -1.5]],
      [0, [-1.5, 0]],
    ])
    expect(connection.asked).toEqual([request])
    expect(connection.scopes).toEqual([{ model: "m", revision: "r" }])
  })

  test("is refused where it answers another number of scores", async () => {
    const { compare } = await judgeOf(
      reward({ protocol, model: "m" }),
      fake(() => answer),
    )
    await expect(compare(pairs.slice(0, 1))).rejects.toMatchObject({
      tag: "UnexpectedAnswer",
      message: expect.stringMatching(/^the server answered 2 responses by 3 scores: /),
    })
  })

  test.each<Json>([{ error: "no" }, [], "text", null, 3])("is refused where it answers %j", async (other) => {
    const { compare } = await judgeOf(
      reward({ protocol, model: "m" }),
      fake(() => other),
    )
    await expect(compare(pairs)).rejects.toMatchObject({ tag: "UnexpectedAnswer" })
  })
})

test.each<[RewardProtocol, Json]>([
  ["openrlhf", { rewards: [1, null, 2] }],
  ["vllm-classify", { data: [0, 1, 2].map((index) => ({ index, probs: [0.4, 0.6] })) }],
  ["vllm-pooling", { data: [0, 1, 2].map((index) => ({ index, data: [] })) }],
  ["tei-predict", [[{ score: 1 }, { score: 2 }], [], [{ score: 1 }]]],
])("a score of %s that is not one finite number is refused", async (protocol, answer) => {
  const { compare } = await judgeOf(
    reward({ protocol, model: "m" }),
    fake(() => answer),
  )
  await expect(compare(pairs)).rejects.toMatchObject({ tag: "UnexpectedAnswer" })
})

test("a request has batchSize responses, by a template, at a path and with fields of your own", async () => {
  const connection = fake(({ body }: ServerRequest) => ({ rewards: (body.query as ReadonlyArray<string>).map(() => 1) }))
  const judge = reward({
    protocol: "openrlhf",
    model: "m",
    batchSize: 2,
    template: "<{prompt}|{response}>",
    path: "/rm",
    extraBody: { labels: [] },
  })
  await (await judgeOf(judge, connection)).compare(pairs)
  expect(connection.asked).toEqual([
    { path: "/rm", body: { labels: [], query: ["<It is| good>", "<It is| bad>"], prompts: ["It is", "It is"] } },
    { path: "/rm", body: { labels: [], query: ["<It is| so so>"], prompts: ["It is"] } },
  ])
})

test("scores are log-odds where they are said to be", async () => {
  const connection = fake(() => ({ rewards: [Math.log(3), 0] }))
  const { compare } = await judgeOf(reward({ protocol: "openrlhf", model: "m", calibrated: true }), connection)
  expect((await compare(pairs.slice(0, 1)))[0]?.probability).toBeCloseTo(0.75)
})
