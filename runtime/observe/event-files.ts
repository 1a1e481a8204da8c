import { scalarsRecord, startRecord, versionRecord } from "../../data/tensorboard/index.ts"
import type { Renderer } from "./render.ts"

/** What is not yet written of the metrics of a stage. */
interface Stream {
  /** The name of its file. */
  readonly file: string
  records: Array<Uint8Array>
  /** Whether its next step is the first since it has begun, or resumed. */
  isStarting: boolean
}

/**
 * The metrics of a run as TensorBoard's events, a file for each stage that has some. `write`
 * appends bytes to the file of a stage, whose name contains the run, so that runs into one folder
 * do not meet. Where a stage begins again or resumes, TensorBoard drops what it had of these steps.
 */
export const eventFiles = (write: (id: string, file: string, bytes: Uint8Array) => void): Renderer => {
  const streams = new Map<string, Stream>()
  let run = ""
  const flush = (): void => {
    for (const [id, stream] of streams) {
      if (stream.records.length > 0) write(id, stream.file, Buffer.concat(stream.records))
      stream.records = []
    }
  }
  return {
    show: (event, now) => {
      if (event.type === "run.started") run = event.run
      if (event.type === "stage.started" || event.type === "stage.resumed") {
        const stream = streams.get(event.id)
        if (stream !== undefined) stream.isStarting = true
      }
      if (event.type !== "stage.metrics") return
      const { id, step, values } = event
      const stream = streams.get(id) ?? {
        file: `events.out.tfevents.${Math.floor(now)}.${run}`,
        records: [versionRecord(now)],
        isStarting: true,
      }
      streams.set(id, stream)
      if (stream.isStarting) stream.records.push(startRecord(now, step))
      stream.isStarting = false
      stream.records.push(scalarsRecord(now, step, values))
    },
    tick: flush,
    end: flush,
  }
}
