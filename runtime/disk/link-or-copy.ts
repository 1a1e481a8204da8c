import * as fs from "node:fs"

/**
 * Gives a file another name, or copies it where the file system knows no hard links: then true.
 * Replaces what stands under that name.
 */
export const linkOrCopy = async (file: string, name: string): Promise<boolean> => {
  await fs.promises.rm(name, { force: true })
  try {
    await fs.promises.link(file, name)
    return false
  } catch {
    await fs.promises.copyFile(file, name)
    return true
  }
}
