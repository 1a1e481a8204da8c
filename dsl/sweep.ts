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
 * Throws a DeclarationError if an axis is empty or repeats a value, or if the body never reads it: such a sweep would compute one thing under several names.
 */
export const sweep = <const A extends Axes, V>(axes: A, body: (at: { readonly [K in keyof A]: A[K][number] }) => V): Sweep<V> => {
  const names = Object.keys(axes)
  for (const name of names) {
    const values = axes[name] ?? []
    if (values.length === 0) throw new DeclarationError({ message: `sweep: axis "${name}" has no values` })
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

const grid = (axes: Axes): ReadonlyArray<Point> =>
  Object.entries(axes).reduce<ReadonlyArray<Point>>(
    (points, [name, values]) => points.flatMap((at) => values.map((value) => ({ ...at, [name]: value }))),
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
