import { createHash } from "node:crypto"
import type {
  Answers,
  Asking,
  Columns,
  ColumnType,
  FileContent,
  FilesInput,
  FilesOutput,
  NewContent,
  PluginDeclaration,
  Row,
  TableInput,
  TableOutput,
} from "assay"
import { StageError } from "assay"

/**
 * A table that is held in memory: what one stage appends, the next one reads. Cells that do not fit
 * their column are refused, as Parquet would.
 */
export class MemoryTable<C extends Columns> implements TableInput<C>, TableOutput<C> {
  readonly #columns: C
  readonly #rows: Array<Row<C>> = []

  constructor(columns: C, rows: ReadonlyArray<Row<C>> = []) {
    this.#columns = columns
    this.#add(rows)
  }

  get rows(): number {
    return this.#rows.length
  }

  /** Of the rows, floats by their bits. */
  get digest(): string {
    return digestOf(this.#rows.map((row) => Object.entries(row).map(([column, value]) => `${column}=${spell(value)}`)))
  }

  async append(rows: ReadonlyArray<Row<C>>): Promise<void> {
    this.#add(rows)
  }

  async read(): Promise<ReadonlyArray<Row<C>>> {
    return structuredClone(this.#rows)
  }

  async *batches(): AsyncIterable<ReadonlyArray<Row<C>>> {
    yield await this.read()
  }

  #add(rows: ReadonlyArray<Row<C>>): void {
    for (const row of rows) {
      for (const [name, column] of Object.entries(this.#columns)) {
        const value: unknown = row[name]
        const type = column.replace("?", "") as ColumnType
        if (!(value === null ? column.endsWith("?") : holds[type](value))) {
          throw new TypeError(`column ${name} is ${column} and was given ${String(value)}`)
        }
      }
      if (Object.keys(row).length !== Object.keys(this.#columns).length) throw new TypeError(`foreign columns in ${Object.keys(row)}`)
      this.#rows.push(structuredClone(row))
    }
  }
}

const holds: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  bool: (value) => typeof value === "boolean",
  int32: (value) => typeof value === "number" && (value | 0) === value,
  float32: (value) => typeof value === "number",
  float64: (value) => typeof value === "number",
  utf8: (value) => typeof value === "string",
  "list<int32>": (value) => value instanceof Int32Array,
  "list<float32>": (value) => value instanceof Float32Array,
}

const spell = (value: unknown): string => {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value)
  return value instanceof Int32Array || value instanceof Float32Array ? `[${value}]` : JSON.stringify(value)
}

/** A folder of files that is held in memory. */
export class MemoryFiles implements FilesInput, FilesOutput {
  readonly #files: Map<string, Uint8Array>
  readonly #plugins: ReadonlyMap<string, PluginDeclaration>

  /** `plugins` read the folder (under the empty name) and folders in it. */
  constructor(
    files: Readonly<Record<string, Uint8Array | string>> = {},
    plugins: Readonly<Record<string, PluginDeclaration>> | ReadonlyMap<string, PluginDeclaration> = {},
  ) {
    this.#files = new Map(Object.entries(files).map(([name, content]) => [name, bytesOf(content)]))
    this.#plugins = plugins instanceof Map ? plugins : new Map(Object.entries(plugins))
  }

  /** All plugins, by the folders that they read. */
  get plugins(): ReadonlyMap<string, PluginDeclaration> {
    return this.#plugins
  }

  /** Computes every row: nothing is kept from test to test. */
  readonly answers: Answers = { of: (_, rows, compute) => compute(rows) }

  connection: Asking | undefined = undefined

  async plugin(carried = ""): Promise<unknown> {
    const declaration = this.#plugins.get(carried)
    if (declaration === undefined) throw new StageError("NoPlugin", `there is no plugin at ${JSON.stringify(carried)}`)
    return ((await declaration.run()) as { readonly run: unknown }).run
  }

  within(folder: string): MemoryFiles {
    const inside = <T>(entries: Iterable<readonly [string, T]>): ReadonlyArray<readonly [string, T]> =>
      [...entries].flatMap(([name, entry]) => {
        if (name === folder) return [["", entry] as const]
        return name.startsWith(`${folder}/`) ? [[name.slice(folder.length + 1), entry] as const] : []
      })
    return new MemoryFiles(Object.fromEntries(inside(this.#files)), new Map(inside(this.#plugins)))
  }

  get names(): ReadonlyArray<string> {
    return [...this.#files.keys()]
  }

  /** Of names and bytes. */
  get digest(): string {
    return digestOf([...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => [name, digestOf(bytes)]))
  }

  async write(name: string, content: NewContent): Promise<void> {
    if (this.#files.has(name)) throw new Error(`"${name}" was written twice`)
    if (typeof content === "string" || content instanceof Uint8Array) return void this.#files.set(name, bytesOf(content))
    const pieces: Array<Uint8Array> = []
    for await (const piece of content) pieces.push(piece.slice())
    this.#files.set(name, new Uint8Array(Buffer.concat(pieces)))
  }

  async read(name: string): Promise<Uint8Array> {
    const bytes = this.#files.get(name)
    if (bytes === undefined) throw new Error(`there is no file "${name}"; there are ${this.names.join(", ")}`)
    return bytes.slice()
  }

  async open(name: string): Promise<FileContent> {
    const bytes = await this.read(name)
    return { size: bytes.length, read: async (start, end) => bytes.slice(start, end) }
  }

  async json(name: string): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await this.read(name)))
  }

  /** The same folder but for these files; undefined takes one away. */
  with(changes: Readonly<Record<string, Uint8Array | string | undefined>>): MemoryFiles {
    const changed = new Map([...this.#files, ...Object.entries(changes)])
    const kept = [...changed].flatMap(([name, content]) => (content === undefined ? [] : [[name, content] as const]))
    return new MemoryFiles(Object.fromEntries(kept), this.#plugins)
  }
}

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content.slice()

const digestOf = (content: Uint8Array | ReadonlyArray<unknown>): string =>
  createHash("sha256")
    .update(content instanceof Uint8Array ? content : JSON.stringify(content))
    .digest("hex")
