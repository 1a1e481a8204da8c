import * as fs from "node:fs"
import * as path from "node:path"

/**
 * The files of a folder and of the folders in it, by their paths from it (with `/`), sorted. Files
 * and folders whose names begin with a dot are left out; links are followed. Throws what the file
 * system throws, and for a link that leads back to a folder around it.
 */
export const folderFiles = (folder: string): ReadonlyArray<string> => filesBelow(folder, "", []).sort()

const filesBelow = (folder: string, prefix: string, around: ReadonlyArray<string>): Array<string> => {
  const real = fs.realpathSync(folder)
  if (around.includes(real)) throw new Error(`${folder}: it is a link to a folder that it lies in`)
  return fs.readdirSync(folder).flatMap((name) => {
    if (name.startsWith(".")) return []
    const at = path.join(folder, name)
    const facts = fs.statSync(at)
    if (facts.isDirectory()) return filesBelow(at, `${prefix}${name}/`, [...around, real])
    return facts.isFile() ? [prefix + name] : []
  })
}
