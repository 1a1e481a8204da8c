import type { FilesOutput, Resume } from "assay"
import { decodeSafetensors, encodeSafetensors } from "../../data/safetensors/index.ts"
import { decodeRows, encodeRows } from "./row-text.ts"

/** Steps between two savings: what a kill costs, against what it costs to write down all that was written so far. */
const every = 100

type Append = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) => Promise<void>
// A method's parameter is bivariant: a table that takes rows of its own columns is a table here.
interface TableSink {
  append(...rows: Parameters<Append>): ReturnType<Append>
}
type Sinks = Readonly<Record<string, FilesOutput | TableSink>>

/** What a stage must remember to go on, as vectors by name. */
type State = Readonly<Record<string, Float32Array>>

/**
 * The outputs of a long stage, remembered as they are written. A process that was killed leaves nothing of its outputs behind; the one that
 * goes on in its place writes them again, from where they were saved together with the state of the learner.
 */
export class Journal<O extends Sinks> {
  /** Write to these. */
  readonly outputs: O
  readonly #resume: Resume
  readonly #written: Array<Uint8Array> = []

  constructor(outputs: O, resume: Resume) {
    this.#resume = resume
    const remembering = Object.entries(outputs).map(([name, sink]) => [name, this.#remembering(name, sink)] as const)
    this.outputs = Object.fromEntries(remembering) as unknown as O
  }

  /** Saves what has been written so far, and the state: at every hundredth step, for which nothing may be waiting to be written. */
  async saveAt(step: number, state: () => State): Promise<void> {
    if (step % every !== 0) return
    const vectors = Object.entries(state()).map(([name, data]) => [name, { shape: [data.length], data }] as const)
    await this.#resume.save(join([encodeSafetensors(Object.fromEntries(vectors)), ...this.#written]))
  }

  /** What was saved last, after all has been written again that had been written then; undefined if nothing was saved. */
  async restore<S extends State>(): Promise<S | undefined> {
    const saved = await this.#resume.load()
    if (saved === undefined) return undefined
    const [state, ...written] = split(saved)
    for (let index = 0; index < written.length; index += 2) {
      const { output, file } = JSON.parse(new TextDecoder().decode(written[index])) as Entry
      const sink = this.outputs[output] as Sinks[string]
      const content = written[index + 1] as Uint8Array
      if ("write" in sink) await sink.write(file as string, content)
      else await sink.append(decodeRows(new TextDecoder().decode(content)))
    }
    const { tensors } = decodeSafetensors(state as Uint8Array)
    return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data])) as State as S
  }

  #remembering(output: string, sink: Sinks[string]): Sinks[string] {
    if ("write" in sink) {
      return {
        write: async (file, content) => {
          this.#remember({ output, file }, content)
          await sink.write(file, content)
        },
      }
    }
    return {
      append: async (rows) => {
        this.#remember({ output }, encodeRows(rows))
        await sink.append(rows)
      },
    }
  }

  #remember(entry: Entry, content: Uint8Array | string): void {
    const encoder = new TextEncoder()
    this.#written.push(encoder.encode(JSON.stringify(entry)), typeof content === "string" ? encoder.encode(content) : content.slice())
  }
}

/** Something written: to which output, and under which name if it is a file. */
interface Entry {
  readonly output: string
  readonly file?: string
}

/** Each part behind its length in bytes. */
const join = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.length)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}

const split = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + view.getUint32(at)
    parts.push(bytes.subarray(at + 4, end))
    at = end
  }
  return parts
}
