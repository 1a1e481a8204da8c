import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Stream } from "effect"
import { digestFile } from "../../disk/file-digest.ts"
import { makeFolder } from "../../disk/folder.ts"
import { type StoreNotReadable, StoreNotWritable } from "../../error.ts"
import type { Layout } from "../layout.ts"
import { temporaryPath } from "../workspace/owned-path.ts"
import { fileOf, nameOf } from "./names.ts"
import { notReadable, remoteNotWritable } from "./objects/failure.ts"
import type { RemoteStoreShape } from "./remote-store.ts"
import type { Mirror } from "./runs/mirror.ts"
import type { SharedFilesShape } from "./shared-files.ts"

/** Folders whose files are named by what they hold: what is there under a name does not change. */
const byContent = /^(?:objects|wirings|code\/(?:sources|files))\//

let count = 0

/** Single files of a remote store, which are copied between it and the local folder. */
export const remoteFiles = (
  layout: Layout,
  { objects, isWritable, identity }: RemoteStoreShape,
  { mirror, asked }: { readonly mirror: Mirror; readonly asked: () => void },
): SharedFilesShape => {
  const send = Effect.fnUntraced(function* (name: string, file: string) {
    if (byContent.test(name)) {
      yield* objects.upload(name, file, { ifAbsent: true })
      return
    }
    const { etag } = yield* objects.upload(name, file, { ifAbsent: false })
    mirror.note(name, etag)
  })

  /** By way of a temporary file; false where what came is not what its name says. */
  const receive = Effect.fnUntraced(function* (name: string, file: string) {
    count += 1
    const draft = temporaryPath(layout, `shared.${count}`)
    makeFolder(layout.temporary)
    const descriptor = fs.openSync(draft, "w")
    return yield* Stream.runForEach(objects.stream(name, null), (chunk) => Effect.sync(() => void fs.writeSync(descriptor, chunk))).pipe(
      Effect.map(() => {
        if (file.startsWith(layout.objects) && layout.object(digestFile(draft)) !== file) return false
        makeFolder(path.dirname(file))
        fs.renameSync(draft, file)
        return true
      }),
      Effect.ensuring(
        Effect.sync(() => {
          fs.closeSync(descriptor)
          fs.rmSync(draft, { force: true })
        }),
      ),
    )
  })

  return {
    share: Effect.fnUntraced(function* (relative) {
      const file = inside(layout, relative)
      if (file === null || !fs.existsSync(file))
        return yield* new StoreNotWritable({ path: relative, message: `${relative} is not a file of the store in ${layout.root}` })
      if (yield* isWritable) yield* Effect.mapError(send(nameOf(layout, file), file), remoteNotWritable)
    }),
    fetch: (relative): Effect.Effect<boolean, StoreNotReadable> =>
      Effect.gen(function* () {
        const file = inside(layout, relative)
        if (file === null) return false
        const name = nameOf(layout, file)
        // Who reads a journal wants to know whether its run goes on.
        if (name.startsWith("journals/")) asked()
        if (!byContent.test(name)) return yield* mirror.bringOne(name)
        if (fs.existsSync(file)) return true
        return (yield* objects.head(name)) === null ? false : yield* receive(name, file)
      }).pipe(Effect.mapError(notReadable)),
    identity,
  }
}

/** The file that a relative path names; null where it leads out of the store's folder. */
const inside = (layout: Layout, relative: string): string | null => {
  const file = fileOf(layout, relative.split(path.sep).join("/"))
  const isInside = file.startsWith(layout.root + path.sep) && !path.isAbsolute(relative)
  return isInside ? file : null
}
