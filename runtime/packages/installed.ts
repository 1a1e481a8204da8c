import * as fs from "node:fs"
import * as path from "node:path"

/**
 * Where Node finds a package from a folder: the nearest node_modules upwards. Undefined if it is
 * not installed.
 */
export const installed = (from: string, name: string): string | undefined => {
  for (let current = from; ; current = path.dirname(current)) {
    const folder = path.join(current, "node_modules", name)
    if (path.basename(current) !== "node_modules" && fs.existsSync(path.join(folder, "package.json"))) return fs.realpathSync(folder)
    if (path.dirname(current) === current) return undefined
  }
}
