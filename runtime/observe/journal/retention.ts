import { eventIn, eventLine, factsIn, type LineFacts } from "./line.ts"

/** Printed lines of a stage that a compacted journal keeps: its last. */
const keptLines = 1000

interface Stage {
  /** Bytes of its progress and metrics in the journal. */
  bytes: number
  /** Its printed lines in the journal. */
  lines: number
  /** The last of its progress. */
  progress: number
  hasResult: boolean
}

/**
 * Which lines of a journal can go. A result has what its stage measured, so progress and metrics go
 * with it; of a stage without a result, whose metrics are nowhere else, all but the last progress
 * is superseded.
 */
export interface Retention {
  /** A line has been written. */
  readonly note: (facts: LineFacts, bytes: number) => void
  /** Bytes that a compaction would free, besides those of printed lines. */
  readonly removable: () => number
  /** Takes the lines of a journal one by one, in order, and returns what stays of each. */
  readonly compaction: () => (line: string) => string
}

export const retention = (): Retention => {
  const stages = new Map<string, Stage>()
  let removable = 0
  const stageOf = (id: string): Stage => {
    const stage = stages.get(id) ?? { bytes: 0, lines: 0, progress: 0, hasResult: false }
    stages.set(id, stage)
    return stage
  }
  const note = ({ seq, type, id }: LineFacts, bytes: number): void => {
    if (id === null) return
    const stage = stageOf(id)
    if (type === "stage.progress" || type === "stage.metrics") stage.bytes += bytes
    if (type === "stage.progress") stage.progress = seq
    if (type === "stage.output") stage.lines += 1
    if (type === "stage.started") stage.hasResult = false
    if (type === "stage.finished" || type === "stage.cached") {
      stage.hasResult = true
      removable += stage.bytes
      stage.bytes = 0
    }
  }
  return {
    note,
    removable: () => removable,
    compaction: () => {
      removable = 0
      const printed = new Map<string, Printed>()
      return (line) => {
        const facts = factsIn(line)
        if (facts === null) return line.startsWith('{"type":"journal"') ? `${line}\n` : ""
        const { seq, type, id } = facts
        if (id === null) return `${line}\n`
        const stage = stageOf(id)
        if (type === "stage.metrics") return stage.hasResult ? "" : `${line}\n`
        if (type === "stage.progress") return stage.hasResult || seq !== stage.progress ? "" : `${line}\n`
        if (type !== "stage.output" && type !== "stage.omitted") return `${line}\n`
        const lines = printed.get(id) ?? { left: stage.lines, omitted: 0 }
        printed.set(id, lines)
        return printedLine(line, type, stage, lines)
      }
    },
  }
}

interface Printed {
  /** Printed lines that are still to come. */
  left: number
  /** Lines left out in front of the first that stays. */
  omitted: number
}

const printedLine = (line: string, type: "stage.output" | "stage.omitted", stage: Stage, lines: Printed): string => {
  const isBefore = lines.left > keptLines
  if (type === "stage.omitted") {
    const event = isBefore ? eventIn(line) : null
    if (event?.type !== "stage.omitted") return `${line}\n`
    lines.omitted += event.lines
    return ""
  }
  lines.left -= 1
  if (!isBefore) return `${line}\n`
  stage.lines -= 1
  lines.omitted += 1
  // The last line that goes leaves a note in its place.
  const event = lines.left === keptLines ? eventIn(line) : null
  return event?.type === "stage.output" ? eventLine(event.seq, event.at, { type: "stage.omitted", id: event.id, lines: lines.omitted }) : ""
}
