import type { Artifact, Asking, ConnectionRequest, Json } from "assay"
import { vi } from "vitest"
import { stageOf } from "../../../../dsl/intern.ts"
import type { GoldJudge, ProxyJudge } from "../../../../learning/artifacts.ts"
import type { Judge } from "../../../../learning/judge/judge.ts"
import { judgeBy } from "../../../../learning/judge/judge-by.ts"
import type { Scoring } from "../../../../learning/judge/scorer.ts"
import { oneThread } from "../../support/stage.ts"

export interface ServerRequest {
  readonly path: string
  readonly body: Readonly<Record<string, Json>>
}

/** What a fake server or program was asked, and its answers by a function. */
export interface Fake extends Asking {
  readonly asked: ReadonlyArray<ConnectionRequest>
  readonly scopes: ReadonlyArray<Json | undefined>
  /** Requests whose answers were not to be kept. */
  readonly forgotten: ReadonlyArray<ConnectionRequest>
}

/** Answers as a connection does: one for each request, in order. */
export const fake = <R extends ConnectionRequest>(answer: (request: R, index: number) => Json): Fake => {
  const asked: Array<ConnectionRequest> = []
  const scopes: Array<Json | undefined> = []
  const forgotten: Array<ConnectionRequest> = []
  return {
    asked,
    scopes,
    forgotten,
    forget: async (requests) => void forgotten.push(...requests),
    ask: async (requests, scope) => {
      scopes.push(scope)
      return requests.map((request) => {
        asked.push(request)
        return answer(request as R, asked.length - 1)
      })
    },
  }
}

type AnyJudge = Artifact<typeof GoldJudge> | Artifact<typeof ProxyJudge>

/** A declared judge with the connection that the runtime would give it. */
export const judgeOf = async (
  artifact: AnyJudge,
  connection: Asking | undefined,
): Promise<Pick<Judge, "compare" | "score" | "context" | "unreadable">> => {
  const { declaration, parameters } = stageOf(artifact) as NonNullable<ReturnType<typeof stageOf>>
  const plugin = declaration.plugins.judge?.plugin
  if (plugin === undefined) throw new Error(`${declaration.name} has no scorer`)
  const { run } = (await plugin.run()) as { readonly run: (context: object) => Scoring | Promise<Scoring> }
  return judgeBy(plugin.name, await run({ parameters, inputs: {}, connection, engine: oneThread }))
}

/** The lines that something prints. */
export const printed = (act: () => void): ReadonlyArray<string> => {
  const lines: Array<string> = []
  const print = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)))
  act()
  print.mockRestore()
  return lines
}
