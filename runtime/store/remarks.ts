import { Context, Effect, Layer } from "effect"
import { writerOf } from "./format.ts"

export interface RemarksShape {
  readonly add: (sentence: string) => void
  /** Something of another format was left alone: a result by its key, a run by its id. */
  readonly foreign: (kind: "result" | "run" | "failure", name: string, format: { readonly found: string; readonly own: number }) => void
  /** The sentences added since this was last asked. */
  readonly take: Effect.Effect<ReadonlyArray<string>>
}

/**
 * What a reader of the store should know, each thing said once: what is damaged, and what another
 * version wrote.
 */
export class Remarks extends Context.Service<Remarks, RemarksShape>()("assay/runtime/Remarks") {
  static readonly layer: Layer.Layer<Remarks> = Layer.sync(Remarks, () => remarks())
}

/** Names that a sentence lists. */
const mostNames = 3

export const remarks = (): RemarksShape => {
  const said = new Set<string>()
  let sentences: Array<string> = []
  let foreign = new Map<string, { readonly kind: string; readonly writer: string; readonly names: Array<string> }>()
  const once = (text: string): boolean => !said.has(text) && said.add(text) !== undefined
  return {
    add: (sentence) => {
      if (once(`sentence ${sentence}`)) sentences.push(sentence)
    },
    foreign: (kind, name, { found, own }) => {
      if (!once(`${kind} ${name}`)) return
      const writer = writerOf(found, own)
      const group = foreign.get(`${kind} ${writer}`) ?? { kind, writer, names: [] }
      foreign.set(`${kind} ${writer}`, group)
      group.names.push(name.slice(0, kind === "run" ? undefined : 12))
    },
    take: Effect.sync(() => {
      const groups = [...foreign.values()].map(({ kind, writer, names }) => {
        const rest = names.length > mostNames ? `, and ${names.length - mostNames} more` : ""
        const [what, be] = names.length === 1 ? [`the ${kind}`, "was"] : [`${names.length} ${kind}s`, "were"]
        return `${what} ${names.slice(0, mostNames).join(", ")}${rest} ${be} written by ${writer}: left alone and not used`
      })
      const taken = [...sentences, ...groups]
      sentences = []
      foreign = new Map()
      return taken
    }),
  }
}
