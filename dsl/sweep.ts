import type { Point } from "./declaration.ts"
import { DeclarationError } from "./error.ts"

const mark: unique symbol = Symbol.for("assay/Sweep") as never

/** The values of a body at every point of a grid, in the order of the axes, the last axis fastest. */
export interface Sweep<V> {
  readonly [mark]: true
  readonly points: ReadonlyArray<{ readonly at: Point; readonly value: V }>
}

type Axes = Readonly<Record<string, ReadonlyArray<string | number | boolean>>>

export const isSweep = (value: unknown): value is Sweep<unknown> => typeof value === "object" && value !== null && mark in value

/**
 * Declares the body once for every point of the grid.
 * Throws a DeclarationError if an axis is empty, repeats a value or has one that cannot be written down (NaN), or if the body never reads it: such a sweep would compute one thing under several names.
 */
export const sweep = <const A extends Axes, V>(axes: A, body: (at: { readonly [K in keyof A]: A[K][number] }) => V): Sweep<V> => {
  const names = Object.keys(axes)
  for (const name of names) {
    const values = axes[name] ?? []
    if (name === "__proto__") throw new DeclarationError({ message: 'sweep: "__proto__" is not a name for an axis: use another' })
    if (values.length === 0) throw new DeclarationError({ message: `sweep: axis "${name}" has no values` })
    for (const value of values) checkValue(name, value)
    if (new Set(values).size < values.length) throw new DeclarationError({ message: `sweep: axis "${name}" has a value twice` })
  }
  const read = new Set<string>()
  const points = grid(axes).map((at) => ({ at, value: body(watched(at, read) as never) }))
  const unread = names.filter((name) => !read.has(name))
  if (unread.length > 0) {
    throw new DeclarationError({
      message: `sweep: the body never reads ${unread.map((name) => `"${name}"`).join(", ")}; use the axis in the body or remove it`,
    })
  }
  return { [mark]: true, points }
}

/** A point labels artifacts and is part of what stands for them: it must mean the same after it was written down. */
const checkValue = (axis: string, value: unknown): void => {
  if (typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return
  const found = typeof value === "number" || value === null || value === undefined ? String(value) : `a value of type ${typeof value}`
  throw new DeclarationError({ message: `sweep: axis "${axis}" has ${found}: give texts, finite numbers, true or false` })
}

const grid = (axes: Axes): ReadonlyArray<Point> =>
  Object.entries(axes).reduce<ReadonlyArray<Point>>(
    (points, [name, values]) => points.flatMap((at) => values.map((value) => ({ ...at, [name]: value === 0 ? 0 : value }))),
    [{}],
  )

/** The point, with a note of every axis that is read from it. */
const watched = (at: Point, read: Set<string>): Point => {
  const axis = (name: string) => ({
    enumerable: true,
    get: () => {
      read.add(name)
      return at[name]
    },
  })
  return Object.defineProperties({}, Object.fromEntries(Object.keys(at).map((name) => [name, axis(name)])))
}
