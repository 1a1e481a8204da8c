import { Schema } from "effect"
import fc from "fast-check"
import { describe, expect, test, vi } from "vitest"
import { preferences, prompts, responses } from "../../../data/schema/index.ts"
import { ProxyJudge } from "../../../learning/artifacts.ts"
import { bradleyTerryProxy } from "../../../learning/judge/bradley-terry.stage.ts"
import { ensemble, ensembleWeights } from "../../../learning/judge/ensemble.stage.ts"
import { preferenceModel } from "../../../learning/judge/preference-model.stage.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { scorer, type TextResponse } from "../../../learning/judge/scorer.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { bestOfN } from "../../../learning/preferences/best-of-n.stage.ts"
import { type Budget, budgetDifferences, budgetOf, differencesInWords } from "../../../learning/preferences/budget.ts"
import { label, relabel } from "../../../learning/preferences/label.stage.ts"
import { shuffle } from "../../../learning/preferences/shuffle.stage.ts"
import { subsetAtRandom } from "../../../learning/preferences/subset.stage.ts"
import { goldenPolicy } from "../../../learning/train/golden-policy.stage.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { optimizeOnline } from "../../../learning/train/optimize-online.stage.ts"
import { type MemoryFiles, MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, goldJudge, promptRows, prompts36, responseRow, tinyPolicyFiles, tinyProxyFiles } from "../support/toy.ts"

const training = { loss: ipo({ beta: 0.1 }), steps: 7, seed: 1, batchSize: 8, learningRate: 1e-3, checkpoints: 1 }
const reference = await tinyPolicyFiles(1)
const asked = new MemoryTable(prompts, promptRows(prompts36))

describe("the budget of a run", () => {
  test("is what it was shown and what it was told: offline, of a data set with ties", async () => {
    const rows = easyPreferences(30).map((row, index) => ({ ...row, tie: index % 3 === 0, source: index < 20 ? "gold" : "human" }))
    const { metrics } = await runStage(optimize, { reference, preferences: new MemoryTable(preferences, rows) }, training)
    expect(budgetOf(await metrics.read())).toEqual({
      steps: 7,
      pairs: 56,
      usefulPairs: 56,
      labels: { gold: 20, human: 10 },
      untiedLabels: { gold: 13, human: 7 },
    })
  })

  test("online, of a stream in which ties are counted as it has them; replayed, the same", async () => {
    const short = { ...training, maxNewTokens: 1 }
    const online = await runStage(optimizeOnline, { reference, judge: await tinyProxyFiles(2), prompts: asked }, short)
    const ties = (await online.stream.read()).filter(({ tie }) => tie).length
    expect(ties).toBeGreaterThan(0)
    const budget = budgetOf(await online.metrics.read())
    const untiedLabels = { proxy: 56 - ties }
    expect(budget).toEqual({ steps: 7, pairs: 56, usefulPairs: 56 - ties, labels: { proxy: 56 }, untiedLabels })
    const replayed = await runStage(optimize, { reference, preferences: online.stream }, { ...training, order: "stream" })
    expect(budgetOf(await replayed.metrics.read())).toEqual(budget)
  })

  test("has the labels that its judge had learned from: online, and on the judge's pairs, however they were made", async () => {
    const given = easyPreferences(60).map((row, index) => ({ ...row, tie: index >= 20, source: "gold" }))
    const labels = { gold: 60 }
    const untiedLabels = { gold: 20 }
    const offline = await runStage(optimize, { reference, preferences: new MemoryTable(preferences, given) }, training)
    expect(budgetOf(await offline.metrics.read())).toMatchObject({ labels, untiedLabels })
    const { judge } = await runStage(
      preferenceModel,
      { preferences: new MemoryTable(preferences, given), base: reference },
      { steps: 1, seed: 1, batchSize: 4 },
    )
    const online = await runStage(optimizeOnline, { reference, judge, prompts: asked }, { ...training, maxNewTokens: 4 })
    const ofProxy = (pairs: number, untied: number) => ({
      labels: { ...labels, proxy: pairs },
      untiedLabels: { ...untiedLabels, proxy: untied },
    })
    const untied = async (pairs: typeof online.stream) => (await pairs.read()).filter(({ tie }) => !tie).length
    expect(budgetOf(await online.metrics.read())).toMatchObject(ofProxy(56, await untied(online.stream)))
    const { preferences: mixed } = await runStage(shuffle, { preferences: online.stream }, { window: "all", seed: 1 })
    const shuffled = await runStage(optimize, { reference, preferences: mixed }, { ...training, order: "stream" })
    expect(budgetOf(await shuffled.metrics.read())).toEqual(budgetOf(await online.metrics.read()))
    const arms = { offline: budgetOf(await offline.metrics.read()), online: budgetOf(await online.metrics.read()) }
    expect(budgetDifferences(arms).map(({ quantity }) => quantity)).not.toContain("gold labels")
    const { preferences: again } = await runStage(relabel, { preferences: new MemoryTable(preferences, given), judge }, {})
    const relabelled = await runStage(optimize, { reference, preferences: again }, training)
    expect(budgetOf(await relabelled.metrics.read())).toMatchObject(ofProxy(60, await untied(again)))
    // A proxy that another one taught knows of the labels behind both.
    const { judge: pupil } = await runStage(preferenceModel, { preferences: again, base: reference }, { steps: 1, seed: 1, batchSize: 4 })
    expect(await pupil.json("trainer_state.json")).toMatchObject({ labels: { gold: { pairs: 60, untied: 20 }, proxy: { pairs: 60 } } })
  })

  test("is said not to be whole where a proxy does not say what it had learned from", async () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => {})
    const judge = (await tinyProxyFiles(2)).with({
      "judge.json": JSON.stringify({ judge: "proxy", scorer: "preference-model", parameters: {}, inputs: [] }),
    })
    const { stream } = await runStage(optimizeOnline, { reference, judge, prompts: asked }, { ...training, steps: 1, maxNewTokens: 4 })
    await runStage(optimize, { reference, preferences: stream }, { ...training, steps: 1, order: "stream" })
    expect(print.mock.calls.map(([line]) => line)).toEqual(Array(2).fill(expect.stringMatching(/^a proxy does not say .* budget/)))
    print.mockRestore()
  })

  test("counts a set of labels once, whichever and however many judges have learned from it", async () => {
    const rows = easyPreferences(90).map((row, index) => ({ ...row, tie: index % 3 === 0, source: "gold" }))
    const [given, more] = [rows.slice(0, 60), rows.slice(60)].map((part) => new MemoryTable(preferences, part))
    if (given === undefined || more === undefined) throw new Error("there are two parts")
    const { judge: words } = await runStage(bradleyTerryProxy, { preferences: given }, { seed: 1 })
    const { judge: model } = await runStage(preferenceModel, { preferences: given, base: reference }, { steps: 1, seed: 1, batchSize: 4 })
    const members = Object.entries({ words, model }).map(([name, input]) => ({ path: [name], at: {}, input }))
    const labelsOfArm = async (judge: MemoryFiles) => {
      const { metrics, stream } = await runStage(
        optimizeOnline,
        { reference, judge, prompts: asked },
        { ...training, steps: 1, maxNewTokens: 4 },
      )
      const budget = budgetOf(await metrics.read())
      const replayed = await runStage(optimize, { reference, preferences: stream }, { ...training, steps: 1, order: "stream" })
      expect(budgetOf(await replayed.metrics.read())).toMatchObject({ labels: budget.labels })
      return { all: budget.labels.gold, untied: budget.untiedLabels.gold }
    }
    const equal = await runStage(ensemble, { members }, {})
    expect(await labelsOfArm(equal.judge)).toEqual({ all: 60, untied: 40 })
    // The pairs that weigh the members are labels too, unless these had them already.
    for (const [pairs, labels] of [
      [more, { all: 90, untied: 60 }],
      [given, { all: 60, untied: 40 }],
    ] as const) {
      const { weights } = await runStage(ensembleWeights, { members, preferences: pairs }, { seed: 1 })
      expect(await labelsOfArm((await runStage(ensemble, { members, weights }, {})).judge)).toEqual(labels)
    }
    // So is an ensemble of ensembles.
    const nested = await runStage(ensemble, { members: [{ path: ["one"], at: {}, input: equal.judge }, ...members] }, {})
    expect(await labelsOfArm(nested.judge)).toEqual({ all: 60, untied: 40 })
  })

  test("has the labels that a scorer declares, and those of the judges that it is made of", async () => {
    const longer = { score: (all: ReadonlyArray<TextResponse>) => all.map(({ response }) => response.length) }
    const run = async () => ({ run: () => longer })
    const judgeOf = async (made: object, inputs: object = {}) =>
      ((await runStage(made as never, inputs as never, {} as never)) as { readonly judge: MemoryFiles }).judge
    const goldLabels = async (judge: MemoryFiles) => (await readJudge(judge, oneThread)).labels
    const declared = { "ratings of 2023": { human: { pairs: 500, untied: 410 } } }
    const lexicon = await judgeOf(scorer({ name: "lexicon", judge: ProxyJudge, labels: declared, run }))
    expect(await lexicon.json("judge.json")).toEqual({ judge: "proxy", scorer: "lexicon", parameters: {}, inputs: [], labels: declared })
    const online = await runStage(optimizeOnline, { reference, judge: lexicon, prompts: asked }, { ...training, steps: 1, maxNewTokens: 4 })
    expect(budgetOf(await online.metrics.read()).labels).toEqual({ human: 500, proxy: 8 })

    const given = new MemoryTable(preferences, easyPreferences(60))
    const { judge: words } = await runStage(bradleyTerryProxy, { preferences: given }, { seed: 1 })
    const made = scorer({ name: "made", judge: ProxyJudge, inputs: { one: ProxyJudge, other: ProxyJudge }, run })
    const both = { [given.digest]: { human: { pairs: 60, untied: 60 } }, ...declared }
    expect(await goldLabels(await judgeOf(made, { one: words, other: lexicon }))).toEqual(both)
    expect(await goldLabels(await judgeOf(made, { one: words, other: words }))).toEqual({
      [given.digest]: { human: { pairs: 60, untied: 60 } },
    })
    // What one of them does not say, or gold says at every pair, cannot be counted.
    const silent = await judgeOf(scorer({ name: "silent", judge: ProxyJudge, run }))
    expect(await goldLabels(silent)).toBeUndefined()
    expect(await goldLabels(await judgeOf(made, { one: words, other: silent }))).toBeUndefined()
    expect(await goldLabels(await judgeOf(made, { one: words, other: goldJudge }))).toBeUndefined()
    expect(await goldLabels(await judgeOf(scorer({ name: "rule", judge: ProxyJudge, labels: {}, run })))).toEqual({})
    expect(() => scorer({ name: "gold", labels: {}, run })).toThrow(/labels are counted of what models the human/)
    expect(() => scorer({ name: "own", parameters: { learnedFrom: Schema.String }, run })).toThrow(/rename yours/)
  })

  test("is said to be a lower bound where labels were discarded on the way: by subset, by bestOfN, and by label, which draws one pair a prompt", async () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => {})
    const said = async (act: () => Promise<unknown>): Promise<ReadonlyArray<string>> => {
      print.mockClear()
      await act()
      return print.mock.calls.map(([line]) => String(line))
    }
    const given = new MemoryTable(preferences, easyPreferences(60))
    const train = (pairs: typeof given) => said(() => runStage(optimize, { reference, preferences: pairs }, { ...training, steps: 1 }))
    expect(await train(given)).toEqual([])
    const halves = await Promise.all(
      [1, 2].map(async (seed) => (await runStage(subsetAtRandom, { preferences: given }, { fraction: 0.5, seed })).preferences),
    )
    expect(print.mock.calls.map(([line]) => line)).toEqual(Array(2).fill("30 of 60 labelled pairs are kept; budgets count these alone"))
    for (const half of halves)
      expect(await train(half)).toEqual([
        expect.stringMatching(/^there are 30 pairs, and their pair_id goes up to \d+: .* missing in the budget$/),
      ])
    expect(await said(() => runStage(subsetAtRandom, { preferences: given }, { fraction: 1 }))).toEqual([])

    const answers = ["wonderful day", "sad day", "green day"]
    const drawn = new MemoryTable(
      responses,
      ["the man had", "a child saw"].flatMap((prompt, id) =>
        answers.map((answer, index) => responseRow(id, index, prompt, ` a ${answer}`)),
      ),
    )
    const labelAs = (pairing: "untied" | "all") => runStage(label, { responses: drawn, judge: goldJudge }, { pairing })
    expect(await said(() => labelAs("untied"))).toEqual(["2 of 6 labelled pairs are kept; budgets count these alone"])
    expect(await said(() => labelAs("all"))).toEqual([])
    const all = (await labelAs("all")).preferences
    expect(await said(() => runStage(bestOfN, { preferences: all }, {}))).toEqual([
      "2 of 6 labelled pairs are kept; budgets count these alone",
    ])
    print.mockRestore()
  })

  test("is said to be a lower bound where pairs are of a policy that is not the reference", async () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => {})
    const from = (policy_key: string) =>
      new MemoryTable(
        preferences,
        easyPreferences(30).map((row) => ({ ...row, policy_key })),
      )
    await runStage(optimize, { reference, preferences: from(reference.digest) }, { ...training, steps: 1 })
    expect(print).not.toHaveBeenCalled()
    await runStage(optimize, { reference, preferences: from("another") }, { ...training, steps: 1 })
    expect(print.mock.calls).toEqual([[expect.stringMatching(/^responses were drawn from a policy that is not the reference/)]])
    print.mockRestore()
  })

  test("against gold, of labels that only gold gives", async () => {
    const golden = await runStage(goldenPolicy, { reference, judge: goldJudge, prompts: asked }, { ...training, maxNewTokens: 4 })
    expect(budgetOf(await golden.metrics.read())).toMatchObject({ steps: 7, pairs: 56, labels: { gold: 56 } })
  })
})

describe("budgets that differ", () => {
  const budget: Budget = { steps: 100, pairs: 3200, usefulPairs: 3000, labels: { gold: 64 }, untiedLabels: { gold: 60 } }

  test("are told from those that do not, quantity by quantity", () => {
    expect(budgetDifferences({ a: budget, b: { ...budget, labels: { ...budget.labels } } })).toEqual([])
    const differences = budgetDifferences({
      a: budget,
      b: { ...budget, steps: 200, usefulPairs: 2900, labels: { proxy: 5 }, untiedLabels: {} },
    })
    expect(differences).toEqual([
      { quantity: "steps", values: { a: 100, b: 200 } },
      { quantity: "useful pairs", values: { a: 3000, b: 2900 } },
      { quantity: "gold labels", values: { a: 64, b: 0 } },
      { quantity: "untied gold labels", values: { a: 60, b: 0 } },
      { quantity: "proxy labels", values: { a: 0, b: 5 } },
    ])
    expect(differencesInWords(differences)).toBe(
      "steps: 100 (a), 200 (b); useful pairs: 3000 (a), 2900 (b); gold labels: 64 (a), 0 (b); untied gold labels: 60 (a), 0 (b); proxy labels: 0 (a), 5 (b)",
    )
    expect(differencesInWords([{ quantity: "steps", values: { a: 1, b: 2, c: 1 } }])).toBe("steps: 1 (a, c), 2 (b)")
    expect(differencesInWords([])).toBe("")
  })

  test("within a tolerance count as equal, however many arms there are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 900, max: 1000 }), { minLength: 1, maxLength: 6 }), (useful) => {
        const arms = Object.fromEntries(useful.map((usefulPairs, index) => [`arm ${index}`, { ...budget, usefulPairs }]))
        expect(budgetDifferences(arms, 0.1)).toEqual([])
        expect(budgetDifferences(arms)).toHaveLength(new Set(useful).size > 1 ? 1 : 0)
      }),
    )
  })
})
