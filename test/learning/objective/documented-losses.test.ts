/** The losses that are written in the documentation, as they stand there, against TRL's values. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import * as tf from "@tensorflow/tfjs"
import { buildSync } from "esbuild"
import { afterAll, expect, test } from "vitest"
import { compile } from "../../../engine/index.ts"
import { type PairLoss, pairLoss } from "../../../learning/objective/loss.ts"
import { dpo } from "../../../learning/objective/losses.ts"
import { type PairedResponses, preferenceObjective } from "../../../learning/objective/preference-objective.ts"
import { parsePage, root } from "../../docs/page.ts"
import { load } from "../support/loss.ts"
import { oneThread } from "../support/stage.ts"
import { byRank, expectation, TabularLearner } from "../support/tabular.ts"

/** Written by trl_losses.py beside it. */
const trl = JSON.parse(readFileSync(resolve(import.meta.dirname, "fixtures/trl-losses.json"), "utf8")) as {
  readonly pairs: Readonly<Record<"logp" | "reference" | "tokens", ReadonlyArray<number>>>
  readonly beta: number
  readonly alpha: number
  readonly lambda: number
  readonly dpo: number
  readonly rdpo: number
  readonly orpo_odds_ratio: ReadonlyArray<number>
}

const folder = join(root, "node_modules/.cache/documented-losses")
mkdirSync(folder, { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The loss in a file of the page. */
const documented = async (file: string, parameters: object): Promise<PairLoss> => {
  const page = "docs/guides/write-a-loss.md"
  const block = parsePage(page, readFileSync(join(root, page), "utf8")).blocks.find(({ name }) => name === file)
  writeFileSync(join(folder, file), block?.text ?? "")
  const outfile = join(folder, file.replace(/\.ts$/, ".mjs"))
  buildSync({ entryPoints: [join(folder, file)], outfile, bundle: true, format: "esm", external: ["@tensorflow/tfjs"] })
  const { run } = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as { readonly run: never }
  return pairLoss(file, run, parameters)
}

const pairs = { ...trl.pairs, weight: trl.pairs.logp.slice(trl.pairs.logp.length / 2).map(() => 1) }

/** The mean over the pairs, by the engine that trains. */
const lossOf = async (loss: PairLoss): Promise<number> => {
  const program = await compile(
    (inputs) => ({ loss: preferenceObjective(loss, inputs as unknown as PairedResponses).loss as tf.Tensor }),
    Object.fromEntries(Object.entries(pairs).map(([name, values]) => [name, { shape: [values.length], dtype: "float32" }])),
    oneThread,
  )
  return (await program.run(Object.fromEntries(Object.entries(pairs).map(([name, values]) => [name, Float32Array.from(values)]))))
    .loss?.[0] as number
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

test("R-DPO has the value that TRL gives DPO against a reference that is less likely by length", async () => {
  expect((await lossOf(await load(dpo({ beta: trl.beta })))) / trl.dpo).toBeCloseTo(1, 5)
  expect((await lossOf(await documented("rdpo.ts", { beta: trl.beta, alpha: trl.alpha }))) / trl.rdpo).toBeCloseTo(1, 5)
})

test("ORPO is TRL's odds ratio beside the likelihood of the chosen response", async () => {
  const { logp, tokens } = trl.pairs
  const likelihood = mean(pairs.weight.map((_, index) => -(logp[index] as number) / (tokens[index] as number)))
  const value = await lossOf(await documented("orpo.ts", { lambda: trl.lambda }))
  expect((value - likelihood) / mean(trl.orpo_odds_ratio)).toBeCloseTo(1, 4)
})

test("a loss from outside trains a tabular policy as a shipped one does: R-DPO at α = 0 is DPO, bit for bit", async () => {
  const reference = [0.4, 0.3, 0.2, 0.1]
  const learned = async (loss: PairLoss) => {
    const learner = new TabularLearner(reference, loss)
    for (let step = 0; step < 20; step++) await learner.step(expectation(reference.length, byRank)(reference), 0.05)
    return learner.policy
  }
  const shipped = await learned(await load(dpo({ beta: 0.5 })))
  expect(await learned(await documented("rdpo.ts", { beta: 0.5, alpha: 0 }))).toEqual(shipped)
  expect(shipped[3]).toBeGreaterThan(0.15)
})

test("a loss that does not return one number for each pair is refused by its name", async () => {
  for (const [compute, found] of [
    [({ chosen }: { readonly chosen: { readonly logp: tf.Tensor1D } }) => tf.mean(chosen.logp), "a tensor []"],
    [() => 3, "number"],
    [() => undefined, "undefined"],
  ] as const)
    await expect(lossOf(pairLoss("mine", compute as never, {}))).rejects.toMatchObject({
      tag: "LossShape",
      message: expect.stringContaining(found),
    })
  expect(() => pairLoss("mine", undefined as never, {})).toThrow(/must export a function "run"/)
})
