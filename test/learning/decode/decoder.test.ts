import { describe, expect, test } from "vitest"
import { integers } from "../../../engine/random/philox.ts"
import { type DecodeRequest, Decoder, type DecoderOptions } from "../../../learning/decode/decoder.ts"
import { gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import { enumerateResponses, tokenLogProbabilities } from "../support/scores.ts"
import { oneThread } from "../support/stage.ts"
import { wildParameters } from "../support/toy.ts"

const configuration = gpt2({ vocabulary: 20, context: 28, width: 16, layers: 2, heads: 2 })
// End-of-text is one token in twenty, so responses of all lengths occur.
const parameters = wildParameters(configuration, 4, 0.15)
const options: DecoderOptions = {
  configuration,
  endOfText: 0,
  batchSize: 16,
  maxNewTokens: 12,
  temperature: 1,
  purpose: "test",
  seed: 1,
  engine: oneThread,
}
const decode = (requests: ReadonlyArray<DecodeRequest>, changes: Partial<DecoderOptions> = {}) =>
  new Decoder({ ...options, ...changes }).decode(parameters, requests)

/**
 * Prompts of 1, 2, … tokens, over the boundary of a chunk; with the responses, over three of them.
 */
const requests: ReadonlyArray<DecodeRequest> = Array.from({ length: 24 }, (_, stream) => ({
  prompt: Int32Array.of(0, ...integers(5, "prompt", stream, 19, new Int32Array(stream % 11)).map((token) => token + 1)),
  stream,
}))
const decoded = await decode(requests)
const tokensOf = (all: ReadonlyArray<{ readonly tokens: Int32Array }>) => all.map(({ tokens }) => [...tokens])

/**
 * The value that a chi-square of so many degrees of freedom exceeds once in a thousand times
 * (Wilson and Hilferty 1931).
 */
const chiSquareLimit = (degrees: number) => degrees * (1 - 2 / (9 * degrees) + 3.09 * Math.sqrt(2 / (9 * degrees))) ** 3

/** log-probability of a token by the definition of temperature, top-k and top-p, in that order. */
const logOf = (
  logps: ArrayLike<number>,
  token: number,
  { temperature, topK = logps.length, topP = 1 }: { readonly temperature: number; readonly topK?: number; readonly topP?: number },
): number => {
  const weights = Array.from(logps, (logp, index) => ({ index, weight: Math.exp(logp / temperature) }))
  const likeliest = weights.sort((a, b) => b.weight - a.weight).slice(0, topK)
  const total = sumOf(likeliest.map(({ weight }) => weight))
  let before = 0
  const kept = likeliest.filter(({ weight }) => {
    const isKept = before < topP * total
    before += weight
    return isKept
  })
  const own = kept.find(({ index }) => index === token)?.weight ?? 0
  return Math.log(own / sumOf(kept.map(({ weight }) => weight)))
}

describe("what is drawn", () => {
  test.each([1, 2])("has the policy's probabilities at temperature %d", async (temperature) => {
    const small = gpt2({ vocabulary: 5, context: 8, width: 16, layers: 2, heads: 2 })
    const own = wildParameters(small, 6)
    const prompt = [0, 3]
    const exact = await enumerateResponses(small, own, prompt, 3, temperature)
    expect(exact).toHaveLength(1 + 4 + 16 * 5)
    expect(exact.reduce((sum, { logp }) => sum + Math.exp(logp), 0)).toBeCloseTo(1, 5)

    const draws = 6000
    const decoder = new Decoder({ ...options, configuration: small, batchSize: 512, maxNewTokens: 3, temperature })
    const drawn = await decoder.decode(
      own,
      Array.from({ length: draws }, (_, stream) => ({ prompt: Int32Array.from(prompt), stream })),
    )
    const counts = new Map<string, number>()
    for (const { tokens } of drawn) counts.set(tokens.join(), (counts.get(tokens.join()) ?? 0) + 1)
    const cells = exact.map(({ response, logp }) => ({ expected: draws * Math.exp(logp), found: counts.get(response.join()) ?? 0 }))
    expect(cells.reduce((sum, { found }) => sum + found, 0)).toBe(draws)
    const rare = cells.filter(({ expected }) => expected < 5)
    const pooled = { expected: sumOf(rare.map(({ expected }) => expected)), found: sumOf(rare.map(({ found }) => found)) }
    const common = [...cells.filter(({ expected }) => expected >= 5), ...(rare.length === 0 ? [] : [pooled])]
    expect(common.length).toBeGreaterThan(20)
    const statistic = sumOf(common.map(({ expected, found }) => (found - expected) ** 2 / expected))
    expect(statistic).toBeLessThan(chiSquareLimit(common.length - 1))
  })

  test("has the log-probability that one forward pass over it gives, also where it was drawn at another temperature", async () => {
    for (const [temperature, all] of [
      [1, decoded],
      [3, await decode(requests, { temperature: 3 })],
    ] as const) {
      expect(new Set(all.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(5)
      for (const [index, { tokens, logp }] of all.entries()) {
        const { prompt } = requests[index] as DecodeRequest
        const each = await tokenLogProbabilities(configuration, parameters, [...prompt, ...tokens])
        const exact = sumOf(Array.from(tokens, (token, place) => each[prompt.length + place - 1]?.[token] as number))
        expect(logp, `temperature ${temperature}, request ${index}`).toBeCloseTo(exact, 3)
      }
    }
  })

  test("has the log-probability of the distribution that it was drawn from, with its temperature, top-k and top-p", async () => {
    expect(decoded.map(({ behaviourLogp }) => behaviourLogp)).toEqual(decoded.map(({ logp }) => logp))
    for (const drawing of [{ temperature: 2 }, { temperature: 0.7, topK: 4 }, { temperature: 1, topP: 0.6 }]) {
      for (const { prompt, tokens, behaviourLogp } of await decode(requests, drawing)) {
        const each = await tokenLogProbabilities(configuration, parameters, [...prompt, ...tokens])
        const exact = Array.from(tokens, (token, place) => logOf(each[prompt.length + place - 1] as ArrayLike<number>, token, drawing))
        expect(behaviourLogp, JSON.stringify(drawing)).toBeCloseTo(sumOf(exact), 3)
      }
    }
  })

  test("does not depend on who else is in the batch, on the order, or on how many go together", async () => {
    for (const request of requests.slice(0, 6)) expect(tokensOf(await decode([request]))).toEqual([tokensOf(decoded)[request.stream]])
    expect(tokensOf(await decode(requests.toReversed())).reverse()).toEqual(tokensOf(decoded))
    expect(tokensOf(await decode(requests, { batchSize: 64 }))).toEqual(tokensOf(decoded))
    expect(tokensOf(await decode(requests, { batchSize: 5 }))).toEqual(tokensOf(decoded))
  })

  test("is drawn again by the same seed, purpose and stream, and by no others", async () => {
    expect(await decode(requests)).toEqual(decoded)
    const differing = (other: ReadonlyArray<{ readonly tokens: Int32Array }>) =>
      tokensOf(other).filter((tokens, index) => tokens.join() !== decoded[index]?.tokens.join()).length
    expect(differing(await decode(requests, { seed: 2 }))).toBeGreaterThan(16)
    expect(differing(await decode(requests, { purpose: "another" }))).toBeGreaterThan(16)
    expect(differing(await decode(requests.map(({ prompt, stream }) => ({ prompt, stream: stream + 100 }))))).toBeGreaterThan(16)
  })

  test("is drawn afresh at every position, also from chunk to chunk", async () => {
    // Where all parameters are 0, all tokens are equally likely.
    const uniform = Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values.map(() => 0)]))
    const drawn = await new Decoder({ ...options, batchSize: 64 }).decode(
      uniform,
      Array.from({ length: 256 }, (_, stream) => ({ prompt: Int32Array.of(0), stream })),
    )
    const lengths = drawn.map(({ tokens }) => tokens.length)
    // Geometric with p = 1/20, cut at 12.
    expect(sumOf(lengths) / lengths.length).toBeCloseTo(20 * (1 - 0.95 ** 12), -0.5)
    for (let apart = 1; apart <= 10; apart++) {
      const pairs = drawn.flatMap(({ tokens }) => [...tokens.subarray(apart)].map((token, place) => Number(token === tokens[place])))
      expect(sumOf(pairs) / pairs.length, `${apart} apart`).toBeLessThan(0.08)
    }
  })

  test("is the same to the last bit on any number of threads", async () => {
    // Wide enough that ONNX Runtime shares the products out.
    const wide = gpt2({ vocabulary: 300, context: 40, width: 128, layers: 2, heads: 4 })
    const policy = wildParameters(wide, 5, 0.05)
    const asked = Array.from({ length: 40 }, (_, stream) => ({ prompt: Int32Array.of(0, 7, stream), stream }))
    const on = (threads: number) =>
      new Decoder({ ...options, configuration: wide, batchSize: 32, engine: { ...oneThread, threads } }).decode(policy, asked)
    const one = await on(1)
    expect(await on(2)).toEqual(one)
    expect(await on(8)).toEqual(one)
  })

  test("of one prompt is independent from stream to stream", async () => {
    const prompt = Int32Array.of(0, 7)
    const drawn = await decode(
      Array.from({ length: 64 }, (_, stream) => ({ prompt, stream })),
      { batchSize: 64 },
    )
    expect(new Set(drawn.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(48)
  })
})

describe("a response ends", () => {
  test("with end-of-text, which occurs nowhere else in it, or where it is as long as allowed", async () => {
    for (const { tokens, finish } of decoded) {
      expect([...tokens.subarray(0, -1)]).not.toContain(0)
      expect(tokens.length).toBeLessThanOrEqual(12)
      expect(finish).toBe(tokens.at(-1) === 0 ? "stop" : "length")
      if (finish === "length") expect(tokens).toHaveLength(12)
    }
    expect(new Set(decoded.map(({ finish }) => finish)).size).toBe(2)
  })

  test("as early as a shorter limit says, and is the same up to there", async () => {
    for (const longest of [1, 7, 8, 9]) {
      const shorter = await decode(requests, { maxNewTokens: longest })
      expect(tokensOf(shorter)).toEqual(tokensOf(decoded).map((tokens) => tokens.slice(0, longest)))
    }
  })

  test.each([14, 15, 16, 17])("where a context of %d is full, wherever that is in a chunk", async (context) => {
    const own = wildParameters({ ...configuration, context }, 4, 0.15)
    // End-of-text as improbable as can be.
    const embedding = own["transformer.wte.weight"] as Float32Array
    embedding.fill(0, 0, configuration.width)
    const decoder = new Decoder({ ...options, configuration: { ...configuration, context }, maxNewTokens: 1000 })
    const drawn = await decoder.decode(own, requests)
    const room = drawn.map(({ prompt, tokens }) => prompt.length + tokens.length)
    for (const [index, { finish }] of drawn.entries()) if (finish === "length") expect(room[index]).toBe(context)
    expect(drawn.filter(({ finish }) => finish === "length").length).toBeGreaterThan(3)
  })

  test("after an answer whose prompt would fill the context: the prompt loses its beginning, and that is what is answered", async () => {
    const prompt = (length: number) => Int32Array.from({ length }, (_, place) => (place * 7) % 20)
    const answers = await decode([28, 30].map((length, stream) => ({ prompt: prompt(length), stream })))
    for (const [index, { prompt: read, promptCut, tokens }] of answers.entries()) {
      const length = 28 + 2 * index
      expect(tokens.length).toBeGreaterThan(0)
      expect(promptCut).toBe(length - read.length)
      expect([...read]).toEqual([0, ...prompt(length).subarray(promptCut + 1)])
    }
    const [again] = await decode(answers.slice(0, 1).map(({ prompt }) => ({ prompt, stream: 0 })))
    expect(again).toEqual({ ...answers[0], promptCut: 0 })
  })

  test("never, of a policy whose context has no room for a token", () => {
    expect(() => new Decoder({ ...options, configuration: { ...configuration, context: 1 } })).toThrow(/a context of 1 token has no room/)
  })

  test("nowhere if nothing is asked for", async () => expect(await decode([])).toEqual([]))
})

const sumOf = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0)

test("after prompts of hundreds of tokens, what is drawn has the log-probability of one forward pass, however many are read together", async () => {
  const long = gpt2({ vocabulary: 20, context: 700, width: 16, layers: 2, heads: 2 })
  const policy = wildParameters(long, 9, 0.15)
  // Up to the last position of the context, and more together than one prefill reads.
  const asked = [690, 690, 505, 129, 690, 333, 128, 688].map((length, stream) => ({
    prompt: Int32Array.of(0, ...integers(5, "prompt", length, 19, new Int32Array(length - 1)).map((token) => token + 1)),
    stream,
  }))
  const together = await new Decoder({ ...options, configuration: long, maxNewTokens: 10 }).decode(policy, asked)
  for (const [index, { prompt, tokens, logp }] of together.entries()) {
    expect(prompt).toHaveLength(asked[index]?.prompt.length as number)
    const each = await tokenLogProbabilities(long, policy, [...prompt, ...tokens])
    const exact = sumOf(Array.from(tokens, (token, place) => each[prompt.length + place - 1]?.[token] as number))
    expect(logp, `request ${index}`).toBeCloseTo(exact, 3)
  }
})
