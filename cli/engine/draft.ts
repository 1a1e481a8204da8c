import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option, Schema } from "effect"
import { makeFolder } from "../../runtime/disk/folder.ts"
import { hasEnded, Process, thisProcess } from "../../runtime/disk/process.ts"
import { textOf } from "../../runtime/disk/text.ts"
import { draftPrefix } from "../../runtime/engines/installed.ts"

/** Who builds in a draft: what is left of a process that was killed is removed by a later one. */
const ownerFile = "process.json"

/**
 * A folder to build an engine in, beside those that are complete. It is gone when the scope closes,
 * unless it was renamed.
 */
export const openDraft = (engines: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      makeFolder(engines)
      removeAbandoned(engines)
      const draft = fs.mkdtempSync(path.join(engines, draftPrefix))
      fs.writeFileSync(path.join(draft, ownerFile), JSON.stringify(thisProcess()))
      fs.mkdirSync(path.join(draft, "scratch"))
      return draft
    }),
    (draft) => Effect.sync(() => fs.rmSync(draft, { recursive: true, force: true })),
  )

/** Takes out what only the building needed. */
export const clearDraft = (draft: string): void => {
  for (const name of ["scratch", ownerFile]) fs.rmSync(path.join(draft, name), { recursive: true, force: true })
}

const decodeProcess = Schema.decodeUnknownOption(Schema.fromJsonString(Process))

const removeAbandoned = (engines: string): void => {
  for (const name of fs.readdirSync(engines)) {
    if (!name.startsWith(draftPrefix)) continue
    const owner = Option.getOrUndefined(decodeProcess(textOf(path.join(engines, name, ownerFile)) ?? ""))
    if (owner !== undefined && hasEnded(owner)) fs.rmSync(path.join(engines, name), { recursive: true, force: true })
  }
}
