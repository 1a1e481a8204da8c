/** What is unfolded, as it stands in the address, and how it changes. */

import { type Codec, listParam } from "../../address/query.ts"
import type { GraphNode, Unfolding } from "./fold.ts"

/** `beta` of an axis everywhere; of one family `beta@arms.beta=*.run optimize`. */
export const unfoldingsParam: Codec<ReadonlyArray<Unfolding>> = {
  read: (text) =>
    listParam.read(text).map((item) => {
      const at = item.indexOf("@")
      return at === -1 ? { family: null, axis: item } : { family: item.slice(at + 1), axis: item.slice(0, at) }
    }),
  write: (unfoldings) => listParam.write(unfoldings.map(({ family, axis }) => (family === null ? axis : `${axis}@${family}`))),
}

const isSame = (a: Unfolding, b: Unfolding): boolean => a.family === b.family && a.axis === b.axis

export const isUnfolded = (unfoldings: ReadonlyArray<Unfolding>, unfolding: Unfolding): boolean =>
  unfoldings.some((other) => isSame(other, unfolding))

export const addUnfoldings = (unfoldings: ReadonlyArray<Unfolding>, added: ReadonlyArray<Unfolding>): ReadonlyArray<Unfolding> => [
  ...unfoldings,
  ...added.filter((unfolding) => !isUnfolded(unfoldings, unfolding)),
]

export const removeUnfolding = (unfoldings: ReadonlyArray<Unfolding>, removed: Unfolding): ReadonlyArray<Unfolding> =>
  unfoldings.filter((unfolding) => !isSame(unfolding, removed))

/** A node by all its axes. */
export const unfoldNode = (unfoldings: ReadonlyArray<Unfolding>, node: GraphNode): ReadonlyArray<Unfolding> =>
  addUnfoldings(
    unfoldings,
    node.axes.map(({ name }) => ({ family: node.family, axis: name })),
  )
