import type { ArtifactType } from "../../../dsl/artifact.ts"
import type { Columns, FilesOutput, TableOutput } from "../../../dsl/index.ts"
import { StageError } from "../../../dsl/stage-error.ts"
import type { WrittenOutput } from "../../store/results/publish.ts"
import { type Adopt, openFiles } from "./files-output.ts"
import type { Journal } from "./journal.ts"
import type { Sync } from "./sync.ts"

/** What a stage writes to while it runs, and what becomes of it. */
export interface Writing {
  readonly sink: TableOutput<Columns> | FilesOutput
  readonly close: () => Promise<WrittenOutput>
  readonly abort: () => Promise<void>
  readonly journal: Journal
}

/**
 * An output while its stage runs. Its `close` rejects if the stage wrote after its end, or was
 * still writing then.
 */
export interface OpenOutput extends Writing {
  readonly type: ArtifactType
  /** Of files: takes over one that lies on the disk. */
  readonly adopt?: Adopt
  /** The stage's `run` has returned: what is still on its way, or comes now, was not awaited. */
  readonly end: () => void
}

export const openOutput = async (prefix: string, name: string, type: ArtifactType, sync: Sync): Promise<OpenOutput> => {
  const awaited = awaitedWrites(name)
  // What writes tables is loaded where there are any: to load it takes as long as to start a
  // process.
  const opened: Writing & { readonly adopt?: Adopt } =
    type.kind === "table"
      ? await (await import("./table-output.ts")).openTable(prefix, name, type, sync)
      : openFiles(prefix, name, type, sync)
  const { sink } = opened
  return {
    ...opened,
    type,
    sink: "append" in sink ? { append: awaited.track(sink.append) } : { write: awaited.track(sink.write) },
    end: awaited.end,
    close: async () => {
      awaited.check()
      const written = await opened.close()
      awaited.check()
      return written
    },
  }
}

/** Knows which writes to an output are under way, and whether one was when `run` returned. */
const awaitedWrites = (output: string) => {
  let open = 0
  let ended = false
  let late = false
  return {
    track:
      <A extends ReadonlyArray<unknown>>(write: (...given: A) => Promise<void>) =>
      async (...given: A): Promise<void> => {
        if (ended) late = true
        open += 1
        try {
          await write(...given)
        } finally {
          open -= 1
        }
      },
    end: () => {
      ended = true
      if (open > 0) late = true
    },
    check: () => {
      if (!late) return
      const message = `output "${output}" was still being written to when run returned: await every append and write, also inside of forEach and map`
      throw new StageError("NotAwaited", message)
    },
  }
}
