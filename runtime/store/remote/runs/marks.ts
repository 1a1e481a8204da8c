import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option, Schema, Stream } from "effect"
import { textOf } from "../../../disk/text.ts"
import { writeIfPossible } from "../../../disk/write.ts"
import type { Layout } from "../../layout.ts"
import { markIn } from "../../workspace/presence.ts"
import { neighboursIn } from "../life/neighbours.ts"
import { markPrefix, RemoteMark } from "../life/remote-workspace.ts"
import type { ObjectStore } from "../objects/object-store.ts"

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(RemoteMark))

/**
 * Copies the marks of runs that go on elsewhere into the local folder, dated by the last sign of
 * life of their processes, and removes those of runs that do not go on any more.
 */
export const mirrorMarks = Effect.fnUntraced(function* (layout: Layout, objects: ObjectStore) {
  const marks = (yield* Stream.runCollect(objects.list(markPrefix))).flat()
  const alive = new Map<string, number>()
  const now = marks.length === 0 ? 0 : yield* objects.now
  for (const { tag, isAlive, facts } of marks.length === 0 ? [] : yield* neighboursIn(objects))
    if (isAlive) alive.set(tag, now - facts.modified)
  const going = new Set<string>()
  for (const { name } of marks) {
    const text = (yield* objects.read(name))?.bytes.toString() ?? ""
    const mark = Option.getOrNull(decode(text))
    const agoMs = mark === null ? undefined : alive.get(mark.tag)
    const run = path.posix.basename(name)
    if (mark === null || agoMs === undefined || isMarkedHere(layout, run)) continue
    going.add(run)
    writeIfPossible(layout.running(run), text)
    const date = new Date(Date.now() - agoMs)
    if (fs.existsSync(layout.running(run))) fs.utimesSync(layout.running(run), date, date)
  }
  for (const run of fs.existsSync(layout.runningRuns) ? fs.readdirSync(layout.runningRuns) : []) {
    const mark = markIn(textOf(layout.running(run)) ?? "")
    if (mark?.tag !== undefined && !going.has(run)) fs.rmSync(layout.running(run), { force: true })
  }
})

/** Whether a process has marked the run in this folder itself. */
const isMarkedHere = (layout: Layout, run: string): boolean => {
  const mark = markIn(textOf(layout.running(run)) ?? "")
  return mark !== null && mark.tag === undefined
}
