import { readFile } from "node:fs/promises"
import { DataFileError, LineError } from "../../error.ts"

/** A package of Debian's index, with its description. */
export interface Package {
  readonly name: string
  readonly source: string
  readonly version: string
  readonly section: string
  readonly synopsis: string
  /** The lines of the long description, each without the space that begins it. */
  readonly description: ReadonlyArray<string>
}

/**
 * Reads the packages of an index (`Packages`) that have a description in `Translation-en`, in the
 * order of the index. Fails with a DataFileError or LineError where a file is not what it should
 * be.
 */
export const readPackages = async (index: string, translation: string): Promise<ReadonlyArray<Package>> => {
  const descriptions = new Map<string, ReadonlyArray<string>>()
  for (const { fields, line } of await paragraphs(translation))
    descriptions.set(wanted(fields, "Description-md5", translation, line), wanted(fields, "Description-en", translation, line).split("\n"))
  return (await paragraphs(index)).flatMap(({ fields, line }) => {
    const name = wanted(fields, "Package", index, line)
    const [synopsis = "", ...description] = descriptions.get(fields.get("Description-md5") ?? "") ?? []
    if (description.length === 0) return []
    // The source is named where it is another than the package, and its version in brackets where
    // that is.
    const [source = name] = (fields.get("Source") ?? name).split(" ")
    const version = wanted(fields, "Version", index, line)
    return [
      { name, source, version, section: fields.get("Section") ?? "", synopsis, description: description.map((each) => each.slice(1)) },
    ]
  })
}

interface Paragraph {
  /** Where it begins, from 1. */
  readonly line: number
  readonly fields: ReadonlyMap<string, string>
}

/**
 * Debian's control format: paragraphs of `Field: value`, whose continued lines begin with a space.
 */
const paragraphs = async (file: string): Promise<ReadonlyArray<Paragraph>> => {
  let line = 1
  return (await load(file))
    .trimEnd()
    .split("\n\n")
    .flatMap((paragraph) => {
      const begins = line
      line += paragraph.split("\n").length + 1
      const fields = paragraph.split(/\n(?! )/).map((field): [string, string] => {
        const colon = field.indexOf(":")
        if (colon < 1) throw new LineError(file, begins, undefined, "begins a paragraph that is not of fields; is this an index of Debian?")
        return [field.slice(0, colon), field.slice(colon + 1).trim()]
      })
      return [{ line: begins, fields: new Map(fields) }]
    })
}

const wanted = (fields: Paragraph["fields"], name: string, file: string, line: number): string => {
  const value = fields.get(name)
  if (value === undefined)
    throw new LineError(file, line, name, "is missing in the paragraph that begins here; is this an index of Debian?")
  return value
}

const load = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    throw new DataFileError(file, "cannot be read; give Debian's Packages and Translation-en, uncompressed", error)
  }
}
