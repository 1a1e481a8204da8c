import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect } from "effect"
import { type Manifest, Results } from "../../runtime/index.ts"
import { CopyFailed, FileExists } from "../error.ts"

/** A file that was copied out of the store. */
export interface CopiedFile {
  /** Absolute. */
  readonly path: string
  readonly bytes: number
}

interface HowToCopy {
  /** What to do about a file that exists. */
  readonly existing: "replace" | "refuse"
  /** Returns how to edit the text file of that name; undefined to copy it byte for byte. */
  readonly edit?: (name: string) => ((text: string) => string) | undefined
}

/**
 * Copies one output of a stage to a folder under ordinary names, each file atomically. If a file
 * exists, it is replaced, or the copy fails with FileExists before anything is written. Fails with
 * CopyFailed if the disk refuses, with ObjectDamaged if the stored output is damaged or missing.
 */
export const copyOutput = Effect.fnUntraced(function* (
  { manifest, output }: { readonly manifest: Manifest; readonly output: string },
  folder: string,
  { existing, edit = () => undefined }: HowToCopy,
) {
  const { open } = yield* Results
  const files = yield* open(manifest, output)
  const copies = files.map(({ name, path: from, bytes }) => ({ from, to: path.join(folder, name), bytes, change: edit(name) }))
  if (existing === "refuse") for (const { to } of copies) yield* refuseExisting(to)
  return yield* Effect.forEach(copies, ({ from, to, bytes, change }) =>
    change === undefined
      ? Effect.as(copyFile(from, to), { path: to, bytes } satisfies CopiedFile)
      : Effect.flatMap(
          attempt(to, () => fs.readFile(from, "utf8")),
          (text) => writeText(to, change(text)),
        ),
  )
})

/**
 * The folder of an output inside the folder of its stage: one of its own if the stage has several
 * outputs of files.
 */
export const folderOf = ({ outputs }: Manifest, output: string): string => {
  const folders = Object.values(outputs).filter(({ kind }) => kind === "files")
  return outputs[output]?.kind === "files" && folders.length > 1 ? output : "."
}

/** Fails with FileExists if the file exists. */
export const refuseExisting = (to: string) =>
  Effect.flatMap(
    attempt(to, () => fs.stat(to).then(Boolean, missing)),
    (exists) =>
      exists
        ? Effect.fail(new FileExists({ path: to, message: `${to} already exists: choose another folder, or delete the file` }))
        : Effect.void,
  )

const missing = (error: NodeJS.ErrnoException): boolean => {
  if (error.code === "ENOENT") return false
  throw error
}

const copyFile = (from: string, to: string) =>
  writeAtomically(to, (draft) =>
    attempt(to, async () => {
      await fs.copyFile(from, draft, fs.constants.COPYFILE_FICLONE)
      // Objects of the store are read-only; copies are not.
      await fs.chmod(draft, 0o644)
    }),
  )

/** Writes a text file atomically. */
export const writeText = (to: string, text: string) =>
  Effect.as(
    writeAtomically(to, (draft) => attempt(to, () => fs.writeFile(draft, text))),
    { path: to, bytes: Buffer.byteLength(text) } satisfies CopiedFile,
  )

/**
 * Writes a file atomically: `write` gets a temporary path, which is renamed when it is complete.
 */
export const writeAtomically = Effect.fnUntraced(function* <A, E, R>(to: string, write: (draft: string) => Effect.Effect<A, E, R>) {
  yield* attempt(to, () => fs.mkdir(path.dirname(to), { recursive: true }))
  const draft = `${to}.${process.pid}.part`
  return yield* write(draft).pipe(
    Effect.tap(attempt(to, () => fs.rename(draft, to))),
    Effect.ensuring(Effect.promise(() => fs.rm(draft, { force: true }))),
  )
})

/** Does work on a file; a rejection becomes a CopyFailed. */
export const attempt = <A>(to: string, work: () => Promise<A>): Effect.Effect<A, CopyFailed> =>
  Effect.tryPromise({
    try: work,
    catch: (error) => new CopyFailed({ path: to, message: `${to} cannot be written: ${(error as Error).message}` }),
  })
