import { constants } from "node:fs"
import { chmod, mkdir, open, rename } from "node:fs/promises"
import * as path from "node:path"
import { writeAtomically } from "../bundle/write.ts"
import type { Layout } from "./layout.ts"
import type { Manifest, StoredOutput } from "./manifest.ts"
import { seal } from "./seal.ts"

/** An output as a stage left it in its temporary folder. */
export interface WrittenOutput extends Omit<StoredOutput, "files"> {
  readonly files: ReadonlyArray<StoredOutput["files"][number] & { readonly path: string }>
}

/**
 * Makes a result visible, all of it or nothing: objects are written through and moved to their places, then the manifest.
 * An object that is there already is replaced by equal bytes, which also mends a damaged one.
 */
export const publish = async (
  layout: Layout,
  manifest: Omit<Manifest, "outputs">,
  outputs: Readonly<Record<string, WrittenOutput>>,
): Promise<Manifest> => {
  const folders = new Set<string>()
  for (const { files } of Object.values(outputs)) {
    for (const file of files) {
      const object = layout.object(file.object)
      await mkdir(path.dirname(object), { recursive: true })
      await synced(file.path)
      await chmod(file.path, 0o444)
      await rename(file.path, object)
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
  writeAtomically(result, seal(complete))
  await synced(path.dirname(result))
  return complete
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
