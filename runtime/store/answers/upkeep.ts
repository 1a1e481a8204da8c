import * as fs from "node:fs"
import * as path from "node:path"
import type { Layout } from "../layout.ts"
import type { Manifest } from "../results/manifest.ts"

/** The answers of one scope. */
export interface AnswersOf {
  readonly scope: string
  readonly folder: string
  readonly bytes: number
  /** When they were last used, milliseconds since 1970. */
  readonly used: number
}

/** What answers a store holds. */
export const answersIn = ({ answers }: Layout): ReadonlyArray<AnswersOf> =>
  foldersIn(answers).flatMap((part) =>
    foldersIn(path.join(answers, part)).map((scope) => {
      const folder = path.join(answers, part, scope)
      const files = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false }))
      return {
        scope,
        folder,
        bytes: files.reduce((sum, file) => sum + (file?.size ?? 0), 0),
        used: files.reduce((latest, file) => Math.max(latest, file?.mtimeMs ?? 0), 0),
      }
    }),
  )

/**
 * What a collection removes: answers that none of these results used, and nothing since `before`.
 * Answers of a judge cost time or money, and a table that grows needs those of the smaller one.
 */
export const unusedAnswers = <A extends Pick<AnswersOf, "scope" | "used">>(
  answers: ReadonlyArray<A>,
  staying: ReadonlyArray<{ readonly manifest: Manifest }>,
  before: number,
): ReadonlyArray<A> => {
  const wanted = new Set(staying.flatMap(({ manifest }) => manifest.answers?.scopes ?? []))
  return answers.filter(({ scope, used }) => !wanted.has(scope) && used < before)
}

const foldersIn = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])) : []

/** Marks the answers in a folder as used: a collection leaves them alone for a while. */
export const markUsed = (folder: string, segments: ReadonlyArray<string>, time: Date): void => {
  const last = segments.at(-1)
  if (last === undefined) return
  try {
    fs.utimesSync(path.join(folder, last), time, time)
  } catch {
    // A store that may only be read is not collected from here either.
  }
}
