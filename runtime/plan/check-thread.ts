import { pathToFileURL } from "node:url"
import { parentPort, workerData } from "node:worker_threads"
import type { Check } from "../../dsl/check.ts"
import { type StageRecord, viewOf } from "./check-view.ts"

/** What a thread of checks is given. */
export interface CheckTask {
  readonly stages: ReadonlyMap<string, StageRecord>
  /** Stages to check, each with the bundle of its check. */
  readonly checks: ReadonlyArray<{ readonly id: string; readonly bundle: string }>
}

/** What came of one check: its warnings, or why there are none. */
export type CheckAnswer = { readonly id: string } & ({ readonly warnings: ReadonlyArray<string> } | { readonly failure: string })

/** Warnings of one check; more say nothing new. */
const mostWarnings = 10

/** Calls one check after the other. What a check leaves running ends with the thread. */
export const answerChecks = async (): Promise<void> => {
  const { stages, checks } = workerData as CheckTask
  const view = viewOf(stages)
  for (const { id, bundle } of checks) {
    const answer = await warningsOf(bundle, view(id)).then(
      (warnings) => ({ id, warnings }),
      (error: unknown) => ({ id, failure: error instanceof Error ? error.message : String(error) }),
    )
    parentPort?.postMessage(answer satisfies CheckAnswer)
  }
  process.exit()
}

const warningsOf = async (bundle: string, stage: Parameters<Check>[0]): Promise<ReadonlyArray<string>> => {
  const { check } = (await import(pathToFileURL(bundle).href)) as { readonly check?: unknown }
  if (typeof check !== "function")
    throw new TypeError('its module does not export a function "check": write `export const check: Check = async (stage) => …`')
  const warnings: unknown = await (check as Check)(stage)
  if (!Array.isArray(warnings) || !warnings.every((warning) => typeof warning === "string"))
    throw new TypeError("it returned something that is not a list of texts: return one sentence per warning")
  return warnings.slice(0, mostWarnings)
}
