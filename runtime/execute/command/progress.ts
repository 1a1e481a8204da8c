import { realTimeMs } from "../task/real-time.ts"
import type { Report } from "../task/task.ts"

/** Milliseconds between two reports of a program that does not say how many steps there are. */
const paceMs = 50

/** A line of a program that says how far it has got: `{"step":3,"total":100,"loss":0.5}`. */
interface ProgressLine {
  readonly step: number
  /** Null where the line does not say. */
  readonly total: number | null
  readonly values: Readonly<Record<string, number>>
}

/**
 * Reads a line as progress: a JSON object with a number `step`. Of its other fields those count
 * that are finite numbers. Null for any other line, which is output.
 */
export const progressLine = (line: string): ProgressLine | null => {
  const fields = objectIn(line.trim())
  if (fields === null || !isStep(fields.step)) return null
  const { step, total, ...rest } = fields
  const numbers = Object.entries(rest).filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
  return { step, total: isStep(total) ? total : null, values: Object.fromEntries(numbers) }
}

const isStep = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0

const objectIn = (text: string): Readonly<Record<string, unknown>> | null => {
  if (!text.startsWith("{") || !text.endsWith("}")) return null
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return null
  }
}

/**
 * What the lines of a program report of its stage. `isResumed` says whether it found what an
 * attempt before this one had kept.
 */
export const lineReports = (
  isResumed: boolean,
  report: (report: Report) => void,
): ((line: string, stream: "stdout" | "stderr") => void) => {
  let isFirst = true
  let lastTotal = 0
  let lastReportMs = Number.NEGATIVE_INFINITY
  return (line, stream) => {
    const progress = stream === "stdout" ? progressLine(line) : null
    if (progress === null) return report({ type: "output", text: line })
    const { step, values } = progress
    lastTotal = progress.total ?? lastTotal
    if (Object.keys(values).length > 0) {
      report({ type: "metrics", steps: [{ step, values, isResumed: isFirst && isResumed }] })
      isFirst = false
    }
    const timeMs = realTimeMs()
    if (lastTotal === 0 && timeMs - lastReportMs < paceMs) return
    lastReportMs = timeMs
    report({ type: "progress", step, total: Math.max(lastTotal, step), values })
  }
}
