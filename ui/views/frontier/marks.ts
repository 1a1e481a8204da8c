/** The marks of a frontier: which of them are one line, and what the axes span. */

import type { Mark } from "../../../serve/api.ts"
import type { Domain, ScaleType } from "../../chart/scale.ts"
import { formatNumber } from "../../text/format.ts"

/** The checkpoints of an arm with one β. */
export interface Arm {
  readonly key: string
  readonly arm: string
  readonly beta: number | null
  readonly label: string
}

/** The arms in order of first appearance: their places decide their styles. */
export const armsOf = (marks: ReadonlyArray<Mark>): ReadonlyArray<Arm> => {
  const severalBetas = new Set(marks.map(({ beta }) => beta)).size > 1
  const arms = new Map<string, Arm>()
  for (const mark of marks) {
    const { arm, beta } = mark
    const key = armKey(mark)
    if (!arms.has(key)) arms.set(key, { key, arm, beta, label: severalBetas && beta !== null ? `${arm} β=${formatNumber(beta)}` : arm })
  }
  return [...arms.values()]
}

export const armKey = ({ arm, beta }: Pick<Mark, "arm" | "beta">): string => JSON.stringify([arm, beta])

/** Whether a mark is of one seed or one world, and not of all of an arm together. */
const isSingle = ({ seed, world }: Mark): boolean => seed !== null || world !== null

/** The arms that have marks of all their seeds together. */
export const armsOverSeeds = (marks: ReadonlyArray<Mark>): ReadonlySet<string> =>
  new Set(marks.filter((mark) => !isSingle(mark)).map(armKey))

/** A mark as it is drawn: faint if it is a single seed of an arm that also has them together. */
export interface DrawnMark {
  readonly mark: Mark
  readonly arm: string
  /** The line that it is on: all checkpoints of an arm, a world and a seed. */
  readonly line: string
  readonly isFaint: boolean
}

export const drawMarks = (marks: ReadonlyArray<Mark>, overSeeds: ReadonlySet<string>): ReadonlyArray<DrawnMark> =>
  marks.map((mark) => {
    const arm = armKey(mark)
    return {
      mark,
      arm,
      line: JSON.stringify([arm, mark.world, mark.seed]),
      isFaint: isSingle(mark) && overSeeds.has(arm),
    }
  })

/** In the order in which they are listed: by arm, all seeds together first, then by step. */
export const listMarks = (drawn: ReadonlyArray<DrawnMark>, arms: ReadonlyArray<Arm>): ReadonlyArray<DrawnMark> => {
  const places = new Map(arms.map(({ key }, place) => [key, place]))
  return [...drawn].sort(
    (a, b) =>
      (places.get(a.arm) ?? 0) - (places.get(b.arm) ?? 0) ||
      Number(a.isFaint) - Number(b.isFaint) ||
      (a.mark.world ?? "").localeCompare(b.mark.world ?? "", "en", { numeric: true }) ||
      (a.mark.seed ?? -1) - (b.mark.seed ?? -1) ||
      a.mark.step - b.mark.step,
  )
}

export interface Axes {
  readonly kl: Domain
  readonly klType: ScaleType
  readonly win: Domain
}

/** From there on, arms with little KL would lie on each other on a linear axis. */
const mostLinearKl = 60

/**
 * KL from 0, and win rates in whole tenths around ½ and the intervals. Intervals of two or three
 * seeds can be far wider than the curves: their ends are cut at the frame.
 */
export const axesOf = (marks: ReadonlyArray<Mark>): Axes => {
  const finite = marks.filter(({ kl, winRate }) => Number.isFinite(kl) && Number.isFinite(winRate))
  const kl = finite.reduce((most, mark) => Math.max(most, Math.min(mark.klHigh, 1.3 * mark.kl)), 0)
  const lowest = finite.reduce((least, mark) => Math.min(least, Math.max(mark.winLow, mark.winRate - 0.15)), 0.5)
  const highest = finite.reduce((most, mark) => Math.max(most, Math.min(mark.winHigh, mark.winRate + 0.15)), 0.5)
  return {
    kl: [0, kl > 0 ? kl * 1.03 : 1],
    klType: kl > mostLinearKl ? "symlog" : "linear",
    win: [Math.max(0, Math.floor(lowest * 10 - 0.2)) / 10, Math.min(10, Math.ceil(highest * 10 + 0.2)) / 10],
  }
}

/** A mark in words: what readers of the screen are told of it. */
export const nameMark = ({ arm, beta, world, seed, step, evaluations }: Mark): string =>
  [
    beta === null ? arm : `${arm} β=${formatNumber(beta)}`,
    ...(world === null ? [] : [`world ${world}`]),
    ...(seed === null ? [] : [`seed ${seed}`]),
    ...(seed === null && world === null && evaluations.length > 1 ? [`mean of ${evaluations.length} runs`] : []),
    `step ${step}`,
  ].join(", ")

/** An interval as it stands behind its value. */
export const formatInterval = (low: number, high: number): string => `${formatNumber(low, 3)} to ${formatNumber(high, 3)}`
