import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import type { Resume } from "../../../dsl/index.ts"
import { makeFolder } from "../../disk/folder.ts"
import { linkOrCopy } from "../../disk/link-or-copy.ts"
import { sha256 } from "../../disk/sha256.ts"
import { fileSha256 } from "../../store/results/verify.ts"
import type { Journal } from "./journal.ts"
import { realTimeMs } from "./real-time.ts"
import { type Sync, syncToDisk } from "./sync.ts"

/** Bytes of the SHA-256 in front of what was saved. */
const digestBytes = 32

/**
 * Milliseconds between two saves of a stage that offers its state all the time: what a kill may
 * cost.
 */
const paceMs = 10_000

/** A file that belongs to what was saved: a part of what was written to an output. */
const Piece = Schema.Struct({ output: Schema.String, name: Schema.String, file: Schema.String, sha256: Schema.String })
type Piece = typeof Piece.Type

/** The first line of what was saved; the stage's own bytes follow. */
const Header = Schema.fromJsonString(Schema.Array(Piece))

export interface ResumeOptions {
  /** The folder of the store in which it is kept; null where nothing is. */
  readonly checkpoint: string | null
  /** The stage's own temporary folder. */
  readonly folder: string
  readonly journals: Readonly<Record<string, Journal>>
  readonly sync: Sync
}

/**
 * The progress of a long stage: its own bytes, and all that it had written to its outputs, in a
 * folder of the store under its key. A save that did not end counts as none: the one file that is
 * read first is replaced last, and names the digests of the others.
 */
export const resumeFrom = ({ checkpoint, folder, journals, sync }: ResumeOptions): Resume => {
  if (checkpoint === null) return { load: async () => undefined, save: async () => {}, offer: async () => {} }
  const state = path.join(checkpoint, "state")
  let pieces: ReadonlyArray<Piece> = []
  let saved = realTimeMs()
  let begun = false
  const begin = (): void => {
    if (!begun) for (const journal of Object.values(journals)) journal.begin()
    begun = true
  }
  const save = async (bytes: Uint8Array): Promise<void> => {
    begin()
    makeFolder(checkpoint)
    const added: Array<Piece> = []
    for (const [output, journal] of Object.entries(journals))
      for (const { name, path: written } of await journal.cut()) {
        const file = String(pieces.length + added.length)
        await sync(written)
        if (await linkOrCopy(written, path.join(checkpoint, file))) await sync(path.join(checkpoint, file))
        added.push({ output, name, file, sha256: await fileSha256(written) })
      }
    pieces = [...pieces, ...added]
    const draft = path.join(folder, "state")
    const content = Buffer.concat([Buffer.from(`${Schema.encodeSync(Header)(pieces)}\n`), bytes])
    await fs.promises.writeFile(draft, Buffer.concat([digest(content), content]))
    await sync(draft)
    await fs.promises.rename(draft, state)
    await sync(checkpoint)
    saved = realTimeMs()
  }
  return {
    load: async () => {
      begin()
      const found = readIfIntact(state)
      if (found === null) return undefined
      for (const { file, sha256: digest } of found.pieces)
        if ((await fileSha256(path.join(checkpoint, file)).catch(() => null)) !== digest) return undefined
      for (const { output, name, file } of found.pieces) await journals[output]?.restore(name, path.join(checkpoint, file))
      pieces = found.pieces
      return found.bytes
    },
    save,
    offer: async (make) => {
      if (realTimeMs() - saved >= paceMs) await save(await make())
    },
  }
}

/**
 * Brings every save in the folder `from` to the folder `to`, where it counts as a whole or not at
 * all: the returned function is called after each. `folder` is a temporary one.
 */
export const followSaves = ({ from, to, folder }: { readonly from: string; readonly to: string; readonly folder: string }) => {
  const brought = new Set<string>()
  const bring = async (name: string, place: string): Promise<void> => {
    if (await linkOrCopy(path.join(from, name), place)) await syncToDisk(place)
  }
  return async (): Promise<void> => {
    makeFolder(to)
    for (const name of await fs.promises.readdir(from)) {
      if (name === "state" || brought.has(name)) continue
      await bring(name, path.join(to, name))
      brought.add(name)
    }
    const draft = path.join(folder, "state")
    await bring("state", draft)
    await fs.promises.rename(draft, path.join(to, "state"))
    await syncToDisk(to)
  }
}

/** What the file holds; null if it is not there, or not whole. */
const readIfIntact = (file: string): { readonly pieces: ReadonlyArray<Piece>; readonly bytes: Uint8Array } | null => {
  const content = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0)
  const rest = content.subarray(digestBytes)
  if (content.length < digestBytes || !digest(rest).equals(content.subarray(0, digestBytes))) return null
  const end = rest.indexOf("\n")
  const pieces = Option.getOrNull(Schema.decodeUnknownOption(Header)(rest.toString("utf8", 0, end)))
  return pieces === null ? null : { pieces, bytes: new Uint8Array(rest.subarray(end + 1)) }
}

const digest = (bytes: Uint8Array): Buffer => Buffer.from(sha256("checkpoint", bytes), "hex")
