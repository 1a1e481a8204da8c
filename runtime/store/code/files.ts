import * as fs from "node:fs"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { textOf } from "../../disk/text.ts"
import { writeAtomically } from "../../disk/write.ts"
import type { StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { type Layout, layout } from "../layout.ts"
import { writing } from "../writing.ts"

/** A file that code was made from. */
export const NamedFile = Schema.Struct({
  /** Relative to the module's folder, or to Assay's as `assay:…`; the same wherever they lie. */
  name: Schema.String,
  sha256: Schema.String,
})
export type NamedFile = typeof NamedFile.Type

/** A list of files under the digest of all of it. */
export interface FileList {
  readonly digest: string
  readonly list: ReadonlyArray<NamedFile>
}

export interface CodeFilesShape {
  /** Keeps a list of the files that code was made from. */
  readonly keep: (files: FileList) => Effect.Effect<void, StoreNotWritable>
  /** A list that was kept, by its digest; null if it is no longer there. */
  readonly list: (digest: string) => ReadonlyArray<NamedFile> | null
}

/**
 * Which files the code behind results was made from: what tells a reader which of them changed
 * since.
 */
export class CodeFiles extends Context.Service<CodeFiles, CodeFilesShape>()("assay/runtime/CodeFiles") {
  static readonly layer: Layer.Layer<CodeFiles, never, Settings> = Layer.effect(
    CodeFiles,
    Effect.map(Settings, ({ store }) => folderCodeFiles(layout(store))),
  )
}

/** The lists in a folder. */
export const folderCodeFiles = (places: Layout): CodeFilesShape => {
  const kept = new Set<string>()
  return {
    keep: ({ digest, list }) =>
      writing(places.root, () => {
        const file = places.files(digest)
        if (kept.has(digest)) return
        kept.add(digest)
        if (!fs.existsSync(file)) writeAtomically(file, JSON.stringify(list.map(({ name, sha256 }) => ({ name, sha256 }))))
      }),
    list: (digest) => Option.getOrNull(decode(textOf(places.files(digest)) ?? "")),
  }
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(NamedFile)))
