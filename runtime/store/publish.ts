import { constants } from "node:fs"
import { chmod, mkdir, open, rename } from "node:fs/promises"
import * as path from "node:path"
import type { Layout } from "./layout.ts"
import type { Manifest, StoredOutput } from "./manifest.ts"
import { seal } from "./seal.ts"

/** An output as a stage left it in its temporary folder. */
export interface WrittenOutput extends Omit<StoredOutput, "files"> {
  readonly files: ReadonlyArray<StoredOutput["files"][number] & { readonly path: string }>
}

/**
 * Makes a result visible, all of it or nothing: objects are written through and moved to their places, then the manifest.
 * `folder` is the stage's temporary one.
 * An object that is there already is replaced by equal bytes, which also mends a damaged one.
 */
export const publish = async (
  layout: Layout,
  manifest: Omit<Manifest, "outputs">,
  outputs: Readonly<Record<string, WrittenOutput>>,
  folder: string,
): Promise<Manifest> => {
  const folders = new Set<string>()
  for (const { files } of Object.values(outputs)) {
    for (const file of files) {
      const object = layout.object(file.object)
      await synced(file.path)
      await chmod(file.path, 0o444)
      await placed(file.path, object)
      folders.add(path.dirname(object))
    }
  }
  for (const folder of folders) await synced(folder)
  const complete: Manifest = {
    ...manifest,
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, output]) => [
        name,
        { ...output, files: output.files.map(({ name, object, bytes }) => ({ name, object, bytes })) },
      ]),
    ),
  }
  const result = layout.result(manifest.key)
  const draft = path.join(folder, "manifest")
  await written(draft, seal(complete))
  await placed(draft, result)
  await synced(path.dirname(result))
  return complete
}

/** Moves a file to its place, whose folder is there but for the first time. */
const placed = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    await mkdir(path.dirname(to), { recursive: true })
    await rename(from, to)
  }
}

/** Not in the way of other stages: all of it beside the main thread. */
const written = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, "w")
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Waits until a file's content, or a folder's names, are on the disk. */
const synced = async (file: string): Promise<void> => {
  const handle = await open(file, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
