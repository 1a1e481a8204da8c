import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect } from "effect"
import { type Manifest, Results } from "../../runtime/index.ts"
import { CopyFailed, FileExists } from "../error.ts"

/** A file that was copied out of the store. */
export interface Copied {
  /** Absolute. */
  readonly path: string
  readonly bytes: number
}

interface HowToCopy {
  readonly existing: "replace" | "refuse"
  /** What is written of a text of that name, instead of what it is; other files are copied byte for byte. */
  readonly edit?: (name: string) => ((text: string) => string) | undefined
}

/**
 * Copies one output of a stage into a folder under ordinary names, each file whole or not at all. Where a file of
 * the name is already there, it is replaced or the copy refused (FileExists), before anything is written. Fails with CopyFailed where the disk
 * refuses, with ObjectDamaged if the store no longer holds what was made.
 */
export const copyOutput = Effect.fnUntraced(function* (
  { manifest, output }: { readonly manifest: Manifest; readonly output: string },
  folder: string,
  { existing, edit = () => undefined }: HowToCopy,
) {
  const { open } = yield* Results
  const files = yield* open(manifest, output)
  const wanted = files.map(({ name, path: from, bytes }) => ({ from, to: path.join(folder, name), bytes, change: edit(name) }))
  if (existing === "refuse") for (const { to } of wanted) yield* refuseExisting(to)
  return yield* Effect.forEach(wanted, ({ from, to, bytes, change }) =>
    change === undefined
      ? Effect.as(copyFile(from, to), { path: to, bytes } satisfies Copied)
      : Effect.flatMap(
          attempt(to, () => fs.readFile(from, "utf8")),
          (text) => writeText(to, change(text)),
        ),
  )
})

/** Where an output goes inside the folder of its stage: a stage with several file outputs keeps them apart. */
export const folderOf = ({ outputs }: Manifest, output: string): string => {
  const folders = Object.values(outputs).filter(({ kind }) => kind === "files")
  return outputs[output]?.kind === "files" && folders.length > 1 ? output : "."
}

export const refuseExisting = (to: string) =>
  Effect.flatMap(
    attempt(to, () => fs.stat(to).then(Boolean, missing)),
    (exists) =>
      exists
        ? Effect.fail(new FileExists({ path: to, message: `${to}: exists already; choose another folder, or remove it first` }))
        : Effect.void,
  )

const missing = (error: NodeJS.ErrnoException): boolean => {
  if (error.code === "ENOENT") return false
  throw error
}

const copyFile = (from: string, to: string) =>
  whole(to, (draft) =>
    attempt(to, async () => {
      await fs.copyFile(from, draft, fs.constants.COPYFILE_FICLONE)
      // Objects of the store may not be written to; copies are the reader's own.
      await fs.chmod(draft, 0o644)
    }),
  )

export const writeText = (to: string, text: string) =>
  Effect.as(
    whole(to, (draft) => attempt(to, () => fs.writeFile(draft, text))),
    { path: to, bytes: Buffer.byteLength(text) } satisfies Copied,
  )

/** Makes a file that is there when it is complete, and not before: `write` is given another path to write to. */
export const whole = Effect.fnUntraced(function* <A, E, R>(to: string, write: (draft: string) => Effect.Effect<A, E, R>) {
  yield* attempt(to, () => fs.mkdir(path.dirname(to), { recursive: true }))
  const draft = `${to}.${process.pid}.part`
  return yield* write(draft).pipe(
    Effect.tap(attempt(to, () => fs.rename(draft, to))),
    Effect.ensuring(Effect.promise(() => fs.rm(draft, { force: true }))),
  )
})

export const attempt = <A>(to: string, work: () => Promise<A>): Effect.Effect<A, CopyFailed> =>
  Effect.tryPromise({
    try: work,
    catch: (error) => new CopyFailed({ path: to, message: `${to}: cannot be written: ${(error as Error).message}` }),
  })
