import type { RunEvent } from "../event.ts"

/** The format of journals that this version writes and understands. */
export const journalFormat = 1

/**
 * The first line of a journal: what a reader knows of a run before it has a record. Every other
 * line is an event as `assay run --json` prints it, with its number in front, `seq`, and when it
 * happened, `at`, in milliseconds since the run began.
 */
export interface JournalHead {
  readonly type: "journal"
  readonly format: typeof journalFormat
  readonly run: string
  readonly pipeline: string
  /** The pipeline file, absolute. */
  readonly path: string
  /** When the run began: ISO 8601. */
  readonly created: string
  /** Of how its stages are wired: `Runs.wiring` has it by this digest. */
  readonly wiring: string
  /** What all stages together may compute with. */
  readonly threads: number
}

/** The process of the run died before the run had ended: no event of the run says so. */
export interface RunDied {
  readonly type: "run.died"
  readonly run: string
}

/** Lines that a stage printed until here are left out of the journal, because they were many. */
export interface LinesOmitted {
  readonly type: "stage.omitted"
  readonly id: string
  readonly lines: number
}

/** What a journal says happened: the events of the run, and what became of them here. */
export type JournalledEvent = RunEvent | LinesOmitted | RunDied

/** An event of a run, with when it happened and its place in the journal. */
export type JournalEvent = JournalledEvent & {
  /** Grows from event to event. Numbers are left out where events have been removed. */
  readonly seq: number
  /** Milliseconds since the run began. */
  readonly at: number
}

/** What tells which lines of a journal stay. */
export interface LineFacts {
  readonly seq: number
  readonly type: string
  /** The stage's; null for an event of the run. */
  readonly id: string | null
}

export const headLine = (head: JournalHead): string => `${JSON.stringify(head)}\n`

/** `event` is spelled once, behind what the journal adds. */
export const eventLine = (seq: number, at: number, event: JournalledEvent): string =>
  `{"seq":${seq},"at":${at},${JSON.stringify(event).slice(1)}\n`

/** The head of a journal of this format; null for any other line. */
export const headIn = (line: string): JournalHead | null => {
  const value = jsonIn(line)
  return value?.type === "journal" && value.format === journalFormat ? (value as unknown as JournalHead) : null
}

/** The event of a line; null if it is none, as where a write was cut off or a disk lost bytes. */
export const eventIn = (line: string): JournalEvent | null => {
  const value = jsonIn(line)
  const isEvent = typeof value?.seq === "number" && typeof value.at === "number" && typeof value.type === "string"
  return isEvent && hasFields(value) ? (value as unknown as JournalEvent) : null
}

/** What readers rely on in an event; of types that this version does not know, nothing. */
const hasFields = (value: Record<string, unknown>): boolean => {
  const type = String(value.type)
  if (type.startsWith("stage.") && typeof value.id !== "string") return false
  switch (type) {
    case "stage.progress":
      return isNumber(value.step) && isNumber(value.total) && isValues(value.values)
    case "stage.metrics":
      return isNumber(value.step) && isValues(value.values)
    case "stage.output":
      return typeof value.text === "string"
    case "stage.failed":
      return typeof value.tag === "string" && typeof value.message === "string" && isNumber(value.seconds)
    case "stage.finished":
      return isNumber(value.seconds)
    case "run.started":
      return isNumber(value.stages)
    case "run.finished":
      return typeof value.outcome === "string"
    default:
      return true
  }
}

const isNumber = (value: unknown): value is number => typeof value === "number"

const isValues = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value)

/** The facts of a line without reading all of it, where it is as we write them. */
export const factsIn = (line: string): LineFacts | null => {
  const [, seq, type, id] = start.exec(line) ?? []
  if (seq !== undefined && type !== undefined && id !== undefined && line.endsWith("}"))
    return { seq: Number(seq), type, id: JSON.parse(id) as string }
  const event = eventIn(line)
  if (event === null) return null
  return { seq: event.seq, type: event.type, id: "id" in event ? event.id : null }
}

const start = /^\{"seq":(\d+),"at":\d+,"type":"([a-z.]+)","id":("(?:[^"\\]|\\.)*")/

const jsonIn = (line: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
