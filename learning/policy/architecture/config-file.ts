import { StageError } from "assay"

/** The content of a `config.json`. */
export type ConfigFile = Readonly<Record<string, unknown>>

/** Far beyond any model: bounds what is listed and allocated before the weights are looked at. */
const most = { vocabulary: 2 ** 22, context: 2 ** 24, width: 2 ** 16, count: 1024 } as const

/**
 * Reads the keys of a `config.json` one by one, each with what `transformers` takes where the file
 * does not say. What cannot be computed as `transformers` does is refused by its key: a StageError
 * `UnsupportedPolicy`; what is not a configuration at all, `NotAPolicy`.
 */
export class ConfigReader {
  readonly #config: ConfigFile

  constructor(config: ConfigFile) {
    this.#config = config
  }

  /** The value of a key; undefined where the file lacks it, or has null. */
  value(key: string): unknown {
    return this.#config[key] ?? undefined
  }

  /** A whole number from 1 on, up to the bound of its kind. */
  wholeNumber(kind: keyof typeof most, key: string, otherwise?: number): number {
    const value = this.value(key) ?? otherwise
    if (typeof value === "number" && Number.isInteger(value) && value > 0 && value <= most[kind]) return value
    throw notAPolicy(`${key} must be a whole number from 1 to ${most[kind]}, and is ${JSON.stringify(value)}`)
  }

  /** A finite number above 0. */
  positive(key: string, otherwise: number): number {
    const value = this.value(key) ?? otherwise
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return value
    throw notAPolicy(`${key} must be a number above 0, and is ${JSON.stringify(value)}`)
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.value(key) ?? otherwise
    if (typeof value === "boolean") return value
    throw notAPolicy(`${key} must be true or false, and is ${JSON.stringify(value)}`)
  }

  oneOf<const T>(key: string, values: ReadonlyArray<T>, otherwise: T): T {
    const value = this.value(key) ?? otherwise
    if (values.includes(value as T)) return value as T
    throw this.refused(key, values.map((each) => JSON.stringify(each)).join(", "))
  }

  /**
   * Refuses a file in which one of these keys has another value than this, which is computed and
   * which `transformers` takes where the file lacks the key. null counts as false.
   */
  require(fixed: Readonly<Record<string, unknown>>): void {
    for (const [key, wanted] of Object.entries(fixed)) {
      const value = this.#config[key]
      if (value === undefined || value === wanted || (value === null && wanted === false)) continue
      throw this.refused(key, JSON.stringify(wanted))
    }
  }

  refused(key: string, supported: string): StageError {
    const value = this.#config[key]
    const found = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`
    return unsupportedKey(key, `${found}, and only ${supported} is supported`)
  }
}

export const unsupportedKey = (key: string, problem: string): StageError =>
  new StageError("UnsupportedPolicy", `config.json: ${key} ${problem}`, { file: "config.json", key })

export const notAPolicy = (problem: string): StageError => new StageError("NotAPolicy", `config.json: ${problem}`)
