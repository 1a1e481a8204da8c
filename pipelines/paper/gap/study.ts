/** The study as a graph: worlds, arms, claims, and the pages that show what came of them. */

import { sweep } from "assay"
import {
  claimGrid,
  findings,
  forest,
  frontier,
  gapDecomposition,
  gapOverKl,
  oracleFrontier,
  report,
  undecided,
  verdicts,
} from "assay/stages"
import { commonKls, kls } from "../shared/claims.ts"
import { type At, asUsed, evaluateArms, factorial, inWindows, onPairsOf, swapped, withoutContrast, withPaperBeta } from "./arms.ts"
import { allClaims, armOf, oneRate, type Question, questions, questionsOf, ratesOf, textOf } from "./claims.ts"
import type { Design, TaskDesign } from "./design.ts"
import { sentences } from "./findings.ts"
import { drawWorld, type World } from "./world.ts"

export const study = (design: Design) => {
  const { worlds, seeds, fewerWorlds, sentiment, medium, others } = design
  const grid = (of: TaskDesign, inWorlds: ReadonlyArray<number>) => ({ world: inWorlds, learningRate: ratesOf(of), seed: seeds })

  /** Every arm of a task lies under the task's name, and `sentiment` has those that others lack. */
  const evaluations = {
    sentiment: sweep(grid(sentiment, worlds), ({ world, ...at }) => {
      const own = drawWorld(sentiment, world)
      const arms = factorial(own, at)
      if (at.learningRate !== oneRate(sentiment)) return evaluateArms(own, arms)
      const atOneRate = { ...inWindows(own, at), ...onPairsOf(own, at), ...withoutContrast(own, at), "paper's β": withPaperBeta(own, at) }
      return evaluateArms(own, { ...arms, ...atOneRate })
    }),
    ...(medium === undefined
      ? {}
      : {
          medium: sweep(grid(medium, fewerWorlds), ({ world, ...at }) => {
            const own = drawWorld(medium, world)
            return evaluateArms(own, swapped(own, at))
          }),
        }),
    ...Object.fromEntries(
      others.map((of) => [
        of.task,
        sweep(grid(of, fewerWorlds), ({ world, ...at }) => {
          const own = drawWorld(of, world)
          return evaluateArms(own, factorial(own, at))
        }),
      ]),
    ),
  }
  const decided = verdicts({ evaluations, classifications: evaluations, claims: allClaims(design) })

  const tasks = [sentiment, ...others]
  const gaps = tasks.flatMap((of) =>
    ratesOf(of).map((learningRate) => ({
      panel: of.task,
      series: learningRate,
      first: { arm: armOf(of.task, "online", "proxy"), at: { learningRate } },
      second: { arm: armOf(of.task, "offline", "gold"), at: { learningRate } },
    })),
  )
  const decompositions = tasks.flatMap((of) =>
    ratesOf(of).map((learningRate) => {
      const byLabels = (sampling: string) => ({
        gold: { arm: armOf(of.task, sampling, "gold"), at: { learningRate } },
        proxy: { arm: armOf(of.task, sampling, "proxy"), at: { learningRate } },
      })
      return {
        panel: ratesOf(of).length === 1 ? of.task : `${of.task}, rate ${learningRate}`,
        offline: byLabels("offline"),
        online: byLabels("online"),
        shuffled: byLabels("shuffled").gold,
      }
    }),
  )
  const rowOf = (question: Question) => ({
    question: questions[question],
    claims: Object.fromEntries(tasks.filter((of) => questionsOf(of).includes(question)).map((of) => [of.task, textOf(question, of.task)])),
  })
  const ofVerdicts = { verdicts: decided.verdicts }
  const oracle = sweep({ world: worlds }, ({ world }) => {
    const { pool, task } = drawWorld(sentiment, world)
    return oracleFrontier({ responses: pool, judge: task.gold })
  })
  const drawFrontier = (learningRate: number) => {
    const overRuns = <V>(of: (own: World, at: At) => V) =>
      sweep({ world: worlds, seed: seeds }, ({ world, seed }) => of(drawWorld(sentiment, world), { learningRate, seed }))
    return frontier({
      evaluations: overRuns((own, at) => evaluateArms(own, asUsed(own, at))),
      metrics: overRuns(asUsed),
      oracle,
      title: `Online and offline as they are used, on sentiment, learning rate ${learningRate}`,
    })
  }
  return {
    evaluations,
    verdicts: decided,
    report: report({
      title: "Why online alignment is ahead of offline alignment, and when",
      front: {
        "Findings, on sentiment": findings({ ...ofVerdicts, findings: sentences }),
        "Ten questions, at 2 nats": claimGrid({
          ...ofVerdicts,
          columns: tasks.map(({ task }) => task),
          rows: (Object.keys(questions) as Array<Question>).map(rowOf),
        }),
        "Six primary claims, on sentiment": forest({ ...ofVerdicts, family: "primary" }),
        "The gap along KL": gapOverKl({ evaluations, gaps, names: { first: "online", second: "offline" } }).figure,
        "What the gap is made of": gapDecomposition({ evaluations, gaps: decompositions, kl: commonKls }).figure,
        "What could not be decided": undecided(ofVerdicts),
      },
      verdicts: ofVerdicts,
      figures: Object.fromEntries(ratesOf(sentiment).map((rate) => [`Frontier, rate ${rate}`, drawFrontier(rate)])),
      metrics: Object.fromEntries(
        tasks.map((of) => [
          of.task,
          sweep({ world: of === sentiment ? worlds : fewerWorlds }, ({ world }) => ({ proxy: drawWorld(of, world).proxyAccuracy })),
        ]),
      ),
      introduction: introductionOf(design),
    }),
  }
}

const introductionOf = ({ worlds, seeds, fewerWorlds, sentiment, others }: Design): string =>
  [
    `Tang et al. 2024 (arXiv 2405.08448) at a size that two cores carry: ${sentiment.task} in ${worlds.length} worlds with ${seeds.length} seeds`,
    others.length === 0 ? "each." : `each, ${others.map(({ task }) => task).join(" and ")} in ${fewerWorlds.length}.`,
    "A world has its own SFT policy, data, proxy and golden policy. Arms are compared at equal KL to SFT, by win rate against 16 stored answers of SFT;",
    `claims are decided at ${kls.join(", ")} nats as docs/concepts/verdicts.md says.`,
  ].join(" ")
