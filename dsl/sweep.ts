import type { Point } from "./declaration.ts"
import { DeclarationError } from "./error.ts"

const mark: unique symbol = Symbol.for("assay/Sweep") as never

/** What a sweep's body returned at every point of the grid; the last axis varies fastest. */
export interface Sweep<V> {
  readonly [mark]: true
  readonly points: ReadonlyArray<{ readonly at: Point; readonly value: V }>
}

type Axes = Readonly<Record<string, ReadonlyArray<string | number | boolean>>>

export const isSweep = (value: unknown): value is Sweep<unknown> => typeof value === "object" && value !== null && mark in value

/**
 * Calls the body for every point of a grid. The result can be returned from a pipeline or passed to
 * a port of `many`; the point, such as `beta=0.1,seed=1`, becomes part of the ids.
 *
 *   const arms = sweep({ beta: [0.1, 0.5], seed: [1, 2, 3] }, ({ beta, seed }) => optimize({ …,
 *   loss: ipo({ beta }), seed }))
 *
 * Throws a DeclarationError if an axis has no values, repeats one, or has one that is not a string,
 * a finite number or a boolean. Also if the body never reads an axis: the sweep would compute the
 * same thing under several names.
 */
export const sweep = <const A extends Axes, V>(axes: A, body: (at: { readonly [K in keyof A]: A[K][number] }) => V): Sweep<V> => {
  const names = Object.keys(axes)
  for (const name of names) {
    const values = axes[name] ?? []
    if (name === "__proto__") throw new DeclarationError({ message: 'sweep: an axis cannot be named "__proto__": choose another name' })
    if (values.length === 0) throw new DeclarationError({ message: `sweep: axis "${name}" has no values: give it at least one` })
    for (const value of values) checkValue(name, value)
    if (new Set(values).size < values.length)
      throw new DeclarationError({ message: `sweep: axis "${name}" has the same value twice: remove one` })
  }
  const read = new Set<string>()
  const points = grid(axes).map((at) => ({ at, value: body(recordReads(at, read) as never) }))
  const unread = names.filter((name) => !read.has(name))
  if (unread.length > 0) {
    throw new DeclarationError({
      message: `sweep: the body never reads ${unread.map((name) => `"${name}"`).join(", ")}; use the axis in the body or remove it`,
    })
  }
  return { [mark]: true, points }
}

/**
 * A point labels artifacts and is part of their identity, so it must survive being written as JSON.
 */
const checkValue = (axis: string, value: unknown): void => {
  if (typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return
  const found = typeof value === "number" || value === null || value === undefined ? String(value) : `a value of type ${typeof value}`
  throw new DeclarationError({ message: `sweep: axis "${axis}" has ${found}: use strings, finite numbers or booleans` })
}

const grid = (axes: Axes): ReadonlyArray<Point> =>
  Object.entries(axes).reduce<ReadonlyArray<Point>>(
    (points, [name, values]) => points.flatMap((at) => values.map((value) => ({ ...at, [name]: value === 0 ? 0 : value }))),
    [{}],
  )

/** The point, which adds the name of every axis that is read to `read`. */
const recordReads = (at: Point, read: Set<string>): Point => {
  const axis = (name: string) => ({
    enumerable: true,
    get: () => {
      read.add(name)
      return at[name]
    },
  })
  return Object.defineProperties({}, Object.fromEntries(Object.keys(at).map((name) => [name, axis(name)])))
}
