import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Stream } from "effect"
import { makeFolder } from "../../../disk/folder.ts"
import { processTag } from "../../../disk/process.ts"
import { RemoteFailure } from "./failure.ts"
import type { ObjectFacts, ObjectStore, Written } from "./object-store.ts"

/** Objects as the files of a folder, which may lie on a network file system. */
export const folderStore = (root: string): ObjectStore => {
  const at = (name: string): string => path.join(root, ...name.split("/"))
  const attempt = <A>(work: () => A | Promise<A>): Effect.Effect<A, RemoteFailure> =>
    Effect.tryPromise({ try: async () => work(), catch: (error) => failureOf(root, error) })
  const factsOf = (name: string): ObjectFacts | null => {
    const facts = fs.statSync(at(name), { bigint: true, throwIfNoEntry: false })
    if (facts === undefined || !facts.isFile()) return null
    const etag = `${facts.size}-${facts.mtimeNs}-${facts.ino}`
    return { name, bytes: Number(facts.size), etag, modified: Number(facts.mtimeNs / 1_000_000n) }
  }
  /** Puts a finished draft in its place; a link, unlike a rename, replaces nothing. */
  const place = (draft: string, name: string, ifAbsent: boolean): Written => {
    try {
      if (ifAbsent) fs.linkSync(draft, at(name))
      else fs.renameSync(draft, at(name))
      return { state: "written", etag: factsOf(name)?.etag ?? "" }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return { state: "exists", etag: "" }
      throw error
    } finally {
      fs.rmSync(draft, { force: true })
    }
  }
  const drafted = async (name: string, ifAbsent: boolean, fill: (draft: fs.promises.FileHandle) => Promise<unknown>): Promise<Written> => {
    if (ifAbsent && factsOf(name) !== null) return { state: "exists", etag: "" }
    makeFolder(path.dirname(at(name)))
    const draft = draftOf(at(name))
    const handle = await fs.promises.open(draft, "wx")
    try {
      await fill(handle)
      await handle.sync()
    } catch (error) {
      fs.rmSync(draft, { force: true })
      throw error
    } finally {
      await handle.close()
    }
    return place(draft, name, ifAbsent)
  }
  const copyInto = (file: string) => async (draft: fs.promises.FileHandle) => {
    for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) await draft.write(chunk as Buffer)
  }
  return {
    name: root,
    read: (name) =>
      attempt(() => {
        const facts = factsOf(name)
        return facts === null ? null : { bytes: fs.readFileSync(at(name)), facts }
      }),
    stream: (name, range) =>
      Stream.unwrap(
        attempt(() => {
          if (factsOf(name) === null) return Stream.empty
          const part = range === null ? {} : { start: range.start, end: range.end - 1 }
          return Stream.fromAsyncIterable(fs.createReadStream(at(name), { highWaterMark: 1 << 20, ...part }), (error) =>
            failureOf(root, error),
          )
        }),
      ),
    head: (name) => attempt(() => factsOf(name)),
    write: (name, bytes, { ifAbsent }) => attempt(() => drafted(name, ifAbsent, (handle) => handle.writeFile(bytes))),
    upload: (name, file, { ifAbsent }) => attempt(() => drafted(name, ifAbsent, copyInto(file))),
    list: (prefix, after = "") =>
      Stream.unwrap(
        attempt(() => {
          const names = [...namesUnder(root, prefix.slice(0, prefix.lastIndexOf("/") + 1))]
          const wanted = names.filter((name) => name.startsWith(prefix) && name > after).sort()
          return Stream.fromIterable(pagesOf(wanted.flatMap((name) => factsOf(name) ?? [])))
        }),
      ),
    remove: (names) =>
      attempt(() => {
        for (const name of names) fs.rmSync(at(name), { force: true })
      }),
    copy: (from, to) =>
      attempt(async () => {
        if (factsOf(from) === null) return false
        await drafted(to, false, copyInto(at(from)))
        return true
      }),
    now: attempt(() => clockOf(root)),
    removeUnfinished: (before) =>
      attempt(() => {
        for (const name of draftsUnder(root)) if (fs.statSync(name).mtimeMs < before) fs.rmSync(name, { force: true })
      }),
  }
}

const pageLength = 1000

function* pagesOf<A>(items: ReadonlyArray<A>): Iterable<ReadonlyArray<A>> {
  for (let start = 0; start < items.length; start += pageLength) yield items.slice(start, start + pageLength)
}

let drafts = 0

/** Beside its place, so that it can be renamed. */
const draftOf = (file: string): string => {
  drafts += 1
  return `${file}.${processTag()}.${drafts}${draftEnding}`
}

const draftEnding = ".draft"

const filesUnder = (root: string, folder: string): ReadonlyArray<fs.Dirent> => {
  const start = path.join(root, folder)
  // A folder that another process removes in the meantime holds nothing.
  return fs.existsSync(start) ? fs.readdirSync(start, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()) : []
}

const namesUnder = (root: string, folder: string): ReadonlyArray<string> =>
  filesUnder(root, folder)
    .filter(({ name }) => !name.endsWith(draftEnding))
    .map(({ parentPath, name }) => path.relative(root, path.join(parentPath, name)).split(path.sep).join("/"))

const draftsUnder = (root: string): ReadonlyArray<string> =>
  filesUnder(root, "")
    .filter(({ name }) => name.endsWith(draftEnding))
    .map(({ parentPath, name }) => path.join(parentPath, name))

/** The clock that dates its files, which is that of a file server. */
const clockOf = (root: string): number => {
  makeFolder(root)
  const probe = draftOf(path.join(root, "clock"))
  fs.writeFileSync(probe, "")
  const { mtimeMs } = fs.statSync(probe)
  fs.rmSync(probe, { force: true })
  return mtimeMs
}

const failureOf = (root: string, error: unknown): RemoteFailure => {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException
  const kind = ["EACCES", "EPERM", "EROFS"].includes(code) ? "forbidden" : passing.has(code) ? "unreachable" : "refused"
  return new RemoteFailure({ kind, store: root, reason: message, retryAfterSeconds: null })
}

/** What a network file system says while its server is away. */
const passing = new Set(["ESTALE", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENETUNREACH", "EIO"])
