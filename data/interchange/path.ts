/** Where a value stands in a record: names of fields, and places in lists. */
export interface Path {
  /** As it was written, without the `?`. */
  readonly text: string
  /** The column in which it begins. */
  readonly column: string
  readonly steps: ReadonlyArray<Step>
  /** Whether the value may be missing. */
  readonly optional: boolean
}

/**
 * A field by its name, an element by its index (from the end if negative), each element, or the
 * list of all but the last.
 */
type Step = string | number | typeof each | typeof allButLast

const each = Symbol("each element of a list")
const allButLast = Symbol("a list without its last element")

/** A value, and where it stands. */
export interface Placed {
  readonly place: string
  readonly value: unknown
}

const step = /\.?([^.[\]?"]+)|\[(-?\d+|\*|:-1|"(?:[^"\\]|\\.)*")\]/y

/**
 * Reads a path such as `answers[0].text`: names joined by dots, an index in brackets (`[-1]` is the
 * last element, `[*]` each, `[:-1]` the list without the last), names with other characters in
 * brackets and quotes (`["a.b"]`). A `?` at the end says that the value may be missing. Gives the
 * problem, in words, where it is not a path.
 */
export const parsePath = (written: string): Path | string => {
  const optional = written.endsWith("?")
  const text = optional ? written.slice(0, -1) : written
  const steps: Array<Step> = []
  for (let at = 0; at < text.length; at = step.lastIndex) {
    step.lastIndex = at
    const [match = "", name, inside] = step.exec(text) ?? []
    const isFirst = steps.length === 0
    if (match === "" || (name !== undefined && match.startsWith(".") === isFirst)) return problem(written)
    steps.push(name ?? readBrackets(inside as string))
  }
  const [column] = steps
  return typeof column === "string" ? { text, column, steps, optional } : problem(written)
}

const problem = (written: string): string =>
  `${JSON.stringify(written)} is not a path; expected names and places, such as "question", "answers[0].text", "answers[*].text" or "input?"`

const readBrackets = (inside: string): Step => {
  if (inside === "*") return each
  if (inside === ":-1") return allButLast
  return inside.startsWith('"') ? (JSON.parse(inside) as string) : Number(inside)
}

/** A path that is known to be one. Throws a RangeError otherwise. */
export const pathOf = (written: string): Path => {
  const path = parsePath(written)
  if (typeof path === "string") throw new RangeError(path)
  return path
}

/** Whether a path leads to several values. */
export const isMany = ({ steps }: Path): boolean => steps.includes(each)

/**
 * The values to which a path leads, with their places: one, or with `[*]` as many as the list has.
 * What is missing is undefined; a `[*]` of something that is not a list leads to nothing.
 */
export const follow = ({ steps }: Path, record: unknown): ReadonlyArray<Placed> => {
  let found: ReadonlyArray<Placed> = [{ place: "", value: record }]
  for (const step of steps) {
    found =
      step === each
        ? found.flatMap(({ place, value }) =>
            Array.isArray(value) ? value.map((element: unknown, index) => ({ place: `${place}[${index}]`, value: element })) : [],
          )
        : found.map(({ place, value }) =>
            step === allButLast
              ? { place, value: Array.isArray(value) ? value.slice(0, -1) : undefined }
              : { place: joinPlace(place, step), value: at(value, step) },
          )
  }
  return found
}

const joinPlace = (place: string, step: string | number): string =>
  typeof step === "number" ? `${place}[${step}]` : place === "" ? step : `${place}.${step}`

const at = (value: unknown, step: string | number): unknown => {
  if (typeof step === "number") return Array.isArray(value) ? value.at(step) : undefined
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, step)
    ? (value as Readonly<Record<string, unknown>>)[step]
    : undefined
}
