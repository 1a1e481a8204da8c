/** What an artifact was made of, by how many stages lie between. */

import type { Ancestor } from "../../../serve/api.ts"

export interface Layer {
  readonly distance: number
  readonly ancestors: ReadonlyArray<Ancestor>
}

/** Nearest first; in a layer by stage, and files from outside last. */
export const layersOf = (ancestors: ReadonlyArray<Ancestor>): ReadonlyArray<Layer> => {
  const layers = new Map<number, Array<Ancestor>>()
  for (const ancestor of ancestors) {
    const layer = layers.get(ancestor.distance)
    if (layer === undefined) layers.set(ancestor.distance, [ancestor])
    else layer.push(ancestor)
  }
  return [...layers].map(([distance, members]) => ({ distance, ancestors: members.sort(compare) })).sort((a, b) => a.distance - b.distance)
}

const compare = (a: Ancestor, b: Ancestor): number =>
  Number(a.id === null) - Number(b.id === null) || (a.id ?? "").localeCompare(b.id ?? "", "en", { numeric: true })

/** What the distance of a layer means. */
export const nameLayer = (distance: number): string =>
  distance === 0 ? "This artifact" : distance === 1 ? "Made from" : `${distance} stages before`
