import * as path from "node:path"

/**
 * Whether a file or folder belongs to an installed package rather than to the project or to Assay.
 * Assay's own files are its sources wherever they lie: an installed Assay is itself under
 * node_modules.
 */
export const inPackage = (file: string, assayRoot: string): boolean => {
  const isOfAssay = file === assayRoot || file.startsWith(assayRoot + path.sep)
  return isInstalled(isOfAssay ? file.slice(assayRoot.length) : file)
}

/** Whether a folder is under node_modules, and so not ours to write to. */
export const isInstalled = (folder: string): boolean => folder.split(path.sep).includes("node_modules")

/** The folder of the package that a file under node_modules belongs to. */
export const packageFolder = (file: string): string => {
  const segments = file.split(path.sep)
  const at = segments.lastIndexOf("node_modules") + 1
  return segments.slice(0, at + (segments[at]?.startsWith("@") ? 2 : 1)).join(path.sep)
}
