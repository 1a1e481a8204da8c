import * as path from "node:path"

export const inPackage = (file: string): boolean => file.split(path.sep).includes("node_modules")

/** The folder of the package that a file under node_modules belongs to. */
export const packageFolder = (file: string): string => {
  const segments = file.split(path.sep)
  const at = segments.lastIndexOf("node_modules") + 1
  return segments.slice(0, at + (segments[at]?.startsWith("@") ? 2 : 1)).join(path.sep)
}
