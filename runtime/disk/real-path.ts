import * as fs from "node:fs"
import * as path from "node:path"

/**
 * A path without symbolic links, as far as it exists: what follows does not exist yet. Node's
 * permissions name real paths, so a process has to be given those.
 */
export const realPath = (file: string): string => {
  try {
    return fs.realpathSync.native(file)
  } catch {
    const parent = path.dirname(file)
    return parent === file ? file : path.join(realPath(parent), path.basename(file))
  }
}
