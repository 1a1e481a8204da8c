import * as fs from "node:fs"
import * as path from "node:path"
import { promisify } from "node:util"
import { makeFolder } from "../../disk/folder.ts"
import type { Layout } from "../layout.ts"
import type { Manifest, StoredOutput } from "./manifest.ts"
import { placeFor } from "./result.ts"
import { seal } from "./seal.ts"

/**
 * An output as a stage left it in its temporary folder: its files are on the disk, and may not be
 * written to any more.
 */
export interface WrittenOutput extends Omit<StoredOutput, "files"> {
  readonly files: ReadonlyArray<StoredOutput["files"][number] & { readonly path: string }>
}

export interface Publication {
  readonly manifest: Omit<Manifest, "outputs">
  readonly outputs: Readonly<Record<string, WrittenOutput>>
  /** The stage's temporary folder. */
  readonly folder: string
  /** Whether it takes the place of a result under the same key, as of a stage that asks again. */
  readonly replaces?: boolean
}

/** A publication, and the promise to settle when it is done. */
interface Waiting extends Publication {
  readonly resolve: (manifest: Manifest) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes results visible, each whole or not at all: objects are moved to their places, then the
 * manifest, and each step is on the disk before the next. Results that arrive while others are on
 * their way go together: a disk that is asked once to keep ten things is as quick as for one. An
 * object that is there already is replaced by equal bytes, which also mends a damaged one. A result
 * of another format stays where it is.
 */
export const publisher = (layout: Layout): ((publication: Publication) => Promise<Manifest>) => {
  const waiting: Array<Waiting> = []
  let busy = false
  const work = async (): Promise<void> => {
    busy = true
    while (waiting.length > 0) await publishTogether(layout, waiting.splice(0))
    busy = false
  }
  return (publication) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...publication, resolve, reject })
      if (!busy) void work()
    })
}

const publishTogether = async (layout: Layout, batch: ReadonlyArray<Waiting>): Promise<void> => {
  let going = batch
  /** What fails in a step goes no further; the others do. */
  const step = async (work: (each: Waiting) => Promise<unknown>): Promise<void> => {
    const ended = await Promise.allSettled(going.map(work))
    going = going.filter((each, index) => {
      const end = ended[index] as PromiseSettledResult<unknown>
      if (end.status === "rejected") each.reject(end.reason)
      return end.status === "fulfilled"
    })
  }
  const draftOf = ({ folder }: Waiting): string => path.join(folder, "manifest")
  const objectsOf = ({ outputs }: Waiting) => Object.values(outputs).flatMap(({ files }) => files)

  await step(async (each) => {
    for (const file of objectsOf(each)) place(file.path, layout.object(file.object))
    await write(draftOf(each), seal(complete(each)))
  })
  const objects = once(synced)
  await step((each) => Promise.all(objectsOf(each).map(({ object }) => objects(path.dirname(layout.object(object))))))
  await step(async (each) => place(draftOf(each), placeFor(layout, each.manifest.key)))
  const results = once(synced)
  await step((each) => results(path.dirname(layout.result(each.manifest.key))))
  for (const each of going) each.resolve(complete(each))
}

const complete = ({ manifest, outputs }: Publication): Manifest => ({
  ...manifest,
  outputs: Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [
      name,
      { ...output, files: output.files.map(({ name, object, bytes }) => ({ name, object, bytes })) },
    ]),
  ),
})

/** Moves a file to its place, whose folder is there but for the first time. */
const place = (from: string, to: string): void => {
  try {
    fs.renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    makeFolder(path.dirname(to))
    fs.renameSync(from, to)
  }
}

const fsync = promisify(fs.fsync)

const write = async (file: string, text: string): Promise<void> => {
  const descriptor = fs.openSync(file, "w")
  try {
    fs.writeFileSync(descriptor, text)
    await fsync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Waits until a folder's names are on the disk. */
const synced = async (folder: string): Promise<void> => {
  const descriptor = fs.openSync(folder, "r")
  try {
    await fsync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Does the work once for each name. */
const once = (work: (name: string) => Promise<void>): ((name: string) => Promise<void>) => {
  const begun = new Map<string, Promise<void>>()
  return (name) => {
    const known = begun.get(name) ?? work(name)
    begun.set(name, known)
    return known
  }
}
