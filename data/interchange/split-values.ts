import type { Split } from "../split.ts"

/** What the values of a split column stand for; null leaves their rows out. */
export type SplitMap = Readonly<Record<string, Split | null>>

/** As data sets mostly call them. */
const usual: SplitMap = {
  train: "train",
  training: "train",
  test: "test",
  testing: "test",
  validation: "test",
  valid: "test",
  val: "test",
  dev: "test",
  eval: "test",
  evaluation: "test",
}

/** Values that are named at most. */
const mostNamed = 20

/** Reads the values of a split column, and remembers those that stand for nothing. */
export class SplitValues {
  readonly #meaning: ReadonlyMap<string, Split | null>
  readonly #unknown = new Set<string>()

  constructor(map: SplitMap) {
    this.#meaning = new Map(Object.entries({ ...usual, ...map }))
  }

  /** The split; null if the row is to be left out, undefined if the value stands for nothing. */
  read(value: unknown): Split | null | undefined {
    const name = String(value)
    const split = this.#meaning.get(name) ?? (this.#meaning.has(name) ? null : this.#meaning.get(name.toLowerCase()))
    if (split === undefined && this.#unknown.size < mostNamed) this.#unknown.add(name)
    return split
  }

  /** What is wrong with the values read so far; undefined if nothing is. */
  get problem(): string | undefined {
    if (this.#unknown.size === 0) return undefined
    const names = [...this.#unknown].map((name) => JSON.stringify(name))
    return `holds ${names.join(", ")}, which is neither "train" nor "test". Say what is meant: splits: { ${names[0]}: "train" }, or null to leave its rows out`
  }
}
