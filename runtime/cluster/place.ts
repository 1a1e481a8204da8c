import * as path from "node:path"

/** The folders that places are named from. */
export interface Roots {
  readonly assayRoot: string
  readonly projectRoot: string
}

/**
 * The name of a folder or file that means the same on another machine: `assay:…` of what lies in
 * Assay's folder, else `project:…`, from the project's; with `..` where it lies above.
 */
export const placeOf = (file: string, { assayRoot, projectRoot }: Roots): string => {
  const inAssay = path.relative(assayRoot, file)
  const isAssays = !inAssay.startsWith("..") && !path.isAbsolute(inAssay)
  const relative = isAssays ? inAssay : path.relative(projectRoot, file)
  return `${isAssays ? "assay" : "project"}:${relative.split(path.sep).join("/")}`
}

/** Where a place is on this machine. */
export const fileAt = (place: string, { assayRoot, projectRoot }: Roots): string => {
  const [, name, relative = ""] = /^(assay|project):(.*)$/s.exec(place) ?? []
  return path.join(name === "assay" ? assayRoot : projectRoot, relative)
}
