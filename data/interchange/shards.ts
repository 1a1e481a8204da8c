import type { ByteSource } from "../byte-source.ts"
import { DataFileError } from "../error.ts"
import { isObject } from "./record.ts"

/** A folder, or a single file, as a stage has it. */
export interface Folder {
  readonly names: ReadonlyArray<string>
  readonly read: (name: string) => Promise<Uint8Array>
  readonly open: (name: string) => Promise<Omit<ByteSource, "name">>
}

/**
 * A file of a data set, and the split that its name, or what lies beside it, says that it is of.
 */
export interface Shard {
  readonly source: ByteSource
  readonly split: string | null
}

export interface DataSet {
  /** What errors call all of it. */
  readonly name: string
  readonly shards: ReadonlyArray<Shard>
  /** Files that hold no records, as a README. */
  readonly leftOut: ReadonlyArray<string>
}

const recordFile = /\.(arrow|feather|parquet|jsonl|ndjson|json|csv|tsv|txt|text)(\.gz)?$/i

/** What `datasets` writes beside its files. */
const describing = new Set(["state.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json"])

/** What data sets call their splits, as `datasets` looks for them in names. */
const splitNames = new Set("train training test testing validation valid val dev eval evaluation".split(" "))

/**
 * The files of a data set in order: as `state.json` beside them has it, where `save_to_disk` has
 * written one, and else by name. A file alone is one whatever its name. Fails with a DataFileError
 * where no file can hold records, or one that `state.json` names is not there.
 */
export const openDataSet = async (folder: Folder): Promise<DataSet> => {
  const { names } = folder
  const sourceOf = async (name: string): Promise<ByteSource> => ({ name, ...(await folder.open(name)) })
  const [only] = names
  if (only !== undefined && names.length === 1) return { name: only, shards: [{ source: await sourceOf(only), split: null }], leftOut: [] }
  const states = await readStates(folder)
  const isListed = (name: string): boolean => states.get(directoryOf(name))?.files.includes(name) ?? true
  const found = names.filter((name) => recordFile.test(name) && !describing.has(baseName(name)) && isListed(name))
  if (found.length === 0)
    throw new DataFileError(
      summaryOf(names),
      "no file whose name ends in .parquet, .arrow, .jsonl, .json, .csv, .tsv or .txt is among these",
    )
  const rank = new Map([...states.values()].flatMap(({ files }) => files.map((name, index) => [name, index] as const)))
  const ordered = found.toSorted((one, other) =>
    directoryOf(one) === directoryOf(other) && rank.has(one)
      ? (rank.get(one) as number) - (rank.get(other) as number)
      : names.indexOf(one) - names.indexOf(other),
  )
  const shards: Array<Shard> = []
  for (const name of ordered)
    shards.push({ source: await sourceOf(name), split: states.get(directoryOf(name))?.split ?? splitOfName(name) })
  return {
    name: summaryOf(ordered),
    shards,
    leftOut: names.filter((name) => !found.includes(name) && !describing.has(baseName(name))),
  }
}

/** The splits that the files are of, each once; empty if none says so. */
export const splitsOf = ({ shards }: DataSet): ReadonlyArray<string> => [...new Set(shards.flatMap(({ split }) => split ?? []))]

interface State {
  readonly files: ReadonlyArray<string>
  readonly split: string | null
}

/** What the `state.json` of each folder says of the files beside it. */
const readStates = async (folder: Folder): Promise<ReadonlyMap<string, State>> => {
  const states = new Map<string, State>()
  const { names } = folder
  for (const name of names.filter((each) => baseName(each) === "state.json")) {
    const directory = directoryOf(name)
    const state = parse(new TextDecoder().decode(await folder.read(name)))
    if (!isObject(state) || !Array.isArray(state._data_files)) continue
    const files = state._data_files.map((entry: unknown) => `${directory}${isObject(entry) ? String(entry.filename) : ""}`)
    const missing = files.find((file) => !names.includes(file))
    if (missing !== undefined) throw new DataFileError(name, `lists ${missing}, which is not in the folder`)
    states.set(directory, { files, split: typeof state._split === "string" ? state._split : null })
  }
  return states
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The split that a name tells: of a folder (`train/…`), of shards (`train-00000-of-00002.parquet`),
 * or of the file (`train.jsonl`).
 */
const splitOfName = (name: string): string | null => {
  const parts = name.split("/")
  const file = baseName(name).replace(/\..*$/, "")
  const shard = /^(\w+)-\d{5}-of-\d{5}$/.exec(file)?.[1]
  return [shard, file, ...parts.slice(0, -1).reverse()].find((part) => part !== undefined && splitNames.has(part)) ?? null
}

const baseName = (name: string): string => name.slice(name.lastIndexOf("/") + 1)

/** With the `/` behind it; "" for the outermost. */
const directoryOf = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1)

const summaryOf = (names: ReadonlyArray<string>): string =>
  names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more files` : names.join(", ")
