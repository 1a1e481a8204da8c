import * as fs from "node:fs"
import { Effect } from "effect"
import { writeAtomically } from "../../disk/write.ts"
import { ObjectDamaged } from "../../error.ts"
import { isDigest, resultFormat, writerOf } from "../format.ts"
import type { Layout } from "../layout.ts"
import type { RemarksShape } from "../remarks.ts"
import type { Manifest } from "./manifest.ts"
import { readResult, type StoredResult } from "./result.ts"
import { filesOf, isPresent, isSound, quarantine, type StoredFile, sightOf } from "./verify.ts"

export interface ArtifactFile {
  readonly name: string
  /** Absolute. Never write to it. */
  readonly path: string
  readonly bytes: number
}

export interface Reader {
  readonly manifest: (key: string) => Effect.Effect<Manifest | null>
  readonly problem: (key: string) => Effect.Effect<string | null>
  readonly open: (manifest: Manifest, output: string) => Effect.Effect<ReadonlyArray<ArtifactFile>, ObjectDamaged>
}

interface Options {
  /**
   * Whether what is damaged is moved to the quarantine, so that it is computed again; else it is
   * only noted, for the next run to look at.
   */
  readonly repairing: boolean
  readonly remarks: RemarksShape
  /** Objects whose bytes have been verified, each with the `sightOf` its file at that time. */
  readonly sound: Map<string, string>
}

const absent: StoredResult = { state: "absent" }

/**
 * Reads results, and verifies them: their records at each look, their objects once, and again when
 * the file is another one or was written to.
 */
export const reader = (layout: Layout, { repairing, remarks, sound }: Options): Reader => {
  const discard = (file: string): void => {
    if (repairing) quarantine(layout, file)
  }
  const again = "a run makes it again"
  const remedy = repairing ? "it has been quarantined" : again

  const problem = (key: string) =>
    Effect.sync(() => {
      const found = isDigest(key) ? readResult(layout, key) : absent
      if (found.state === "absent") return null
      if (found.state === "foreign") return `it was written by ${writerOf(found.format, resultFormat)}`
      if (found.state === "damaged") return `its record ${found.file} is damaged; ${again}`
      const missing = filesOf(found.manifest).find((stored) => !isPresent(layout, stored))
      return missing === undefined ? null : `${layout.object(missing.object)} is gone or cut short; ${again}`
    })

  const manifest = (key: string) =>
    Effect.suspend((): Effect.Effect<Manifest | null> => {
      const found = isDigest(key) ? readResult(layout, key) : absent
      if (found.state === "absent") return Effect.succeed(null)
      if (found.state === "foreign") {
        remarks.foreign("result", key, { found: found.format, own: resultFormat })
        return Effect.succeed(null)
      }
      const missing = found.state === "whole" ? filesOf(found.manifest).find((stored) => !isPresent(layout, stored)) : undefined
      if (found.state === "damaged" || missing !== undefined) {
        const what = missing === undefined ? `its record ${found.file} is damaged` : `${layout.object(missing.object)} is gone or cut short`
        remarks.add(`a stored result cannot be used: ${what}; ${remedy}`)
        discard(found.file)
        return Effect.succeed(null)
      }
      const suspects = repairing ? filesOf(found.manifest).filter(({ object }) => suspected().has(object)) : []
      return suspects.length === 0 ? Effect.succeed(found.manifest) : examine(found.manifest, suspects)
    })

  /** Objects that a command which only reads found damaged. */
  let known: Set<string> | undefined
  const suspected = (): Set<string> => {
    known ??= new Set(fs.existsSync(layout.suspects) ? fs.readdirSync(layout.suspects) : [])
    return known
  }

  const examine = Effect.fnUntraced(function* (manifest: Manifest, suspects: ReadonlyArray<StoredFile>) {
    let isWhole = true
    for (const stored of suspects) {
      if (!(yield* Effect.isSuccess(verify(manifest, stored)))) isWhole = false
      suspected().delete(stored.object)
      fs.rmSync(layout.suspect(stored.object), { force: true })
    }
    return isWhole ? manifest : null
  })

  const verify = Effect.fnUntraced(function* (manifest: Manifest, stored: StoredFile) {
    const file = layout.object(stored.object)
    const opened: ArtifactFile = { name: stored.name, path: file, bytes: stored.bytes }
    const sight = sightOf(file)
    if (sight !== null && sound.get(stored.object) === sight) return opened
    if (yield* Effect.promise(() => isSound(layout, stored))) {
      if (sight !== null) sound.set(stored.object, sight)
      return opened
    }
    const message = yield* Effect.sync(() => {
      if (!repairing) suspect(stored.object)
      const record = readResult(layout, manifest.key)
      discard(file)
      if ("file" in record && record.state !== "foreign") discard(record.file)
      return repairing
        ? `${stored.name} of a ${manifest.stage} is damaged: ${file} has been quarantined; a run makes it again`
        : `${stored.name} of a ${manifest.stage} is damaged: ${file}; a run makes it again`
    })
    if (repairing) remarks.add(message)
    return yield* new ObjectDamaged({ object: stored.object, path: file, message })
  })

  const suspect = (object: string): void => {
    try {
      writeAtomically(layout.suspect(object), "")
    } catch {
      // In a store that cannot be written nothing can be made again either.
    }
  }

  return {
    manifest,
    problem,
    open: (manifest, output) => Effect.forEach(manifest.outputs[output]?.files ?? [], (stored) => verify(manifest, stored)),
  }
}
