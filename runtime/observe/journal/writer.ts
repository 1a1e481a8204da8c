import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, type Scope } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import { processTag } from "../../disk/process.ts"
import type { RunEvent } from "../event.ts"
import { eventLine, headLine, type JournalHead, type JournalledEvent } from "./line.ts"
import { readLines } from "./lines.ts"
import { retention } from "./retention.ts"
import { type Timed, thinning } from "./thin.ts"

/** Where a run notes what happens. Taking an event costs next to nothing. */
export interface Journal {
  readonly append: (event: RunEvent) => void
}

/** Milliseconds between two writes. */
const writeEveryMs = 200

/** Bytes that can go before a journal is compacted while its run goes on. */
const compactAtBytes = 2 ** 24

/** Bytes of lines that wait for a disk that has no room. */
const mostUnwritten = 2 ** 20

/**
 * Opens the journal of a run: events are written while the scope is open, a few times a second; at
 * its end the journal is compacted. What the file system refuses stops no run: `remark` is called
 * once, and what cannot be written is left out.
 */
export const openJournal = (
  file: string,
  head: JournalHead,
  remark: (problem: string) => void,
): Effect.Effect<Journal, never, Scope.Scope> =>
  Effect.gen(function* () {
    const writer = yield* Effect.acquireRelease(
      Effect.sync(() => startWriter(file, head, remark)),
      ({ end }) => Effect.promise(end),
    )
    const write = Effect.uninterruptible(Effect.promise(writer.write))
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(writeEveryMs), write)))
    return { append: writer.append }
  })

const startWriter = (file: string, head: JournalHead, remark: (problem: string) => void) => {
  const start = performance.now()
  const now = (): number => Math.round(performance.now() - start)
  const thin = thinning()
  const lines = retention()
  let waiting: Array<Timed> = []
  let seq = 0
  let unwritten = headLine(head)
  let descriptor: number | null = null
  /** Whether the last write failed: the file may end in the part of a line. */
  let hasFailed = false
  let isRemarked = false

  const open = (): number => {
    makeFolder(path.dirname(file))
    return fs.openSync(file, "a")
  }
  const writeOut = (): void => {
    if (unwritten === "") return
    try {
      descriptor ??= open()
      const bytes = Buffer.from(hasFailed ? `\n${unwritten}` : unwritten)
      for (let written = 0; written < bytes.length; ) written += fs.writeSync(descriptor, bytes, written)
      hasFailed = false
      unwritten = ""
    } catch (error) {
      hasFailed = true
      if (isRemarked) return
      isRemarked = true
      const reason = error instanceof Error ? error.message : String(error)
      remark(`the journal ${file} cannot be written: ${reason}; the run goes on, and a reader of the journal may miss events`)
    }
  }
  const spell = ({ at, event }: Timed<JournalledEvent>): string => {
    seq += 1
    const line = eventLine(seq, at, event)
    lines.note({ seq, type: event.type, id: "id" in event ? event.id : null }, line.length)
    return line
  }
  const flush = (): void => {
    const events = waiting
    waiting = []
    const text = thin(events, now()).map(spell).join("")
    if (!hasFailed || unwritten.length + text.length <= mostUnwritten) unwritten += text
    writeOut()
  }
  const compact = async (): Promise<void> => {
    const draft = `${file}.${processTag()}.tmp`
    try {
      await rewrite(file, draft, lines.compaction())
      fs.renameSync(draft, file)
      if (descriptor !== null) fs.closeSync(descriptor)
      descriptor = null
    } catch {
      // Without room for a shorter journal the longer one stays.
      fs.rmSync(draft, { force: true })
    }
  }
  writeOut()
  return {
    append: (event: RunEvent): void => void waiting.push({ at: now(), event }),
    write: async (): Promise<void> => {
      flush()
      if (lines.removable() > compactAtBytes) await compact()
    },
    end: async (): Promise<void> => {
      flush()
      await compact()
      if (descriptor !== null) fs.closeSync(descriptor)
    },
  }
}

/** Writes what stays of the lines of a file into another. */
const rewrite = async (from: string, to: string, stay: (line: string) => string): Promise<void> => {
  const lines = readLines(from)
  const draft = await fs.promises.open(to, "w")
  try {
    for (let chunk = lines.next(); chunk.length > 0; chunk = lines.next()) await draft.appendFile(chunk.map(stay).join(""))
  } finally {
    lines.close()
    await draft.close()
  }
}
